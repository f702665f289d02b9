// The process around the command line: streams that report failure, signals, colours.
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <iostream>
#include <streambuf>
#include <system_error>

#include "server/allocator.hpp"
#include "server/cache/cache_file.hpp"
#include "server/cli/check.hpp"
#include "server/cli/command_line.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

/// Writes to a file descriptor and remembers the first failure, which std::cout would forget.
class DescriptorBuffer final : public std::streambuf {
 public:
  explicit DescriptorBuffer(int descriptor) : descriptor_(descriptor) {
    setp(bytes_.data(), bytes_.data() + bytes_.size());
  }

  /// errno of the first write that failed; 0 when all went well.
  int error() const { return error_; }

 protected:
  int_type overflow(int_type byte) override {
    if (sync() != 0) return traits_type::eof();
    if (!traits_type::eq_int_type(byte, traits_type::eof())) sputc(traits_type::to_char_type(byte));
    return traits_type::not_eof(byte);
  }

  int sync() override {
    const char* at = pbase();
    while (error_ == 0 && at < pptr()) {
      const ssize_t written = ::write(descriptor_, at, static_cast<std::size_t>(pptr() - at));
      if (written >= 0) {
        at += written;
      } else if (errno != EINTR) {
        error_ = errno;
      }
    }
    setp(bytes_.data(), bytes_.data() + bytes_.size());
    return error_ == 0 ? 0 : -1;
  }

 private:
  int descriptor_;
  int error_ = 0;
  std::array<char, 1U << 16U> bytes_{};
};

std::size_t terminal_width() {
  winsize size = {};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 160;
}

}  // namespace

int run_process(int argc, const char* const* argv) {
  tune_allocator();
  // A reader that has gone is noticed by write().
  std::signal(SIGPIPE, SIG_IGN);
  DescriptorBuffer out_buffer(STDOUT_FILENO);
  std::ostream out(&out_buffer);
  Console console{std::cin,
                  out,
                  std::cerr,
                  wants_colour(STDOUT_FILENO),
                  wants_colour(STDERR_FILENO),
                  ::isatty(STDERR_FILENO) == 1 && wants_colour(STDERR_FILENO),
                  terminal_width(),
                  true};
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const int status = run_command_line(arguments, current_folder(), console, default_cache_folder());
  out.flush();
  const int error = out_buffer.error();
  if (error == 0 || error == EPIPE) return status;
  print_error(console, "cannot write to standard output: " + std::generic_category().message(error));
  return kFailed;
}

}  // namespace surefoot::server
