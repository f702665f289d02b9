#include "server/cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "analysis/engine/config_suggest.hpp"
#include "server/cli/command_options.hpp"
#include "server/cli/config_command.hpp"
#include "server/cli/explain_command.hpp"
#include "server/cli/graph_command.hpp"
#include "server/cli/rule_command.hpp"
#include "server/session/run.hpp"

namespace surefoot::server {
namespace {

/// What could have been meant where `word` stands.
std::vector<std::string> expected_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* each : command.get_subcommands({})) names.push_back(each->get_name());
  for (const CLI::Option* each : command.get_options()) {
    for (const std::string& name : each->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::string describe(const CLI::ParseError& error, const CLI::App& command, const std::vector<std::string>& arguments) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) return error.what();
  const std::vector<std::string> left = command.remaining();
  const std::string word = left.empty() ? arguments.front() : left.front();
  const std::vector<std::string> names = expected_names(command);
  const std::vector<std::string_view> known(names.begin(), names.end());
  return fmt::format("unexpected argument `{}`{}", word, engine::did_you_mean(word.substr(0, word.find('=')), known));
}

int usage_error(const CLI::ParseError& error, const CLI::App& app, const std::vector<std::string>& arguments,
                Console& console) {
  const auto chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  print_error(console, describe(error, command, arguments));
  const std::string name = chosen.empty() ? "surefoot" : "surefoot " + command.get_name();
  console.err << fmt::format("Try `{} --help`.\n", name);
  return kFailed;
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments, const std::string& working_folder, Console& console,
                     const std::string& cache_folder) {
  Written written;
  written.check.cache_folder = cache_folder;
  written.check.working_folder = working_folder;
  written.check.jobs = std::max(1U, std::thread::hardware_concurrency());
  CLI::App app("Finds and fixes the reliability footguns of Python back ends", "surefoot");
  app.set_version_flag("--version,-V", "surefoot " SUREFOOT_VERSION);
  app.get_formatter()->column_width(34);
  app.require_subcommand(0, 1);
  app.footer("`surefoot COMMAND --help` tells more about a command.\n");
  const CLI::App* check = add_check(app, written);
  const CLI::App* server = add_server(app, written);
  const CLI::App* rule = add_rule(app, written);
  const CLI::App* rules = add_rules(app, written);
  const CLI::App* explain = add_explain(app, written);
  const CLI::App* graph = add_graph(app, written);
  const CLI::App* config = add_config(app, written);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, console.out, console.err);
    return usage_error(error, app, arguments, console);
  }
  if (check->parsed()) return run_check(check_options(written, *check), console);
  if (server->parsed()) return run_server(written.server);
  if (rule->parsed()) return run_rule(written.rule, console);
  if (rules->parsed()) return run_rules(written.rules_format, console);
  if (explain->parsed()) {
    return run_explain(written.explain_place, written.explain_format, check_options(written, *explain), console);
  }
  if (graph->parsed()) return run_graph(written.graph, check_options(written, *graph), console);
  if (config->parsed()) return run_config(written.config_path, check_options(written, *config), console);
  console.err << app.help();
  return kFailed;
}

}  // namespace surefoot::server
