#include "server/transport/connection.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <utility>

#include "server/log.hpp"

namespace surefoot::server {
namespace {

constexpr std::size_t kReadSize = std::size_t{128} << 10U;
constexpr std::chrono::milliseconds kParting{200};

bool is_socket(int descriptor) {
  struct stat status = {};
  return ::fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode);
}

bool is_writable(int descriptor, int milliseconds) {
  pollfd wanted{descriptor, POLLOUT, 0};
  return ::poll(&wanted, 1, milliseconds) == 1;
}

bool is_temporary(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

Connection::Connection(EventLoop& loop, int input, int output)
    : loop_(loop), input_(input), output_(output), output_is_socket_(is_socket(output)), buffer_(kReadSize, '\0') {}

Connection::~Connection() {
  close();
  ::close(input_);
  if (output_ != input_) ::close(output_);
}

void Connection::start(std::function<void(std::string_view)> received, std::function<void()> closed) {
  received_ = std::move(received);
  closed_ = std::move(closed);
  wait_for_input();
}

void Connection::wait_for_input() {
  loop_.when_readable(input_, [weak = weak_from_this()] {
    if (const auto self = weak.lock(); self && self->reading_) self->read_input();
  });
}

void Connection::read_input() {
  const auto count = ::read(input_, buffer_.data(), buffer_.size());
  if (count < 0 && is_temporary(errno)) return wait_for_input();
  if (count <= 0) return end(count == 0 ? nullptr : std::strerror(errno));
  received_(std::string_view(buffer_.data(), static_cast<std::size_t>(count)));
  if (reading_) wait_for_input();
}

bool Connection::more_input() const {
  int count = 0;
  return ::ioctl(input_, FIONREAD, &count) == 0 && count > 0;
}

void Connection::send(std::string bytes) {
  if (!writable_) return;
  if (unsent_.empty()) {
    unsent_ = std::move(bytes);
  } else {
    unsent_.erase(0, std::exchange(sent_, 0));
    unsent_ += bytes;
  }
  if (!waiting_) write_output();
  if (unsent_.size() - sent_ <= kMaxUnsent) return;
  writable_ = false;
  end("the client does not read");
}

/// As much as goes without blocking. A pipe that is writable takes PIPE_BUF bytes at once (POSIX, "write"), and no more
/// is certain while it is in blocking mode.
long Connection::write_some() {
  const char* data = unsent_.data() + sent_;
  const std::size_t size = unsent_.size() - sent_;
  if (output_is_socket_) return ::send(output_, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (!is_writable(output_, 0)) {
    errno = EAGAIN;
    return -1;
  }
  return ::write(output_, data, std::min<std::size_t>(size, PIPE_BUF));
}

void Connection::write_output() {
  while (writable_ && sent_ < unsent_.size()) {
    const long count = write_some();
    if (count >= 0) {
      sent_ += static_cast<std::size_t>(count);
      continue;
    }
    if (errno == EINTR) continue;
    if (!is_temporary(errno)) {
      writable_ = false;
      return end(std::strerror(errno));
    }
    waiting_ = true;
    return loop_.when_writable(output_, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->waiting_ = false;
      self->write_output();
    });
  }
  unsent_.clear();
  sent_ = 0;
}

/// Tells `closed_`, but not from within the caller, which may be about to use what `closed_` destroys.
void Connection::end(const char* why) {
  if (why != nullptr) log::warn(std::string("the connection broke: ") + why);
  if (!std::exchange(reading_, false)) return;
  loop_.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->closed_) std::exchange(self->closed_, nullptr)();
  });
}

void Connection::flush() {
  const auto deadline = std::chrono::steady_clock::now() + kParting;
  while (writable_ && sent_ < unsent_.size() && std::chrono::steady_clock::now() < deadline) {
    if (!is_writable(output_, 20)) continue;
    const long count = write_some();
    if (count < 0 && !is_temporary(errno)) return;
    if (count > 0) sent_ += static_cast<std::size_t>(count);
  }
}

void Connection::close() {
  closed_ = nullptr;
  received_ = nullptr;
  reading_ = false;
  flush();
  writable_ = false;
  loop_.forget(input_);
  loop_.forget(output_);
}

}  // namespace surefoot::server
