#include "analysis/project/import_search.hpp"

#include <algorithm>

namespace surefoot::project {
namespace {

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string inside(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : std::string(folder) + "/" + std::string(name);
}

// The file of module `name` in a folder: a package comes before a module, a module before its stub.
std::string file_in(std::string_view folder, std::string_view name, const Files& files) {
  const std::string base = inside(folder, name);
  for (const char* ending : {"/__init__.py", ".py", ".pyi", "/__init__.pyi"}) {
    if (std::string path = base + ending; files.has_file(path)) return path;
  }
  return {};
}

FoundFile find_path_below(const std::string& root, std::string_view dotted, const FindBelow& find) {
  std::string folder = root;
  for (std::size_t at = 0; at < dotted.size();) {
    const std::size_t end = std::min(dotted.find('.', at), dotted.size());
    const std::string_view name = dotted.substr(at, end - at);
    if (name.empty()) return {};
    if (auto found = find(folder, name)) {
      found->length = end;
      return found->location.empty() ? FoundFile() : std::move(*found);
    }
    folder = inside(folder, name);
    at = end + 1;
  }
  return {{}, dotted.size()};
}

FindBelow below_in(const Files& files) {
  return [&files](const std::string& folder, std::string_view name) { return find_below(folder, name, files); };
}

}  // namespace

std::vector<std::string> import_roots(const Place& importer, const Files& files) {
  std::vector<std::string> roots = importer.source_roots;
  roots.push_back(importer.root);
  roots.push_back(inside(importer.root, "src"));
  const std::string location = importer.location();
  for (std::string_view folder = folder_of(location);; folder = folder_of(folder)) {
    if (!files.has_file(inside(folder, "__init__.py"))) roots.emplace_back(folder);
    if (folder.empty() || (folder == importer.root && !importer.open_above)) return roots;
  }
}

FoundFile find_import(const std::vector<std::string>& roots, std::string_view dotted, const FindBelow& find) {
  for (const std::string& root : roots) {
    if (FoundFile found = find_path_below(root, dotted, find); !found.location.empty()) return found;
  }
  return {};
}

FoundFile find_import(const Place& importer, std::string_view dotted, const Files& files) {
  return find_import(import_roots(importer, files), dotted, below_in(files));
}

std::optional<FoundFile> find_below(std::string_view root, std::string_view name, const Files& files) {
  if (std::string file = file_in(root, name, files); !file.empty()) return FoundFile{std::move(file), name.size()};
  return files.has_folder(inside(root, name)) ? std::nullopt : std::optional(FoundFile());
}

FoundFile find_submodule(std::string_view package, std::string_view dotted, const FindBelow& find) {
  return find_path_below(std::string(folder_of(package)), dotted, find);
}

FoundFile find_submodule(std::string_view package, std::string_view dotted, const Files& files) {
  return find_submodule(package, dotted, below_in(files));
}

}  // namespace surefoot::project
