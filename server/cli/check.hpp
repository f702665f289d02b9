#pragma once
// `surefoot check`: finds files, checks them on several threads, prints what was found in one fixed order.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/check/check_file.hpp"
#include "server/cli/console.hpp"
#include "server/workspace/config_files.hpp"
#include "server/workspace/discovery.hpp"

namespace surefoot::server {

/// Exit statuses of all commands.
enum ExitStatus : int { kClean = 0, kFindings = 1, kFailed = 2 };

enum class ProgressMode : unsigned char { automatic, always, never };

struct CheckOptions {
  /// Files and folders; "-" alone is standard input.
  std::vector<std::string> paths = {"."};
  NamedFiles named_files = NamedFiles::taken;
  /// The name that standard input goes by: it decides the configuration and is shown.
  std::string stdin_filename;
  std::string working_folder;  // absolute
  std::string output_format = "full";
  bool statistics = false;
  std::string baseline;         // as given; empty: none
  bool write_baseline = false;  // put into the baseline what is found
  FileCheckOptions file;
  std::vector<ConfigOverride> overrides;
  std::string config_file;  // as given; empty: look for it
  /// The least bad severity that makes the exit status 1; nothing: none does.
  std::optional<rules::Severity> fail_on = rules::Severity::warning;
  std::size_t jobs = 1;
  /// Where results are kept between runs, absolute; empty: nowhere.
  std::string cache_folder;
  ProgressMode progress = ProgressMode::automatic;
  bool watch = false;  // check again whenever something changes
};

/// Prints the error and gives the exit status that goes with it.
int fail(Console& console, std::string_view message);

/// The exit status. Never throws. With `watch` it goes on until the process is ended.
int run_check(const CheckOptions& options, Console& console);
/// One check, whatever `watch` says.
int run_check_once(const CheckOptions& options, Console& console);

/// How configurations are found with these options (shared with `surefoot config`). Prints an error and returns nothing
/// when an option is wrong or the file of --config cannot be used.
std::optional<ConfigFiles> configuration_for(const CheckOptions& options, Console& console);

/// "path:row:column: message" of a configuration that cannot be used.
std::string describe(const ConfigFileProblem& problem, const std::string& working_folder);

}  // namespace surefoot::server
