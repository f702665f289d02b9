#pragma once
// Which file an import means. Source: Python reference, 5 "The import system"; where a project starts its absolute
// imports is not written anywhere, so its likely roots are tried in order.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/project/module.hpp"

namespace surefoot::project {

/// The files to search in: those that were read, or the disk. Paths are locations.
struct Files {
  std::function<bool(const std::string& path)> has_file;
  std::function<bool(const std::string& path)> has_folder;
};

struct FoundFile {
  std::string location;    // empty: no file of the project
  std::size_t length = 0;  // of the part of the dotted path that names it
};

/// The first file that importing `dotted` runs: of "app.db.Repo" the package `app`, or `app.db` where `app` is a folder
/// without `__init__.py`. Searched in the roots of the importing file, then in the folders above it that are no
/// packages, nearest first.
FoundFile find_import(const Place& importer, std::string_view dotted, const Files& files);

/// What find_below() gives for a folder and a name.
using FindBelow = std::function<std::optional<FoundFile>(const std::string& folder, std::string_view name)>;
/// The same for who knows the roots and what is below folders.
FoundFile find_import(const std::vector<std::string>& roots, std::string_view dotted, const FindBelow& find);

/// The folders in which the importing file's absolute imports are looked for, in that order.
std::vector<std::string> import_roots(const Place& importer, const Files& files);

/// What such a folder has for each dotted path that begins with `name` (which has no dot): a file, or none. Nothing
/// when that depends on what follows.
std::optional<FoundFile> find_below(std::string_view root, std::string_view name, const Files& files);

/// The same below a package, whose `__init__.py` is at `package`. Of a folder, no file but the length of `dotted`.
FoundFile find_submodule(std::string_view package, std::string_view dotted, const FindBelow& find);
FoundFile find_submodule(std::string_view package, std::string_view dotted, const Files& files);

}  // namespace surefoot::project
