#pragma once
// Which rules have to look at which calls: most rules about calls are about a few callables, so they are asked once
// what they think of each (Rule::concerns), and the answers are kept. Internal to engine/.

#include <bitset>
#include <cstddef>

#include "analysis/rules/rule.hpp"

namespace surefoot::engine {

/// Rules by their numbers in rules::all_rules().
using RuleSet = std::bitset<256>;

/// The rules that a call concerns. The reference lives until the thread calls `forget_many`.
const RuleSet& rules_concerned(syntax::Node call, rules::Context& context);

/// Keeps what the thread knows within bounds. Call it when no reference is in use.
void forget_many();

}  // namespace surefoot::engine
