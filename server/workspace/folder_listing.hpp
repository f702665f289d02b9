#pragma once
// Which files and folders there are, each folder read once. One thread at a time.

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace surefoot::server {

class FolderListing {
 public:
  /// Absolute paths. Links count as what they lead to.
  bool has_file(const std::string& path) { return names_in(path).files.count(path) != 0; }
  bool has_folder(const std::string& path) { return names_in(path).folders.count(path) != 0; }
  /// Those that were listed, sorted.
  std::vector<std::string> folders() const;
  /// What a folder holds that an import may mean, sorted: Python files, and folders (with a slash behind their name).
  std::vector<std::string> importable_in(const std::string& folder);

 private:
  struct Names {
    std::unordered_set<std::string> files;
    std::unordered_set<std::string> folders;
  };
  /// Of the folder that would hold `path`.
  const Names& names_in(const std::string& path);

  std::unordered_map<std::string, Names> folders_;
};

}  // namespace surefoot::server
