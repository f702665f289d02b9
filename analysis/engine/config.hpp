#pragma once
// The configuration of a project: `[tool.surefoot]` of pyproject.toml or surefoot.toml, and the same keys as JSON-like
// settings of an editor. Pure: text in, configuration or one problem out. Any thread.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analysis/rules/severity.hpp"
#include "analysis/semantics/python_version.hpp"
#include "analysis/text/source_text.hpp"

namespace surefoot::engine {

using semantics::PythonVersion;

/// "py312", "3.12" -> 3.12; anything else nothing.
std::optional<PythonVersion> parse_target_version(std::string_view text);
/// The lowest version that a `requires-python` specifier admits (">=3.9,<4" -> 3.9), where it names one.
std::optional<PythonVersion> parse_requires_python(std::string_view specifier);

/// One `per-file-ignores` entry: the codes (or prefixes) not reported in files that the glob matches.
struct PerFileIgnore {
  std::string glob;
  std::vector<std::string> codes;
  bool operator==(const PerFileIgnore&) const = default;
};

struct Config : semantics::ProjectFacts {
  rules::Profile profile = rules::Profile::standard;
  /// Codes, code prefixes ("RT1", "DJG"), rule names or "ALL". An empty `select` means the profile decides.
  std::vector<std::string> select;
  std::vector<std::string> extend_select;
  std::vector<std::string> ignore;
  std::vector<PerFileIgnore> per_file_ignores;
  std::map<std::string, rules::Severity> severity;  // by code or name
  std::vector<std::string> exclude;                 // globs, beside the built-in ones (.git, .venv, node_modules, ...)
  std::vector<std::string> src;                     // source roots, relative to the configuration's folder
  bool respect_gitignore = true;
  bool only_what_ruff_misses = false;
  bool respect_ruff_noqa = true;           // `# noqa: ASYNC2xx` silences our twin of the rule
  std::string follow_imports = "project";  // "project" or "environment"

  bool operator==(const Config&) const = default;
};

/// Why a configuration could not be used, and where (a span of the text that was read).
struct ConfigProblem {
  text::Span span;
  std::string message;
  bool operator==(const ConfigProblem&) const = default;
};

/// A configuration and the keys it sets, each with the 0-based line it stands on.
struct LoadedConfig {
  Config config;
  std::map<std::string, std::uint32_t> set_on_line;
};

/// How the table of keys is found: `[tool.surefoot]` (and `[project] requires-python`), or the whole document.
enum class ConfigFile : std::uint8_t { pyproject, surefoot };

/// Unknown keys, wrong types, unknown rules or versions are problems: nothing is guessed, nothing half-applied.
std::variant<LoadedConfig, ConfigProblem> parse_config(std::string_view toml, ConfigFile kind);

/// True when a pyproject.toml has a [tool.surefoot] table (so that it is the configuration of its folder), and when it
/// is not TOML at all: what it says about surefoot is then unknown, and parse_config() tells the problem.
bool has_surefoot_table(std::string_view pyproject);

/// `value` as the key `key` of a configuration, as the command line and editors' settings give it ("select" =
/// "RT1,FLK"). Lists are comma separated, tables are "NAME:VALUE,NAME:VALUE". Replaces what was there. Returns an error
/// message, empty when it was applied.
std::string apply_setting(Config& config, std::string_view key, std::string_view value);

}  // namespace surefoot::engine
