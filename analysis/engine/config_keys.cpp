#include "analysis/engine/config_keys.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "analysis/engine/config_suggest.hpp"
#include "analysis/rules/catalogue.hpp"

namespace surefoot::engine {
namespace {

using Refusal = std::optional<SettingRefusal>;
using Texts = std::vector<std::string>;

constexpr std::array<std::string_view, 6> kFrameworks = {"alembic", "celery", "django",
                                                         "fastapi", "flask",  "sqlalchemy"};
constexpr std::array<std::string_view, 2> kFollowImports = {"environment", "project"};

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

// ---- putting values in

template <auto kMember>
Refusal set_flag(Config& config, const SettingValue& value) {
  config.*kMember = value.flag;
  return {};
}

template <auto kMember>
Refusal set_count(Config& config, const SettingValue& value) {
  if (value.number < 1 || value.number > std::numeric_limits<std::int32_t>::max()) {
    return SettingRefusal{"expected a whole number from 1 on, found " + std::to_string(value.number)};
  }
  config.*kMember = static_cast<std::uint32_t>(value.number);
  return {};
}

Refusal unknown_rule(const std::string& selector, std::size_t item, bool name) {
  const std::vector<std::string_view> known = rule_selectors();
  return SettingRefusal{"unknown rule " + quoted(selector) + did_you_mean(selector, known), item, name};
}

template <auto kMember>
Refusal set_selectors(Config& config, const SettingValue& value) {
  Texts selectors;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const std::string& selector = value.items[i].value;
    if (!rules::is_selector(selector)) return unknown_rule(selector, i, false);
    selectors.push_back(selector);
  }
  config.*kMember = std::move(selectors);
  return {};
}

template <auto kMember>
Refusal set_paths(Config& config, const SettingValue& value) {
  Texts paths;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (value.items[i].value.empty()) return SettingRefusal{"expected a path, found an empty string", i};
    paths.push_back(value.items[i].value);
  }
  config.*kMember = std::move(paths);
  return {};
}

bool is_qualified_name(std::string_view text) {
  bool at_start = true;
  for (const char each : text) {
    const bool digit = each >= '0' && each <= '9';
    const bool letter =
        (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || each == '_' || (each & 0x80) != 0;
    if (each == '.' ? at_start : !(letter || (digit && !at_start))) return false;
    at_start = each == '.';
  }
  return !at_start;
}

template <auto kMember>
Refusal set_qualified_names(Config& config, const SettingValue& value) {
  Texts names;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const std::string& name = value.items[i].value;
    if (!is_qualified_name(name))
      return SettingRefusal{"expected a dotted name such as `package.module.function`, found " + quoted(name), i};
    names.push_back(name);
  }
  config.*kMember = std::move(names);
  return {};
}

Refusal not_one_of(const std::string& found, std::span<const std::string_view> known, std::size_t item) {
  std::string message = "expected one of";
  for (std::size_t i = 0; i < known.size(); ++i) message += (i == 0 ? " " : ", ") + quoted(known[i]);
  return SettingRefusal{message + "; found " + quoted(found) + did_you_mean(found, known), item};
}

Refusal set_frameworks(Config& config, const SettingValue& value) {
  Texts names;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const std::string& name = value.items[i].value;
    if (std::find(kFrameworks.begin(), kFrameworks.end(), name) == kFrameworks.end())
      return not_one_of(name, kFrameworks, i);
    names.push_back(name);
  }
  config.frameworks = std::move(names);
  return {};
}

Refusal set_follow_imports(Config& config, const SettingValue& value) {
  const std::string& found = value.items.front().value;
  if (found != "project" && found != "environment") return not_one_of(found, kFollowImports, 0);
  config.follow_imports = found;
  return {};
}

Refusal set_profile(Config& config, const SettingValue& value) {
  static constexpr std::array<std::string_view, 2> kProfiles = {"default", "strict"};
  const auto profile = rules::parse_profile(value.items.front().value);
  if (!profile) return not_one_of(value.items.front().value, kProfiles, 0);
  config.profile = *profile;
  return {};
}

Refusal set_target_version(Config& config, const SettingValue& value) {
  const auto version = parse_target_version(value.items.front().value);
  if (!version) {
    return SettingRefusal{"expected a Python version such as `py312` or `3.12`, found " +
                          quoted(value.items.front().value)};
  }
  config.target_version = version;
  return {};
}

Refusal set_per_file_ignores(Config& config, const SettingValue& value) {
  std::vector<PerFileIgnore> ignores;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const SettingItem& item = value.items[i];
    if (!rules::is_selector(item.value)) return unknown_rule(item.value, i, false);
    if (ignores.empty() || ignores.back().glob != item.name) ignores.push_back({item.name, {}});
    ignores.back().codes.push_back(item.value);
  }
  config.per_file_ignores = std::move(ignores);
  return {};
}

Refusal set_severity(Config& config, const SettingValue& value) {
  static constexpr std::array<std::string_view, 4> kSeverities = {"error", "warning", "information", "hint"};
  std::map<std::string, rules::Severity> severities;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const SettingItem& item = value.items[i];
    if (rules::find_rule(item.name) == nullptr) return unknown_rule(item.name, i, true);
    const auto severity = rules::parse_severity(item.value);
    if (!severity) return not_one_of(item.value, kSeverities, i);
    severities[item.name] = *severity;
  }
  config.severity = std::move(severities);
  return {};
}

// ---- showing them

std::string toml_string(std::string_view text) {
  std::string shown = "\"";
  for (const char each : text) {
    if (each == '"' || each == '\\') shown += '\\';
    shown += each;
  }
  return shown + '"';
}

std::string toml_list(const Texts& texts) {
  std::string shown = "[";
  for (const std::string& text : texts) shown += (shown.size() == 1 ? "" : ", ") + toml_string(text);
  return shown + "]";
}

template <auto kMember>
std::string show_flag(const Config& config) {
  return config.*kMember ? "true" : "false";
}

/// An option that is not set has no value in TOML; the empty string stands for that.
template <auto kMember>
std::string show_count(const Config& config) {
  return config.*kMember ? std::to_string(*(config.*kMember)) : std::string();
}

template <auto kMember>
std::string show_list(const Config& config) {
  return toml_list(config.*kMember);
}

std::string show_profile(const Config& config) { return toml_string(rules::to_string(config.profile)); }

std::string show_target_version(const Config& config) {
  const PythonVersion version = config.target();
  return toml_string("py" + std::to_string(version.major) + std::to_string(version.minor));
}

std::string show_follow_imports(const Config& config) { return toml_string(config.follow_imports); }

std::string show_per_file_ignores(const Config& config) {
  std::string shown;
  for (const PerFileIgnore& ignore : config.per_file_ignores) {
    shown += (shown.empty() ? " " : ", ") + toml_string(ignore.glob) + " = " + toml_list(ignore.codes);
  }
  return shown.empty() ? "{}" : "{" + shown + " }";
}

std::string show_severity(const Config& config) {
  std::string shown;
  for (const auto& [rule, severity] : config.severity) {
    shown += (shown.empty() ? " " : ", ") + rule + " = " + toml_string(rules::to_string(severity));
  }
  return shown.empty() ? "{}" : "{" + shown + " }";
}

// ---- the list

constexpr std::string_view kRules = "a list of rule codes, prefixes or names";
constexpr std::string_view kFlag = "true or false";
constexpr std::string_view kCount = "a whole number from 1 on";
constexpr std::string_view kGlobs = "a list of globs";
constexpr std::string_view kNames = "a list of dotted names";

constexpr std::array<ConfigKey, 20> kKeys = {{
    {"profile", Shape::string, "`default` or `strict`", set_profile, show_profile},
    {"select", Shape::list, kRules, set_selectors<&Config::select>, show_list<&Config::select>},
    {"extend-select", Shape::list, kRules, set_selectors<&Config::extend_select>, show_list<&Config::extend_select>},
    {"ignore", Shape::list, kRules, set_selectors<&Config::ignore>, show_list<&Config::ignore>},
    {"per-file-ignores", Shape::lists_by_name, "a table of globs, each with a list of rule codes", set_per_file_ignores,
     show_per_file_ignores},
    {"severity", Shape::strings_by_name, "a table of rules, each with its severity", set_severity, show_severity},
    {"exclude", Shape::list, kGlobs, set_paths<&Config::exclude>, show_list<&Config::exclude>},
    {"respect-gitignore", Shape::boolean, kFlag, set_flag<&Config::respect_gitignore>,
     show_flag<&Config::respect_gitignore>},
    {"src", Shape::list, "a list of folders", set_paths<&Config::src>, show_list<&Config::src>},
    {"target-version", Shape::string, "a Python version such as `py312`", set_target_version, show_target_version},
    {"respect-ruff-noqa", Shape::boolean, kFlag, set_flag<&Config::respect_ruff_noqa>,
     show_flag<&Config::respect_ruff_noqa>},
    {"only-what-ruff-misses", Shape::boolean, kFlag, set_flag<&Config::only_what_ruff_misses>,
     show_flag<&Config::only_what_ruff_misses>},
    {"blocking", Shape::list, kNames, set_qualified_names<&Config::blocking>, show_list<&Config::blocking>},
    {"non-blocking", Shape::list, kNames, set_qualified_names<&Config::non_blocking>, show_list<&Config::non_blocking>},
    {"offload", Shape::list, kNames, set_qualified_names<&Config::offload>, show_list<&Config::offload>},
    {"spawn", Shape::list, kNames, set_qualified_names<&Config::spawn>, show_list<&Config::spawn>},
    {"frameworks", Shape::list, "a list of frameworks", set_frameworks, show_list<&Config::frameworks>},
    {"workers", Shape::integer, kCount, set_count<&Config::workers>, show_count<&Config::workers>},
    {"max-connections", Shape::integer, kCount, set_count<&Config::max_connections>,
     show_count<&Config::max_connections>},
    {"follow-imports", Shape::string, "`project` or `environment`", set_follow_imports, show_follow_imports},
}};

}  // namespace

std::span<const ConfigKey> config_keys() { return kKeys; }

const ConfigKey* find_config_key(std::string_view name) {
  const auto* found = std::find_if(kKeys.begin(), kKeys.end(), [&](const ConfigKey& key) { return key.name == name; });
  return found == kKeys.end() ? nullptr : found;
}

std::vector<std::string_view> config_key_names() {
  std::vector<std::string_view> names;
  names.reserve(kKeys.size());
  for (const ConfigKey& key : kKeys) names.push_back(key.name);
  return names;
}

}  // namespace surefoot::engine
