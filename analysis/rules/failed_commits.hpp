#pragma once
// Handlers that take the error of a commit and go on: what the rules about them share.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True for the first call of its kind in the `try` of the clause: it speaks for all.
bool is_first_in_try(Node call, Node except_clause);

/// For Rule::fix: `session.rollback()` at the beginning of the clause, of the session that the call commits.
Fixes roll_back_in(Node except_clause, Node commit, Context& context);

}  // namespace surefoot::rules
