#include "analysis/rules/walk.hpp"

namespace surefoot::rules {

namespace {

bool is_suspension(Node node) {
  switch (node.kind()) {
    case Kind::await:
    case Kind::yield:
      return true;
    case Kind::for_statement:
    case Kind::for_in_clause:
    case Kind::with_statement:
      return node.is_async();
    default:
      return false;
  }
}

}  // namespace

Node suspension_in(Node tree) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after();) {
    const Node node = tree.ast().node(i);
    if (is_suspension(node)) return node;
    i = is_definition(node) && node != tree ? node.after() : i + 1;
  }
  return {};
}

bool mentions(Node tree, std::string_view name) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (node.is(Kind::identifier) && node.text() == name) return true;
  }
  return false;
}

namespace {

// The first iterable of a comprehension is evaluated once (Python reference, 6.2.4).
bool is_first_iterable(Node child, Node comprehension) {
  return child.is(Kind::for_in_clause) && child == comprehension.child(Kind::for_in_clause);
}

bool is_repeated(Node child, Node grandchild, Node outer) {
  if (outer.is(Kind::for_statement)) return child.field() == Field::body;
  if (outer.is(Kind::while_statement)) return child.field() == Field::body || child.field() == Field::condition;
  if (!is_comprehension(outer)) return false;
  return !is_first_iterable(child, outer) || (grandchild && grandchild.field() != Field::right);
}

}  // namespace

Node loop_around(Node node) {
  Node grandchild;
  for (Node child = node, outer = node.parent(); outer; grandchild = child, child = outer, outer = outer.parent()) {
    if (is_definition(outer) && child.field() == Field::body) return {};
    if (is_repeated(child, grandchild, outer)) return outer;
  }
  return {};
}

Node finally_left_by(Node statement) {
  const bool returns = statement.is(Kind::return_statement);
  for (Node child = statement, outer = statement.parent(); outer; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::finally_clause)) return outer;
    if (outer.is(Kind::function_definition) || outer.is(Kind::class_definition)) return {};
    const bool is_loop = outer.is(Kind::for_statement) || outer.is(Kind::while_statement);
    // The `else` of a loop is no part of it.
    if (!returns && is_loop && child.field() == Field::body) return {};
  }
  return {};
}

std::string_view last_name(Node expression) {
  expression = without_parentheses(expression);
  if (expression.is(Kind::call)) expression = without_parentheses(expression.child(Field::function));
  if (expression.is(Kind::attribute)) expression = expression.child(Field::attribute);
  return expression.is(Kind::identifier) ? expression.text() : std::string_view();
}

std::vector<Node> managers_of(Node with_statement) {
  std::vector<Node> found;
  for (const Node item : with_statement.child(Kind::with_clause).children()) {
    Node value = item.is(Kind::with_item) ? without_parentheses(item.first_child()) : Node();
    if (value.is(Kind::as_pattern)) value = without_parentheses(value.first_child());
    if (value) found.push_back(value);
  }
  return found;
}

bool jumps_away(Node block) {
  const Node last = block.last_child();
  return last.is(Kind::return_statement) || last.is(Kind::raise_statement) || last.is(Kind::continue_statement) ||
         last.is(Kind::break_statement);
}

bool catches_everything(Node except_clause) {
  const Node caught = except_clause.first_child();
  if (!caught || caught.is(Kind::block)) return true;
  for (std::uint32_t i = caught.index(); i < caught.after(); ++i) {
    const Node node = caught.ast().node(i);
    const std::string_view name = node.is(Kind::identifier) ? node.text() : std::string_view();
    if (name == "Exception" || name == "BaseException") return true;
  }
  return false;
}

std::optional<std::size_t> unit_of(const semantics::UnitModel* model, Context& context) {
  for (std::size_t i = 0; i < context.unit_count(); ++i) {
    if (&context.unit(i) == model) return i;
  }
  return std::nullopt;
}

bool is_under_main_guard(Node node) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (!outer.is(Kind::if_statement) || child.field() != Field::consequence) continue;
    const Node condition = outer.child(Field::condition);
    if (mentions(condition, "__name__") && condition.text().find("__main__") != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace surefoot::rules
