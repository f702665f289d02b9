#include "server/check/check_workspace.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "analysis/engine/config_glob.hpp"
#include "server/check/check_run.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

// A folder with more is no project: somebody opened their home, or the root of a disk.
constexpr std::size_t kMostFiles = 20000;
constexpr std::size_t kMostFolders = 50000;

/// No path is within it, so all names of files stay absolute.
constexpr const char* kNowhere = "//";

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

/// The innermost root that holds the file.
bool belongs_to(const SourceFile& file, const WorkspaceJob::Root& root, const WorkspaceJob& job) {
  return std::none_of(job.roots.begin(), job.roots.end(), [&](const WorkspaceJob::Root& other) {
    return other.path.size() > root.path.size() && is_within(file.path, other.path);
  });
}

/// False when the folder is no project.
bool find_files(const WorkspaceJob::Root& root, const WorkspaceJob& job, std::vector<SourceFile>& files) {
  if (is_home_or_root(root.path)) return false;
  ConfigFiles::Options options;
  options.fallback_root = root.path;
  ConfigFiles configs(real_disk(), std::move(options));
  Discovery found = discover({root.path}, kNowhere, configs, NamedFiles::taken, [&](const Discovery& so_far) {
    return !job.stop.stop_requested() && !is_too_much(so_far);
  });
  if (is_too_much(found)) return false;
  Settled settled(root.settings);
  for (SourceFile& file : found.files) {
    file.shown = file.path;
    file.config = settled.of(file.config);
    if (belongs_to(file, root, job) && !is_excluded(file)) files.push_back(std::move(file));
  }
  return true;
}

CheckRunOptions options_of(const WorkspaceJob& job, std::size_t files) {
  CheckRunOptions options;
  options.file.working_folder = kNowhere;
  options.cache_folder = job.cache_folder;
  options.unsaved = job.unsaved;
  options.stop = job.stop;
  if (job.progress) options.progress = [&job, files](std::size_t done) { job.progress(done, files); };
  return options;
}

}  // namespace

WorkspaceFindings check_workspace(const WorkspaceJob& job) {
  WorkspaceFindings found;
  std::vector<SourceFile> files;
  for (const WorkspaceJob::Root& root : job.roots) {
    if (!find_files(root, job, files)) found.refused.push_back(root.path);
  }
  CheckRun run(options_of(job, files.size()), files);
  run.run([&](std::size_t i, const FileResult& result) {
    if (result.findings.empty()) return;
    found.files.push_back({files[i].path, result.findings});
    for (ReportedFinding& finding : found.files.back().findings) finding.fixes.clear();
  });
  return found;
}

}  // namespace surefoot::server
