#include "server/cache/folder_cache.hpp"

#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>
#endif

#include <algorithm>
#include <array>
#include <utility>

#include "server/cache/bytes.hpp"
#include "server/cache/cache_file.hpp"

namespace surefoot::server {
namespace {

// Source: inode(7) for what changes a folder's times, and the same caution as that of git's untracked cache.
bool tells_changes(const std::string& folder) {
#ifdef __linux__
  constexpr long kXfs = 0x58465342;
  constexpr long kZfs = 0x2fc12fc1;
  static constexpr std::array<long, 7> kKnown = {
      EXT4_SUPER_MAGIC, BTRFS_SUPER_MAGIC, TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC, F2FS_SUPER_MAGIC, kXfs, kZfs};
  struct statfs status {};
  if (::statfs(folder.c_str(), &status) != 0) return false;
  return std::find(kKnown.begin(), kKnown.end(), static_cast<long>(status.f_type)) != kKnown.end();
#else
  static_cast<void>(folder);
  return false;
#endif
}

}  // namespace

FolderCache::FolderCache(std::string file) : file_(std::move(file)) {
  if (file_.empty()) return;
  const auto bytes = read_cache_file(file_);
  if (bytes && !read(*bytes)) known_.clear();
}

bool FolderCache::read(std::string_view bytes) {
  Reader reader(bytes);
  const std::size_t count = reader.count();
  known_.reserve(count);
  for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
    Known& known = known_[std::string(reader.text())];
    known.stamp = read_stamp(reader);
    known.entries.resize(reader.count());
    for (FolderEntry& entry : known.entries) {
      entry.is_folder = reader.number() != 0;
      entry.is_file = !entry.is_folder;
      entry.name = reader.text();
    }
  }
  return !reader.failed() && reader.at_end();
}

bool FolderCache::may_keep(const FileStamp& stamp, const std::string& folder) {
  const auto [known, is_new] = tells_.try_emplace(stamp.device);
  if (is_new) known->second = tells_changes(folder);
  return known->second;
}

std::vector<FolderEntry> FolderCache::entries_of(const std::string& folder, std::error_code& error) {
  if (file_.empty()) return server::entries_of(folder, error);
  if (const auto found = known_.find(folder); found != known_.end() && found->second.stamp == stamp_of_folder(folder)) {
    found->second.is_asked = true;
    return found->second.entries;
  }
  const std::int64_t now = nanoseconds_now();
  std::optional<FileStamp> stamp;
  std::vector<FolderEntry> entries = server::entries_of(folder, error, &stamp);
  const bool plain = std::all_of(entries.begin(), entries.end(), [](const FolderEntry& entry) {
    return !entry.is_link && entry.is_folder != entry.is_file;
  });
  if (stamp && plain && !error && is_settled(*stamp, now) && may_keep(*stamp, folder)) {
    known_[folder] = {*stamp, entries, true};
    is_changed_ = true;
  }
  return entries;
}

void FolderCache::save() const {
  if (file_.empty() || !is_changed_) return;
  Writer writer;
  const auto is_asked = [](const auto& one) { return one.second.is_asked; };
  writer.number(static_cast<std::uint64_t>(std::count_if(known_.begin(), known_.end(), is_asked)));
  for (const auto& [path, known] : known_) {
    if (!known.is_asked) continue;
    writer.text(path);
    write_stamp(known.stamp, writer);
    writer.number(known.entries.size());
    for (const FolderEntry& entry : known.entries) {
      writer.number(entry.is_folder ? 1 : 0);
      writer.text(entry.name);
    }
  }
  write_cache_file(file_, writer.bytes());
}

}  // namespace surefoot::server
