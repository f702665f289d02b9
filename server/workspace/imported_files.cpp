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
    const auto [first, length] = program.find(*module.index, path);
    const semantics::ModuleIndex* found = first;
    for (std::size_t read = length; found != nullptr;) {
      if (program.module(*found)->place.is_in_packages()) break;
      files.push_back(found->key());
      if (read >= path.size()) break;
      const std::size_t end = std::min(path.find('.', read + 1), path.size());
      found = program.submodule(*found, std::string_view(path).substr(read + 1, end - read - 1));
      read = end;
    }
  }
  return files;
}

}  // namespace surefoot::server
