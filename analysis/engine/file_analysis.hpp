#pragma once
// The engine's own FileAnalysis: the tree, the units with their models and reports, and the findings made from them.
// Internal to engine/; others see engine/analyze.hpp.

#include <memory>
#include <vector>

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/project.hpp"
#include "analysis/engine/unit_check.hpp"

namespace surefoot::engine {

class Selection;

class AnalyzedFile final : public FileAnalysis {
 public:
  /// `project` has this version of the file; `tree` may be left out where no next version will be made from this one.
  AnalyzedFile(project::ModulePtr module, std::shared_ptr<const Config> config, ProjectPtr project,
               syntax::Tree tree = {});

  /// Runs everything. `previous`, when not null, is an earlier version whose results are taken over where they still
  /// hold.
  void run(const AnalyzedFile* previous, const std::stop_token& stop);
  /// The two halves of it, from scratch: what the file says by itself, and what follows from the others' facts.
  void check(const std::stop_token& stop);
  void conclude(std::shared_ptr<const project::Effects> effects);

  const std::string& path() const override { return module_->place.path; }
  const text::SourceText& text() const override { return module_->text; }
  const std::shared_ptr<const Config>& config() const override { return config_; }
  const std::vector<Finding>& findings() const override { return findings_; }
  Fixes fixes(const Finding& finding) const override;
  Fix suppression(const Finding& finding) const override;
  Counters counters() const override { return counters_; }

  ProjectPtr project() const override { return project_; }
  project::ModulePtr module() const override { return module_; }
  std::uint64_t interface_hash() const override;
  std::vector<project::ModuleKey> depends_on() const override;
  std::vector<project::ModuleKey> asked() const override;
  Fixes fixes_asking(const Finding& finding, std::vector<project::ModuleKey>& asked) const override;

  const syntax::Tree& tree() const { return tree_; }

 private:
  struct Source {  // where a finding came from, by the same index as findings_
    std::size_t unit;
    std::size_t report;  // in the unit's own reports, and behind them in those that were raised
  };
  struct Raised {
    rules::Report report;
    std::vector<Related> related;
  };
  struct Candidate {
    Finding finding;
    Source source;
    text::Span lines;  // first and last line on which a comment may speak of it
  };

  void check_units(const AnalyzedFile* previous, const std::stop_token& stop, semantics::Resolver& resolver);
  void conclude(semantics::Resolver& resolver);
  bool has_same_surroundings(const AnalyzedFile& previous) const;
  void raise_effects(semantics::Resolver& resolver);
  void raise(std::size_t unit, const project::Call& call, bool at_import, semantics::Resolver& resolver);
  static void keep_one(std::vector<Raised>& raised, std::uint32_t node);
  bool is_handed_over_by_mistake(std::size_t unit, const project::Call& call) const;
  const rules::Report& report_at(const Source& source) const;
  void collect(const Selection& selection, semantics::Resolver& resolver);
  void finish(std::vector<Candidate> kept);
  Fixes unused_fix(const Finding& finding) const;
  std::uint32_t comment_place(const Finding& finding) const;
  Candidate candidate(std::size_t unit, std::size_t report) const;
  std::vector<Suppression> suppressions() const;
  fixes::FileView view() const;

  project::ModulePtr module_;
  std::shared_ptr<const Config> config_;
  ProjectPtr project_;
  syntax::Tree tree_;
  std::shared_ptr<const Selection> selection_;
  std::vector<std::shared_ptr<const UnitReports>> reports_;
  Surroundings surroundings_;  // of the reports
  Surroundings concluded_;     // of what was made of them
  project::FactsPtr facts_;
  std::shared_ptr<const project::Effects> effects_;  // null when nothing asks for them
  std::vector<std::vector<Raised>> raised_;          // by unit
  std::vector<Finding> findings_;
  std::vector<Source> sources_;
  Counters counters_;
};

}  // namespace surefoot::engine
