#include "analysis/fixes/edits.hpp"

#include <algorithm>

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

text::TextEdit replace(const FileView& file, const Place& place, std::string content) {
  return {span_in_file(file, place), std::move(content)};
}

text::TextEdit insert_before(const FileView& file, const Place& place, std::string content) {
  const std::uint32_t at = span_in_file(file, place).start;
  return {{at, at}, std::move(content)};
}

text::TextEdit insert_after(const FileView& file, const Place& place, std::string content) {
  const std::uint32_t at = span_in_file(file, place).end;
  return {{at, at}, std::move(content)};
}

text::TextEdit add_argument(const FileView& file, const Place& call, std::string_view text) {
  const Node arguments = call.node.child(Field::arguments);
  const Node last = arguments.last_child();
  if (!last) {
    const std::uint32_t at = span_in_file(file, {call.unit, arguments}).start + 1;
    return {{at, at}, std::string(text)};
  }
  // An argument on a line of its own gets a line of its own, below the comment that speaks of the one before.
  const std::string_view source = arguments.ast().text();
  const std::size_t newline = source.rfind('\n', last.start());
  const bool own_line =
      newline != std::string_view::npos && newline > arguments.start() &&
      source.substr(newline + 1, last.start() - newline - 1).find_first_not_of(" \t") == std::string_view::npos;
  if (!own_line) return insert_after(file, {call.unit, last}, ", " + std::string(text));
  const std::size_t carriage = source[newline - 1] == '\r' ? newline - 1 : newline;
  const std::string_view indent = source.substr(carriage, last.start() - carriage);
  const std::size_t line_end = std::min(source.find_first_of("\r\n", last.end()), source.size());
  const std::string_view rest = source.substr(last.end(), line_end - last.end());  // a comma, a comment
  const std::size_t mark = rest.find_first_not_of(" \t,");
  if (mark == std::string_view::npos || rest[mark] != '#') {
    return insert_after(file, {call.unit, last}, "," + std::string(indent) + std::string(text));
  }
  const bool comma = rest.find(',') < mark;
  text::TextEdit edit = insert_after(file, {call.unit, last}, (comma ? "" : ",") + std::string(rest));
  edit.span.end += static_cast<std::uint32_t>(rest.size());
  edit.content += std::string(indent) + std::string(text) + (comma ? "," : "");
  return edit;
}

Fix make_fix(std::string title, Applicability applicability, std::vector<text::TextEdit> edits) {
  return {std::move(title), applicability, {{"", std::move(edits)}}};
}

namespace {

bool is_comprehension(Node node) {
  return node.is(Kind::list_comprehension) || node.is(Kind::set_comprehension) ||
         node.is(Kind::dictionary_comprehension) || node.is(Kind::generator_expression);
}

// The outermost iterable of a comprehension is evaluated outside of it (Python reference, 6.2.4).
bool is_outermost_iterable(Node clause, Node child) {
  if (!clause.is(Kind::for_in_clause) || child.field() != Field::right) return false;
  for (const Node sibling : clause.parent().children()) {
    if (sibling.is(Kind::for_in_clause)) return sibling == clause;
  }
  return false;
}

}  // namespace

std::string await_obstacle(Node expression, Comprehensions allowed) {
  bool outside = false;  // of the comprehension that comes next
  for (Node child = expression, node = expression.parent(); node; child = node, node = node.parent()) {
    if (is_comprehension(node) && !outside) {
      const bool fits = allowed == Comprehensions::any ||
                        (allowed == Comprehensions::collected && !node.is(Kind::generator_expression));
      if (!fits) return "it stands in a comprehension";
      allowed = Comprehensions::none;
    }
    outside = is_outermost_iterable(node, child);
    if (node.is(Kind::lambda) && child.field() == Field::body) return "it stands in a lambda";
    if (node.is(Kind::class_definition) && child.field() == Field::body) return "it stands in a class body";
    if (node.is(Kind::function_definition) && child.field() == Field::body) {
      return node.is_async() ? "" : "it stands in a plain `def`";
    }
  }
  return "it stands outside of any function";
}

std::vector<text::TextEdit> add_await(const FileView& file, const Place& expression) {
  const Field field = expression.node.field();
  const Node parent = expression.node.parent();
  const bool operand = (parent.is(Kind::attribute) && field == Field::object) ||
                       (parent.is(Kind::call) && field == Field::function) ||
                       (parent.is(Kind::subscript) && field == Field::value) || parent.is(Kind::await);
  if (!operand) return {insert_before(file, expression, "await ")};
  return {insert_before(file, expression, "(await "), insert_after(file, expression, ")")};
}

}  // namespace surefoot::fixes
