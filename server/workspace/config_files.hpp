#pragma once
// Which configuration is in force for a file: that of the nearest folder above it with a surefoot.toml, or a
// pyproject.toml that has [tool.surefoot]; else the defaults. Shared by the checker and the server.
// Not thread safe: one owner, one thread at a time. What it hands out is immutable.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "analysis/engine/config.hpp"
#include "analysis/text/source_text.hpp"
#include "server/workspace/disk.hpp"

namespace surefoot::server {

/// Where a value comes from: a file and the 0-based line of its key, or somewhere else ("command line").
struct ConfigOrigin {
  std::string file;  // absolute; empty when `label` tells
  std::uint32_t line = 0;
  std::string label;
  bool operator==(const ConfigOrigin&) const = default;
};

struct ResolvedConfig {
  std::shared_ptr<const engine::Config> config;
  /// The project: absolute folder. Globs and source roots are relative to it, and so is engine::FileInput::path.
  std::string root;
  /// The file it was read from, absolute; empty for the defaults.
  std::string file;
  /// Keys that are set, by name. Other keys have their defaults.
  std::map<std::string, ConfigOrigin> origins;
  /// True when something says that the root is one: imports look no further up.
  bool is_project = false;
  /// The packages of its environment; empty where imports are not followed into them.
  std::string packages = {};
};

/// Why a configuration file cannot be used. The span speaks of `text`, which is what was read.
struct ConfigFileProblem {
  std::string file;
  text::SourceText text;
  text::Span span;
  std::string message;
};

struct ConfigAnswer {
  /// In force. With a problem it is the last one that was good, or null when there never was one.
  std::shared_ptr<const ResolvedConfig> config;
  std::shared_ptr<const ConfigFileProblem> problem;
};

/// A setting laid over whatever a file says: an option of the command line, a setting of an editor.
struct ConfigOverride {
  std::string key;    // as in the file: "select"
  std::string value;  // as engine::apply_setting() takes it
  bool adds = false;  // to a list, instead of replacing it
  std::string label;  // "command line"
};

/// Lays overrides over a configuration, all or none; returns an error message, empty when all is well. A replaced
/// `select` starts afresh: `extend-select` and `ignore` of the file no longer count.
std::string apply_overrides(engine::Config& config, const std::vector<ConfigOverride>& overrides);

class ConfigFiles {
 public:
  struct Options {
    /// The project's root for files that have no configuration and no other sign of a project above them (.git,
    /// pyproject.toml, setup.py, setup.cfg): absolute. Files that are not within it have their own folder.
    std::string fallback_root = "/";
    /// Already checked with apply_overrides().
    std::vector<ConfigOverride> overrides;
    /// Absolute path of the one file to use for everything, instead of looking.
    std::optional<std::string> only_file;
  };

  ConfigFiles(Disk disk, Options options) : disk_(std::move(disk)), options_(std::move(options)) {}

  /// For a file (which need not exist), by its absolute path.
  ConfigAnswer for_file(std::string_view path);
  /// For a folder, by its absolute path.
  ConfigAnswer for_folder(std::string_view folder);

  /// True for the names this class reads, so that a watcher knows when to call forget().
  static bool is_config_name(std::string_view file_name);

  /// True for the names whose presence in a folder this class asks the disk for.
  static bool is_sign(std::string_view name);
  /// None of these is in the folder: the caller has just listed it.
  void note_plain(std::string folder) { plain_.insert(std::move(folder)); }

  /// Forgets what was read, not what was last good: a configuration file has appeared, changed or gone.
  void forget();
  /// Takes a folder for the root of a project that has no other sign of being one.
  void add_root(std::string folder);
  /// Other overrides from now on (already checked). Forgets what was read.
  void set_overrides(std::vector<ConfigOverride> overrides);

 private:
  /// `is_project`: the root is one that folders beneath share, not just a folder's own.
  struct Known {
    ConfigAnswer answer;
    bool is_project = false;
  };
  Known inherit(const Known& above, const std::string& folder);
  ConfigAnswer the_only_one();
  ConfigAnswer load(const std::string& file, engine::ConfigFile kind, ReadResult read);
  std::optional<ConfigAnswer> configured_in(const std::string& folder);
  ConfigAnswer without_file(const std::string& root, bool is_project);
  void add_requires_python(ResolvedConfig& resolved, engine::Config& config) const;
  bool starts_project(const std::string& folder) const;

  Disk disk_;
  Options options_;
  std::unordered_set<std::string> roots_;
  std::unordered_set<std::string> plain_;
  std::unordered_map<std::string, Known> by_folder_;
  std::unordered_map<std::string, std::shared_ptr<const ResolvedConfig>> last_good_;  // by configuration file
};

}  // namespace surefoot::server
