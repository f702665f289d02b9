// Settings as the command line and editors give them: texts.
#include <algorithm>
#include <charconv>
#include <utility>

#include "analysis/engine/config.hpp"
#include "analysis/engine/config_keys.hpp"
#include "analysis/engine/config_suggest.hpp"

namespace surefoot::engine {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// The items of "a, b" or, for tables, of "glob:RT101, glob:RT102" (`=` is as good as `:`).
std::optional<std::string> split_items(const ConfigKey& key, std::string_view value, SettingValue& into) {
  const bool table = key.shape == Shape::lists_by_name || key.shape == Shape::strings_by_name;
  while (!trim(value).empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    const std::string_view part = trim(value.substr(0, comma));
    value.remove_prefix(std::min(comma + 1, value.size()));
    if (part.empty()) continue;
    const std::size_t colon = table ? part.find_last_of(":=") : 0;
    if (colon == std::string_view::npos) return "expected NAME:VALUE, found `" + std::string(part) + "`";
    const std::string_view name = table ? trim(part.substr(0, colon)) : std::string_view();
    into.items.push_back({std::string(name), std::string(table ? trim(part.substr(colon + 1)) : part)});
  }
  return {};
}

/// Reads the text of a setting; says what is wrong with it.
std::optional<std::string> read_setting(const ConfigKey& key, std::string_view value, SettingValue& into) {
  const std::string_view text = trim(value);
  const std::string wrong = "expected " + std::string(key.expects) + ", found `" + std::string(text) + "`";
  if (key.shape == Shape::boolean) {
    into.flag = text == "true";
    return into.flag || text == "false" ? std::nullopt : std::optional(wrong);
  }
  if (key.shape == Shape::integer) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into.number);
    return error == std::errc() && end == text.data() + text.size() ? std::nullopt : std::optional(wrong);
  }
  if (key.shape == Shape::string) {
    into.items.push_back({{}, std::string(text)});
    return {};
  }
  return split_items(key, value, into);
}

}  // namespace

std::string apply_setting(Config& config, std::string_view key, std::string_view value) {
  const ConfigKey* known = find_config_key(key);
  if (known == nullptr) {
    return "unknown setting `" + std::string(key) + "`" + did_you_mean(key, config_key_names());
  }
  const std::string prefix = "`" + std::string(key) + "`: ";
  SettingValue setting;
  if (const auto wrong = read_setting(*known, value, setting)) return prefix + *wrong;
  Config changed = config;
  if (const auto refusal = known->apply(changed, setting)) return prefix + refusal->message;
  config = std::move(changed);
  return {};
}

}  // namespace surefoot::engine
