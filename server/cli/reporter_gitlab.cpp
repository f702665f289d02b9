// A code quality report, which GitLab shows in merge requests: one JSON array.
// Source: GitLab documentation, "Code Quality: Code Quality report format".
#include <nlohmann/json.hpp>

#include "server/cli/ci_path.hpp"
#include "server/cli/reporter.hpp"
#include "server/convert.hpp"

namespace surefoot::server {
namespace {

using Json = nlohmann::ordered_json;

std::string_view severity_of(rules::Severity severity) {
  switch (severity) {
    case rules::Severity::error:
      return "critical";
    case rules::Severity::warning:
      return "major";
    case rules::Severity::information:
      return "minor";
    case rules::Severity::hint:
      return "info";
  }
  return "major";
}

class GitlabReporter final : public Reporter {
 public:
  explicit GitlabReporter(const ReportTarget& target) : out_(target.out), working_folder_(target.working_folder) {}

  void finding(const ReportedFinding& finding) override {
    const ReportedPlace& place = finding.place;
    Json lines = {{"begin", place.location.row}, {"end", place.end_location.row}};
    Json location;
    location["path"] = path_in_checkout(place.filename, working_folder_, "CI_PROJECT_DIR");
    location["lines"] = std::move(lines);
    Json issue;
    issue["type"] = "issue";
    issue["check_name"] = finding.code;
    issue["description"] = finding.code + ": " + finding.message;
    issue["categories"] = Json::array({"Bug Risk"});
    issue["severity"] = severity_of(finding.severity);
    issue["fingerprint"] = fingerprint_text(finding.fingerprint);
    issue["location"] = std::move(location);
    out_ << (first_ ? "[\n" : ",\n") << issue.dump(2, ' ', false, Json::error_handler_t::replace);
    first_ = false;
  }

  void finish(const Summary& /*summary*/) override { out_ << (first_ ? "[]\n" : "\n]\n"); }

 private:
  std::ostream& out_;
  std::string working_folder_;
  bool first_ = true;
};

}  // namespace

std::unique_ptr<Reporter> make_gitlab_reporter(const ReportTarget& target) {
  return std::make_unique<GitlabReporter>(target);
}

}  // namespace surefoot::server
