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

// "a.b as c, d" -> "a.b", "d"
bool names_files(std::string_view imported) {
  constexpr std::string_view kBlank = " \t\r\\";
  while (!imported.empty()) {
    const std::size_t comma = std::min(imported.find(','), imported.size());
    std::string_view one = imported.substr(0, comma);
    one.remove_prefix(std::min(one.find_first_not_of(kBlank), one.size()));
    if (!is_library(one.substr(0, one.find_first_of(kBlank)))) return true;
    imported.remove_prefix(std::min(comma + 1, imported.size()));
  }
  return false;
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
      files.push_back(project::module_key(found->location()));
      if (read >= path.size()) break;
      const std::size_t end = std::min(path.find('.', read + 1), path.size());
      found = program.submodule(*found, std::string_view(path).substr(read + 1, end - read - 1));
      read = end;
    }
  }
  return files;
}

bool may_import_files(std::string_view text) {
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string_view line = text.substr(start, end - start);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.starts_with("from "))
      line = line.substr(5, line.find(" import") - 5);
    else if (line.starts_with("import "))
      line.remove_prefix(7);
    else
      line = {};
    if (names_files(line)) return true;
    start = end + 1;
  }
  return false;
}

}  // namespace surefoot::server
