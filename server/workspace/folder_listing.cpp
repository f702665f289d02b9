#include "server/workspace/folder_listing.hpp"

#include <algorithm>
#include <cstdint>
#include <system_error>
#include <utility>

#include "server/workspace/folder_entries.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {

namespace {

constexpr char kBetween = '\0';  // in no name

}  // namespace

const FolderListing::Names& FolderListing::names_in(std::string_view folder) {
  if (const auto known = folders_.find(folder); known != folders_.end()) return known->second;
  const auto above = folders_.find(parent_folder(folder));
  const auto own = above == folders_.end() ? Names::const_iterator() : above->second.find(file_name(folder));
  const bool is_gone = above != folders_.end() && (own == above->second.end() || own->second != Kind::folder);
  const std::string path(folder);
  Names& names = folders_[path];
  if (is_gone) return names;
  std::error_code error;  // what cannot be listed holds nothing
  for (FolderEntry& entry : entries_of(path, error)) {
    if (entry.is_file || entry.is_folder) names[std::move(entry.name)] = entry.is_file ? Kind::file : Kind::folder;
  }
  return names;
}

FolderListing::Kind FolderListing::kind_of(std::string_view folder, std::string_view name) {
  const Names& names = names_in(folder);
  const auto found = names.find(name);
  return found == names.end() ? Kind::none : found->second;
}

bool FolderListing::has_file(std::string_view path) {
  return kind_of(parent_folder(path), file_name(path)) == Kind::file;
}

bool FolderListing::has_folder(std::string_view path) {
  return kind_of(parent_folder(path), file_name(path)) == Kind::folder;
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
    hash.add(static_cast<std::uint64_t>(listing.kind_of(folder, question.substr(start, end - start))));
  }
  return hash.value();
}

}  // namespace surefoot::server
