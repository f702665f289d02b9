#pragma once
// Settings of the editor: the keys of the configuration file as JSON, laid over what the files say. Any thread.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/engine/config.hpp"
#include "analysis/engine/config_keys.hpp"

namespace surefoot::server {

/// What is shown beside diagnostics; nothing when the editor does not say.
struct HintSettings {
  std::optional<bool> inlay_hints;  // "inlay-hints": marks behind calls that block
  std::optional<bool> code_lens;    // "code-lens": marks above functions that block
};

struct EditorSettings {
  struct Entry {
    const engine::ConfigKey* key;  // never null
    engine::SettingValue value;    // one that the key takes
  };
  std::vector<Entry> entries;  // in the order of engine::config_keys()
  HintSettings hints;
  /// "diagnostic-mode": true for "workspace", false for "open-files-only"; nothing when the editor does not say.
  std::optional<bool> whole_workspace;
  std::vector<std::string> problems;  // of values that were refused, each naming its key

  /// As in a configuration of its own: a `select` of the editor makes the file's `extend-select` and `ignore` void.
  void apply(engine::Config& config) const;
};

/// Keys may be written in kebab-case or camelCase, and everything may stand under "settings" or "surefoot" once more.
/// `null` is no setting; a key that the configuration does not know belongs to the editor's extension and is skipped.
/// Bad values are left out, and the others count.
EditorSettings parse_editor_settings(const nlohmann::json& json);

}  // namespace surefoot::server
