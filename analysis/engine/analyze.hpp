#pragma once
// The engine's door: a file's text in, its findings and fixes out. Both the checker and the server come through here.
// Total: any bytes give an analysis; nothing throws. Any thread; results are immutable.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/engine/config.hpp"
#include "analysis/engine/finding.hpp"
#include "analysis/project/effects.hpp"
#include "analysis/project/place.hpp"
#include "analysis/text/source_text.hpp"

namespace surefoot::engine {

struct FileInput {
  /// `place.path` decides per-file ignores and what kind of module this is (settings, tests, migrations).
  project::Place place;
  text::SourceText text;
};

/// Where a file stands. `path`: relative to the project's root; `root`: absolute, empty for a text that is not on disk;
/// `is_project`: something says that the root is one. Source roots come from the configuration.
project::Place place_in(std::string path, std::string root, bool is_project, const Config& config);

class AnalyzedFile;
class Project;
using ProjectPtr = std::shared_ptr<const Project>;

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

  /// The project it was analysed in, with this version of the file; null for none.
  virtual ProjectPtr project() const { return nullptr; }
  /// What other files of the project see of this one; null when the file was not read.
  virtual project::ModulePtr module() const { return nullptr; }
  /// Of what other files see: it stays the same when nothing changes for them but places.
  virtual std::uint64_t interface_hash() const { return 0; }
  /// The files on which the findings depend, sorted; perhaps its own among them.
  virtual std::vector<project::ModuleKey> depends_on() const { return {}; }
  /// Of these, the ones that were asked while the findings were made, without those that effects come from.
  virtual std::vector<project::ModuleKey> asked() const { return {}; }
  /// As fixes(); adds the files that were asked to `asked`.
  virtual Fixes fixes_asking(const Finding& finding, std::vector<project::ModuleKey>& /*asked*/) const {
    return fixes(finding);
  }
};

/// Parses a file for a project, without looking for anything in it.
project::ModulePtr read_file(project::Place place, text::SourceText text, const std::stop_token& stop = {});

/// Analyses a file from scratch, beside the other files of its project (null: it has none).
std::shared_ptr<const FileAnalysis> analyze(FileInput input, std::shared_ptr<const Config> config,
                                            ProjectPtr project = nullptr, std::stop_token stop = {});
/// The two halves of analyze(), for who looks at many files of one project: check all before concluding any, and none
/// has to find out by itself what another says. `effects`: those of the whole project.
std::shared_ptr<AnalyzedFile> check(project::ModulePtr module, std::shared_ptr<const Config> config, ProjectPtr project,
                                    const std::stop_token& stop = {});
/// Of a file that was checked, for the effects of its project: nothing when it asks nothing of other functions.
std::optional<project::Effects::Root> root_of(const AnalyzedFile& checked);
std::shared_ptr<const FileAnalysis> conclude(std::shared_ptr<AnalyzedFile> checked,
                                             std::shared_ptr<const project::Effects> effects);

/// Analyses the next version of a file. `edits` lead from `previous.text()` to the new text, each one speaking of the
/// text that the one before it left. Findings and fixes are those that analyze() would give for the new text.
std::shared_ptr<const FileAnalysis> reanalyze(const FileAnalysis& previous, const std::vector<text::TextEdit>& edits,
                                              std::shared_ptr<const Config> config, ProjectPtr project = nullptr,
                                              std::stop_token stop = {});

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
