#include "server/workspace/folder_listing.hpp"

#include <algorithm>
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

std::vector<std::string> FolderListing::folders() const {
  std::vector<std::string> sorted;
  sorted.reserve(folders_.size());
  for (const auto& [folder, names] : folders_) sorted.push_back(folder);
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

std::vector<std::string> FolderListing::importable_in(const std::string& folder) {
  const Names& names = names_in(join_path(folder, "*"));
  std::vector<std::string> sorted;
  for (const std::string& file : names.files) {
    if (file.ends_with(".py") || file.ends_with(".pyi")) sorted.push_back(file);
  }
  for (const std::string& inner : names.folders) {
    if (inner.find('.', folder.size()) == std::string::npos && !inner.ends_with("/__pycache__")) {
      sorted.push_back(inner + "/");
    }
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace surefoot::server
