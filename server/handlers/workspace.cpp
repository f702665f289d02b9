#include "server/handlers/workspace.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/uri.hpp"
#include "server/handlers/handlers.hpp"
#include "server/handlers/hints.hpp"
#include "server/workspace/discovery.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

using nlohmann::json;

constexpr std::string_view kSection = "surefoot";

bool same(const Placement& a, const Placement& b) {
  return a.config != nullptr && b.config != nullptr && *a.config == *b.config && a.place == b.place &&
         a.excluded == b.excluded && a.config_broken == b.config_broken;
}

void python_files_changed(Core& core, const protocol::DidChangeWatchedFilesParams& params) {
  std::vector<std::string> paths;
  for (const protocol::FileEvent& change : params.changes) {
    const auto path = protocol::file_uri_to_path(change.uri);
    if (path && is_python_name(*path)) paths.push_back(*path);
  }
  if (!paths.empty()) core.neighbourhood.changed_on_disk(paths);
}

void on_watched_files(Core& core, const protocol::DidChangeWatchedFilesParams& params) {
  python_files_changed(core, params);
  const bool ours = std::any_of(params.changes.begin(), params.changes.end(), [](const protocol::FileEvent& change) {
    const auto path = protocol::file_uri_to_path(change.uri);
    return path && ConfigFiles::is_config_name(file_name(*path));
  });
  if (!ours) return;
  core.configs.forget();
  refresh_configuration(core);
  core.workspace_check.outdated();
}

void on_folders(Core& core, const protocol::DidChangeWorkspaceFoldersParams& params) {
  for (const auto& folder : params.removed) core.folders.remove(folder.uri);
  for (const auto& folder : params.added) core.folders.add(folder);
  request_settings(core);
  refresh_configuration(core);
  core.workspace_check.outdated();
}

/// Problems are shown to the user, each once.
EditorSettings parse_telling(Core& core, const json& settings) {
  auto parsed = parse_editor_settings(settings);
  for (const auto& problem : parsed.problems) {
    if (!core.told_settings.insert(problem).second) continue;
    core.client.show_message(protocol::MessageType::kWarning, "surefoot settings: " + problem);
  }
  return parsed;
}

/// `folder`: null for all.
void take_settings(Core& core, const Folder* folder, const json& settings) {
  if (settings.is_null()) return;
  core.configs.set_settings(folder, parse_telling(core, settings));
}

/// One answer for each folder that was asked about, in that order; a single one for all if there is no folder.
void on_settings(Core& core, const std::vector<std::string>& folder_uris, const protocol::Response& response) {
  if (response.error || !response.result.get().is_array()) return;
  const auto& values = response.result.get();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (folder_uris.empty()) {
      take_settings(core, nullptr, values[i]);
      break;
    }
    for (const auto& folder : core.folders.all()) {
      if (i < folder_uris.size() && folder.uri == folder_uris[i]) take_settings(core, &folder, values[i]);
    }
  }
  refresh_configuration(core);
  refresh_hints(core);
  core.workspace_check.outdated();
}

void on_configuration(Core& core, const protocol::DidChangeConfigurationParams& params) {
  if (params.settings.get().is_object() || params.settings.get().is_array()) {
    take_settings(core, nullptr, params.settings.get());
  }
  request_settings(core);
  refresh_configuration(core);
  refresh_hints(core);
  core.workspace_check.outdated();
}

void on_progress_cancel(Core& core, const protocol::WorkDoneProgressCancelParams& params) {
  core.workspace_check.cancelled(params.token);
}

}  // namespace

bool place(Core& core, Document& document) {
  std::shared_ptr<const ConfigFileProblem> problem;
  Placement placement = core.configs.place(document, core.folders, problem);
  document.config_problem = problem;
  if (same(document.placement, placement)) return false;
  document.placement = std::move(placement);
  return true;
}

void publish_config_problems(Core& core) {
  Publisher::Problems problems;
  const auto note = [&](const std::shared_ptr<const ConfigFileProblem>& problem) {
    if (problem) problems[core.folders.uri_of(problem->file)] = problem;
  };
  for (const auto& [identity, document] : core.documents.all()) note(document.config_problem);
  for (const auto& folder : core.folders.all()) note(core.configs.problem_of(folder));
  core.publisher.publish_problems(std::move(problems), *core.view);
}

void refresh_configuration(Core& core) {
  bool changed = false;
  for (auto& [identity, document] : core.documents.all()) {
    if (!document.python || !place(core, document)) continue;
    core.analyses.changed(document);
    changed = true;
  }
  publish_config_problems(core);
  if (changed) core.workspace_check.outdated();
  if (changed && core.view->pulls()) core.publisher.refresh();
}

void take_initial_settings(Core& core, const json& settings) {
  core.configs.set_initial_settings(parse_telling(core, settings));
}

void request_settings(Core& core) {
  if (!core.view->capabilities.configuration) return;
  protocol::ConfigurationParams params;
  std::vector<std::string> folder_uris;
  for (const auto& folder : core.folders.all()) {
    folder_uris.push_back(folder.uri);
    params.items.push_back({folder.uri, std::string(kSection)});
  }
  if (params.items.empty()) params.items.push_back({std::nullopt, std::string(kSection)});
  core.client.request("workspace/configuration", params, [&core, folder_uris](const protocol::Response& response) {
    on_settings(core, folder_uris, response);
  });
}

void register_capabilities(Core& core) {
  protocol::RegistrationParams params;
  if (core.view->capabilities.watched_files_registration) {
    const protocol::DidChangeWatchedFilesOptions options{
        {{"**/pyproject.toml", std::nullopt}, {"**/surefoot.toml", std::nullopt}, {"**/*.py", std::nullopt}}};
    params.registrations.push_back(
        {"surefoot-configuration-files", "workspace/didChangeWatchedFiles", protocol::JsonValue(json(options))});
  }
  if (core.view->capabilities.configuration_registration) {
    params.registrations.push_back(
        {"surefoot-settings", "workspace/didChangeConfiguration", protocol::JsonValue(json{{"section", kSection}})});
  }
  if (!params.registrations.empty()) core.client.request("client/registerCapability", params, nullptr);
}

void route_workspace(Router& router) {
  router.notification<protocol::DidChangeConfigurationParams>("workspace/didChangeConfiguration", on_configuration);
  router.notification<protocol::DidChangeWatchedFilesParams>("workspace/didChangeWatchedFiles", on_watched_files);
  router.notification<protocol::WorkDoneProgressCancelParams>("window/workDoneProgress/cancel", on_progress_cancel);
  router.notification<protocol::DidChangeWorkspaceFoldersParams>("workspace/didChangeWorkspaceFolders", on_folders);
}

}  // namespace surefoot::server
