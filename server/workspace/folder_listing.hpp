#pragma once
// Which files and folders there are, each folder read once. One thread at a time.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/cache/content_hash.hpp"

namespace surefoot::server {

class FolderListing {
 public:
  enum class Kind : std::uint8_t { none, file, folder };

  /// Absolute paths. Links count as what they lead to.
  bool has_file(std::string_view path);
  bool has_folder(std::string_view path);
  /// What there is of this name in the folder.
  Kind kind_of(std::string_view folder, std::string_view name);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Names = std::unordered_map<std::string, Kind, Hash, std::equal_to<>>;
  const Names& names_in(std::string_view folder);

  std::unordered_map<std::string, Names, Hash, std::equal_to<>> folders_;
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
