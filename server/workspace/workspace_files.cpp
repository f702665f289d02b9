#include "server/workspace/workspace_files.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>

#include "analysis/engine/config_glob.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

// A folder with more is no project: somebody opened their home, or the root of a disk.
constexpr std::size_t kMostFiles = 20000;
constexpr std::size_t kMostFolders = 50000;

bool is_too_much(const Discovery& found) {
  return found.files.size() > kMostFiles || found.folders.size() > kMostFolders;
}

bool is_home_or_root(const std::string& path) {
  const char* home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  return path.empty() || path == "/" || (home != nullptr && absolute_path(path, "/") == absolute_path(home, "/"));
}

/// The configurations of files with the editor's settings laid over them, each made once.
class Settled {
 public:
  explicit Settled(const std::vector<EditorSettings>& settings) : settings_(settings) {}

  const std::shared_ptr<const ResolvedConfig>& of(const std::shared_ptr<const ResolvedConfig>& found) {
    std::shared_ptr<const ResolvedConfig>& made = made_[found];
    if (made != nullptr) return made;
    ResolvedConfig resolved = *found;
    engine::Config config = *found->config;
    for (const EditorSettings& settings : settings_) settings.apply(config);
    resolved.config = std::make_shared<const engine::Config>(std::move(config));
    made = std::make_shared<const ResolvedConfig>(std::move(resolved));
    return made;
  }

 private:
  const std::vector<EditorSettings>& settings_;
  std::map<std::shared_ptr<const ResolvedConfig>, std::shared_ptr<const ResolvedConfig>> made_;
};

bool is_excluded(const SourceFile& file) {
  const std::string relative = relative_path(file.path, file.config->root);
  const auto& globs = file.config->config->exclude;
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return engine::glob_covers(glob, relative); });
}

/// False for files that another root, within this one, speaks of.
bool belongs_to(const SourceFile& file, const WorkspaceRoot& root, const std::vector<WorkspaceRoot>& roots) {
  return std::none_of(roots.begin(), roots.end(), [&](const WorkspaceRoot& other) {
    return other.path.size() > root.path.size() && is_within(file.path, other.path);
  });
}

/// False when the folder is no project.
bool add_files(const WorkspaceRoot& root, const std::vector<WorkspaceRoot>& roots, const std::stop_token& stop,
               std::vector<SourceFile>& files) {
  if (is_home_or_root(root.path)) return false;
  ConfigFiles::Options options;
  options.fallback_root = root.path;
  ConfigFiles configs(real_disk(), std::move(options));
  WalkOptions walk;
  walk.goes_on = [&](const Discovery& so_far) { return !stop.stop_requested() && !is_too_much(so_far); };
  Discovery found = discover({root.path}, kNowhere, configs, walk);
  if (is_too_much(found)) return false;
  Settled settled(root.settings);
  for (SourceFile& file : found.files) {
    file.shown = file.path;
    file.config = settled.of(file.config);
    if (belongs_to(file, root, roots) && !is_excluded(file)) files.push_back(std::move(file));
  }
  return true;
}

}  // namespace

WorkspaceFiles workspace_files(const std::vector<WorkspaceRoot>& roots, const std::stop_token& stop) {
  WorkspaceFiles found;
  for (const WorkspaceRoot& root : roots) {
    if (!add_files(root, roots, stop, found.files)) found.refused.push_back(root.path);
  }
  return found;
}

}  // namespace surefoot::server
