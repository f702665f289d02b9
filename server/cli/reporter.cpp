#include "server/cli/reporter.hpp"

namespace surefoot::server {

const std::vector<ReportFormat>& report_formats() {
  static const std::vector<ReportFormat> formats = {
      {"full", make_full_reporter, make_text_statistics},
      {"concise", make_concise_reporter, make_text_statistics},
      {"json", make_json_reporter, make_json_statistics},
      {"sarif", make_sarif_reporter, nullptr},
      {"github", make_github_reporter, nullptr},
      {"gitlab", make_gitlab_reporter, nullptr},
      {"junit", make_junit_reporter, nullptr},
  };
  return formats;
}

}  // namespace surefoot::server
