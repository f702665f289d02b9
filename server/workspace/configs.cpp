#include "server/workspace/configs.hpp"

#include <algorithm>
#include <utility>

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/config_glob.hpp"
#include "server/workspace/discovery.hpp"
#include "server/workspace/environment.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

/// As the checker sees it when it walks the project: by a folder's name, or by the configuration.
bool is_excluded(const engine::Config& config, const std::string& path) {
  std::size_t start = 0;
  for (std::size_t slash = 0; (slash = path.find('/', start)) != std::string::npos; start = slash + 1) {
    if (is_excluded_by_name(std::string_view(path).substr(start, slash - start))) return true;
  }
  return std::any_of(config.exclude.begin(), config.exclude.end(),
                     [&](const std::string& glob) { return engine::glob_covers(glob, path); });
}

const Folder* folder_for(const Document& document, const Folders& folders) {
  if (document.path) return folders.folder_of(*document.path);
  return folders.all().empty() ? nullptr : &folders.all().front();
}

ShownHints shown_by(const EditorSettings& initial, const EditorSettings& later) {
  const auto is_on = [](std::optional<bool> first, std::optional<bool> then) {
    return then.value_or(first.value_or(false));
  };
  return {is_on(initial.hints.inlay_hints, later.hints.inlay_hints),
          is_on(initial.hints.code_lens, later.hints.code_lens)};
}

}  // namespace

Placement Configs::place(const Document& document, const Folders& folders,
                         std::shared_ptr<const ConfigFileProblem>& problem) {
  const Folder* folder = folder_for(document, folders);
  ConfigAnswer answer;
  if (document.path) {
    answer = files_for(folder).for_file(*document.path);
  } else if (folder != nullptr) {
    answer = files_for(folder).for_folder(folder->path);
  }
  problem = answer.problem;

  Placement placement;
  engine::Config config = answer.config ? *answer.config->config : engine::Config();
  initial_settings_.apply(config);
  settings_for(folder).apply(config);
  if (document.path) {
    const auto fallback = std::string(parent_folder(answer.problem ? answer.problem->file : *document.path));
    const std::string root = answer.config ? answer.config->root : fallback;
    const bool is_project = answer.config != nullptr && answer.config->is_project;
    placement.place = engine::place_in(relative_path(*document.path, root), root, is_project, config);
    placement.place.packages = packages_followed(config, root);
    placement.excluded = is_excluded(config, placement.place.path);
  } else {
    placement.place.path = document.name();
  }
  placement.config_broken = answer.problem != nullptr;
  placement.config = std::make_shared<const engine::Config>(std::move(config));
  return placement;
}

std::shared_ptr<const ConfigFileProblem> Configs::problem_of(const Folder& folder) {
  return files_for(&folder).for_folder(folder.path).problem;
}

std::vector<WorkspaceRoot> Configs::roots(const Folders& folders) const {
  std::vector<WorkspaceRoot> roots;
  for (const Folder& folder : folders.all()) {
    roots.push_back({folder.path, {initial_settings_, settings_for(&folder)}});
  }
  return roots;
}

void Configs::set_settings(const Folder* folder, EditorSettings settings) {
  if (folder == nullptr) {
    settings_ = std::move(settings);
    folder_settings_.clear();
  } else {
    folder_settings_[folder->identity] = std::move(settings);
  }
}

ShownHints Configs::shown_in(const Document& document, const Folders& folders) const {
  return shown_by(initial_settings_, settings_for(folder_for(document, folders)));
}

ShownHints Configs::shown_anywhere() const {
  ShownHints shown = shown_by(initial_settings_, settings_);
  for (const auto& [folder, settings] : folder_settings_) {
    const ShownHints here = shown_by(initial_settings_, settings);
    shown.inlay_hints |= here.inlay_hints;
    shown.code_lens |= here.code_lens;
  }
  return shown;
}

void Configs::forget() {
  for (auto& [path, files] : files_) files->forget();
}

ConfigFiles& Configs::files_for(const Folder* folder) {
  auto& files = files_[folder == nullptr ? std::string() : folder->path + "/"];
  if (files == nullptr) {
    ConfigFiles::Options options;
    options.fallback_root = folder == nullptr ? kNowhere : folder->path.empty() ? "/" : folder->path;
    files = std::make_unique<ConfigFiles>(disk_, std::move(options));
  }
  return *files;
}

const EditorSettings& Configs::settings_for(const Folder* folder) const {
  const auto found = folder == nullptr ? folder_settings_.end() : folder_settings_.find(folder->identity);
  return found == folder_settings_.end() ? settings_ : found->second;
}

}  // namespace surefoot::server
