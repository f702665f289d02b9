#pragma once
// Which rules apply to a file, and how bad their findings are there.

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/engine/config.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::engine {

/// Borrows the configuration.
class Selection {
 public:
  Selection(const Config& config, std::string_view path);
  /// No rule is enabled; those whose reports rise to callers run.
  static Selection of_effects(const Config& config);

  bool empty() const { return enabled_.empty(); }
  const std::vector<const rules::Rule*>& rules() const { return enabled_; }
  /// The rules that want to see this kind of node, in the order of their codes: the enabled ones, and those whose
  /// reports rise to callers.
  const std::vector<const rules::Rule*>& for_kind(syntax::Kind kind) const {
    return by_kind_[static_cast<std::size_t>(kind)];
  }
  /// Of each rule in for_kind(call): its number in rules::all_rules().
  const std::vector<std::size_t>& numbers_for_calls() const { return numbers_for_calls_; }
  bool is_enabled(const rules::Rule& rule) const;
  /// What the configuration says about the rule, if it says something.
  std::optional<rules::Severity> severity(const rules::Rule& rule) const;

 private:
  explicit Selection(const Config& config) : config_(config) {}
  void subscribe(std::size_t number);

  const Config& config_;
  std::vector<const rules::Rule*> enabled_;
  std::array<std::vector<const rules::Rule*>, 256> by_kind_;
  std::vector<std::size_t> numbers_for_calls_;
};

}  // namespace surefoot::engine
