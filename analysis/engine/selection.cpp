#include "analysis/engine/selection.hpp"

#include <algorithm>

#include "analysis/engine/config_glob.hpp"
#include "analysis/rules/catalogue.hpp"
#include "analysis/rules/registry.hpp"

namespace surefoot::engine {
namespace {

bool any_covers(const std::vector<std::string>& selectors, const rules::RuleInfo& rule) {
  return std::any_of(selectors.begin(), selectors.end(),
                     [&](const std::string& selector) { return rules::covers(selector, rule); });
}

// A longer selector beats a shorter one: `select = ["RT101"], ignore = ["RT1"]` keeps RT101.
std::size_t weight(const std::vector<std::string>& selectors, const rules::RuleInfo& rule) {
  std::size_t best = 0;
  for (const std::string& selector : selectors) {
    if (!rules::covers(selector, rule)) continue;
    best = std::max(best, selector == "ALL" ? 1 : selector == rule.name ? 100 : selector.size() + 1);
  }
  return best;
}

bool is_on(const Config& config, std::string_view path, const rules::RuleInfo& info, const rules::Rule& rule) {
  const bool named = any_covers(config.select, info) || any_covers(config.extend_select, info);
  const bool by_profile = rule.profile == rules::Profile::standard || config.profile == rules::Profile::strict;
  if (!named && (!config.select.empty() || !by_profile)) return false;
  const std::size_t wanted = std::max(weight(config.select, info), weight(config.extend_select, info));
  if (any_covers(config.ignore, info) && weight(config.ignore, info) >= wanted) return false;
  const bool explicit_code = wanted > info.code.size();
  if (rules::is_test_path(path) && !rule.in_tests && config.profile != rules::Profile::strict && !explicit_code) {
    return false;
  }
  return std::none_of(config.per_file_ignores.begin(), config.per_file_ignores.end(), [&](const PerFileIgnore& entry) {
    return any_covers(entry.codes, info) && glob_covers(entry.glob, path);
  });
}

}  // namespace

Selection::Selection(const Config& config, std::string_view path) : config_(config) {
  const auto infos = rules::catalogue();
  const auto all = rules::all_rules();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool on = is_on(config, path, infos[i], *all[i]);
    if (on) enabled_.push_back(all[i]);
    if (on || all[i]->rises || all[i]->notes) subscribe(i);
  }
}

Selection Selection::of_effects(const Config& config) {
  Selection selection(config);
  const auto all = rules::all_rules();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i]->rises || all[i]->notes) selection.subscribe(i);
  }
  return selection;
}

Selection Selection::without_effects() const {
  Selection selection(config_);
  selection.enabled_ = enabled_;
  const auto all = rules::all_rules();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i]->rises && is_enabled(*all[i])) selection.subscribe(i);
  }
  return selection;
}

std::shared_ptr<const FileRules> RulesByFile::of(std::string_view path) const {
  if (!config_->per_file_ignores.empty()) return std::make_shared<const FileRules>(config_, path);
  Known& known = known_[rules::is_test_path(path) ? 1 : 0];
  known.found.run([&] { known.rules = std::make_shared<const FileRules>(config_, path); });
  return known.rules;
}

void Selection::subscribe(std::size_t number) {
  const rules::Rule& rule = *rules::all_rules()[number];
  for (const syntax::Kind kind : rule.kinds) {
    by_kind_[static_cast<std::size_t>(kind)].push_back(&rule);
    wants_[static_cast<std::size_t>(kind)] = true;
    if (kind == syntax::Kind::call) numbers_for_calls_.push_back(number);
  }
}

bool Selection::is_enabled(const rules::Rule& rule) const {
  return std::find(enabled_.begin(), enabled_.end(), &rule) != enabled_.end();
}

std::optional<rules::Severity> Selection::severity(const rules::Rule& rule) const {
  for (const std::string_view key : {rule.code, rule.name}) {
    if (const auto found = config_.severity.find(std::string(key)); found != config_.severity.end())
      return found->second;
  }
  return std::nullopt;
}

}  // namespace surefoot::engine
