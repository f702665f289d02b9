#pragma once
// A check of all files in the folders of a workspace, as an editor sees them: with its settings, and with its unsaved
// texts in place of what is on the disk. Any thread; takes long.

#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "server/check/report.hpp"
#include "server/workspace/lazy_files.hpp"
#include "server/workspace/workspace_files.hpp"

namespace surefoot::server {

struct WorkspaceJob {
  std::vector<WorkspaceRoot> roots;
  std::shared_ptr<const UnsavedTexts> unsaved;
  std::string cache_folder;  // absolute; empty: nothing is kept
  std::stop_token stop;
  /// On the thread of the check. May be empty.
  std::function<void(std::size_t done, std::size_t all)> progress;
};

struct WorkspaceFindings {
  struct File {
    std::string path;                       // absolute
    std::vector<ReportedFinding> findings;  // file names are absolute; without fixes
  };
  std::vector<File> files;           // those that have findings
  std::vector<std::string> refused;  // folders that hold too much to be a project, which were not checked
};

/// With a stop requested, less than all.
WorkspaceFindings check_workspace(const WorkspaceJob& job);

}  // namespace surefoot::server
