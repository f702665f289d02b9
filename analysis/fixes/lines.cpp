#include "analysis/fixes/lines.hpp"

namespace surefoot::fixes {

namespace {

// What follows the statement on its last line.
std::string_view rest_of_line(const FileView& file, const Place& statement) {
  const text::Span span = span_in_file(file, statement);
  const text::Span line = file.text.line_span(file.text.line_of(span.end));
  return file.text.slice({span.end, std::max(span.end, line.end)});
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

}  // namespace surefoot::fixes
