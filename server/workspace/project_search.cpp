#include "server/workspace/project_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "server/workspace/disk.hpp"
#include "server/workspace/project_files.hpp"
#include "server/workspace/python_source.hpp"

namespace surefoot::server {
namespace {

constexpr std::uint64_t kLargest = std::uint64_t{8} << 20U;
/// A root with more is no project.
constexpr std::size_t kMostFiles = 20000;

bool mentions(std::string_view text, const std::set<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return text.find(name) != std::string_view::npos; });
}

/// Files that are no Python and name functions all the same: entry points of packages.
bool is_entry_point(const std::string& root, const std::set<std::string>& names) {
  for (const char* file : {"pyproject.toml", "setup.cfg"}) {
    const ReadResult read = read_file(root + "/" + file, kLargest);
    for (const std::string& name : names) {
      if (read.bytes.find(":" + name) != std::string::npos) return true;
    }
  }
  return false;
}

}  // namespace

ProjectSearch::ProjectSearch(std::string root, std::shared_ptr<const project::Program> known)
    : root_(std::move(root)), program_(std::move(known)) {}

void ProjectSearch::list() {
  if (std::exchange(listed_, true)) return;
  ConfigFiles::Options options;
  options.fallback_root = root_;
  options.overrides = {{"exclude", "", false, "the refactoring"},
                       {"respect-gitignore", "false", false, "the refactoring"}};
  ConfigFiles configs(real_disk(), std::move(options));
  Discovery found = discover({root_}, root_, configs);
  if (!found.bad_configs.empty()) problem_ = "the configuration cannot be read";
  for (const DiscoveryProblem& problem : found.problems) {
    if (problem.is_error) problem_ = fmt::format("`{}`: {}", problem.path, problem.message);
  }
  if (found.files.size() > kMostFiles) problem_ = "the project has too many files";
  files_ = std::move(found.files);
}

std::string ProjectSearch::read(const std::set<std::string>& names) {
  list();
  if (!problem_.empty()) return problem_;
  if (is_entry_point(root_, names)) return "the package's configuration names it as an entry point";
  std::vector<project::ModulePtr> all = program_->all();
  const std::size_t before = all.size();
  for (const SourceFile& file : files_) {
    if (program_->holds(project::module_key(file.path))) continue;
    const ReadResult read = read_file(file.path, kLargest);
    if (read.status != ReadStatus::found) return fmt::format("`{}` {}", file.shown, refusal(read, kLargest));
    if (!mentions(read.bytes, names)) continue;
    project::ModulePtr module = program_->file(file.path);
    if (module == nullptr) return fmt::format("`{}` cannot be read", file.shown);
    all.push_back(std::move(module));
  }
  if (all.size() != before) program_ = program_->of(std::move(all));
  return {};
}

bool ProjectSearch::is_current(const project::Module& module) {
  ReadResult read = read_file(module.place.location(), kLargest);
  if (read.status != ReadStatus::found) return false;
  const auto source = read_python(std::move(read.bytes));
  const auto* python = std::get_if<PythonSource>(&source);
  return python != nullptr && python->byte_order_mark.empty() && python->text.bytes() == module.text.bytes();
}

}  // namespace surefoot::server
