#pragma once
// What `except` clauses take and what they do with it.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// The classes that a clause takes, an element each; empty for a bare `except:`.
std::vector<Node> taken_by(Node except_clause);

/// True for a bare `except:`, and for one of `Exception` or `BaseException`.
bool takes_any_error(Node except_clause, Context& context);

/// The clause's block.
Node block_of(Node except_clause);

/// True when the clause does nothing but go on: `pass`, `continue`, `...`, perhaps after a sleep.
bool only_goes_on(Node except_clause, Context& context);

}  // namespace surefoot::rules
