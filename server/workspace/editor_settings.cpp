#include "server/workspace/editor_settings.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "protocol/json.hpp"

namespace surefoot::server {
namespace {

using engine::ConfigKey;
using engine::SettingValue;
using engine::Shape;
using nlohmann::json;

std::string to_kebab(std::string_view name) {
  std::string out;
  for (const char letter : name) {
    const bool upper = letter >= 'A' && letter <= 'Z';
    if (upper && !out.empty()) out += '-';
    out += upper ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return out;
}

bool add_strings(const json& list, const std::string& name, SettingValue& into) {
  if (list.is_string()) {
    into.items.push_back({name, list.get<std::string>()});
    return true;
  }
  if (!list.is_array()) return false;
  return std::all_of(list.begin(), list.end(),
                     [&](const json& item) { return item.is_string() && add_strings(item, name, into); });
}

bool add_table(const json& table, bool of_lists, SettingValue& into) {
  if (table.is_array()) return table.empty();  // what an empty table is in clients written in Lua
  if (!table.is_object()) return false;
  for (const auto& [name, value] : table.items()) {
    if ((!of_lists && !value.is_string()) || !add_strings(value, name, into)) return false;
  }
  return true;
}

/// The value as the key wants it; nothing when it has another shape.
std::optional<SettingValue> read_value(Shape shape, const json& value) {
  SettingValue out;
  switch (shape) {
    case Shape::boolean:
      if (!value.is_boolean()) return std::nullopt;
      out.flag = value.get<bool>();
      return out;
    case Shape::integer:
      if (!value.is_number_integer()) return std::nullopt;
      out.number = value.get<std::int64_t>();
      return out;
    case Shape::string:
      return value.is_string() && add_strings(value, {}, out) ? std::optional(out) : std::nullopt;
    case Shape::list:
      return (value.is_array() || (value.is_object() && value.empty())) &&
                     (value.is_object() || add_strings(value, {}, out))
                 ? std::optional(out)
                 : std::nullopt;
    case Shape::lists_by_name:
    case Shape::strings_by_name:
      return add_table(value, shape == Shape::lists_by_name, out) ? std::optional(out) : std::nullopt;
  }
  return std::nullopt;
}

/// "RT1, FLK" where a list is wanted: as on the command line.
std::optional<SettingValue> split_list(const json& value) {
  if (!value.is_string()) return std::nullopt;
  SettingValue out;
  std::string text = value.get<std::string>() + ",";
  text.erase(std::remove_if(text.begin(), text.end(), [](unsigned char c) { return std::isspace(c) != 0; }),
             text.end());
  for (std::size_t start = 0, comma = 0; (comma = text.find(',', start)) != std::string::npos; start = comma + 1) {
    if (comma > start) out.items.push_back({{}, text.substr(start, comma - start)});
  }
  return out;
}

std::string shortened(const json& value) {
  std::string text = protocol::dump_json(value);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

/// Takes out of a list or table what cannot be used, for as long as that leaves something. Gives the reasons.
std::vector<std::string> drop_refused(const ConfigKey& key, SettingValue& value) {
  std::vector<std::string> reasons;
  for (;;) {
    engine::Config scratch;
    const auto refusal = key.apply(scratch, value);
    if (!refusal) return reasons;
    reasons.push_back("`" + std::string(key.name) + "`: " + refusal->message);
    if (refusal->item < value.items.size()) {
      value.items.erase(value.items.begin() + static_cast<std::ptrdiff_t>(refusal->item));
    } else {
      value.items.clear();
    }
    if (value.items.empty()) return reasons;
  }
}

void add(EditorSettings& out, const ConfigKey& key, const json& value) {
  auto read = read_value(key.shape, value);
  if (!read && key.shape == Shape::list) read = split_list(value);
  const std::string name(key.name);
  if (!read) {
    out.problems.push_back("`" + name + "`: expected " + std::string(key.expects) + ", found " + shortened(value));
    return;
  }
  const std::vector<std::string> refused = drop_refused(key, *read);
  out.problems.insert(out.problems.end(), refused.begin(), refused.end());
  if (!refused.empty() && read->items.empty()) return;
  out.entries.push_back({&key, *std::move(read)});
}

/// A setting of the editor alone, which no configuration file has.
std::optional<bool> read_switch(const std::map<std::string, const json*>& values, const std::string& name,
                                std::vector<std::string>& problems) {
  const auto found = values.find(name);
  if (found == values.end() || found->second->is_null()) return std::nullopt;
  if (found->second->is_boolean()) return found->second->get<bool>();
  problems.push_back("`" + name + "`: expected true or false, found " + shortened(*found->second));
  return std::nullopt;
}

/// As Pyright and ty name it.
std::optional<bool> read_diagnostic_mode(const std::map<std::string, const json*>& values,
                                         std::vector<std::string>& problems) {
  const auto found = values.find("diagnostic-mode");
  if (found == values.end() || found->second->is_null()) return std::nullopt;
  const json& value = *found->second;
  if (value.is_string() && value == "workspace") return true;
  if (value.is_string() && to_kebab(value.get<std::string>()) == "open-files-only") return false;
  problems.push_back("`diagnostic-mode`: expected \"workspace\" or \"openFilesOnly\", found " + shortened(value));
  return std::nullopt;
}

void collect(const json& settings, std::map<std::string, const json*>& values, int depth) {
  if (!settings.is_object()) return;
  for (const auto& [name, value] : settings.items()) {
    if (depth > 0 && (name == "settings" || name == "surefoot")) collect(value, values, depth - 1);
    values[to_kebab(name)] = &value;
  }
}

}  // namespace

void EditorSettings::apply(engine::Config& config) const {
  const bool afresh =
      std::any_of(entries.begin(), entries.end(), [](const Entry& entry) { return entry.key->name == "select"; });
  if (afresh) {
    config.extend_select.clear();
    config.ignore.clear();
  }
  for (const auto& entry : entries) (void)entry.key->apply(config, entry.value);
}

EditorSettings parse_editor_settings(const json& settings) {
  std::map<std::string, const json*> values;
  collect(settings, values, 2);
  EditorSettings out;
  for (const auto& key : engine::config_keys()) {
    const auto found = values.find(std::string(key.name));
    if (found != values.end() && !found->second->is_null()) add(out, key, *found->second);
  }
  out.hints.inlay_hints = read_switch(values, "inlay-hints", out.problems);
  out.hints.code_lens = read_switch(values, "code-lens", out.problems);
  out.whole_workspace = read_diagnostic_mode(values, out.problems);
  return out;
}

}  // namespace surefoot::server
