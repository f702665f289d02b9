#include "server/workspace/folder_listing.hpp"

#include <algorithm>
#include <cstdint>
#include <system_error>

#include "server/workspace/folder_entries.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {

namespace {

constexpr char kBetween = '\0';  // in no name

}  // namespace

const FolderListing::Names& FolderListing::names_in(const std::string& path) {
  const std::string folder(parent_folder(path));
  const auto [known, is_new] = folders_.try_emplace(folder);
  Names& names = known->second;
  if (!is_new) return names;
  std::error_code error;  // what cannot be listed holds nothing
  for (const FolderEntry& entry : entries_of(folder, error)) {
    if (entry.is_folder) names.folders.insert(join_path(folder, entry.name));
    if (entry.is_file) names.files.insert(join_path(folder, entry.name));
  }
  return names;
}

void AskedNames::note(std::string_view path) {
  const std::string_view folder = parent_folder(path);
  auto names = by_folder_.find(folder);
  if (names == by_folder_.end()) names = by_folder_.try_emplace(std::string(folder)).first;
  const std::string_view name = file_name(path);
  if (!names->second.contains(name)) names->second.emplace(name);
}

std::vector<std::string> AskedNames::questions() const {
  std::vector<std::string> all;
  all.reserve(by_folder_.size());
  for (const auto& [folder, names] : by_folder_) {
    std::string& question = all.emplace_back(folder);
    for (const std::string& name : names) question.append(1, kBetween).append(name);
  }
  return all;
}

ContentHash AskedNames::answers(std::string_view question, FolderListing& listing) {
  std::size_t end = std::min(question.find(kBetween), question.size());
  const std::string_view folder = question.substr(0, end);
  ContentHasher hash;
  while (end < question.size()) {
    const std::size_t start = end + 1;
    end = std::min(question.find(kBetween, start), question.size());
    const std::string path = join_path(folder, question.substr(start, end - start));
    hash.add(listing.has_file(path) ? std::uint64_t{1} : listing.has_folder(path) ? 2 : 0);
  }
  return hash.value();
}

}  // namespace surefoot::server
