// Source: inotify(7).
#include "server/cli/watcher.hpp"

#if __has_include(<sys/inotify.h>)

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "server/workspace/config_files.hpp"
#include "server/workspace/discovery.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE |
                                  IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;
constexpr int kQuiet = 50;                           // milliseconds without an event after which a change is over
constexpr std::chrono::milliseconds kLongest{1000};  // that a change may last
constexpr std::chrono::milliseconds kPolling{500};   // when the system has no more watches

bool counts(std::string_view name) {
  return is_python_name(name) || ConfigFiles::is_config_name(name) || name == ".gitignore";
}

class SystemWatcher final : public Watcher {
 public:
  explicit SystemWatcher(int descriptor) : descriptor_(descriptor) {}
  SystemWatcher(const SystemWatcher&) = delete;
  SystemWatcher& operator=(const SystemWatcher&) = delete;
  ~SystemWatcher() override { ::close(descriptor_); }

  bool watch(const WatchedPaths& paths) override {
    if (fallback_ != nullptr) return fallback_->watch(paths);
    forget_others(paths.folders);
    other_names_.clear();
    for (const std::string& file : paths.files) {
      if (!counts(file_name(file))) other_names_.emplace(file_name(file));
    }
    bool is_new = false;
    for (const std::string& folder : paths.folders) is_new = add(folder) || is_new;
    if (!exhausted_) return is_new;
    fallback_ = make_polling_watcher(kPolling);
    return fallback_->watch(paths);
  }

  bool wait() override {
    if (fallback_ != nullptr) return fallback_->wait();
    while (true) {
      const int count = poll_for(-1);
      if (count < 0) return false;
      if (!read_events()) continue;
      const auto enough = std::chrono::steady_clock::now() + kLongest;
      while (std::chrono::steady_clock::now() < enough && poll_for(kQuiet) > 0) read_events();
      return true;
    }
  }

 private:
  /// The number of descriptors that are ready: 1, or 0 after so many milliseconds; less when it cannot be told.
  int poll_for(int milliseconds) const {
    pollfd ready = {descriptor_, POLLIN, 0};
    int count = 0;
    do {
      count = ::poll(&ready, 1, milliseconds);
    } while (count < 0 && errno == EINTR);
    return count;
  }

  void forget_others(const std::vector<std::string>& folders) {
    const std::set<std::string> wanted(folders.begin(), folders.end());
    std::erase_if(watches_, [&](const auto& each) {
      if (wanted.contains(each.first)) return false;
      ::inotify_rm_watch(descriptor_, each.second);
      return true;
    });
  }

  /// True when the folder was not watched. One that has gone meanwhile is left to the event of its parent.
  bool add(const std::string& folder) {
    if (watches_.contains(folder)) return false;
    const int watch = ::inotify_add_watch(descriptor_, folder.c_str(), kEvents);
    if (watch < 0) {
      exhausted_ = exhausted_ || errno == ENOSPC || errno == ENOMEM;
      return false;
    }
    watches_.emplace(folder, watch);
    return true;
  }

  bool read_events() {
    alignas(inotify_event) std::array<char, 1U << 14U> bytes{};
    const ssize_t size = ::read(descriptor_, bytes.data(), bytes.size());
    bool changed = false;
    for (ssize_t at = 0; at < size;) {
      inotify_event event = {};
      std::memcpy(&event, bytes.data() + at, sizeof event);
      const char* name = bytes.data() + at + sizeof event;
      changed = matters(event, event.len == 0 ? std::string_view() : std::string_view(name)) || changed;
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
    return changed;
  }

  bool matters(const inotify_event& event, std::string_view name) {
    if ((event.mask & IN_Q_OVERFLOW) != 0) return true;
    if ((event.mask & IN_MOVE_SELF) != 0) ::inotify_rm_watch(descriptor_, event.wd);
    if ((event.mask & (IN_IGNORED | IN_MOVE_SELF)) != 0) {
      // The watch is of a folder that has gone, or that has another name now.
      return std::erase_if(watches_, [&](const auto& each) { return each.second == event.wd; }) > 0;
    }
    if ((event.mask & IN_ISDIR) != 0) return !is_excluded_by_name(name);
    return counts(name) || other_names_.contains(name);
  }

  int descriptor_;
  std::map<std::string, int> watches_;  // folder -> watch
  std::set<std::string, std::less<>> other_names_;
  bool exhausted_ = false;
  std::unique_ptr<Watcher> fallback_;
};

}  // namespace

std::unique_ptr<Watcher> make_system_watcher() {
  const int descriptor = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  return descriptor < 0 ? nullptr : std::make_unique<SystemWatcher>(descriptor);
}

}  // namespace surefoot::server

#else

std::unique_ptr<surefoot::server::Watcher> surefoot::server::make_system_watcher() { return nullptr; }

#endif
