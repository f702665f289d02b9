#pragma once
// The workspace folders the client has open. Strand only.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/types_lifecycle.hpp"

namespace surefoot::server {

struct Folder {
  std::string uri;       // in the client's spelling, without a final slash
  std::string identity;  // see protocol::uri_identity
  std::string path;      // absolute, without a final slash ("/" becomes empty)
};

class Folders {
 public:
  /// Folders that are no files are passed over; one that is already there stays as it is.
  void add(const protocol::WorkspaceFolder& folder);
  void remove(std::string_view uri);

  /// The innermost folder that holds the file, null for none.
  const Folder* folder_of(std::string_view path) const;
  const std::vector<Folder>& all() const { return folders_; }

  /// The URI of a file in the client's spelling of the folder that holds it.
  std::string uri_of(std::string_view path) const;

 private:
  std::vector<Folder> folders_;  // in the client's order
};

}  // namespace surefoot::server
