#pragma once
// Which files and folders there are, each folder read once. One thread at a time.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "server/cache/content_hash.hpp"

namespace surefoot::server {

class FolderListing {
 public:
  /// Absolute paths. Links count as what they lead to.
  bool has_file(const std::string& path) { return names_in(path).files.count(path) != 0; }
  bool has_folder(const std::string& path) { return names_in(path).folders.count(path) != 0; }

 private:
  struct Names {
    std::unordered_set<std::string> files;
    std::unordered_set<std::string> folders;
  };
  /// Of the folder that would hold `path`.
  const Names& names_in(const std::string& path);

  std::unordered_map<std::string, Names> folders_;
};

/// Which names were asked about, so that the answers can be compared later. One thread at a time.
class AskedNames {
 public:
  /// A file or folder by its absolute path, whether it is there or not.
  void note(std::string_view path);
  /// Sorted, one for each folder: its path and the names that were asked about in it, as one text.
  std::vector<std::string> questions() const;
  /// What the answers to one of these are now.
  static ContentHash answers(std::string_view question, FolderListing& listing);

 private:
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> by_folder_;
};

}  // namespace surefoot::server
