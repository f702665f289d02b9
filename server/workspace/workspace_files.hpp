#pragma once
// The Python files of the folders that an editor has open, each with the configuration and the editor's settings that
// count for it. Reads the disk; any thread.

#include <stop_token>
#include <string>
#include <vector>

#include "server/workspace/discovery.hpp"
#include "server/workspace/editor_settings.hpp"

namespace surefoot::server {

struct WorkspaceRoot {
  std::string path;                      // absolute
  std::vector<EditorSettings> settings;  // each laid over those before it
};

struct WorkspaceFiles {
  std::vector<SourceFile> files;     // `shown` is their absolute path
  std::vector<std::string> refused;  // roots that hold too much to be a project, and whose files are left out
};

/// Each file once, with what its innermost root says. With a stop requested, less than all.
WorkspaceFiles workspace_files(const std::vector<WorkspaceRoot>& roots, const std::stop_token& stop);

/// A folder that no path is within.
inline constexpr const char* kNowhere = "//";

}  // namespace surefoot::server
