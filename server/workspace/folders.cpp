#include "server/workspace/folders.hpp"

#include <algorithm>

#include "protocol/uri.hpp"

namespace surefoot::server {
namespace {

std::string without_final_slash(std::string text) {
  while (!text.empty() && text.back() == '/') text.pop_back();
  return text;
}

bool holds(const Folder& folder, std::string_view path) {
  return path.size() > folder.path.size() && path.substr(0, folder.path.size()) == folder.path &&
         path[folder.path.size()] == '/';
}

}  // namespace

void Folders::add(const protocol::WorkspaceFolder& folder) {
  const auto path = protocol::file_uri_to_path(folder.uri);
  if (!path) return;
  Folder added{without_final_slash(folder.uri), protocol::uri_identity(without_final_slash(folder.uri)),
               without_final_slash(*path)};
  const bool known = std::any_of(folders_.begin(), folders_.end(),
                                 [&](const Folder& other) { return other.identity == added.identity; });
  if (!known) folders_.push_back(std::move(added));
}

void Folders::remove(std::string_view uri) {
  const auto identity = protocol::uri_identity(without_final_slash(std::string(uri)));
  folders_.erase(std::remove_if(folders_.begin(), folders_.end(),
                                [&](const Folder& folder) { return folder.identity == identity; }),
                 folders_.end());
}

const Folder* Folders::folder_of(std::string_view path) const {
  const Folder* best = nullptr;
  for (const auto& folder : folders_) {
    if (holds(folder, path) && (best == nullptr || folder.path.size() > best->path.size())) best = &folder;
  }
  return best;
}

std::string Folders::uri_of(std::string_view path) const {
  const Folder* folder = folder_of(path);
  if (folder == nullptr) return protocol::path_to_file_uri(path);
  return folder->uri + protocol::percent_encode_path(path.substr(folder->path.size()));
}

}  // namespace surefoot::server
