#pragma once
// The rules as data for whoever lists, selects or explains them. Generated from the rule files at build time.

#include <span>
#include <string>
#include <string_view>

#include "analysis/rules/severity.hpp"

namespace surefoot::rules {

struct RuleInfo {
  std::string_view code;  // "RT101"
  std::string_view name;  // "blocking-call-in-async"
  Severity severity;
  Profile profile;           // `standard`: on by default
  std::string_view summary;  // one line, the first sentence of the page
  std::string_view page;     // the whole page, Markdown
};

/// All rules, sorted by code.
std::span<const RuleInfo> catalogue();

/// By code or name, exact; null when there is none.
const RuleInfo* find_rule(std::string_view code_or_name);

/// True when `selector` ("RT101", "blocking-call-in-async", "RT1", "RT", "ALL") covers the rule.
bool covers(std::string_view selector, const RuleInfo& rule);

/// True when some rule is covered, so that a misspelt selector can be refused.
bool is_selector(std::string_view selector);

/// The address of a rule's page.
std::string rule_url(const RuleInfo& rule);

}  // namespace surefoot::rules
