#pragma once
// What is in a folder, read with as few questions to the system as it takes.

#include <string>
#include <system_error>
#include <vector>

namespace surefoot::server {

struct FolderEntry {
  std::string name;
  // Links count as what they lead to; a link to nowhere is neither, and so are sockets and the like.
  bool is_folder = false;
  bool is_file = false;
  bool is_link = false;
};

/// In no order, without "." and "..". With an error, what was read before it.
std::vector<FolderEntry> entries_of(const std::string& folder, std::error_code& error);

}  // namespace surefoot::server
