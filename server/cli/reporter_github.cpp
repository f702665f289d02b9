// Workflow commands, a line a finding, which GitHub Actions shows on the lines of a pull request.
// Source: GitHub documentation, "Workflow commands for GitHub Actions".
#include <fmt/format.h>

#include "server/cli/ci_path.hpp"
#include "server/cli/printable.hpp"
#include "server/cli/reporter.hpp"

namespace surefoot::server {
namespace {

std::string_view command_of(rules::Severity severity) {
  switch (severity) {
    case rules::Severity::error:
      return "error";
    case rules::Severity::warning:
      return "warning";
    case rules::Severity::information:
    case rules::Severity::hint:
      return "notice";
  }
  return "warning";
}

/// Percent-encodes the characters of `special`; the runner decodes them.
std::string encoded(std::string_view text, std::string_view special) {
  std::string result;
  for (const char each : printable(text)) {
    if (special.find(each) == std::string_view::npos) {
      result += each;
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned>(each));
    }
  }
  return result;
}

std::string message_text(std::string_view text) { return encoded(text, "%"); }
std::string property(std::string_view text) { return encoded(text, "%:,"); }

class GithubReporter final : public Reporter {
 public:
  explicit GithubReporter(const ReportTarget& target) : out_(target.out), working_folder_(target.working_folder) {}

  void finding(const ReportedFinding& finding) override {
    const ReportedPlace& place = finding.place;
    const std::string file = path_in_checkout(place.filename, working_folder_, "GITHUB_WORKSPACE");
    out_ << fmt::format("::{} file={},line={}", command_of(finding.severity), property(file), place.location.row);
    // The runner takes columns only of a range within one line.
    if (place.location.row == place.end_location.row) {
      out_ << fmt::format(",col={},endLine={},endColumn={}", place.location.column, place.end_location.row,
                          place.end_location.column);
    } else {
      out_ << fmt::format(",endLine={}", place.end_location.row);
    }
    out_ << fmt::format(",title={}::{}\n", property(finding.code + " " + finding.name), message_text(finding.message));
  }

  void problem(std::string_view message) override {
    out_ << "::error title=surefoot::" << message_text(message) << '\n';
  }

  void finish(const Summary& summary) override { out_ << summary_line(summary) << '\n'; }

 private:
  std::ostream& out_;
  std::string working_folder_;
};

}  // namespace

std::unique_ptr<Reporter> make_github_reporter(const ReportTarget& target) {
  return std::make_unique<GithubReporter>(target);
}

}  // namespace surefoot::server
