#include "analysis/rules/catalogue.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "analysis/rules/registry.hpp"

namespace surefoot::rules {
namespace {

// The first line of the page that is prose: neither the heading nor the line of facts below it.
std::string_view summary_of(std::string_view page) {
  for (std::size_t start = 0; start < page.size();) {
    const std::size_t end = std::min(page.find('\n', start), page.size());
    const std::string_view line = page.substr(start, end - start);
    if (!line.empty() && line.front() != '#' && !line.starts_with("**")) return line;
    start = end + 1;
  }
  return {};
}

struct Sorted {
  std::vector<RuleInfo> infos;
  std::vector<const Rule*> rules;

  Sorted() {
    const auto entries = registry_entries();
    std::vector<RegistryEntry> sorted(entries.begin(), entries.end());
    std::sort(sorted.begin(), sorted.end(),
              [](const RegistryEntry& a, const RegistryEntry& b) { return a.rule->code < b.rule->code; });
    for (const auto& [rule, page] : sorted) {
      rules.push_back(rule);
      infos.push_back({rule->code, rule->name, rule->severity, rule->profile, summary_of(page), page});
    }
  }
};

const Sorted& sorted() {
  static const Sorted all;
  return all;
}

}  // namespace

std::span<const RuleInfo> catalogue() { return sorted().infos; }
std::span<const Rule* const> all_rules() { return sorted().rules; }

const RuleInfo* find_rule(std::string_view code_or_name) {
  for (const RuleInfo& rule : catalogue()) {
    if (rule.code == code_or_name || rule.name == code_or_name) return &rule;
  }
  return nullptr;
}

bool covers(std::string_view selector, const RuleInfo& rule) {
  if (selector.empty()) return false;
  return selector == "ALL" || selector == rule.name || rule.code.starts_with(selector);
}

bool is_selector(std::string_view selector) {
  const auto rules = catalogue();
  return std::any_of(rules.begin(), rules.end(), [&](const RuleInfo& rule) { return covers(selector, rule); });
}

std::string rule_url(const RuleInfo& rule) { return "https://surefoot.dev/rules/" + std::string(rule.code); }

}  // namespace surefoot::rules
