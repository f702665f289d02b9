#pragma once
// What the engine says about a file. Values that own their strings: a finding outlives the tree it came from and can
// be sorted, hashed and sent. Positions are byte offsets into the text that was analysed.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/rules/severity.hpp"
#include "analysis/text/source_text.hpp"

namespace surefoot::engine {

/// A place that explains a finding, such as one hop of a call chain. `path` is empty for the finding's own file.
struct Related {
  std::string path;
  text::Span span;
  std::string message;
  bool operator==(const Related&) const = default;
};

struct Finding {
  std::string code;  // "RT101"
  std::string name;  // "blocking-call-in-async"
  rules::Severity severity = rules::Severity::warning;
  std::string message;
  text::Span span;
  std::vector<Related> related;
  /// Stable while the code it speaks of stays: of code, enclosing definition and source text, not of lines.
  std::uint64_t fingerprint = 0;
  bool operator==(const Finding&) const = default;
};

/// Edits to one file. `path` is empty for the file the fix was asked for.
struct FileEdits {
  std::string path;
  std::vector<text::TextEdit> edits;
  bool operator==(const FileEdits&) const = default;
};

/// One way to cure a finding. A fix leaves the file parseable.
struct Fix {
  std::string title;
  rules::Applicability applicability = rules::Applicability::unsafe;
  std::vector<FileEdits> files;
  bool operator==(const Fix&) const = default;
};

/// The fixes of a finding, best first; when there are none, `reason` may say why one that users would expect is missing
/// ("`asyncio` is shadowed on line 3").
struct Fixes {
  std::vector<Fix> offered;
  std::string reason;
};

}  // namespace surefoot::engine
