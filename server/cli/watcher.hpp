#pragma once
// Waiting for files to change. What a Watcher tells may be too much, never too little: a change after watch() has
// returned ends the next wait(). One thread.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace surefoot::server {

/// What to look at; absolute paths.
struct WatchedPaths {
  std::vector<std::string> folders;  // for what appears and goes in them, not beneath
  std::vector<std::string> files;    // for changes of their contents; each in one of the folders
};

class Watcher {
 public:
  virtual ~Watcher() = default;
  /// From now on these. True when some were not watched before: they may have changed until now, so look at them again.
  virtual bool watch(const WatchedPaths& paths) = 0;
  /// Waits until one has changed and nothing more has happened for a moment. False when it cannot go on.
  virtual bool wait() = 0;
};

/// Told by the system (inotify); null where there is no such thing, or no more of it to be had. Only names of Python
/// files, of configuration and of ignore files count.
std::unique_ptr<Watcher> make_system_watcher();

/// Asks the disk for times and sizes every so often: works everywhere.
std::unique_ptr<Watcher> make_polling_watcher(std::chrono::milliseconds interval);

/// The first where it works, else the second.
std::unique_ptr<Watcher> make_watcher();

}  // namespace surefoot::server
