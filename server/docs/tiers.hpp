#pragma once
// The groups in which the site lists the rules. Any thread.

#include <string>
#include <vector>

#include "analysis/rules/catalogue.hpp"

namespace surefoot::docs {

struct Tier {
  std::string id;     // "RT1"
  std::string title;  // "The event loop"
  std::vector<const rules::RuleInfo*> rules;
};

/// All rules, each in one tier, tiers without rules left out: first the runtime, then the frameworks. Codes of a tier
/// that has no title here make one of their own at the end.
std::vector<Tier> tiers();

}  // namespace surefoot::docs
