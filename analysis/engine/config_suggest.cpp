#include "analysis/engine/config_suggest.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <utility>

#include "analysis/rules/catalogue.hpp"

namespace surefoot::engine {
namespace {

char lower(char letter) { return static_cast<char>(std::tolower(static_cast<unsigned char>(letter))); }

/// Optimal string alignment distance, on three rows of the table.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) row.resize(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& two_above = rows[(i + 1) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], two_above[j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

constexpr std::size_t kLongestWord = 64;

}  // namespace

std::vector<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > kLongestWord) return {};
  const std::size_t most = std::max<std::size_t>(1, word.size() / 3);
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (const std::string_view candidate : candidates) {
    const std::size_t apart = distance(word, candidate);
    if (apart <= most && apart < candidate.size()) near.emplace_back(apart, candidate);
  }
  std::sort(near.begin(), near.end());
  std::vector<std::string_view> best;
  for (const auto& [apart, candidate] : near) {
    if (best.size() < 3) best.push_back(candidate);
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::vector<std::string_view> near = nearest(word, candidates);
  return near.empty() ? std::string() : " (did you mean `" + std::string(near.front()) + "`?)";
}

std::vector<std::string_view> rule_selectors() {
  std::vector<std::string_view> selectors;
  for (const rules::RuleInfo& rule : rules::catalogue()) {
    selectors.push_back(rule.code);
    selectors.push_back(rule.name);
  }
  return selectors;
}

}  // namespace surefoot::engine
