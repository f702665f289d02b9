#pragma once
// The engine's door: a file's text in, its findings and fixes out. Both the checker and the server come through here.
// Total: any bytes give an analysis; nothing throws. Any thread; results are immutable.

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/engine/config.hpp"
#include "analysis/engine/finding.hpp"
#include "analysis/text/source_text.hpp"

namespace surefoot::engine {

struct FileInput {
  /// The path relative to the project's root, with forward slashes ("app/main.py"). Decides per-file ignores and what
  /// kind of module this is (settings, tests, migrations).
  std::string path;
  text::SourceText text;
};

/// How much work an analysis did: what an edit did not touch is not done again.
struct Counters {
  std::uint32_t units = 0;            // top-level statements and members of classes
  std::uint32_t units_rebuilt = 0;    // of those, read from the tree again
  std::uint32_t units_rechecked = 0;  // of those, walked by the rules again
};

/// The state of one file after one analysis. Keep it to analyse the next version from it.
class FileAnalysis {
 public:
  virtual ~FileAnalysis() = default;

  virtual const std::string& path() const = 0;
  virtual const text::SourceText& text() const = 0;
  virtual const std::shared_ptr<const Config>& config() const = 0;

  /// Sorted by position, then code; suppressed ones removed. At most Limits of them.
  virtual const std::vector<Finding>& findings() const = 0;

  /// The fixes of a finding of this analysis (compared by value), computed now. Empty for a finding that is not here.
  virtual Fixes fixes(const Finding& finding) const = 0;

  /// The edit that writes `# surefoot: ignore[CODE]` for this finding, where a comment may stand (never inside a
  /// string).
  virtual Fix suppression(const Finding& finding) const = 0;

  virtual Counters counters() const = 0;
};

/// Analyses a file from scratch.
std::shared_ptr<const FileAnalysis> analyze(FileInput input, std::shared_ptr<const Config> config,
                                            std::stop_token stop = {});

/// Analyses the next version of a file. `edits` lead from `previous.text()` to the new text, each one speaking of the
/// text that the one before it left. Findings and fixes are those that analyze() would give for the new text.
std::shared_ptr<const FileAnalysis> reanalyze(const FileAnalysis& previous, const std::vector<text::TextEdit>& edits,
                                              std::shared_ptr<const Config> config, std::stop_token stop = {});

struct FixAllResult {
  std::string text;         // the whole new text
  std::uint32_t fixed = 0;  // findings cured
};

/// Applies the first fix of every finding, `unsafe` ones only if asked, pass by pass until nothing changes. Overlapping
/// edits wait for the next pass; a pass that would break the syntax is not taken. Idempotent.
/// `codes`: only these rules' findings; empty means all.
FixAllResult fix_all(const FileAnalysis& analysis, rules::Applicability up_to,
                     const std::vector<std::string>& codes = {});

}  // namespace surefoot::engine
