#include "server/cli/graph_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/engine/config_suggest.hpp"
#include "analysis/engine/hot_paths.hpp"
#include "analysis/rules/rule.hpp"
#include "server/cli/graph_drawing.hpp"
#include "server/cli/project_graph.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

using project::CallGraph;

/// Larger drawings cannot be read.
constexpr std::size_t kReadable = 120;

/// Prints what was wrong with the paths; true when something was.
bool has_errors(const Discovery& found, const CheckOptions& options, Console& console) {
  bool bad = false;
  for (const DiscoveryProblem& problem : found.problems) {
    const std::string message = problem.path + ": " + problem.message;
    problem.is_error ? print_error(console, message) : print_warning(console, message);
    bad |= problem.is_error;
  }
  for (const auto& problem : found.bad_configs) print_error(console, describe(*problem, options.working_folder));
  return bad || !found.bad_configs.empty();
}

/// "fetch", "Repo.fetch" and "app.db.Repo.fetch" all name the same.
bool is_named(const CallGraph& graph, std::uint32_t function, std::string_view name) {
  if (graph.function(function).is_code_of_module()) return false;
  const std::string path = graph.path_of(function);
  return path == name ||
         (path.size() > name.size() && path.ends_with(name) && path[path.size() - name.size() - 1] == '.');
}

std::vector<std::uint32_t> functions_named(const CallGraph& graph, std::string_view name) {
  std::vector<std::uint32_t> numbers;
  for (const std::uint32_t number : graph.numbers()) {
    if (is_named(graph, number, name)) numbers.push_back(number);
  }
  return numbers;
}

std::string suggestion(const CallGraph& graph, std::string_view name) {
  std::vector<std::string_view> names;
  for (const std::uint32_t number : graph.numbers()) {
    const CallGraph::Function function = graph.function(number);
    if (!function.is_code_of_module()) names.push_back(function.name);
  }
  return engine::did_you_mean(name, names);
}

engine::HotPaths paths_from(const CallGraph& graph, const std::vector<SourceFile>& files) {
  std::set<std::string_view> named;
  bool only_tests = true;
  for (const SourceFile& file : files) {
    named.insert(file.path);
    only_tests &= rules::is_test_path(relative_path(file.path, file.config->root));
  }
  return engine::hot_paths(graph, [&](const CallGraph::Function& function) {
    const project::Place& place = function.site.file->place();
    return named.count(place.location()) != 0 && (only_tests || !rules::is_test_path(place.path));
  });
}

}  // namespace

int run_graph(const GraphOptions& wanted, const CheckOptions& options, Console& console) {
  auto configs = configuration_for(options, console);
  if (!configs) return kFailed;
  const Discovery found = discover(wanted.paths, options.working_folder, *configs);
  if (has_errors(found, options, console)) return kFailed;
  if (found.files.empty()) return fail(console, "no Python files found under the given paths");
  const auto graph = read_call_graph(found.files, *found.files.front().config->config, options);
  const auto named = functions_named(*graph, wanted.function);
  if (!wanted.function.empty() && named.empty()) {
    return fail(console,
                fmt::format("no function is called `{}`{}", wanted.function, suggestion(*graph, wanted.function)));
  }
  const engine::HotPaths paths =
      wanted.function.empty() ? paths_from(*graph, found.files) : engine::paths_through(*graph, named);
  console.out << (wanted.format == "dot" ? to_dot(*graph, paths, options.working_folder)
                                         : to_mermaid(*graph, paths, options.working_folder));
  if (paths.functions.size() > kReadable) {
    print_warning(console, fmt::format("the graph has {} functions; a PATH or --function NAME makes it smaller",
                                       paths.functions.size()));
  }
  return kClean;
}

}  // namespace surefoot::server
