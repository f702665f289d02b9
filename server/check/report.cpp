#include "server/check/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analysis/text/columns.hpp"

namespace surefoot::server {
namespace {

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

Location to_location(const text::SourceText& text, std::uint32_t offset) {
  const auto place = text::to_line_column(text, offset, text::ColumnUnit::code_point);
  return {place.line + 1, place.column + 1};
}

std::string what_was_found(const Summary& summary) {
  std::string line;
  if (summary.fixed > 0) {
    line = fmt::format("Fixed {} in {}", counted(summary.fixed, "finding"), counted(summary.changed_files, "file"));
    if (summary.findings == 0) return line + "; none remain.";
    line += fmt::format("; {}", summary.findings == 1 ? "1 remains" : fmt::format("{} remain", summary.findings));
  } else if (summary.findings == 0) {
    return fmt::format("No findings in {}.", counted(summary.files, "file"));
  } else {
    line = "Found " + counted(summary.findings, "finding");
  }
  if (summary.fixable > 0 && summary.unsafe_fixable > 0) {
    line +=
        fmt::format(" ({} fixable with --fix, {} more with --unsafe-fixes)", summary.fixable, summary.unsafe_fixable);
  } else if (summary.fixable > 0) {
    line += fmt::format(" ({} fixable with --fix)", summary.fixable);
  } else if (summary.unsafe_fixable > 0) {
    line += fmt::format(" ({} fixable with --fix --unsafe-fixes)", summary.unsafe_fixable);
  }
  return line + ".";
}

}  // namespace

bool ReportedFinding::has_safe_fix() const {
  return std::any_of(fixes.begin(), fixes.end(),
                     [](const ReportedFix& fix) { return fix.applicability == rules::Applicability::safe; });
}

ReportedPlace to_place(std::string filename, const text::SourceText& text, text::Span span) {
  return {std::move(filename), to_location(text, span.start), to_location(text, span.end), text, span};
}

std::string summary_line(const Summary& summary) {
  std::string line = what_was_found(summary);
  if (summary.known > 0) {
    line += fmt::format(" {} more {} in the baseline.", summary.known, summary.known == 1 ? "is" : "are");
  }
  return line;
}

}  // namespace surefoot::server
