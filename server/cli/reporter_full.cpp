// The findings for people: what, where, the source underlined, what is related, and what would cure it.
#include <fmt/format.h>

#include <algorithm>

#include "server/cli/excerpt.hpp"
#include "server/cli/printable.hpp"
#include "server/cli/reporter.hpp"

namespace surefoot::server {
namespace {

Style style_of(rules::Severity severity) {
  switch (severity) {
    case rules::Severity::error:
      return Style::error;
    case rules::Severity::warning:
      return Style::warning;
    case rules::Severity::information:
      return Style::information;
    case rules::Severity::hint:
      return Style::hint;
  }
  return Style::warning;
}

std::string_view how_applied(rules::Applicability applicability) {
  return applicability == rules::Applicability::safe ? "safe: --fix" : "unsafe: --fix --unsafe-fixes";
}

class FullReporter final : public Reporter {
 public:
  FullReporter(Console& console, std::ostream& out) : colour_(console.colour_out), width_(console.width), out_(out) {}

  void finding(const ReportedFinding& finding) override {
    gutter_ = gutter_width(finding.place);
    for (const ReportedRelated& related : finding.related) gutter_ = std::max(gutter_, gutter_width(related.place));
    const Style style = style_of(finding.severity);
    out_ << styled(fmt::format("{}[{}]", rules::to_string(finding.severity), finding.code), style, colour_)
         << styled(": " + printable(finding.message), Style::bold, colour_) << '\n';
    print_place(finding.place, '^', style);
    for (const ReportedRelated& related : finding.related) {
      print_note("note", printable(related.message));
      print_place(related.place, '-', Style::information);
    }
    for (const ReportedFix& fix : finding.fixes) {
      print_note("fix", fmt::format("{} ({})", printable(fix.title), how_applied(fix.applicability)));
    }
    if (finding.fixes.empty() && !finding.no_fix_reason.empty()) print_note("no fix", printable(finding.no_fix_reason));
    out_ << '\n';
  }

  void finish(const Summary& summary) override { out_ << styled(summary_line(summary), Style::bold, colour_) << '\n'; }

 private:
  void print_place(const ReportedPlace& place, char mark, Style style) {
    const std::size_t taken = gutter_ + 3;
    out_ << std::string(gutter_, ' ') << styled("-->", Style::information, colour_)
         << fmt::format(" {}:{}:{}\n", printable(place.filename), place.location.row, place.location.column);
    out_ << excerpt(place, {gutter_, width_ > taken ? width_ - taken : width_, mark, style, colour_});
  }

  void print_note(std::string_view kind, const std::string& text) {
    out_ << std::string(gutter_ + 1, ' ') << styled("= ", Style::information, colour_)
         << styled(kind, Style::bold, colour_) << ": " << text << '\n';
  }

  bool colour_;
  std::size_t width_;
  std::size_t gutter_ = 1;
  std::ostream& out_;
};

}  // namespace

std::unique_ptr<Reporter> make_full_reporter(const ReportTarget& target) {
  return std::make_unique<FullReporter>(target.console, target.out);
}

}  // namespace surefoot::server
