#include "server/workspace/imported_files.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "analysis/fixes/imports.hpp"
#include "analysis/knowledge/tables.hpp"

namespace surefoot::server {

namespace {

// What the tables speak of is never a file of the project to the resolver.
bool is_library(std::string_view path) {
  const std::string_view top = path.substr(0, path.find('.'));
  return knowledge::knows_module(top) || fixes::is_standard_library(top);
}

}  // namespace

std::vector<project::ModuleKey> imported_files(const project::Module& module, const project::Program& program) {
  std::vector<project::ModuleKey> files;
  for (const std::string& path : project::imported_paths(module)) {
    if (is_library(path)) continue;
    auto found = program.find(*module.index, path);
    for (std::size_t read = found.length; found.module != nullptr;) {
      if (program.module(*found.module)->place.is_in_packages()) break;
      files.push_back(found.module->key());
      if (read >= path.size()) break;
      found = program.submodule(*found.module, std::string_view(path).substr(read + 1));
      read += 1 + found.length;
    }
  }
  return files;
}

}  // namespace surefoot::server
