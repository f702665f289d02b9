#include "server/cli/project_graph.hpp"

#include <fmt/format.h>

#include <unordered_set>
#include <utility>

#include "analysis/engine/wiring.hpp"
#include "server/check/parallel.hpp"
#include "server/workspace/lazy_files.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {

std::shared_ptr<const project::CallGraph> read_call_graph(const std::vector<SourceFile>& files,
                                                          const engine::Config& config, const CheckOptions& options) {
  const auto disk = std::make_shared<const LazyFiles>(
      files, LazyFiles::Options{options.file.largest_file, options.jobs, nullptr, nullptr});
  const project::Program program(disk);
  std::vector<project::ModuleKey> front;
  for (const SourceFile& file : files) front.push_back(project::module_key(file.path));
  std::unordered_set<project::ModuleKey> seen(front.begin(), front.end());
  std::vector<project::ModuleCallsPtr> calls;
  while (!front.empty()) {
    std::vector<project::ModuleKey> next;
    produce_in_order<project::ModuleCallsPtr>(
        front.size(), options.jobs,
        [&](std::size_t i) {
          const project::ModulePtr module = program.pointer(front[i]);
          return module == nullptr ? nullptr : engine::wire(module, program, config).calls;
        },
        [&](std::size_t, project::ModuleCallsPtr one) {
          if (one == nullptr) return;
          for (const project::ModuleKey key : one->called) {
            if (seen.insert(key).second) next.push_back(key);
          }
          calls.push_back(std::move(one));
        });
    front = std::move(next);
  }
  return std::make_shared<const project::CallGraph>(std::move(calls));
}

ReportedPlace to_place(const project::Site& site, const std::string& working_folder) {
  return to_place(relative_path(site.file->place().location(), working_folder), site.file->text(), site.span);
}

std::string row_of(const project::Site& site, const std::string& working_folder) {
  const ReportedPlace place = to_place(site, working_folder);
  return fmt::format("{}:{}", place.filename, place.location.row);
}

}  // namespace surefoot::server
