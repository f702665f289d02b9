#include "analysis/fixes/arguments.hpp"

namespace surefoot::fixes {

using syntax::Node;

namespace {

Node sibling_before(Node node) {
  Node before;
  for (const Node sibling : node.parent().children()) {
    if (sibling == node) break;
    before = sibling;
  }
  return before;
}

bool has_comment(const syntax::Ast& ast, text::Span span) {
  for (const text::Span comment : ast.comments()) {
    if (comment.start >= span.start && comment.end <= span.end) return true;
  }
  return false;
}

}  // namespace

std::optional<text::TextEdit> remove_argument(const FileView& file, const Place& argument) {
  const Node node = argument.node;
  text::Span span = node.span();
  if (const Node before = sibling_before(node)) {
    span.start = before.end();
  } else if (const Node next = node.next_sibling()) {
    span.end = next.start();
  } else {
    const std::string_view source = node.ast().text();
    const std::size_t at = source.find_first_not_of(" \t\r\n", span.end);
    if (at != std::string_view::npos && source[at] == ',') span.end = static_cast<std::uint32_t>(at + 1);
  }
  if (has_comment(node.ast(), span)) return std::nullopt;
  const std::uint32_t offset = file.units.units[argument.unit].offset;
  return text::TextEdit{{span.start + offset, span.end + offset}, ""};
}

}  // namespace surefoot::fixes
