#pragma once
// "Did you mean …?": the nearest of the names that would have been right. Pure, any thread.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace surefoot::engine {

/// The candidates most like `word`, nearest first and then by name, at most three; empty when none is near. Letter case
/// does not count. Edits are insertions, deletions, replacements and swaps of neighbours.
std::vector<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

/// " (did you mean `select`?)" of the nearest candidate, or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

/// The codes and names of all rules, for the two above.
std::vector<std::string_view> rule_selectors();

}  // namespace surefoot::engine
