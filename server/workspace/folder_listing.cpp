#include "server/workspace/folder_listing.hpp"

#include <filesystem>
#include <system_error>

#include "server/workspace/paths.hpp"

namespace surefoot::server {

namespace fs = std::filesystem;

const FolderListing::Names& FolderListing::names_in(const std::string& path) {
  const std::string folder(parent_folder(path));
  const auto [known, is_new] = folders_.try_emplace(folder);
  Names& names = known->second;
  if (!is_new) return names;
  std::error_code error;
  fs::directory_iterator each(folder, error);
  for (; !error && each != fs::directory_iterator(); each.increment(error)) {
    std::error_code unknown;  // a link to nowhere is neither file nor folder
    std::string entry = join_path(folder, each->path().filename().generic_string());
    if (each->is_directory(unknown)) {
      names.folders.insert(std::move(entry));
    } else if (each->is_regular_file(unknown)) {
      names.files.insert(std::move(entry));
    }
  }
  return names;
}

}  // namespace surefoot::server
