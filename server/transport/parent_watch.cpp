#include "server/transport/parent_watch.hpp"

#include <sys/types.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include <cerrno>
#include <csignal>
#include <limits>
#include <string>
#include <utility>

#include "server/log.hpp"

namespace surefoot::server {
namespace {

constexpr std::chrono::seconds kInterval{5};

bool is_visible(pid_t process) { return ::kill(process, 0) == 0 || errno == EPERM; }

/// A descriptor that becomes readable when the process ends (Linux 5.3); -1 where there is none.
int open_process(pid_t process) {
#ifdef SYS_pidfd_open
  return static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
#else
  (void)process;
  return -1;
#endif
}

void poll_process(EventLoop& loop, pid_t process, std::function<void()> gone) {
  loop.after(kInterval, [&loop, process, gone = std::move(gone)]() mutable {
    if (!is_visible(process)) return gone();
    poll_process(loop, process, std::move(gone));
  });
}

}  // namespace

void watch_process(EventLoop& loop, std::int64_t process_id, std::function<void()> gone) {
  const bool possible = process_id > 0 && process_id <= std::numeric_limits<pid_t>::max();
  const auto process = possible ? static_cast<pid_t>(process_id) : pid_t{0};
  if (!possible || !is_visible(process)) {
    log::info("the client's process " + std::to_string(process_id) + " cannot be seen from here and is not watched");
    return;
  }
  const int descriptor = open_process(process);
  if (descriptor < 0) return poll_process(loop, process, std::move(gone));
  loop.when_readable(descriptor, [&loop, descriptor, gone = std::move(gone)] {
    loop.forget(descriptor);
    ::close(descriptor);
    gone();
  });
}

}  // namespace surefoot::server
