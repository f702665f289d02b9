#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <thread>
#include <tuple>
#include <utility>

#include "server/cli/watcher.hpp"

namespace surefoot::server {
namespace {

/// What changes when a file is written or replaced, or when something appears in a folder or goes.
struct Mark {
  std::int64_t seconds = 0, nanoseconds = 0;
  std::uint64_t inode = 0;
  std::int64_t size = -1;  // -1: not there
  bool operator==(const Mark&) const = default;
};

Mark mark_of(const std::string& path) {
  struct stat found = {};
  if (::stat(path.c_str(), &found) != 0) return {};
#ifdef __APPLE__
  const timespec time = found.st_mtimespec;
#else
  const timespec time = found.st_mtim;
#endif
  return {time.tv_sec, time.tv_nsec, found.st_ino, found.st_size};
}

class PollingWatcher final : public Watcher {
 public:
  explicit PollingWatcher(std::chrono::milliseconds interval) : interval_(interval) {}

  bool watch(const WatchedPaths& paths) override {
    std::map<std::string, Mark> marks;
    bool is_new = false;
    for (const auto* list : {&paths.folders, &paths.files}) {
      for (const std::string& path : *list) {
        const auto known = marks_.find(path);
        is_new = is_new || known == marks_.end();
        marks.emplace(path, known == marks_.end() ? mark_of(path) : known->second);
      }
    }
    marks_ = std::move(marks);
    return is_new;
  }

  bool wait() override {
    while (!look()) std::this_thread::sleep_for(interval_);
    // A change of many files is one.
    for (int looks = 0; looks < 8; ++looks) {
      std::this_thread::sleep_for(interval_ / 4);
      if (!look()) break;
    }
    return true;
  }

 private:
  /// True when something is other than it was; it is known then.
  bool look() {
    bool changed = false;
    for (auto& [path, mark] : marks_) {
      const Mark now = mark_of(path);
      changed = changed || now != mark;
      mark = now;
    }
    return changed;
  }

  std::chrono::milliseconds interval_;
  std::map<std::string, Mark> marks_;
};

}  // namespace

std::unique_ptr<Watcher> make_polling_watcher(std::chrono::milliseconds interval) {
  return std::make_unique<PollingWatcher>(interval);
}

std::unique_ptr<Watcher> make_watcher() {
  if (auto watcher = make_system_watcher()) return watcher;
  return make_polling_watcher(std::chrono::milliseconds(500));
}

}  // namespace surefoot::server
