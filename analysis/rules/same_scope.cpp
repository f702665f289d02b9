#include "analysis/rules/same_scope.hpp"

namespace surefoot::rules {

bool is_unconditional(Node node) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    switch (outer.kind()) {
      case Kind::if_statement:
      case Kind::elif_clause:
      case Kind::else_clause:
      case Kind::for_statement:
      case Kind::while_statement:
      case Kind::try_statement:
      case Kind::match_statement:
      case Kind::conditional_expression:
      case Kind::boolean_operator:
      case Kind::lambda:
        return false;
      case Kind::function_definition:
      case Kind::class_definition:
        if (child.field() == Field::body) return true;
        break;
      default:
        break;
    }
  }
  return true;
}

}  // namespace surefoot::rules
