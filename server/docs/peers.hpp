#pragma once
// Which of our rules look at what a rule of another tool looks at. Any thread.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/rules/catalogue.hpp"

namespace surefoot::docs {

struct PeerCode {
  std::string tool;  // "Ruff"; empty when the page does not say
  std::string code;  // "ASYNC210"
  auto operator<=>(const PeerCode&) const = default;
};

/// The codes that a page's section "Sources" names, each with the tool before it: "Ruff ASYNC210, ASYNC212; Sonar
/// S7499."
std::vector<PeerCode> peers_of_page(std::string_view page);

/// All of them, with our rules for each; those that suppression comments take for ours included.
std::map<PeerCode, std::vector<const rules::RuleInfo*>> rules_by_peer();

}  // namespace surefoot::docs
