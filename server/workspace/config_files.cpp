#include "server/workspace/config_files.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "analysis/engine/python_requires.hpp"
#include "server/workspace/environment.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

using engine::Config;
using engine::ConfigFile;
using engine::ConfigProblem;
using engine::LoadedConfig;

constexpr std::string_view kOwnFile = "surefoot.toml";
constexpr std::string_view kPyproject = "pyproject.toml";
constexpr std::array<std::string_view, 4> kProjectSigns = {".git", kPyproject, "setup.py", "setup.cfg"};

std::vector<std::string>* list_of(Config& config, std::string_view key) {
  if (key == "select") return &config.select;
  if (key == "extend-select") return &config.extend_select;
  if (key == "ignore") return &config.ignore;
  if (key == "exclude") return &config.exclude;
  return nullptr;
}

std::string apply_override(Config& config, const ConfigOverride& each) {
  std::vector<std::string>* list = each.adds ? list_of(config, each.key) : nullptr;
  std::vector<std::string> before;
  if (list != nullptr) before = *list;
  std::string error = engine::apply_setting(config, each.key, each.value);
  if (list != nullptr && error.empty()) list->insert(list->begin(), before.begin(), before.end());
  return error;
}

bool starts_afresh(const ConfigOverride& each) { return each.key == "select" && !each.adds; }

void note_origins(std::map<std::string, ConfigOrigin>& origins, const std::vector<ConfigOverride>& overrides) {
  for (const ConfigOverride& each : overrides) {
    if (!starts_afresh(each)) continue;
    for (const char* voided : {"extend-select", "ignore"}) origins.erase(voided);
  }
  for (const ConfigOverride& each : overrides) origins[each.key] = {{}, 0, each.label};
}

ConfigAnswer unreadable(const std::string& file, const ReadResult& read, std::shared_ptr<const ResolvedConfig> last) {
  const std::string reason = read.status == ReadStatus::too_large ? "too large for a configuration" : read.reason;
  return {std::move(last),
          std::make_shared<ConfigFileProblem>(ConfigFileProblem{file, {}, {}, "cannot read: " + reason})};
}

}  // namespace

std::string apply_overrides(Config& config, const std::vector<ConfigOverride>& overrides) {
  Config changed = config;
  const bool afresh = std::any_of(overrides.begin(), overrides.end(), starts_afresh);
  if (afresh) {
    changed.extend_select.clear();
    changed.ignore.clear();
  }
  for (const ConfigOverride& each : overrides) {
    if (std::string error = apply_override(changed, each); !error.empty()) return error;
  }
  config = std::move(changed);
  return {};
}

bool ConfigFiles::is_config_name(std::string_view file_name) {
  return file_name == kOwnFile || file_name == kPyproject;
}

bool ConfigFiles::is_sign(std::string_view name) {
  return name == kOwnFile || std::find(kProjectSigns.begin(), kProjectSigns.end(), name) != kProjectSigns.end();
}

void ConfigFiles::forget() {
  by_folder_.clear();
  plain_.clear();
}

void ConfigFiles::add_root(std::string folder) {
  if (roots_.insert(std::move(folder)).second) forget();
}

void ConfigFiles::set_overrides(std::vector<ConfigOverride> overrides) {
  options_.overrides = std::move(overrides);
  last_good_.clear();
  forget();
}

ConfigAnswer ConfigFiles::for_file(std::string_view path) { return for_folder(parent_folder(path)); }

ConfigAnswer ConfigFiles::for_folder(std::string_view folder) {
  if (options_.only_file) return the_only_one();
  // Up to the first folder whose answer is known or which has a configuration, then down again.
  std::vector<std::string> walked;
  Known known;
  for (std::string place(folder);;) {
    if (const auto found = by_folder_.find(place); found != by_folder_.end()) {
      known = found->second;
      break;
    }
    walked.push_back(place);
    if (auto answer = configured_in(place)) {
      known = {*std::move(answer), true};
      break;
    }
    std::string above(parent_folder(place));
    if (above == place) break;
    place = std::move(above);
  }
  std::reverse(walked.begin(), walked.end());
  for (const std::string& place : walked) {
    known = inherit(known, place);
    by_folder_[place] = known;
  }
  return known.answer;
}

ConfigFiles::Known ConfigFiles::inherit(const Known& above, const std::string& folder) {
  const bool by_file = above.answer.problem || (above.answer.config && !above.answer.config->file.empty());
  if (by_file) return above;
  if (starts_project(folder)) return {without_file(folder, true), true};
  if (above.is_project) return above;
  const bool given = folder == options_.fallback_root || roots_.count(folder) != 0;
  return {without_file(folder, given), given};
}

ConfigAnswer ConfigFiles::the_only_one() {
  const auto known = by_folder_.find({});
  if (known != by_folder_.end()) return known->second.answer;
  const std::string& file = *options_.only_file;
  const ConfigFile kind = file_name(file) == kPyproject ? ConfigFile::pyproject : ConfigFile::surefoot;
  ConfigAnswer answer = load(file, kind, disk_.read(file));
  by_folder_[{}] = {answer, true};
  return answer;
}

std::optional<ConfigAnswer> ConfigFiles::configured_in(const std::string& folder) {
  if (plain_.contains(folder)) return {};
  const std::string own = join_path(folder, kOwnFile);
  if (ReadResult read = disk_.read(own); read.status != ReadStatus::missing) {
    return load(own, ConfigFile::surefoot, std::move(read));
  }
  const std::string pyproject = join_path(folder, kPyproject);
  ReadResult read = disk_.read(pyproject);
  if (read.status == ReadStatus::missing) return {};
  if (read.status == ReadStatus::found && !engine::has_surefoot_table(read.bytes)) return {};
  return load(pyproject, ConfigFile::pyproject, std::move(read));
}

ConfigAnswer ConfigFiles::load(const std::string& file, ConfigFile kind, ReadResult read) {
  auto& last_good = last_good_[file];
  if (read.status != ReadStatus::found) return unreadable(file, read, last_good);
  const auto result = engine::parse_config(read.bytes, kind);
  if (const auto* problem = std::get_if<ConfigProblem>(&result)) {
    return {last_good, std::make_shared<ConfigFileProblem>(ConfigFileProblem{
                           file, text::SourceText(std::move(read.bytes)), problem->span, problem->message})};
  }
  const auto& loaded = std::get<LoadedConfig>(result);
  ResolvedConfig resolved{nullptr, std::string(parent_folder(file)), file, {}, true};
  for (const auto& [key, line] : loaded.set_on_line) resolved.origins[key] = {file, line, {}};
  Config config = loaded.config;
  add_requires_python(resolved, config);
  apply_overrides(config, options_.overrides);
  note_origins(resolved.origins, options_.overrides);
  resolved.packages = packages_followed(config, resolved.root);
  resolved.config = std::make_shared<const Config>(std::move(config));
  last_good = std::make_shared<const ResolvedConfig>(std::move(resolved));
  return {last_good, nullptr};
}

ConfigAnswer ConfigFiles::without_file(const std::string& root, bool is_project) {
  ResolvedConfig resolved{nullptr, root, {}, {}, is_project};
  Config config;
  add_requires_python(resolved, config);
  apply_overrides(config, options_.overrides);
  note_origins(resolved.origins, options_.overrides);
  resolved.packages = packages_followed(config, resolved.root);
  resolved.config = std::make_shared<const Config>(std::move(config));
  return {std::make_shared<const ResolvedConfig>(std::move(resolved)), nullptr};
}

/// What the nearest pyproject.toml, setup.cfg or setup.py at or above the root says that it requires.
void ConfigFiles::add_requires_python(ResolvedConfig& resolved, Config& config) const {
  if (config.target_version) return;
  for (std::string place = resolved.root;;) {
    const std::string file = join_path(place, kPyproject);
    const ReadResult read = disk_.read(file);
    const auto result = engine::parse_config(read.bytes, ConfigFile::pyproject);
    const auto* loaded = std::get_if<LoadedConfig>(&result);
    if (loaded != nullptr && loaded->config.target_version) {
      config.target_version = loaded->config.target_version;
      resolved.origins["target-version"] = {file, loaded->set_on_line.at("target-version"), {}};
      return;
    }
    for (const char* name : {"setup.cfg", "setup.py"}) {
      const std::string setup = join_path(place, name);
      if (const auto stated = engine::find_python_requires(disk_.read(setup).bytes)) {
        config.target_version = stated->version;
        resolved.origins["target-version"] = {setup, stated->line, {}};
        return;
      }
    }
    std::string above(parent_folder(place));
    if (above == place) return;
    place = std::move(above);
  }
}

bool ConfigFiles::starts_project(const std::string& folder) const {
  if (plain_.contains(folder)) return false;
  return std::any_of(kProjectSigns.begin(), kProjectSigns.end(),
                     [&](std::string_view sign) { return disk_.exists(join_path(folder, sign)); });
}

}  // namespace surefoot::server
