#pragma once
// Which files of the project a file imports.

#include <string_view>
#include <vector>

#include "analysis/project/program.hpp"

namespace surefoot::server {

/// Those that its import statements run, directly: each is read. Files of packages are left out. Any thread.
std::vector<project::ModuleKey> imported_files(const project::Module& module, const project::Program& program);

/// False for a text that plainly imports nothing but what the tables and the standard library have.
bool may_import_files(std::string_view text);

}  // namespace surefoot::server
