#pragma once
// The keys of the configuration, each with what it takes and how it is put into a Config: the one list behind the
// TOML reader, the command line and the editors' settings. Any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/engine/config.hpp"

namespace surefoot::engine {

/// The shape of a key's value. `lists_by_name` is a table of lists, `strings_by_name` a table of strings.
enum class Shape : std::uint8_t { boolean, integer, string, list, lists_by_name, strings_by_name };

/// One string of a value; `name` is the key it stands under in a table.
struct SettingItem {
  std::string name;
  std::string value;
};

/// A value of any shape: a string is one item, a list or table one for each of its strings.
struct SettingValue {
  bool flag = false;
  std::int64_t number = 0;
  std::vector<SettingItem> items;
};

/// Why a value of the right shape is refused: which item, and whether its name is at fault.
struct SettingRefusal {
  std::string message;
  std::size_t item = 0;
  bool name_at_fault = false;
};

struct ConfigKey {
  std::string_view name;  // "per-file-ignores"
  Shape shape;
  std::string_view expects;  // "a list of rule codes", for messages
  /// Puts the value into the configuration, or says why not and leaves it half done.
  std::optional<SettingRefusal> (*apply)(Config& config, const SettingValue& value);
  /// The value in force, written as TOML ("[\"RT1\"]").
  std::string (*show)(const Config& config);
};

/// All keys, in the order users should see them.
std::span<const ConfigKey> config_keys();
const ConfigKey* find_config_key(std::string_view name);

/// The names of all keys.
std::vector<std::string_view> config_key_names();

}  // namespace surefoot::engine
