#pragma once
// The engine's own FileAnalysis: the units with their models and reports, and the findings made from them.
// Internal to engine/; others see engine/analyze.hpp.

#include <memory>
#include <optional>
#include <vector>

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/project.hpp"
#include "analysis/engine/silencers.hpp"
#include "analysis/engine/unit_check.hpp"
#include "analysis/engine/verdicts.hpp"

namespace surefoot::engine {

class AnalyzedFile final : public FileAnalysis {
 public:
  /// `project` has this version of the file.
  AnalyzedFile(project::ModulePtr module, std::shared_ptr<const Config> config, ProjectPtr project);

  /// Runs everything. `previous`, when not null, is an earlier version whose results are taken over where they still
  /// hold.
  void run(const AnalyzedFile* previous, const std::stop_token& stop);
  /// The two halves of it, from scratch: what the file says by itself, and what follows from the others' facts.
  void check(const std::stop_token& stop);
  void conclude(std::shared_ptr<const project::Effects> effects);
  /// After check(): what its functions say, without those of which nobody has asked yet (ModuleFacts::is_complete).
  const project::FactsPtr& facts() const { return facts_; }
  bool asks_effects() const;

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

 private:
  struct Source {  // where a finding came from, by the same index as findings_
    std::size_t unit;
    std::size_t report;  // in the unit's own reports, and behind them in those that were raised
  };
  struct Raised {
    rules::Report report;
    project::FunctionKey callee;  // has the effect
    std::string_view effect;      // by the code of its rule
    std::string_view source;      // of which only one counts, else empty
  };
  struct UnitRaised {
    std::vector<Raised> all;
    semantics::Reads reads;  // what was asked about other units
  };
  struct Candidate {
    Finding finding;
    Source source;
  };

  struct Before {
    const AnalyzedFile* file = nullptr;  // from which results can be taken over; null for none
    Changes changes;
    bool same_files = false;  // to the letter: those around it that were asked
  };

  Before before(const AnalyzedFile* previous);
  /// What functions say to their callers: what all of them do, or what is asked of others, and all that is known with
  /// it.
  enum class Facts : std::uint8_t { all, of_roots };
  void check_units(const Before& before, Facts wanted, const std::stop_token& stop, semantics::Resolver& resolver);
  bool may_leave_out_facts() const;
  std::shared_ptr<const UnitReports> check_one(std::size_t unit, bool leaves_out, semantics::Resolver& resolver);
  void conclude(const Before& before, semantics::Resolver& resolver);
  bool has_configuration_of(const AnalyzedFile& previous);
  Changes changes_since(const AnalyzedFile& previous) const;
  void confirm(const Before& before, semantics::Resolver& resolver);
  void raise_effects(const Before& before, semantics::Resolver& resolver);
  void find_effects(const AnalyzedFile* previous);
  bool keeps_raised(std::size_t unit, const Before& before) const;
  std::shared_ptr<const UnitRaised> raise_in(std::size_t unit, semantics::Resolver& resolver) const;
  void raise(std::size_t unit, const project::Call& call, const project::FunctionFacts& caller,
             semantics::Resolver& resolver, std::vector<Raised>& raised) const;
  void answer(std::size_t unit, const Asked& asked, semantics::Resolver& resolver, std::vector<Raised>& raised) const;
  /// The same of one function; false when it has no such effect.
  bool answer(std::size_t unit, const rules::Question& question, const project::FunctionKey& function,
              std::string_view code, semantics::Resolver& resolver, std::vector<Raised>& raised) const;
  std::vector<Related> related_to(const Raised& raised) const;
  std::size_t raised_count(std::size_t unit) const { return raised_[unit] == nullptr ? 0 : raised_[unit]->all.size(); }
  static void drop_repeated(const syntax::Ast& ast, std::vector<Raised>& raised);
  /// True of what is done with what a `with` gives that is reported for the same.
  bool is_said_of_block(std::size_t unit, const rules::Report& report) const;
  static void keep_one(std::vector<Raised>& raised, std::uint32_t node);
  bool is_handed_over_by_mistake(std::size_t unit, const project::Call& call) const;
  const rules::Report& report_at(const Source& source) const;
  void collect(const Selection& selection);
  void add_unused(const Selection& selection, std::vector<Candidate>& kept) const;
  void add_explanations(Finding& finding, const std::vector<Explained>& places) const;
  void finish(std::vector<Candidate> kept);
  Fixes unused_fix(const Finding& finding) const;
  std::uint32_t comment_place(const Finding& finding) const;
  Candidate candidate(std::size_t unit, std::size_t report) const;
  fixes::FileView view() const;

  project::ModulePtr module_;
  std::shared_ptr<const Config> config_;
  ProjectPtr project_;
  std::shared_ptr<const FileRules> rules_;
  std::vector<std::shared_ptr<const UnitReports>> reports_;
  Verdicts verdicts_;
  Surroundings surroundings_;           // of the reports and verdicts
  Surroundings concluded_;              // of what was made of them
  std::optional<Silencers> silencers_;  // until the findings are collected
  project::FactsPtr facts_;
  std::shared_ptr<const project::Effects> effects_;        // null when nothing asks for them
  std::vector<std::shared_ptr<const UnitRaised>> raised_;  // by unit; null for none
  std::vector<Finding> findings_;
  std::vector<Source> sources_;
  Counters counters_;
};

}  // namespace surefoot::engine
