#include "server/workspace/folder_entries.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <string_view>

namespace surefoot::server {
namespace {

struct Close {
  void operator()(DIR* folder) const { closedir(folder); }
};

// The kind that a listing tells (readdir(3)); some file systems tell none.
FolderEntry entry_of(const dirent& one, int folder) {
  FolderEntry entry{one.d_name, one.d_type == DT_DIR, one.d_type == DT_REG, one.d_type == DT_LNK};
  if (one.d_type != DT_UNKNOWN && one.d_type != DT_LNK) return entry;
  struct stat status {};
  if (one.d_type == DT_UNKNOWN) {
    entry.is_link = fstatat(folder, one.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
  }
  if (fstatat(folder, one.d_name, &status, 0) != 0) return entry;
  entry.is_folder = S_ISDIR(status.st_mode);
  entry.is_file = S_ISREG(status.st_mode);
  return entry;
}

}  // namespace

std::vector<FolderEntry> entries_of(const std::string& folder, std::error_code& error,
                                    std::optional<FileStamp>* stamp) {
  std::vector<FolderEntry> entries;
  const std::unique_ptr<DIR, Close> open(opendir(folder.c_str()));
  if (open == nullptr) {
    error.assign(errno, std::generic_category());
    return entries;
  }
  const auto before = stamp == nullptr ? std::nullopt : stamp_of_open(dirfd(open.get()));
  while (true) {
    errno = 0;
    const dirent* one = readdir(open.get());
    if (one == nullptr) break;
    const std::string_view name = one->d_name;
    if (name != "." && name != "..") entries.push_back(entry_of(*one, dirfd(open.get())));
  }
  if (errno != 0) error.assign(errno, std::generic_category());
  if (stamp != nullptr && before == stamp_of_open(dirfd(open.get()))) *stamp = before;
  return entries;
}

}  // namespace surefoot::server
