#include "server/workspace/disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <system_error>

namespace surefoot::server {
namespace {

constexpr std::uint64_t kConfigLimit = std::uint64_t{4} << 20U;

ReadResult refused(int error) {
  const bool missing = error == ENOENT || error == ENOTDIR;
  return {missing ? ReadStatus::missing : ReadStatus::unreadable, {}, std::generic_category().message(error), 0};
}

class OpenFile {
 public:
  // Without O_NONBLOCK, opening a pipe would wait for somebody to write to it.
  explicit OpenFile(const std::string& path) : number_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {}
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int number() const { return number_; }
  /// How many bytes were read; less than `size` only at the end of the file, negative for an error.
  std::ptrdiff_t read(char* into, std::size_t size) const {
    std::size_t filled = 0;
    while (filled < size) {
      const ssize_t got = ::read(number_, into + filled, size - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return -1;
      filled += static_cast<std::size_t>(got);
      if (got == 0) break;
    }
    return static_cast<std::ptrdiff_t>(filled);
  }

 private:
  int number_;
};

/// The file may grow or shrink while it is read, so its size is only a hint.
ReadResult read_open(const OpenFile& file, std::uint64_t hint, std::uint64_t limit) {
  ReadResult result{ReadStatus::found, {}, {}, 0};
  result.bytes.resize(static_cast<std::size_t>(hint) + 1);
  std::size_t filled = 0;
  while (true) {
    const std::ptrdiff_t got = file.read(result.bytes.data() + filled, result.bytes.size() - filled);
    if (got < 0) return refused(errno);
    filled += static_cast<std::size_t>(got);
    if (filled > limit) return {ReadStatus::too_large, {}, {}, filled};
    if (filled < result.bytes.size()) break;
    result.bytes.resize(result.bytes.size() * 2);
  }
  result.bytes.resize(filled);
  result.size = filled;
  return result;
}

}  // namespace

ReadResult read_file(const std::string& path, std::uint64_t limit) {
  const ReadResult no_file{ReadStatus::unreadable, {}, "not a regular file", 0};
  const OpenFile file(path);
  if (file.number() < 0) return errno == ENXIO ? no_file : refused(errno);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return refused(errno);
  const auto stamp = stamp_of_open(file.number());
  if (S_ISDIR(status.st_mode)) return refused(EISDIR);
  if (!S_ISREG(status.st_mode)) return no_file;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > limit) return {ReadStatus::too_large, {}, {}, size};
  ReadResult result = read_open(file, size, limit);
  if (stamp == stamp_of_open(file.number())) result.stamp = stamp;
  return result;
}

Disk real_disk() {
  return {[](const std::string& path) { return read_file(path, kConfigLimit); },
          [](const std::string& path) {
            std::error_code error;
            return std::filesystem::exists(path, error);
          }};
}

}  // namespace surefoot::server
