#pragma once
// What is in a folder, read with as few questions to the system as it takes.

#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "server/cache/file_stamps.hpp"

namespace surefoot::server {

struct FolderEntry {
  std::string name;
  // Links count as what they lead to; a link to nowhere is neither, and so are sockets and the like.
  bool is_folder = false;
  bool is_file = false;
  bool is_link = false;
};

/// In no order, without "." and "..". With an error, what was read before it. `stamp`, if given, is set to the one that
/// the folder had before it was listed and still had after that.
std::vector<FolderEntry> entries_of(const std::string& folder, std::error_code& error,
                                    std::optional<FileStamp>* stamp = nullptr);

}  // namespace surefoot::server
