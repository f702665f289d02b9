// `path:row:col: CODE message`, a line each: for editors' error lists and for grep.
#include <fmt/format.h>

#include "server/cli/printable.hpp"
#include "server/cli/reporter.hpp"

namespace surefoot::server {
namespace {

class ConciseReporter final : public Reporter {
 public:
  ConciseReporter(Console& console, std::ostream& out) : colour_(console.colour_out), out_(out) {}

  void finding(const ReportedFinding& finding) override {
    const ReportedPlace& place = finding.place;
    out_ << styled(printable(place.filename), Style::bold, colour_)
         << fmt::format(":{}:{}: ", place.location.row, place.location.column)
         << styled(finding.code, Style::error, colour_) << ' ' << printable(finding.message) << '\n';
  }

  void finish(const Summary& summary) override { out_ << summary_line(summary) << '\n'; }

 private:
  bool colour_;
  std::ostream& out_;
};

}  // namespace

std::unique_ptr<Reporter> make_concise_reporter(const ReportTarget& target) {
  return std::make_unique<ConciseReporter>(target.console, target.out);
}

}  // namespace surefoot::server
