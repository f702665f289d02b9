#include "server/cli/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "server/cli/parallel.hpp"
#include "server/cli/progress.hpp"
#include "server/cli/reporter.hpp"
#include "server/cli/unified_diff.hpp"
#include "server/workspace/discovery.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

const ReportFormat& format_of(const CheckOptions& options) {
  const auto& formats = report_formats();
  const auto named = std::find_if(formats.begin(), formats.end(),
                                  [&](const ReportFormat& format) { return format.name == options.output_format; });
  return named == formats.end() ? formats.front() : *named;
}

std::unique_ptr<Reporter> make_reporter(const CheckOptions& options, Console& console, std::ostream& out) {
  const ReportFormat& format = format_of(options);
  const ReportTarget target{console, out, options.working_folder, options.fail_on};
  return options.statistics ? format.make_statistics(target) : format.make(target);
}

/// Prints results as they come, in order, and keeps the totals.
class Output {
 public:
  Output(const CheckOptions& options, Console& console, std::ostream& report)
      : options_(options), console_(console), reporter_(make_reporter(options, console, report)) {}

  void error(const std::string& message) {
    print_error(console_, message);
    if (options_.file.fix != FixMode::diff) reporter_->problem(message);
    ++summary_.errors;
  }

  void take(const SourceFile& file, const FileResult& result) {
    if (!result.error.empty()) return error(file.shown + ": " + result.error);
    ++summary_.files;
    summary_.fixed += result.fixed;
    summary_.changed_files += result.changed() ? 1 : 0;
    if (options_.file.fix == FixMode::diff) return print_diff(file, result);
    for (const ReportedFinding& finding : result.findings) count(finding);
    for (const ReportedFinding& finding : result.findings) reporter_->finding(finding);
  }

  int finish() {
    if (options_.file.fix == FixMode::diff) return finish_diff();
    reporter_->finish(summary_);
    if (summary_.errors > 0) return kFailed;
    return failing_ ? kFindings : kClean;
  }

 private:
  void count(const ReportedFinding& finding) {
    ++summary_.findings;
    failing_ = failing_ || (options_.fail_on && finding.severity <= *options_.fail_on);
    if (finding.fixes.empty()) return;
    const bool taken = finding.has_safe_fix() || options_.file.up_to == rules::Applicability::unsafe;
    ++(taken ? summary_.fixable : summary_.unsafe_fixable);
  }

  void print_diff(const SourceFile& file, const FileResult& result) {
    const std::string diff = unified_diff(file.shown, result.before, result.after);
    console_.out << (console_.colour_out ? colour_diff(diff) : diff);
  }

  int finish_diff() {
    console_.out.flush();
    if (summary_.errors > 0) return kFailed;
    const auto plural = [](std::size_t count) { return count == 1 ? "" : "s"; };
    if (summary_.fixed == 0) {
      console_.err << "Nothing to fix.\n";
      return kClean;
    }
    console_.err << fmt::format("Would fix {} finding{} in {} file{}.\n", summary_.fixed, plural(summary_.fixed),
                                summary_.changed_files, plural(summary_.changed_files));
    return kFindings;
  }

  const CheckOptions& options_;
  Console& console_;
  std::unique_ptr<Reporter> reporter_;
  Summary summary_;
  bool failing_ = false;
};

int check_stdin(const CheckOptions& options, Console& console, ConfigFiles& configs) {
  SourceFile file;
  file.shown = options.stdin_filename.empty() ? "-" : options.stdin_filename;
  file.path = absolute_path(file.shown, options.working_folder);
  // What is fixed goes to standard output, so the findings that remain cannot.
  const bool writes_text = options.file.fix == FixMode::apply;
  Output output(options, console, writes_text ? console.err : console.out);
  const ConfigAnswer answer = configs.for_file(file.path);
  if (answer.problem) {
    print_error(console, describe(*answer.problem, options.working_folder));
    return kFailed;
  }
  file.config = answer.config;
  std::string bytes(std::istreambuf_iterator<char>(console.in), {});
  const FileResult result = check_bytes(file, bytes, options.file);
  // An editor's filter must get its text back, whatever is wrong with it.
  if (writes_text) console.out << (result.error.empty() ? result.after : bytes) << std::flush;
  output.take(file, result);
  return output.finish();
}

int check_paths(const CheckOptions& options, Console& console, ConfigFiles& configs) {
  Output output(options, console, console.out);
  const Discovery found = discover(options.paths, options.working_folder, configs);
  for (const DiscoveryProblem& problem : found.problems) {
    const std::string message = problem.path + ": " + problem.message;
    problem.is_error ? output.error(message) : print_warning(console, message);
  }
  for (const auto& problem : found.bad_configs) output.error(describe(*problem, options.working_folder));
  if (found.files.empty() && found.problems.empty() && found.bad_configs.empty()) {
    print_warning(console, "no Python files found under the given paths");
  }
  Progress progress(console, options.progress, found.files.size());
  produce_in_order<FileResult>(
      found.files.size(), options.jobs, [&](std::size_t i) { return check_file(found.files[i], options.file); },
      [&](std::size_t i, const FileResult& result) {
        progress.hide();
        output.take(found.files[i], result);
        progress.show(i + 1);
      });
  progress.hide();
  return output.finish();
}

/// "`select`: unknown rule" -> "--select: unknown rule".
std::string as_option(std::string message) {
  const std::size_t end = message.find("`: ");
  if (!message.starts_with('`') || end == std::string::npos) return message;
  return "--" + message.substr(1, end - 1) + message.substr(end + 1);
}

bool reads_stdin(const CheckOptions& options) {
  return std::find(options.paths.begin(), options.paths.end(), "-") != options.paths.end();
}

/// Why these options cannot be followed together; empty when they can.
std::string contradiction(const CheckOptions& options) {
  if (reads_stdin(options) && options.paths.size() > 1) {
    return "`-` (standard input) cannot be checked together with other paths";
  }
  if (options.statistics && format_of(options).make_statistics == nullptr) {
    return fmt::format("--statistics cannot be printed as {}; the formats that take it are full, concise and json",
                       options.output_format);
  }
  return {};
}

}  // namespace

std::string describe(const ConfigFileProblem& problem, const std::string& working_folder) {
  const ReportedPlace place = to_place(relative_path(problem.file, working_folder), problem.text, problem.span);
  if (problem.text.size() == 0) return place.filename + ": " + problem.message;
  return fmt::format("{}:{}:{}: {}", place.filename, place.location.row, place.location.column, problem.message);
}

std::optional<ConfigFiles> configuration_for(const CheckOptions& options, Console& console) {
  engine::Config unused;
  if (std::string error = apply_overrides(unused, options.overrides); !error.empty()) {
    print_error(console, as_option(std::move(error)));
    return std::nullopt;
  }
  ConfigFiles::Options where{options.working_folder, options.overrides, {}};
  if (options.config_file.empty()) return ConfigFiles(real_disk(), std::move(where));
  where.only_file = absolute_path(options.config_file, options.working_folder);
  ConfigFiles configs(real_disk(), std::move(where));
  const ConfigAnswer answer = configs.for_folder(options.working_folder);
  if (!answer.problem) return configs;
  print_error(console, describe(*answer.problem, options.working_folder));
  return std::nullopt;
}

int run_check(const CheckOptions& options, Console& console) {
  if (const std::string clash = contradiction(options); !clash.empty()) {
    print_error(console, clash);
    return kFailed;
  }
  auto configs = configuration_for(options, console);
  if (!configs) return kFailed;
  return reads_stdin(options) ? check_stdin(options, console, *configs) : check_paths(options, console, *configs);
}

}  // namespace surefoot::server
