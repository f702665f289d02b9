#pragma once
// The engine's own FileAnalysis: the tree, the units with their models and reports, and the findings made from them.
// Internal to engine/; others see engine/analyze.hpp.

#include <memory>
#include <vector>

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/suppress.hpp"
#include "analysis/fixes/file_view.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/semantics/module_index.hpp"
#include "analysis/syntax/units.hpp"

namespace surefoot::engine {

class Selection;

/// What the rules said about one unit. Shared between versions while the unit and its surroundings stay as they are.
struct UnitReports {
  std::vector<rules::Report> reports;
  std::vector<Suppression> suppressions;  // in positions of the unit
  std::vector<std::string> broken_rules;  // codes of rules that failed here
};

class AnalyzedFile final : public FileAnalysis {
 public:
  AnalyzedFile(FileInput input, std::shared_ptr<const Config> config);

  /// Runs everything. `previous`, when not null, is an earlier version whose results are taken over where they still
  /// hold; `tree` is this version's.
  void run(syntax::Tree tree, const AnalyzedFile* previous, const std::stop_token& stop);

  const std::string& path() const override { return input_.path; }
  const text::SourceText& text() const override { return input_.text; }
  const std::shared_ptr<const Config>& config() const override { return config_; }
  const std::vector<Finding>& findings() const override { return findings_; }
  Fixes fixes(const Finding& finding) const override;
  Fix suppression(const Finding& finding) const override;
  Counters counters() const override { return counters_; }

  const syntax::Tree& tree() const { return tree_; }

 private:
  struct Source {  // where a finding came from, by the same index as findings_
    std::size_t unit;
    std::size_t report;
  };
  struct Candidate {
    Finding finding;
    Source source;
    text::Span lines;  // first and last line on which a comment may speak of it
  };

  void make_models(const AnalyzedFile* previous);
  void check_units(const AnalyzedFile* previous, const std::stop_token& stop);
  std::shared_ptr<const UnitReports> check_unit(std::size_t unit, const Selection& selection,
                                                semantics::Resolver& resolver) const;
  void collect(const Selection& selection, semantics::Resolver& resolver);
  bool holds(std::size_t unit, const rules::Report& report, semantics::Resolver& resolver) const;
  void finish(std::vector<Candidate> kept);
  Fixes unused_fix(const Finding& finding) const;
  std::uint32_t comment_place(const Finding& finding) const;
  Candidate candidate(std::size_t unit, std::size_t report) const;
  std::vector<Suppression> suppressions() const;
  fixes::FileView view() const;

  FileInput input_;
  std::shared_ptr<const Config> config_;
  syntax::Tree tree_;
  syntax::UnitList units_;
  std::vector<std::shared_ptr<const semantics::UnitModel>> models_;
  std::vector<std::shared_ptr<const UnitReports>> reports_;
  std::shared_ptr<const semantics::ModuleIndex> module_;
  std::uint64_t shape_ = 0;  // of what the units see of each other
  std::vector<Finding> findings_;
  std::vector<Source> sources_;
  Counters counters_;
};

}  // namespace surefoot::engine
