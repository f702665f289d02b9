#pragma once
// How findings are printed. A format is one file: a class derived from Reporter, and a line in the list of
// reporter.cpp.

#include <memory>
#include <string_view>
#include <vector>

#include "server/cli/console.hpp"
#include "server/cli/report.hpp"

namespace surefoot::server {

class Reporter {
 public:
  virtual ~Reporter() = default;
  /// Called for each finding, in the order of files and then of places.
  virtual void finding(const ReportedFinding& finding) = 0;
  /// Called once, last.
  virtual void finish(const Summary& summary) = 0;
};

struct ReportFormat {
  std::string_view name;  // of --output-format
  std::unique_ptr<Reporter> (*make)(Console& console, std::ostream& out);
  std::unique_ptr<Reporter> (*make_statistics)(Console& console, std::ostream& out);
};

/// All formats, the default one first.
const std::vector<ReportFormat>& report_formats();

// One file each: reporter_<name>.cpp.
std::unique_ptr<Reporter> make_full_reporter(Console& console, std::ostream& out);
std::unique_ptr<Reporter> make_concise_reporter(Console& console, std::ostream& out);
std::unique_ptr<Reporter> make_json_reporter(Console& console, std::ostream& out);
/// Counts by rule instead of findings.
std::unique_ptr<Reporter> make_text_statistics(Console& console, std::ostream& out);
std::unique_ptr<Reporter> make_json_statistics(Console& console, std::ostream& out);

}  // namespace surefoot::server
