#include "server/workspace/discovery.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "analysis/engine/config_glob.hpp"
#include "server/cache/folder_cache.hpp"
#include "server/workspace/folder_entries.hpp"
#include "server/workspace/gitignore.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

namespace fs = std::filesystem;

using ScopePtr = std::shared_ptr<const IgnoreScope>;

constexpr std::uint64_t kIgnoreFileLimit = std::uint64_t{4} << 20U;

struct PendingFolder {
  std::string path;
  std::string shown;
  ScopePtr ignores;     // of the folders above
  bool given = false;   // named by the user, so walked whatever it is
  bool linked = false;  // reached through a link
};

std::string lower_case(std::string text) {
  for (char& each : text) each = each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a') : each;
  return text;
}

/// "Permission denied" -> "permission denied", to stand behind a colon.
std::string reason_of(const std::error_code& error) {
  std::string text = error.message();
  if (!text.empty()) text.front() = lower_case(text.substr(0, 1)).front();
  return text;
}

ScopePtr read_ignores(ScopePtr above, const std::string& folder, const std::string& file) {
  ReadResult read = read_file(join_path(folder, file), kIgnoreFileLimit);
  if (read.status != ReadStatus::found) return above;
  return std::make_shared<const IgnoreScope>(IgnoreScope{std::move(above), folder, Gitignore(read.bytes)});
}

bool is_repository(const std::string& folder) {
  std::error_code error;
  return fs::exists(join_path(folder, ".git"), error);
}

/// The ignore files of the folders above `folder`, from the root of its repository on (without one, of its project).
ScopePtr ignores_above(const std::string& folder, const std::string& project) {
  std::vector<std::string> above;
  std::size_t wanted = 0;
  for (std::string place = folder; !is_repository(place);) {
    std::string parent(parent_folder(place));
    if (parent == place) break;
    above.push_back(parent);
    if (parent == project || is_repository(parent)) wanted = above.size();
    place = std::move(parent);
  }
  ScopePtr scope;
  for (std::size_t i = wanted; i > 0; --i) {
    if (is_repository(above[i - 1])) scope = read_ignores(scope, above[i - 1], ".git/info/exclude");
    scope = read_ignores(scope, above[i - 1], ".gitignore");
  }
  return scope;
}

/// Those and the folder's own: what rules over the names in it.
ScopePtr ignores_in(const std::string& folder, const std::string& project) {
  ScopePtr scope = ignores_above(folder, project);
  if (is_repository(folder)) scope = read_ignores(scope, folder, ".git/info/exclude");
  return read_ignores(scope, folder, ".gitignore");
}

class Walker {
 public:
  Walker(const std::string& working_folder, ConfigFiles& configs, const WalkOptions& options)
      : working_(working_folder), configs_(configs), options_(options) {}

  Discovery run(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) note_given(path);
    std::reverse(pending_.begin(), pending_.end());
    while (!pending_.empty() && (!options_.goes_on || options_.goes_on(found_))) {
      const PendingFolder folder = std::move(pending_.back());
      pending_.pop_back();
      walk(folder);
    }
    finish();
    return std::move(found_);
  }

 private:
  /// A path within the working folder is shown relative to it; others as they were given.
  std::string shown_path(const std::string& given, const std::string& path) const {
    if (is_within(path, working_)) return relative_path(path, working_);
    return fs::path(given).is_absolute() ? path : fs::path(given).lexically_normal().generic_string();
  }

  void note_given(const std::string& given) {
    const std::string path = absolute_path(given, working_);
    const std::string shown = shown_path(given, path);
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found) return problem(shown, "no such file or folder");
    if (error && !fs::status_known(status)) return problem(shown, reason_of(error));
    if (!fs::is_directory(status)) return note_file(path, shown);
    roots_.push_back(fs::canonical(path, error).generic_string());
    configs_.add_root(path);
    const ConfigAnswer answer = configs_.for_folder(path);
    pending_.push_back({path, shown, ignores_above(path, answer.config ? answer.config->root : path), true, false});
  }

  void note_file(const std::string& path, const std::string& shown) {
    const auto config = config_of(std::string(parent_folder(path)));
    if (options_.named == NamedFiles::as_walked && config != nullptr && is_out_of_reach(path, *config)) return;
    take(path, shown, config);
  }

  /// True when a walk through the project would not come to the file.
  static bool is_out_of_reach(const std::string& path, const ResolvedConfig& config) {
    for (std::string place = path; is_within(place, config.root) && place != config.root;) {
      const bool is_folder = place != path;
      std::string folder(parent_folder(place));
      const ScopePtr ignores = ignores_in(folder, config.root);
      if (is_folder && is_excluded_by_name(file_name(place))) return true;
      if (is_excluded(place, is_folder, ignores.get(), config)) return true;
      place = std::move(folder);
    }
    return false;
  }

  void problem(const std::string& shown, std::string message, bool is_error = true) {
    found_.problems.push_back({is_error, shown, std::move(message)});
  }

  /// The configuration of a folder; null when it cannot be used, which is noted.
  std::shared_ptr<const ResolvedConfig> config_of(const std::string& folder) {
    const ConfigAnswer answer = configs_.for_folder(folder);
    if (!answer.problem) return answer.config;
    if (bad_configs_.insert(answer.problem->file).second) found_.bad_configs.push_back(answer.problem);
    return nullptr;
  }

  void take(std::string path, std::string shown, std::shared_ptr<const ResolvedConfig> config) {
    if (!config || !taken_.insert(path).second) return;
    found_.files.push_back({std::move(path), std::move(shown), std::move(config)});
  }

  /// From the last name to the first: folders wait on a stack, and the first is to be walked first.
  std::vector<FolderEntry> list(const PendingFolder& folder) {
    std::error_code error;
    std::vector<FolderEntry> entries =
        options_.folders != nullptr ? options_.folders->entries_of(folder.path, error) : entries_of(folder.path, error);
    if (error) problem(folder.shown, "cannot be listed: " + reason_of(error));
    std::sort(entries.begin(), entries.end(),
              [](const FolderEntry& a, const FolderEntry& b) { return a.name > b.name; });
    return entries;
  }

  void walk(const PendingFolder& folder) {
    if (!walked_.insert(identity(folder)).second) return;
    const std::vector<FolderEntry> entries = list(folder);
    const auto has = [&](std::string_view name) {
      return std::any_of(entries.begin(), entries.end(), [&](const FolderEntry& entry) { return entry.name == name; });
    };
    const auto is_sign = [](const FolderEntry& entry) { return ConfigFiles::is_sign(entry.name); };
    if (std::none_of(entries.begin(), entries.end(), is_sign)) configs_.note_plain(folder.path);
    if (!folder.given && has("pyvenv.cfg")) return;
    found_.folders.push_back(folder.path);
    // A repository inside another is not ruled by the outer one's ignore files.
    ScopePtr ignores = has(".git") ? read_ignores(nullptr, folder.path, ".git/info/exclude") : folder.ignores;
    if (has(".gitignore")) ignores = read_ignores(ignores, folder.path, ".gitignore");
    const auto config = config_of(folder.path);
    for (const FolderEntry& entry : entries) visit(folder, entry, ignores, config);
  }

  void visit(const PendingFolder& folder, const FolderEntry& entry, const ScopePtr& ignores,
             const std::shared_ptr<const ResolvedConfig>& config) {
    // Links to nowhere (editors leave some), sockets and the like are neither folder nor file.
    const bool wanted =
        entry.is_folder ? !is_excluded_by_name(entry.name) : entry.is_file && is_python_name(entry.name);
    if (!wanted) return;
    std::string path = join_path(folder.path, entry.name);
    if (config != nullptr && is_excluded(path, entry.is_folder, ignores.get(), *config)) return;
    std::string shown = folder.shown == "." ? entry.name : join_path(folder.shown, entry.name);
    if (entry.is_folder) {
      if (entry.is_link && !may_follow(path, shown)) return;
      pending_.push_back({std::move(path), std::move(shown), ignores, false, folder.linked || entry.is_link});
    } else if (config != nullptr) {
      take(std::move(path), std::move(shown), config);
    }
  }

  static bool is_excluded(const std::string& path, bool is_folder, const IgnoreScope* ignores,
                          const ResolvedConfig& config) {
    const std::string relative = relative_path(path, config.root);
    const auto& globs = config.config->exclude;
    const bool excluded = std::any_of(globs.begin(), globs.end(),
                                      [&](const std::string& glob) { return engine::glob_names(glob, relative); });
    return excluded || (config.config->respect_gitignore && is_ignored(ignores, path, is_folder));
  }

  /// A link is followed to folders that are not reached without it.
  bool may_follow(const std::string& path, const std::string& shown) {
    std::error_code error;
    const std::string target = fs::canonical(path, error).generic_string();
    const std::string from = fs::canonical(std::string(parent_folder(path)), error).generic_string();
    if (error) return false;
    if (is_within(from, target)) {
      problem(shown, "not followed: the link leads back to a folder above it, " + target, false);
      return false;
    }
    return std::none_of(roots_.begin(), roots_.end(), [&](const std::string& root) { return is_within(target, root); });
  }

  /// What tells a folder from others: several links may lead to one.
  static std::string identity(const PendingFolder& folder) {
    std::error_code error;
    return folder.linked ? fs::canonical(folder.path, error).generic_string() : folder.path;
  }

  void finish() {
    std::sort(found_.files.begin(), found_.files.end(), [](const SourceFile& a, const SourceFile& b) {
      return std::tie(a.shown, a.path) < std::tie(b.shown, b.path);
    });
  }

  const std::string& working_;
  ConfigFiles& configs_;
  const WalkOptions& options_;
  Discovery found_;
  std::vector<PendingFolder> pending_;
  std::vector<std::string> roots_;  // canonical: the folders given
  std::unordered_set<std::string> walked_;
  std::unordered_set<std::string> taken_;
  std::unordered_set<std::string> bad_configs_;
};

}  // namespace

bool is_excluded_by_name(std::string_view folder_name) {
  static constexpr std::array<std::string_view, 27> kNames = {
      ".bzr",           ".direnv", ".eggs",       ".git",   ".hg",           ".ipynb_checkpoints",
      ".mypy_cache",    ".nox",    ".pants.d",    ".pyenv", ".pytest_cache", ".pytype",
      ".ruff_cache",    ".svn",    ".tox",        ".venv",  ".vscode",       "__pycache__",
      "__pypackages__", "_build",  "buck-out",    "build",  "dist",          "node_modules",
      "site-packages",  "venv",    ".git-rewrite"};
  return std::find(kNames.begin(), kNames.end(), folder_name) != kNames.end();
}

bool is_python_name(std::string_view file_name) { return file_name.ends_with(".py") || file_name.ends_with(".pyw"); }

Discovery discover(const std::vector<std::string>& paths, const std::string& working_folder, ConfigFiles& configs,
                   const WalkOptions& options) {
  return Walker(working_folder, configs, options).run(paths);
}

}  // namespace surefoot::server
