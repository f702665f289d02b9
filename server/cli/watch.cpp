#include "server/cli/watch.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "server/workspace/config_files.hpp"
#include "server/workspace/discovery.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

constexpr int kMostLooks = 10;

class PathCollector {
 public:
  /// A file, which need not exist; where its folder does not, the nearest one above that does is watched.
  void add_file(const std::string& path) {
    files_.insert(path);
    std::string folder(parent_folder(path));
    std::error_code error;
    while (folder != "/" && !std::filesystem::is_directory(folder, error)) folder = parent_folder(folder);
    folders_.insert(folder);
  }

  void add_folder(const std::string& path) {
    folders_.insert(path);
    for (const char* name : {"pyproject.toml", "surefoot.toml", ".gitignore"}) files_.insert(join_path(path, name));
  }

  WatchedPaths paths() const { return {{folders_.begin(), folders_.end()}, {files_.begin(), files_.end()}}; }

 private:
  std::set<std::string> folders_, files_;
};

/// A terminal shows the newest check alone.
void begin_anew(Console& console) {
  if (console.colour_out && console.live_err) console.out << "\x1b[H\x1b[2J\x1b[3J" << std::flush;
}

}  // namespace

WatchedPaths paths_to_watch(const CheckOptions& options) {
  PathCollector collector;
  ConfigFiles::Options where{options.working_folder, options.overrides, {}};
  if (!options.config_file.empty()) {
    where.only_file = absolute_path(options.config_file, options.working_folder);
    collector.add_file(*where.only_file);
  }
  if (!options.baseline.empty()) collector.add_file(absolute_path(options.baseline, options.working_folder));
  ConfigFiles configs(real_disk(), std::move(where));
  const Discovery found = discover(options.paths, options.working_folder, configs, {options.named_files, {}, nullptr});
  for (const std::string& path : options.paths) collector.add_file(absolute_path(path, options.working_folder));
  for (const std::string& folder : found.folders) collector.add_folder(folder);
  for (const auto& problem : found.bad_configs) collector.add_file(problem->file);
  for (const SourceFile& file : found.files) {
    collector.add_file(file.path);
    if (!file.config->file.empty()) collector.add_file(file.config->file);
  }
  return collector.paths();
}

int check_and_watch(const CheckOptions& options, Console& console, Watcher& watcher) {
  int status = kClean;
  do {
    // Folders that were not watched until now may have got others meanwhile.
    for (int looks = 0; looks < kMostLooks && watcher.watch(paths_to_watch(options)); ++looks) {
    }
    begin_anew(console);
    status = run_check_once(options, console);
    console.out.flush();
    console.err << "Watching for changes; Ctrl-C ends.\n" << std::flush;
  } while (console.out.good() && watcher.wait());
  return status;
}

}  // namespace surefoot::server
