#pragma once
// Which files of a workspace import given ones, directly or through others: who may call what stands in them.
// Reads the disk; one thread.

#include <memory>
#include <stop_token>
#include <vector>

#include "analysis/project/program.hpp"
#include "server/workspace/workspace_files.hpp"

namespace surefoot::server {

struct ImportersJob {
  std::vector<WorkspaceRoot> roots;
  std::vector<project::ModulePtr> documents;  // that are open: they count as they are here
  std::vector<project::ModulePtr> of;         // modules of the workspace
  std::stop_token stop;
};

/// Where those stand that are no open documents. Of a file only the import statements are parsed, when they name one
/// that is looked for. Nearest first, and no more than a bound: behind it, callers stay unknown.
std::vector<project::Place> find_importers(const ImportersJob& job);

}  // namespace surefoot::server
