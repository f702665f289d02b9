#include "server/cli/command_options.hpp"

#include <fmt/format.h>

#include "server/cli/reporter.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

constexpr std::uint64_t kMegabyte = std::uint64_t{1} << 20U;

std::string joined(const std::vector<std::string>& parts) { return fmt::format("{}", fmt::join(parts, ",")); }

/// The help text names the choices, so the option need not do so again.
CLI::Validator one_of(const std::vector<std::string>& choices) { return CLI::IsMember(choices).description(""); }

std::vector<ConfigOverride> overrides_of(const Written& written, const CLI::App& command) {
  constexpr const char* kLabel = "command line";
  std::vector<ConfigOverride> overrides;
  const auto given = [&](const char* option) {
    return command.get_option_no_throw(option) != nullptr && command.count(option) > 0;
  };
  if (given("--profile")) overrides.push_back({"profile", written.profile, false, kLabel});
  if (given("--select")) overrides.push_back({"select", joined(written.select), false, kLabel});
  if (given("--extend-select")) overrides.push_back({"extend-select", joined(written.extend_select), true, kLabel});
  if (given("--ignore")) overrides.push_back({"ignore", joined(written.ignore), true, kLabel});
  if (given("--target-version")) overrides.push_back({"target-version", written.target_version, false, kLabel});
  return overrides;
}

void add_config_file_option(CLI::App& command, Written& written) {
  command.add_option("--config", written.check.config_file, "Use this pyproject.toml or surefoot.toml for everything")
      ->type_name("FILE")
      ->group("Configuration");
}

void add_configuration_options(CLI::App& command, Written& written) {
  const auto list = [&](const char* name, std::vector<std::string>& into, const char* help) {
    command.add_option(name, into, help)->type_name("CODES")->allow_extra_args(false)->group("Configuration");
  };
  list("--select", written.select, "Report these rules only: codes, prefixes, names or ALL, with commas between");
  list("--extend-select", written.extend_select, "Report these rules as well");
  list("--ignore", written.ignore, "Do not report these rules");
  command.add_option("--profile", written.profile, "Which rules take part: default or strict")
      ->type_name("NAME")
      ->group("Configuration");
  command.add_option("--target-version", written.target_version, "The oldest Python to write fixes for, such as py312")
      ->type_name("VERSION")
      ->group("Configuration");
  add_config_file_option(command, written);
}

void add_fix_options(CLI::App& command, Written& written) {
  command.add_flag("--fix", written.fix, "Apply the safe fixes")->group("Fixing");
  command.add_flag("--unsafe-fixes", written.unsafe_fixes, "Count and apply the unsafe fixes, too")->group("Fixing");
  command.add_flag("--diff", written.diff, "Show what --fix would change; write nothing")->group("Fixing");
}

void add_output_options(CLI::App& command, Written& written) {
  std::vector<std::string> formats;
  for (const ReportFormat& format : report_formats()) formats.emplace_back(format.name);
  command
      .add_option("--output-format", written.check.output_format,
                  fmt::format("How findings are printed: {}", fmt::join(formats, ", ")))
      ->type_name("FORMAT")
      ->check(one_of(formats))
      ->group("Output");
  command.add_flag("--statistics", written.check.statistics, "Count findings by rule instead of listing them")
      ->group("Output");
  command
      .add_option("--fail-on", written.fail_on,
                  "The least severity that makes the exit status 1: error, warning, information or never")
      ->type_name("SEVERITY")
      ->check(one_of({"error", "warning", "information", "never"}))
      ->group("Output");
  command.add_option("--progress", written.progress, "Show progress on standard error: auto, always or never")
      ->type_name("WHEN")
      ->check(one_of({"auto", "always", "never"}))
      ->group("Output");
}

void add_baseline_options(CLI::App& command, Written& written) {
  command
      .add_option("--baseline", written.check.baseline,
                  "Do not report the findings in this file, and do not count them for the exit status")
      ->type_name("FILE")
      ->group("Baseline");
  command
      .add_flag("--write-baseline", written.check.write_baseline,
                "Put all findings into the file of --baseline, and take those out that are gone")
      ->group("Baseline");
}

}  // namespace

CheckOptions check_options(const Written& written, const CLI::App& command) {
  CheckOptions options = written.check;
  options.overrides = overrides_of(written, command);
  if (written.diff) {
    options.file.fix = FixMode::diff;
  } else if (written.fix) {
    options.file.fix = FixMode::apply;
  }
  if (written.unsafe_fixes) options.file.up_to = rules::Applicability::unsafe;
  if (written.no_cache) {
    options.cache_folder.clear();
  } else if (!options.cache_folder.empty()) {
    options.cache_folder = absolute_path(options.cache_folder, options.working_folder);
  }
  if (written.force_exclude) options.named_files = NamedFiles::as_walked;
  options.file.largest_file = written.max_file_size * kMegabyte;
  options.file.working_folder = options.working_folder;
  options.fail_on = rules::parse_severity(written.fail_on);
  if (written.progress != "auto") {
    options.progress = written.progress == "always" ? ProgressMode::always : ProgressMode::never;
  }
  return options;
}

CLI::App* add_check(CLI::App& app, Written& written) {
  CLI::App* command = app.add_subcommand("check", "Find (and fix) footguns in Python files");
  command->add_option("PATH", written.check.paths, "Files and folders to check; - is standard input")->type_name("");
  add_fix_options(*command, written);
  add_output_options(*command, written);
  add_baseline_options(*command, written);
  add_configuration_options(*command, written);
  command
      ->add_flag("--force-exclude", written.force_exclude,
                 "Leave out what is excluded even where it is named as a file")
      ->group("Input");
  command->add_option("--stdin-filename", written.check.stdin_filename, "The name that standard input goes by")
      ->type_name("NAME")
      ->group("Input");
  command->add_option("--max-file-size", written.max_file_size, "Do not check files that are larger, in MB")
      ->type_name("MB")
      ->check(CLI::Range(1, 2000).description(""))
      ->group("Input");
  command->add_option("--jobs,-j", written.check.jobs, "How many files to check at once")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""))
      ->group("Input");
  command->add_flag("--no-cache", written.no_cache, "Check everything anew, and keep nothing of it")->group("Input");
  command
      ->add_option("--cache-dir", written.check.cache_folder,
                   "Where to keep results between runs, instead of $XDG_CACHE_HOME/surefoot")
      ->type_name("DIR")
      ->group("Input");
  command->add_flag("--watch", written.check.watch, "Check again whenever something changes")->group("Output");
  command->footer(
      "Exit status: 0 no findings at or above --fail-on, 1 findings, 2 something could not be checked.\n\n"
      "Examples:\n"
      "  surefoot check                              the current folder\n"
      "  surefoot check app/ --diff                  what the safe fixes would change\n"
      "  surefoot check app/ --fix                   apply them\n"
      "  surefoot check --select RT,SQA --ignore RT104\n"
      "  surefoot check --output-format json > findings.json\n"
      "  surefoot check --baseline known.json --write-baseline\n"
      "  surefoot check --stdin-filename app/main.py - < app/main.py\n");
  return command;
}

CLI::App* add_server(CLI::App& app, Written& written) {
  CLI::App* command = app.add_subcommand("server", "Run the language server that editors talk to");
  auto* stdio = command->add_flag("--stdio", written.stdio, "Speak over standard input and output (the default)");
  auto* pipe = command->add_option("--pipe", written.server.pipe, "Connect to this Unix socket")->type_name("PATH");
  auto* listen =
      command->add_option("--listen", written.server.listen, "Serve clients on this address (loopback by default)")
          ->type_name("HOST:PORT");
  stdio->excludes(pipe)->excludes(listen);
  pipe->excludes(listen);
  command
      ->add_option("--log-level", written.server.log_level,
                   "trace, debug, info, warn, error or off; the log goes to standard error")
      ->type_name("LEVEL")
      ->check(one_of({"trace", "debug", "info", "warn", "error", "off"}));
  // Clients may pass it (LSP 3.17, "Implementation Considerations"); the same id comes with `initialize`.
  command->add_option("--clientProcessId", "")->group("");
  command->footer(
      "Examples:\n"
      "  surefoot server\n"
      "  surefoot server --listen 127.0.0.1:9257 --log-level debug\n");
  return command;
}

CLI::App* add_rule(CLI::App& app, Written& written) {
  CLI::App* command = app.add_subcommand("rule", "Explain a rule: what it finds, why, and how to cure it");
  command->add_option("RULE", written.rule, "The rule's code or name")->type_name("")->required();
  command->footer(
      "Examples:\n"
      "  surefoot rule RT101\n"
      "  surefoot rule blocking-call-in-async\n");
  return command;
}

CLI::App* add_rules(CLI::App& app, Written& written) {
  CLI::App* command = app.add_subcommand("rules", "List all rules");
  command->add_option("--output-format", written.rules_format, "text or json")
      ->type_name("FORMAT")
      ->check(one_of({"text", "json"}));
  command->footer(
      "Examples:\n"
      "  surefoot rules\n"
      "  surefoot rules --output-format json\n");
  return command;
}

CLI::App* add_config(CLI::App& app, Written& written) {
  CLI::App* command = app.add_subcommand("config", "Show the configuration in force and where each value comes from");
  command->add_option("PATH", written.config_path, "The file or folder it is in force for")->type_name("");
  add_configuration_options(*command, written);
  command->footer(
      "Examples:\n"
      "  surefoot config\n"
      "  surefoot config app/main.py --profile strict\n");
  return command;
}

CLI::App* add_explain(CLI::App& app, Written& written) {
  CLI::App* command =
      app.add_subcommand("explain", "Tell what a function does, by which calls, and what brings it where it runs");
  command->add_option("FILE:LINE", written.explain_place, "A line of the function")->type_name("")->required();
  command->add_option("--output-format", written.explain_format, "text or json")
      ->type_name("FORMAT")
      ->check(one_of({"text", "json"}));
  add_config_file_option(*command, written);
  command->footer(
      "All files of the project are read.\n\n"
      "Examples:\n"
      "  surefoot explain app/service.py:42\n"
      "  surefoot explain app/service.py:42 --output-format json\n");
  return command;
}

CLI::App* add_graph(CLI::App& app, Written& written) {
  CLI::App* command = app.add_subcommand("graph", "Draw the calls by which coroutines and imports reach what blocks");
  command->add_option("PATH", written.graph.paths, "Files and folders from which the calls start")->type_name("");
  command->add_option("--format", written.graph.format, "mermaid or dot")
      ->type_name("FORMAT")
      ->check(one_of({"mermaid", "dot"}));
  command
      ->add_option("--function", written.graph.function, "Draw only what leads to this function and what it leads to")
      ->type_name("NAME");
  add_config_file_option(*command, written);
  command->footer(
      "Examples:\n"
      "  surefoot graph app/\n"
      "  surefoot graph --function Repo.fetch --format dot | dot -Tsvg > fetch.svg\n");
  return command;
}

}  // namespace surefoot::server
