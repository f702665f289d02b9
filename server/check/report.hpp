#pragma once
// What a check has to say, in the terms users read: file names as shown, 1-based rows and columns in code points.
// Values that own all they need; made on any thread, printed on one.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/engine/finding.hpp"
#include "analysis/text/source_text.hpp"

namespace surefoot::server {

/// 1-based; the column counts Unicode code points.
struct Location {
  std::uint32_t row = 1;
  std::uint32_t column = 1;
  bool operator==(const Location&) const = default;
};

/// A range of a file. The text is shared, not copied.
struct ReportedPlace {
  std::string filename;
  Location location;
  Location end_location;
  text::SourceText text;
  text::Span span;
};

struct ReportedRelated {
  std::string message;
  ReportedPlace place;
};

struct ReportedEdit {
  std::string content;
  ReportedPlace place;
};

struct ReportedFix {
  std::string title;
  rules::Applicability applicability = rules::Applicability::unsafe;
  std::vector<ReportedEdit> edits;
};

struct ReportedFinding {
  std::string code;
  std::string name;
  rules::Severity severity = rules::Severity::warning;
  std::string message;
  ReportedPlace place;
  std::vector<ReportedRelated> related;
  std::vector<ReportedFix> fixes;
  std::string no_fix_reason;  // why a fix that users would expect is missing
  std::string url;
  std::uint64_t fingerprint = 0;

  bool has_safe_fix() const;
};

/// Totals, for the last line and the exit status.
struct Summary {
  std::size_t findings = 0;        // that remain
  std::size_t fixable = 0;         // of those, by --fix
  std::size_t unsafe_fixable = 0;  // of the others, by --fix --unsafe-fixes
  std::size_t fixed = 0;
  std::size_t files = 0;  // that were checked
  std::size_t changed_files = 0;
  std::size_t errors = 0;
  std::size_t known = 0;  // findings that are in the baseline, and not among those above
};

/// "Found 3 findings (1 fixable with --fix, 1 more with --unsafe-fixes). 4 more are in the baseline."
std::string summary_line(const Summary& summary);

/// A place in a text as users read it.
ReportedPlace to_place(std::string filename, const text::SourceText& text, text::Span span);

}  // namespace surefoot::server
