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
  std::shared_ptr<const project::Program> known;
  std::vector<project::ModulePtr> of;  // modules of the workspace
  std::stop_token stop;
};

/// Those that `known` does not have, with what they import. A file is parsed only when its import statements name one
/// that is looked for. Nearest first, and no more than a bound: behind it, callers stay unknown.
std::vector<project::ModulePtr> read_importers(const ImportersJob& job);

}  // namespace surefoot::server
