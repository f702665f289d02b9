// `--statistics`: how often each rule reports, instead of the findings.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "server/cli/reporter.hpp"

namespace surefoot::server {
namespace {

struct Count {
  std::string code;
  std::string name;
  std::size_t findings = 0;
  std::size_t fixable = 0;
};

class Statistics : public Reporter {
 public:
  explicit Statistics(std::ostream& out) : out_(out) {}

  void finding(const ReportedFinding& finding) final {
    Count& count = by_code_[finding.code];
    count.code = finding.code;
    count.name = finding.name;
    ++count.findings;
    count.fixable += finding.has_safe_fix() ? 1 : 0;
  }

 protected:
  /// Most findings first, then by code.
  std::vector<Count> counts() const {
    std::vector<Count> sorted;
    for (const auto& [code, count] : by_code_) sorted.push_back(count);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Count& a, const Count& b) { return a.findings > b.findings; });
    return sorted;
  }
  std::ostream& out() { return out_; }

 private:
  std::map<std::string, Count> by_code_;
  std::ostream& out_;
};

class TextStatistics final : public Statistics {
 public:
  TextStatistics(Console& console, std::ostream& out) : Statistics(out), colour_(console.colour_out) {}

  void finish(const Summary& summary) override {
    const std::vector<Count> sorted = counts();
    const std::size_t digits = sorted.empty() ? 0 : std::to_string(sorted.front().findings).size();
    for (const Count& count : sorted) {
      const std::string code = styled(fmt::format("{:<8}", count.code), Style::error, colour_);
      out() << fmt::format("{:>{}}  {} {}", count.findings, digits, code, count.name);
      if (count.fixable > 0) out() << fmt::format(" ({} fixable)", count.fixable);
      out() << '\n';
    }
    out() << summary_line(summary) << '\n';
  }

 private:
  bool colour_;
};

class JsonStatistics final : public Statistics {
 public:
  using Statistics::Statistics;

  void finish(const Summary& /*summary*/) override {
    auto json = nlohmann::ordered_json::array();
    for (const Count& count : counts()) {
      json.push_back(
          {{"code", count.code}, {"name", count.name}, {"count", count.findings}, {"fixable", count.fixable}});
    }
    out() << json.dump(2) << '\n';
  }
};

}  // namespace

std::unique_ptr<Reporter> make_text_statistics(const ReportTarget& target) {
  return std::make_unique<TextStatistics>(target.console, target.out);
}

std::unique_ptr<Reporter> make_json_statistics(const ReportTarget& target) {
  return std::make_unique<JsonStatistics>(target.out);
}

}  // namespace surefoot::server
