#pragma once
// Finds the Python files that paths of the command line stand for. Deterministic: the same disk gives the same list.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/workspace/config_files.hpp"

namespace surefoot::server {

class FolderCache;

struct SourceFile {
  std::string path;   // absolute
  std::string shown;  // as users should see it: relative to the working directory where it was given so
  std::shared_ptr<const ResolvedConfig> config;
};

/// Something on the way that users must hear of. An error means that something was not looked at.
struct DiscoveryProblem {
  bool is_error = true;
  std::string path;     // as users should see it
  std::string message;  // "no such file or folder"
};

struct Discovery {
  std::vector<SourceFile> files;  // sorted by `shown`, each once
  std::vector<DiscoveryProblem> problems;
  /// Configuration files that cannot be used; the files they speak for are left out.
  std::vector<std::shared_ptr<const ConfigFileProblem>> bad_configs;
  /// The folders that were walked, absolute, in the order of the walk.
  std::vector<std::string> folders;
};

enum class NamedFiles : unsigned char {
  taken,      // whatever the exclusions say
  as_walked,  // as if a folder above them had been named: for callers that name every file they have (pre-commit)
};

struct WalkOptions {
  NamedFiles named = NamedFiles::taken;
  /// Asked before each folder with what was found so far; the walk ends there when it is false. May be empty.
  std::function<bool(const Discovery&)> goes_on = {};
  FolderCache* folders = nullptr;  // null: every folder is listed
};

/// Paths are files or folders, absolute or relative to `working_folder`. Files that are named: see NamedFiles. Folders
/// are walked for *.py and *.pyw, without what is excluded by name (.git, .venv, node_modules, build, …), by being a
/// virtual environment, by the configuration, or by .gitignore (where `respect-gitignore` is on). Links to folders are
/// followed unless they lead to a folder that is walked anyway; one that leads back to a folder above itself is a
/// problem to tell.
Discovery discover(const std::vector<std::string>& paths, const std::string& working_folder, ConfigFiles& configs,
                   const WalkOptions& options = {});

/// True for names of folders that are never walked into.
bool is_excluded_by_name(std::string_view folder_name);

/// True for the names of Python files: *.py and *.pyw.
bool is_python_name(std::string_view file_name);

}  // namespace surefoot::server
