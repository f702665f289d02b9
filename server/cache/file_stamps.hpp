#pragma once
// What was in files, by how the system describes them, so that a file which nobody has touched since need not be read.
// A description is only remembered once it is so old that any later change of the file shows in it: file systems tell
// times in steps of up to two seconds, so a file may change within one of them and keep its times and its size.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "server/cache/bytes.hpp"
#include "server/cache/content_hash.hpp"

namespace surefoot::server {

/// Source: inode(7). Nobody can set `changed`, which every change of the content or of `modified` renews.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  // nanoseconds since 1970
  std::int64_t changed = 0;
  bool operator==(const FileStamp&) const = default;
};

/// Nothing for what is no regular file. Links count as what they lead to. Any thread.
std::optional<FileStamp> stamp_of(const std::string& path);
/// Nothing for what is no folder. Renewed when something in it comes, goes or gets another name.
std::optional<FileStamp> stamp_of_folder(const std::string& path);
/// Of the file or folder behind an open descriptor, whatever its path leads to by now.
std::optional<FileStamp> stamp_of_open(int descriptor);

/// True when no change after `now` (nanoseconds since 1970) can leave the stamp as it is.
bool is_settled(const FileStamp& stamp, std::int64_t now);
std::int64_t nanoseconds_now();

void write_stamp(const FileStamp& stamp, Writer& writer);
FileStamp read_stamp(Reader& reader);

/// One thread at a time, but for find().
class FileStamps {
 public:
  /// True for a file that find() may know.
  bool knows(const std::string& path) const { return known_.contains(hash_of(path)); }
  /// What is in the file, if it was settled when it was remembered and has the same stamp.
  std::optional<ContentHash> find(const std::string& path, const FileStamp& stamp) const;
  /// Takes what was read while the file had this stamp, which was settled before.
  void keep(const std::string& path, const FileStamp& stamp, const ContentHash& content);

  bool is_changed() const { return is_changed_; }
  void write(Writer& writer) const;
  /// False for bytes that write() did not write.
  bool read(Reader& reader);

 private:
  struct Known {
    FileStamp stamp;
    ContentHash content;
  };
  std::unordered_map<ContentHash, Known, HashOfContentHash> known_;  // by path
  bool is_changed_ = false;
};

}  // namespace surefoot::server
