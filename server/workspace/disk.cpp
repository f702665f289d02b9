#include "server/workspace/disk.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace surefoot::server {
namespace {

constexpr std::uint64_t kConfigLimit = std::uint64_t{4} << 20U;

ReadResult refused(int error) {
  const bool missing = error == ENOENT || error == ENOTDIR;
  return {missing ? ReadStatus::missing : ReadStatus::unreadable, {}, std::generic_category().message(error), 0};
}

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// The file may grow or shrink while it is read, so its size is only a hint.
ReadResult read_open(std::FILE* file, std::uint64_t hint, std::uint64_t limit) {
  ReadResult result{ReadStatus::found, {}, {}, 0};
  result.bytes.resize(static_cast<std::size_t>(hint) + 1);
  std::size_t filled = 0;
  while (true) {
    const std::size_t got = std::fread(result.bytes.data() + filled, 1, result.bytes.size() - filled, file);
    filled += got;
    if (filled > limit) return {ReadStatus::too_large, {}, {}, filled};
    if (filled < result.bytes.size()) break;
    result.bytes.resize(result.bytes.size() * 2);
  }
  if (std::ferror(file) != 0) return refused(errno);
  result.bytes.resize(filled);
  result.size = filled;
  return result;
}

}  // namespace

ReadResult read_file(const std::string& path, std::uint64_t limit) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return refused(ENOENT);
  if (error) return refused(error.value());
  if (std::filesystem::is_directory(status)) return refused(EISDIR);
  if (!std::filesystem::is_regular_file(status)) return {ReadStatus::unreadable, {}, "not a regular file", 0};
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!error && size > limit) return {ReadStatus::too_large, {}, {}, size};
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (!file) return refused(errno);
  return read_open(file.get(), error ? 0 : size, limit);
}

Disk real_disk() {
  return {[](const std::string& path) { return read_file(path, kConfigLimit); },
          [](const std::string& path) {
            std::error_code error;
            return std::filesystem::exists(path, error);
          }};
}

}  // namespace surefoot::server
