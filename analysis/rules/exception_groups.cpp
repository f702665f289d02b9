#include "analysis/rules/exception_groups.hpp"

namespace surefoot::rules {

bool is_group_handler(Node except_clause) {
  const std::string_view text = except_clause.text().substr(std::string_view("except").size());
  const std::size_t first = text.find_first_not_of(" \t\f\\\r\n");
  return first != std::string_view::npos && text[first] == '*';
}

std::vector<Node> caught_by(Node except_clause) {
  std::vector<Node> caught;
  for (const Node child : except_clause.children()) {
    if (child.field() != Field::value) continue;
    Node value = without_parentheses(child);
    if (value.is(Kind::as_pattern)) value = without_parentheses(value.first_child());
    if (!value.is(Kind::tuple)) {
      caught.push_back(value);
      continue;
    }
    for (const Node one : value.children()) caught.push_back(one);
  }
  return caught;
}

bool is_group_class(std::string_view name, Context& context) {
  return !name.empty() &&
         (context.resolver().is_subclass(name, "BaseExceptionGroup") ||
          context.resolver().is_subclass(name, "ExceptionGroup") || name == "exceptiongroup.ExceptionGroup" ||
          name == "exceptiongroup.BaseExceptionGroup" || name == "trio.MultiError" || name == "anyio.ExceptionGroup");
}

std::string_view class_named(Node expression, Context& context) {
  const Type* type = semantics::only(context.type_of(expression));
  return type != nullptr && type->tag == Type::Tag::object ? type->name : std::string_view();
}

Node alias_of(Node except_clause) {
  if (const Node alias = except_clause.child(Field::alias)) return alias;
  const Node value = except_clause.child(Field::value);
  if (!value.is(Kind::as_pattern)) return {};
  const Node target = value.child(Kind::as_pattern_target);
  return target ? target.first_child() : Node();
}

}  // namespace surefoot::rules
