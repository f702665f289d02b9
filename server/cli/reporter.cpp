#include "server/cli/reporter.hpp"

namespace surefoot::server {

const std::vector<ReportFormat>& report_formats() {
  static const std::vector<ReportFormat> formats = {
      {"full", make_full_reporter, make_text_statistics},
      {"concise", make_concise_reporter, make_text_statistics},
      {"json", make_json_reporter, make_json_statistics},
  };
  return formats;
}

}  // namespace surefoot::server
