#include "server/cli/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "analysis/engine/project.hpp"
#include "server/cache/cache_file.hpp"
#include "server/cache/folder_cache.hpp"
#include "server/check/check_run.hpp"
#include "server/cli/baseline.hpp"
#include "server/cli/check_output.hpp"
#include "server/cli/progress.hpp"
#include "server/cli/watch.hpp"
#include "server/cli/watcher.hpp"
#include "server/one_shot_heap.hpp"
#include "server/workspace/discovery.hpp"
#include "server/workspace/lazy_files.hpp"
#include "server/workspace/paths.hpp"

namespace surefoot::server {
namespace {

int check_stdin(const CheckOptions& options, Console& console, ConfigFiles& configs, Baseline* baseline) {
  SourceFile file;
  file.shown = options.stdin_filename.empty() ? "-" : options.stdin_filename;
  file.path = absolute_path(file.shown, options.working_folder);
  // What is fixed goes to standard output, so the findings that remain cannot.
  const bool writes_text = options.file.fix == FixMode::apply;
  CheckOutput output(options, console, writes_text ? console.err : console.out, baseline);
  const ConfigAnswer answer = configs.for_file(file.path);
  if (answer.problem) {
    print_error(console, describe(*answer.problem, options.working_folder));
    return kFailed;
  }
  file.config = answer.config;
  const std::string bytes(std::istreambuf_iterator<char>(console.in), {});
  const auto unsaved = std::make_shared<const UnsavedTexts>(UnsavedTexts{{file.path, bytes}});
  const auto files = std::make_shared<LazyFiles>(
      std::vector{file}, LazyFiles::Options{options.file.largest_file, options.jobs, unsaved, nullptr});
  const auto project =
      std::make_shared<const engine::Project>(std::make_shared<const project::Program>(files), file.config->config);
  const FileResult result = finish_file(file, check_file(file, files->load(0), project), nullptr, options.file, false);
  // An editor's filter must get its text back, whatever is wrong with it.
  if (writes_text) console.out << (result.error.empty() ? result.after : bytes) << std::flush;
  output.take(file, result);
  return output.finish();
}

/// One file of the cache for each set of paths; empty for none.
std::string folder_cache_file(const CheckOptions& options) {
  if (options.cache_folder.empty()) return {};
  ContentHasher hash;
  hash.add("folders").add(build_id()).add(options.working_folder);
  for (const std::string& path : options.paths) hash.add(path);
  return cache_file_path(options.cache_folder, hash.value());
}

int check_paths(const CheckOptions& options, Console& console, ConfigFiles& configs, Baseline* baseline) {
  const bool ends_process = console.ends_process && !options.watch;
  if (ends_process) one_shot_heap::open();
  CheckOutput output(options, console, console.out, baseline);
  FolderCache folders(folder_cache_file(options));
  const Discovery found = discover(options.paths, options.working_folder, configs, {options.named_files, {}, &folders});
  folders.save();
  for (const DiscoveryProblem& problem : found.problems) {
    const std::string message = problem.path + ": " + problem.message;
    problem.is_error ? output.error(message) : print_warning(console, message);
  }
  for (const auto& problem : found.bad_configs) output.error(describe(*problem, options.working_folder));
  // Where all named files are excluded there is nothing to tell.
  const bool as_meant = options.named_files == NamedFiles::as_walked;
  if (!as_meant && found.files.empty() && found.problems.empty() && found.bad_configs.empty()) {
    print_warning(console, "no Python files found under the given paths");
  }
  auto run = std::make_unique<CheckRun>(
      CheckRunOptions{options.file, options.jobs, options.cache_folder, nullptr, {}, {}}, found.files);
  Progress progress(console, options.progress, found.files.size());
  run->run([&](std::size_t i, const FileResult& result) {
    progress.hide();
    output.take(found.files[i], result);
    progress.show(i + 1);
  });
  progress.hide();
  if (ends_process) {  // its end takes it all away at once
    [[maybe_unused]] static const CheckRun* volatile left;
    left = run.release();
  }
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
  if (options.write_baseline && options.baseline.empty()) return "--write-baseline needs --baseline FILE";
  if (options.write_baseline && options.file.fix == FixMode::diff) {
    return "--write-baseline and --diff cannot be used together";
  }
  if (options.watch && (reads_stdin(options) || options.write_baseline || options.file.fix == FixMode::diff)) {
    return "--watch cannot be used with standard input, --diff or --write-baseline";
  }
  return {};
}

}  // namespace

int fail(Console& console, std::string_view message) {
  print_error(console, message);
  return kFailed;
}

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

int run_check_once(const CheckOptions& options, Console& console) {
  auto configs = configuration_for(options, console);
  if (!configs) return kFailed;
  std::optional<Baseline> baseline;
  if (!options.baseline.empty()) {
    baseline.emplace(absolute_path(options.baseline, options.working_folder));
    if (const std::string why = baseline->load(options.write_baseline); !why.empty()) {
      print_error(console, options.baseline + why);
      return kFailed;
    }
  }
  Baseline* known = baseline ? &*baseline : nullptr;
  return reads_stdin(options) ? check_stdin(options, console, *configs, known)
                              : check_paths(options, console, *configs, known);
}

int run_check(const CheckOptions& options, Console& console) {
  if (const std::string clash = contradiction(options); !clash.empty()) {
    print_error(console, clash);
    return kFailed;
  }
  if (!options.watch) return run_check_once(options, console);
  const std::unique_ptr<Watcher> watcher = make_watcher();
  return check_and_watch(options, console, *watcher);
}

}  // namespace surefoot::server
