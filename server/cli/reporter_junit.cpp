// JUnit XML, which most CI services show as test results: one suite a file, one failed test a finding. A finding below
// --fail-on is a skipped test, so that the report agrees with the exit status.
// Source: the testmoapp/junitxml description of the format as common tools write and read it.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/cli/reporter.hpp"
#include "server/cli/xml.hpp"

namespace surefoot::server {
namespace {

struct Suite {
  std::string name;
  std::string cases;  // XML
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
};

std::string counts(const Suite& suite) {
  return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}")", suite.tests, suite.failures, suite.errors,
                     suite.skipped);
}

/// "app/main.py" -> "app.main", as test runners for Python name classes.
std::string class_name(std::string path) {
  if (path.ends_with(".py")) path.resize(path.size() - 3);
  std::replace(path.begin(), path.end(), '/', '.');
  return path;
}

std::string details(const ReportedFinding& finding) {
  const auto line = [](const ReportedPlace& place, std::string_view message) {
    return fmt::format("{}:{}:{}: {}\n", place.filename, place.location.row, place.location.column, message);
  };
  std::string text =
      line(finding.place, fmt::format("{} {}: {}", rules::to_string(finding.severity), finding.code, finding.message));
  for (const ReportedRelated& related : finding.related) text += line(related.place, "note: " + related.message);
  return text + finding.url + "\n";
}

class JunitReporter final : public Reporter {
 public:
  explicit JunitReporter(const ReportTarget& target) : out_(target.out), fail_on_(target.fail_on) {}

  void finding(const ReportedFinding& finding) override {
    const ReportedPlace& place = finding.place;
    Suite& suite = suite_of(place.filename);
    const bool fails = fail_on_ && finding.severity <= *fail_on_;
    const std::string_view outcome = fails ? "failure" : "skipped";
    ++suite.tests;
    ++(fails ? suite.failures : suite.skipped);
    const std::string path = xml_escaped(place.filename);
    suite.cases += fmt::format("    <testcase name=\"{}:{} {} {}\" classname=\"{}\" file=\"{}\" line=\"{}\">\n",
                               place.location.row, place.location.column, finding.code, finding.name,
                               xml_escaped(class_name(place.filename)), path, place.location.row);
    const std::string type = fails ? fmt::format(" type=\"{}\"", finding.code) : std::string();
    suite.cases += fmt::format("      <{}{} message=\"{}\">{}</{}>\n    </testcase>\n", outcome, type,
                               xml_escaped(finding.message), xml_escaped(details(finding)), outcome);
  }

  void problem(std::string_view message) override {
    ++problems_.tests;
    ++problems_.errors;
    problems_.cases += fmt::format(
        "    <testcase name=\"{0}\" classname=\"surefoot\">\n      <error type=\"not checked\" "
        "message=\"{0}\"/>\n    </testcase>\n",
        xml_escaped(message));
  }

  void finish(const Summary& summary) override {
    // Many readers take a report without a test for a broken one.
    if (suites_.empty() && problems_.tests == 0) {
      problems_.tests = 1;
      problems_.cases =
          fmt::format("    <testcase name=\"{}\" classname=\"surefoot\"/>\n", xml_escaped(summary_line(summary)));
    }
    if (problems_.tests > 0) suites_.insert(suites_.begin(), std::move(problems_));
    Suite total;
    for (const Suite& suite : suites_) add(suite, total);
    out_ << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         << fmt::format("<testsuites name=\"surefoot\" {}>\n", counts(total));
    for (const Suite& suite : suites_) {
      out_ << fmt::format("  <testsuite name=\"{}\" {}>\n{}  </testsuite>\n", xml_escaped(suite.name), counts(suite),
                          suite.cases);
    }
    out_ << "</testsuites>\n";
  }

 private:
  /// Findings come file by file.
  Suite& suite_of(const std::string& filename) {
    if (suites_.empty() || suites_.back().name != filename) suites_.emplace_back().name = filename;
    return suites_.back();
  }

  static void add(const Suite& suite, Suite& total) {
    total.tests += suite.tests;
    total.failures += suite.failures;
    total.errors += suite.errors;
    total.skipped += suite.skipped;
  }

  std::ostream& out_;
  std::optional<rules::Severity> fail_on_;
  std::vector<Suite> suites_;
  Suite problems_{"surefoot", {}};
};

}  // namespace

std::unique_ptr<Reporter> make_junit_reporter(const ReportTarget& target) {
  return std::make_unique<JunitReporter>(target);
}

}  // namespace surefoot::server
