#pragma once
// A file of a project, read.

#include <cstdint>
#include <string>

#include "analysis/project/place.hpp"
#include "server/workspace/config_files.hpp"
#include "server/workspace/discovery.hpp"
#include "server/workspace/disk.hpp"

namespace surefoot::server {

struct LoadedFile {
  std::string error;            // why it cannot be checked: one clause; empty when it can
  std::string byte_order_mark;  // three bytes or none; the module's text has it no longer
  project::ModulePtr module;    // null when there is an error
};

/// Where a file stands in its project.
project::Place place_of(const std::string& path, const ResolvedConfig& config);

/// The clause that says why a file is refused: "is too large to check (…)", "cannot be read: …".
std::string refusal(const ReadResult& read, std::uint64_t largest);

}  // namespace surefoot::server
