#pragma once
// How findings are printed. A format is one file: a class derived from Reporter, and a line in the list of
// reporter.cpp.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/check/report.hpp"
#include "server/cli/console.hpp"

namespace surefoot::server {

class Reporter {
 public:
  virtual ~Reporter() = default;
  /// Called for each finding, in the order of files and then of places.
  virtual void finding(const ReportedFinding& finding) = 0;
  /// Called for whatever could not be checked, which is told on standard error, too: "app/a.py: cannot be read: …".
  virtual void problem(std::string_view /*message*/) {}
  /// Called once, last.
  virtual void finish(const Summary& summary) = 0;
};

/// What a report is written to, and for whom. The streams outlive the reporter.
struct ReportTarget {
  Console& console;
  std::ostream& out;
  std::string working_folder;  // absolute: file names of findings are relative to it
  /// The least bad severity that counts as a failure; nothing: none does.
  std::optional<rules::Severity> fail_on;
};

using MakeReporter = std::unique_ptr<Reporter> (*)(const ReportTarget& target);

struct ReportFormat {
  std::string_view name;  // of --output-format
  MakeReporter make;
  MakeReporter make_statistics;  // null: the format has no place for counts
};

/// All formats, the default one first.
const std::vector<ReportFormat>& report_formats();

// One file each: reporter_<name>.cpp.
std::unique_ptr<Reporter> make_full_reporter(const ReportTarget& target);
std::unique_ptr<Reporter> make_concise_reporter(const ReportTarget& target);
std::unique_ptr<Reporter> make_json_reporter(const ReportTarget& target);
std::unique_ptr<Reporter> make_sarif_reporter(const ReportTarget& target);
std::unique_ptr<Reporter> make_github_reporter(const ReportTarget& target);
std::unique_ptr<Reporter> make_gitlab_reporter(const ReportTarget& target);
std::unique_ptr<Reporter> make_junit_reporter(const ReportTarget& target);
/// Counts by rule instead of findings.
std::unique_ptr<Reporter> make_text_statistics(const ReportTarget& target);
std::unique_ptr<Reporter> make_json_statistics(const ReportTarget& target);

}  // namespace surefoot::server
