#include "server/cli/project_graph.hpp"

#include <fmt/format.h>

#include <utility>

#include "analysis/engine/wiring.hpp"
#include "server/check/parallel.hpp"
#include "server/workspace/paths.hpp"
#include "server/workspace/project_files.hpp"

namespace surefoot::server {

std::shared_ptr<const project::CallGraph> read_call_graph(const std::vector<SourceFile>& files,
                                                          const engine::Config& config, const CheckOptions& options) {
  ProjectFiles reader({options.file.largest_file, options.jobs});
  reader.load(files);
  std::vector<project::ModulePtr> modules = reader.finish();
  const project::Program program(modules);
  std::vector<project::ModuleCallsPtr> calls;
  produce_in_order<project::ModuleCallsPtr>(
      modules.size(), options.jobs, [&](std::size_t i) { return engine::wire(modules[i], program, config).calls; },
      [&](std::size_t, project::ModuleCallsPtr one) { calls.push_back(std::move(one)); });
  return std::make_shared<const project::CallGraph>(std::move(calls));
}

ReportedPlace to_place(const project::Site& site, const std::string& working_folder) {
  return to_place(relative_path(site.module->place.location(), working_folder), site.module->text, site.span);
}

std::string row_of(const project::Site& site, const std::string& working_folder) {
  const ReportedPlace place = to_place(site, working_folder);
  return fmt::format("{}:{}", place.filename, place.location.row);
}

}  // namespace surefoot::server
