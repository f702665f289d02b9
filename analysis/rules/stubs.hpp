#pragma once
// Functions that are there to be overridden.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True for a function's body that says nothing: `...`, `pass`, an error, a docstring.
inline bool is_stub(Node body) {
  for (const Node statement : body.children()) {
    const Node only = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
    const bool nothing = statement.is(Kind::pass_statement) || statement.is(Kind::raise_statement) ||
                         only.is(Kind::ellipsis) || only.is(Kind::string);
    if (!nothing) return false;
  }
  return true;
}

}  // namespace surefoot::rules
