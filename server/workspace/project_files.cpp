#include "server/workspace/project_files.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "analysis/engine/analyze.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/knowledge/tables.hpp"
#include "server/workspace/disk.hpp"
#include "server/workspace/paths.hpp"
#include "server/workspace/python_source.hpp"

namespace surefoot::server {
namespace {

std::string megabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / (1U << 20U));
}

LoadedFile failed(std::string why) { return {std::move(why), {}, nullptr}; }

LoadedFile parse(const project::Place& place, std::string bytes) {
  auto read = read_python(std::move(bytes));
  if (auto* why = std::get_if<std::string>(&read)) return failed(std::move(*why));
  auto& source = std::get<PythonSource>(read);
  return {{}, source.byte_order_mark, engine::read_file(place, std::move(source.text))};
}

// A file that is imported stands in the project of its importer, or in a folder of its own.
project::Place place_beside(const project::Place& importer, const std::string& location) {
  project::Place place = importer;
  if (!is_within(location, place.root)) place.root = parent_folder(location);
  place.path = relative_path(location, place.root);
  return place;
}

}  // namespace

project::Place place_of(const std::string& path, const ResolvedConfig& config) {
  project::Place place =
      engine::place_in(relative_path(path, config.root), config.root, config.is_project, *config.config);
  place.packages = config.packages;
  return place;
}

std::vector<project::ModulePtr> read_neighbours(project::ModulePtr module,
                                                std::shared_ptr<const project::Program> known) {
  constexpr std::uint64_t kLargest = std::uint64_t{2} << 20U;  // generated, beyond that
  ProjectFiles files(kLargest, std::move(known));
  files.take(module);
  std::vector<project::ModulePtr> modules = files.finish();
  std::erase(modules, module);
  return modules;
}

std::string refusal(const ReadResult& read, std::uint64_t largest) {
  if (read.status == ReadStatus::too_large) {
    return fmt::format("is too large to check ({}; the limit is {}, see --max-file-size)", megabytes(read.size),
                       megabytes(largest));
  }
  return "cannot be read: " + read.reason;
}

LoadedFile ProjectFiles::read(const project::Place& place) const {
  const std::string path = place.location();
  if (path.ends_with(".ipynb")) return failed("is a notebook, and those are not supported");
  ReadResult read = read_file(path, largest_);
  if (read.status != ReadStatus::found) return failed(refusal(read, largest_));
  return parse(place, std::move(read.bytes));
}

LoadedFile ProjectFiles::take(const SourceFile& file, std::string bytes) {
  known_.insert(file.path);
  LoadedFile loaded = bytes.size() > largest_ ? failed(refusal({ReadStatus::too_large, {}, {}, bytes.size()}, largest_))
                                              : parse(place_of(file.path, *file.config), std::move(bytes));
  note(loaded);
  return loaded;
}

void ProjectFiles::take(project::ModulePtr module) {
  known_.insert(module->index->location());
  modules_.push_back(std::move(module));
}

void ProjectFiles::note(const LoadedFile& file) {
  if (file.module != nullptr) modules_.push_back(file.module);
}

std::vector<project::ModulePtr> ProjectFiles::finish() {
  while (searched_ < modules_.size()) {
    std::vector<project::Place> found;
    for (const std::size_t end = modules_.size(); searched_ < end; ++searched_) search(*modules_[searched_], found);
    for (const project::Place& place : found) note(read(place));
  }
  return std::move(modules_);
}

// What the tables speak of is never a file of the project to the resolver.
void ProjectFiles::search(const project::Module& module, std::vector<project::Place>& found) {
  const project::Files files{[this](const std::string& path) { return disk_.has_file(path); },
                             [this](const std::string& path) { return disk_.has_folder(path); }};
  for (const std::string& path : project::imported_paths(module)) {
    const std::string_view top = std::string_view(path).substr(0, path.find('.'));
    if (knowledge::knows_module(top) || fixes::is_standard_library(top)) continue;
    project::FoundFile file = project::find_import(module.place, path, files);
    while (!file.location.empty()) {
      want(file.location, module.place, found);
      if (file.length >= path.size()) break;
      const std::size_t end = std::min(path.find('.', file.length + 1), path.size());
      file.location =
          project::find_submodule(file.location, path.substr(file.length + 1, end - file.length - 1), files);
      file.length = end;
    }
  }
}

void ProjectFiles::want(const std::string& location, const project::Place& importer,
                        std::vector<project::Place>& found) {
  if (program_ != nullptr && program_->module(project::module_key(location)) != nullptr) return;
  if (known_.insert(location).second) found.push_back(place_beside(importer, location));
}

}  // namespace surefoot::server
