#pragma once
// Which rules apply to a file, and how bad their findings are there.

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/engine/config.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/text/once.hpp"

namespace surefoot::engine {

/// Borrows the configuration.
class Selection {
 public:
  Selection(const Config& config, std::string_view path);
  /// No rule is enabled; those whose reports rise to callers run.
  static Selection of_effects(const Config& config);

  /// The same without the rules whose reports rise to callers, and those that are not enabled.
  Selection without_effects() const;

  bool empty() const { return enabled_.empty(); }
  const std::vector<const rules::Rule*>& rules() const { return enabled_; }
  /// The rules that want to see this kind of node, in the order of their codes: the enabled ones, and those whose
  /// reports rise to callers.
  const std::vector<const rules::Rule*>& for_kind(syntax::Kind kind) const {
    return by_kind_[static_cast<std::size_t>(kind)];
  }
  bool wants(syntax::Kind kind) const { return wants_[static_cast<std::size_t>(kind)]; }
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
  std::array<bool, 256> wants_ = {};
  std::vector<std::size_t> numbers_for_calls_;
};

/// The rules for one file.
struct FileRules {
  FileRules(std::shared_ptr<const Config> from, std::string_view path)
      : config(std::move(from)), all(*config, path), reporting(all.without_effects()) {}

  std::shared_ptr<const Config> config;  // which the others borrow
  Selection all;
  Selection reporting;  // all.without_effects()
};

/// The rules for each file of a project, which are mostly the same. Any thread.
class RulesByFile {
 public:
  explicit RulesByFile(std::shared_ptr<const Config> config) : config_(std::move(config)) {}
  std::shared_ptr<const FileRules> of(std::string_view path) const;

 private:
  std::shared_ptr<const Config> config_;
  // Where no path has rules of its own: for code, and for tests.
  struct Known {
    text::Once found;
    std::shared_ptr<const FileRules> rules;
  };
  mutable std::array<Known, 2> known_;
};

}  // namespace surefoot::engine
