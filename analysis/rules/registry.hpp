#pragma once
// All rules with their pages, as the build found them in the folder.

#include <span>
#include <string_view>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

struct RegistryEntry {
  const Rule* rule;
  std::string_view page;
};

/// Generated; in the order of the files' names.
std::span<const RegistryEntry> registry_entries();

/// All rules, sorted by code; the same order as catalogue().
std::span<const Rule* const> all_rules();

}  // namespace surefoot::rules
