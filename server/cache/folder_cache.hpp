#pragma once
// What was in the folders of a walk, kept on disk between runs: a folder that nothing has come to or gone from since
// need not be listed again. Like a file, a folder is only remembered once it is so old that any later change shows
// (file_stamps.hpp); not where links are in it, which may lead elsewhere, and not on file systems of which it is not
// known that they tell such changes.

#include <string>
#include <system_error>
#include <unordered_map>
#include <vector>

#include "server/cache/file_stamps.hpp"
#include "server/workspace/folder_entries.hpp"

namespace surefoot::server {

/// One thread at a time.
class FolderCache {
 public:
  /// Reads what there is at `file`, absolute; empty: every folder is listed, and nothing kept.
  explicit FolderCache(std::string file);

  /// As server::entries_of.
  std::vector<FolderEntry> entries_of(const std::string& folder, std::error_code& error);

  /// Writes the folders that were asked for since, if there is something new.
  void save() const;

 private:
  struct Known {
    FileStamp stamp;
    std::vector<FolderEntry> entries;
    bool is_asked = false;
  };

  bool read(std::string_view bytes);
  bool may_keep(const FileStamp& stamp, const std::string& folder);

  std::string file_;
  std::unordered_map<std::string, Known> known_;   // by path
  std::unordered_map<std::uint64_t, bool> tells_;  // by device: changes show
  bool is_changed_ = false;
};

}  // namespace surefoot::server
