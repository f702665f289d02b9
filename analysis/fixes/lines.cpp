#include "analysis/fixes/lines.hpp"

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

// What follows the statement on its last line.
std::string_view rest_of_line(const FileView& file, const Place& statement) {
  const text::Span span = span_in_file(file, statement);
  const text::Span line = file.text.line_span(file.text.line_of(span.end));
  return file.text.slice({span.end, std::max(span.end, line.end)});
}

// True for an offset (of the unit) in the middle of a string.
bool is_in_string(Node tree, std::uint32_t offset) {
  for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (node.is(Kind::string) && node.start() < offset && offset < node.end()) return true;
  }
  return false;
}

bool is_import(Node statement) {
  return statement.is(Kind::import_statement) || statement.is(Kind::import_from_statement) ||
         statement.is(Kind::future_import_statement);
}

// An import, or imports that depend on something: `if TYPE_CHECKING:`, `try: import …`.
bool belongs_to_imports(Node statement, bool first) {
  if (first && statement.is(Kind::expression_statement) && statement.first_child().is(Kind::string)) return true;
  if (is_import(statement)) return true;
  Node block;
  if (statement.is(Kind::try_statement)) block = statement.child(Field::body);
  if (statement.is(Kind::if_statement)) block = statement.child(Field::consequence);
  return block && is_import(block.first_child());
}

}  // namespace

std::optional<std::string_view> indentation(const FileView& file, const Place& statement) {
  const std::uint32_t start = span_in_file(file, statement).start;
  std::string_view before = file.text.slice({file.text.line_start(file.text.line_of(start)), start});
  if (before.starts_with("\xEF\xBB\xBF")) before.remove_prefix(3);
  if (before.find_first_not_of(" \t\f") != std::string_view::npos) return std::nullopt;
  return before;
}

std::string deeper(std::string_view indentation) {
  return std::string(indentation) + (indentation.ends_with('\t') ? "\t" : "    ");
}

bool ends_its_line(const FileView& file, const Place& statement) {
  const std::string_view rest = rest_of_line(file, statement);
  const std::size_t first = rest.find_first_not_of(" \t\f");
  return first == std::string_view::npos || rest[first] == '#';
}

bool has_comment(Node first, Node last) {
  for (const text::Span& comment : first.ast().comments()) {
    if (comment.start >= first.start() && comment.end <= last.end()) return true;
  }
  return false;
}

text::TextEdit add_statements(const FileView& file, const Place& statement, const std::vector<std::string>& lines) {
  const auto indent = indentation(file, statement);
  const text::Span span = span_in_file(file, statement);
  const bool own_line = indent && ends_its_line(file, statement);
  std::string content;
  for (const std::string& line : lines) {
    content += own_line ? std::string(file.text.dominant_line_ending()) + std::string(*indent) : "; ";
    content += line;
  }
  const std::uint32_t at = own_line ? file.text.line_span(file.text.line_of(span.end)).end : span.end;
  return {{at, at}, std::move(content)};
}

namespace {

// The lines from `line` to `stop` one level in, below what stands at `indent`; `inside` lies in the block they are in.
std::vector<text::TextEdit> indent_from(const FileView& file, std::uint32_t line, std::uint32_t stop,
                                        const Place& inside, std::string_view indent) {
  const std::string level = deeper(indent).substr(indent.size());
  const Node block = inside.node.parent() ? inside.node.parent() : inside.node;
  const std::uint32_t offset = file.units.units[inside.unit].offset;
  std::vector<text::TextEdit> edits;
  for (; line <= stop; ++line) {
    const text::Span span = file.text.line_span(line);
    const std::string_view text = file.text.slice(span);
    const std::size_t code = text.find_first_not_of(" \t\f");
    if (code == std::string_view::npos) continue;
    if (span.start > offset && is_in_string(block, span.start - offset)) continue;
    // Replacing, not inserting: two fixes that move the same line must not be taken for one.
    const auto end = static_cast<std::uint32_t>(span.start + code);
    edits.push_back({{span.start, end}, std::string(text.substr(0, code)) + level});
  }
  return edits;
}

}  // namespace

std::vector<text::TextEdit> indent_lines(const FileView& file, const Place& first, const Place& last) {
  const std::uint32_t line = file.text.line_of(span_in_file(file, first).start);
  const std::uint32_t stop = file.text.line_of(span_in_file(file, last).end);
  return indent_from(file, line, stop, last, indentation(file, first).value_or(""));
}

std::vector<text::TextEdit> indent_lines(const FileView& file, const Place& first, std::uint32_t last_line) {
  const std::uint32_t line = file.text.line_of(span_in_file(file, first).start);
  return indent_from(file, line, last_line, first, indentation(file, first).value_or(""));
}

std::vector<text::TextEdit> indent_behind(const FileView& file, const Place& statement, const Place& last) {
  const std::uint32_t line = file.text.line_of(span_in_file(file, statement).end) + 1;
  const std::uint32_t stop = file.text.line_of(span_in_file(file, last).end);
  return indent_from(file, line, stop, last, indentation(file, statement).value_or(""));
}

text::TextEdit remove_lines(const FileView& file, std::uint32_t first, std::uint32_t last) {
  return {{file.text.line_start(first), file.text.line_start(last + 1)}, ""};
}

text::TextEdit define_after_imports(const FileView& file, std::string_view statement) {
  const std::string end(file.text.dominant_line_ending());
  std::uint32_t at = 0;
  bool found = false;
  for (const syntax::PlacedUnit& placed : file.units.units) {
    const Node root = placed.unit->ast.root();
    if (placed.level != 0 || !belongs_to_imports(root, !found)) {
      if (!found) at = file.text.line_start(file.text.line_of(placed.offset));
      break;
    }
    at = file.text.line_start(file.text.line_of(placed.offset + root.end()) + 1);
    found = true;
  }
  const bool open_end = found && at == file.text.size() && !file.text.bytes().ends_with('\n');
  std::string content = (open_end ? end : "") + (found ? end : "") + std::string(statement) + end;
  if (!found) content += end + end;
  return {{at, at}, std::move(content)};
}

}  // namespace surefoot::fixes
