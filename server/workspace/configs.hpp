#pragma once
// The configuration in force for each document: what the files on disk say, with the editor's settings laid over it.
// Strand only; what it hands out is immutable.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/session/document.hpp"
#include "server/workspace/config_files.hpp"
#include "server/workspace/editor_settings.hpp"
#include "server/workspace/folders.hpp"
#include "server/workspace/workspace_files.hpp"

namespace surefoot::server {

/// Which hints are shown. Off unless a setting turns them on.
struct ShownHints {
  bool inlay_hints = false;
  bool code_lens = false;
};

class Configs {
 public:
  explicit Configs(Disk disk = real_disk()) : disk_(std::move(disk)) {}

  /// Where a document stands and what counts for it. `problem` is set to why its configuration file cannot be read, or
  /// null: then the last good one of that file counts, or else the defaults.
  Placement place(const Document& document, const Folders& folders, std::shared_ptr<const ConfigFileProblem>& problem);
  /// Why the configuration of a folder cannot be read, null when it can or when there is none.
  std::shared_ptr<const ConfigFileProblem> problem_of(const Folder& folder);

  /// Those of `initializationOptions`, beneath whatever the editor says later.
  void set_initial_settings(EditorSettings settings) { initial_settings_ = std::move(settings); }
  /// For the documents in one folder, or for all documents that no folder's settings speak of.
  void set_settings(const Folder* folder, EditorSettings settings);

  /// The folders, with the settings that count in them.
  std::vector<WorkspaceRoot> roots(const Folders& folders) const;
  /// False when the editor wants to hear of open files only.
  bool checks_workspace() const {
    return settings_.whole_workspace.value_or(initial_settings_.whole_workspace.value_or(true));
  }

  ShownHints shown_in(const Document& document, const Folders& folders) const;
  /// Those that are shown in some folder.
  ShownHints shown_anywhere() const;

  /// Files may have changed: read them again. What was last good is kept.
  void forget();

 private:
  ConfigFiles& files_for(const Folder* folder);
  const EditorSettings& settings_for(const Folder* folder) const;

  Disk disk_;
  std::map<std::string, std::unique_ptr<ConfigFiles>> files_;  // by Folder::path; "" for files in none
  EditorSettings initial_settings_;
  EditorSettings settings_;
  std::map<std::string, EditorSettings> folder_settings_;  // by Folder::identity
};

}  // namespace surefoot::server
