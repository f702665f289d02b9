#pragma once
// A cure for a finding, as edits. Positions are byte offsets into the text that was analysed.

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/text/source_text.hpp"

namespace surefoot::fixes {

/// `safe`: leaves every run in which the defect does not show as it was.
enum class Applicability : std::uint8_t { safe, unsafe };

/// Edits to one file. `path` is empty for the file the fix was asked for.
struct FileEdits {
  std::string path;
  std::vector<text::TextEdit> edits;
  bool operator==(const FileEdits&) const = default;
};

/// One way to cure a finding. A fix leaves the file parseable.
struct Fix {
  std::string title;
  Applicability applicability = Applicability::unsafe;
  std::vector<FileEdits> files;
  bool operator==(const Fix&) const = default;
};

/// The fixes of a finding, best first; when there are none, `reason` may say why one that users would expect is missing
/// ("`asyncio` is shadowed on line 3").
struct Fixes {
  std::vector<Fix> offered;
  std::string reason;
};

}  // namespace surefoot::fixes
