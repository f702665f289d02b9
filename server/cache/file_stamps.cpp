#include "server/cache/file_stamps.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>

namespace surefoot::server {
namespace {

constexpr std::int64_t kCoarsestStep = 2'000'000'000;  // of FAT
constexpr std::size_t kMostFiles = 200'000;            // with those of files that are gone

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

FileStamp stamp_in(const struct stat& status) {
#ifdef __APPLE__
  const timespec modified = status.st_mtimespec;
  const timespec changed = status.st_ctimespec;
#else
  const timespec modified = status.st_mtim;
  const timespec changed = status.st_ctim;
#endif
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
          static_cast<std::uint64_t>(status.st_size), nanoseconds(modified), nanoseconds(changed)};
}

std::optional<FileStamp> stamp_of_kind(const std::string& path, mode_t kind) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || (status.st_mode & S_IFMT) != kind) return std::nullopt;
  return stamp_in(status);
}

}  // namespace

std::optional<FileStamp> stamp_of(const std::string& path) { return stamp_of_kind(path, S_IFREG); }
std::optional<FileStamp> stamp_of_folder(const std::string& path) { return stamp_of_kind(path, S_IFDIR); }

std::optional<FileStamp> stamp_of_open(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return std::nullopt;
  return stamp_in(status);
}

bool is_settled(const FileStamp& stamp, std::int64_t now) {
  return std::max(stamp.modified, stamp.changed) + kCoarsestStep < now;
}

std::int64_t nanoseconds_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

std::optional<ContentHash> FileStamps::find(const std::string& path, const FileStamp& stamp) const {
  const auto found = known_.find(hash_of(path));
  if (found == known_.end() || found->second.stamp != stamp) return std::nullopt;
  return found->second.content;
}

void FileStamps::keep(const std::string& path, const FileStamp& stamp, const ContentHash& content) {
  if (known_.size() >= kMostFiles) known_.clear();
  known_[hash_of(path)] = {stamp, content};
  is_changed_ = true;
}

void write_stamp(const FileStamp& stamp, Writer& writer) {
  for (const std::uint64_t part : {stamp.device, stamp.inode, stamp.size}) writer.fixed(part);
  for (const std::int64_t time : {stamp.modified, stamp.changed}) writer.fixed(static_cast<std::uint64_t>(time));
}

FileStamp read_stamp(Reader& reader) {
  FileStamp stamp;
  for (std::uint64_t* part : {&stamp.device, &stamp.inode, &stamp.size}) *part = reader.fixed();
  for (std::int64_t* time : {&stamp.modified, &stamp.changed}) *time = static_cast<std::int64_t>(reader.fixed());
  return stamp;
}

void FileStamps::write(Writer& writer) const {
  writer.number(known_.size());
  for (const auto& [path, known] : known_) {
    writer.hash(path);
    write_stamp(known.stamp, writer);
    writer.hash(known.content);
  }
}

bool FileStamps::read(Reader& reader) {
  const std::size_t count = reader.count();
  known_.reserve(count);
  for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
    Known& known = known_[reader.hash()];
    known.stamp = read_stamp(reader);
    known.content = reader.hash();
  }
  return !reader.failed();
}

}  // namespace surefoot::server
