#include "analysis/rules/handlers.hpp"

#include "analysis/rules/loops.hpp"

namespace surefoot::rules {

std::vector<Node> taken_by(Node clause) {
  std::vector<Node> taken;
  for (Node child : clause.children()) {
    if (child.is(Kind::block) || child.field() == Field::alias || child.is(Kind::operator_)) continue;
    child = without_parentheses(child);
    if (child.is(Kind::as_pattern)) child = without_parentheses(child.first_child());
    if (!child.is(Kind::tuple)) {
      taken.push_back(child);
      continue;
    }
    for (const Node one : child.children()) taken.push_back(one);
  }
  return taken;
}

bool takes_any_error(Node clause, Context& context) {
  const std::vector<Node> taken = taken_by(clause);
  if (taken.empty()) return true;
  for (const Node one : taken) {
    const Type* type = semantics::only(context.type_of(one));
    if (type != nullptr && (type->is_object("Exception") || type->is_object("BaseException"))) return true;
  }
  return false;
}

Node block_of(Node clause) { return clause.child(Kind::block); }

bool only_goes_on(Node clause, Context& context) {
  for (const Node statement : block_of(clause).children()) {
    if (statement.is(Kind::pass_statement) || statement.is(Kind::continue_statement)) continue;
    Node value = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
    if (value.is(Kind::await)) value = without_parentheses(value.first_child());
    const bool nothing = value.is(Kind::ellipsis) || value.is(Kind::string) || is_sleep_call(value, context);
    if (!nothing) return false;
  }
  return true;
}

}  // namespace surefoot::rules
