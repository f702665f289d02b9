#pragma once
// What the engine says about a file. Values that own their strings: a finding outlives the tree it came from and can
// be sorted, hashed and sent. Positions are byte offsets into the text that was analysed.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/fixes/fix.hpp"
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

using fixes::FileEdits;
using fixes::Fix;
using fixes::Fixes;

}  // namespace surefoot::engine
