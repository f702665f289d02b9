#pragma once
// The commands with their options and help texts, and what was written for them.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "server/cli/check.hpp"
#include "server/cli/graph_command.hpp"
#include "server/session/run.hpp"

namespace surefoot::server {

/// The options as they are written, before they become what the commands take.
struct Written {
  CheckOptions check;
  ServerOptions server;
  std::vector<std::string> select, extend_select, ignore;
  std::string profile, target_version;
  bool stdio = false;
  bool fix = false, unsafe_fixes = false, diff = false;
  bool force_exclude = false;
  bool no_cache = false;
  std::string fail_on = "warning";
  std::string progress = "auto";
  std::uint64_t max_file_size = 10;
  std::string rule;
  std::string rules_format = "text";
  std::string config_path = ".";
  std::string explain_place;
  std::string explain_format = "text";
  GraphOptions graph;
};

// Each adds one command to the program; what is written for it goes to `written`, which must outlive the program.
CLI::App* add_check(CLI::App& app, Written& written);
CLI::App* add_server(CLI::App& app, Written& written);
CLI::App* add_rule(CLI::App& app, Written& written);
CLI::App* add_rules(CLI::App& app, Written& written);
CLI::App* add_config(CLI::App& app, Written& written);
CLI::App* add_explain(CLI::App& app, Written& written);
CLI::App* add_graph(CLI::App& app, Written& written);

/// What `check`, `config`, `explain` and `graph` take, from what was written for that command.
CheckOptions check_options(const Written& written, const CLI::App& command);

}  // namespace surefoot::server
