#pragma once
// Which files of the project a file imports.

#include <vector>

#include "analysis/project/program.hpp"

namespace surefoot::server {

/// Those that its import statements run, directly: each is read. Files of packages are left out. Any thread.
std::vector<project::ModuleKey> imported_files(const project::Module& module, const project::Program& program);

}  // namespace surefoot::server
