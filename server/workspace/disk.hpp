#pragma once
// The few questions asked of the disk, as values that a caller can answer otherwise: the server lets unsaved buffers
// speak first, tests need no files.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "server/cache/file_stamps.hpp"

namespace surefoot::server {

enum class ReadStatus : std::uint8_t {
  found,
  missing,     // no such file
  unreadable,  // it is there, but: `reason`
  too_large,   // `size` tells
};

struct ReadResult {
  ReadStatus status = ReadStatus::missing;
  std::string bytes;
  std::string reason;  // "Permission denied", "Is a directory"
  std::uint64_t size = 0;
  std::optional<FileStamp> stamp = std::nullopt;  // that the file had before it was read and still had after that
};

/// Reads a whole file of at most `limit` bytes. Never throws, never blocks on a pipe or device (they are unreadable).
ReadResult read_file(const std::string& path, std::uint64_t limit);

struct Disk {
  /// Absolute path -> contents.
  std::function<ReadResult(const std::string& path)> read;
  /// True for files and folders.
  std::function<bool(const std::string& path)> exists;
};

/// The real disk.
Disk real_disk();

}  // namespace surefoot::server
