#pragma once
// One unit, walked by the rules: what they report, and what its functions say to their callers. Internal to engine/.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/engine/config.hpp"
#include "analysis/engine/suppress.hpp"
#include "analysis/project/effects.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::engine {

class Selection;
class Silencers;
class Verdicts;

/// A question of a rule, and whom it asks about.
struct Asked {
  rules::Question question;
  project::FunctionKey function;
};

/// What the rules said about one unit. Shared between versions while the unit and its surroundings stay as they are.
struct UnitReports {
  std::vector<rules::Report> reports;
  std::vector<Suppression> suppressions;  // in positions of the unit
  std::vector<std::string> broken_rules;  // codes of rules that failed here
  std::vector<rules::Report> effects;     // what plain functions do that blocks, or that rules ask for
  std::vector<Asked> questions;
  std::shared_ptr<const project::UnitFacts> facts;  // calls, and all effects; null when they were left out
  bool wants_confirmation = false;                  // some of them may not hold in a version of the file
  semantics::Reads reads;                           // what the rules asked about the other units
};

UnitReports check_unit(const fixes::FileView& file, std::size_t unit, semantics::Resolver& resolver,
                       const Selection& selection, rules::Profile profile);

/// The same for its reports alone, for a unit of whose functions nobody has asked yet. Nothing when it has to be looked
/// at in full: when it is no plain function, asks about others, or calls some at import. `reporting`:
/// Selection::without_effects().
std::optional<UnitReports> check_plain_function(const fixes::FileView& file, std::size_t unit,
                                                semantics::Resolver& resolver, const Selection& reporting,
                                                rules::Profile profile);

/// The facts of a file, from those of its units: effects that do not hold in this version, or that a comment at their
/// place silences, are left out.
project::FactsPtr join_facts(const fixes::FileView& file, const std::vector<std::shared_ptr<const UnitReports>>& units,
                             const Verdicts& verdicts, Silencers& silencers);

/// The facts of a file whose findings nobody wants. `functions`: as project::Wanted::functions.
project::FactsPtr read_facts(const project::Module& module, const std::vector<std::uint64_t>& functions,
                             const Config& config, semantics::Resolver& resolver);

}  // namespace surefoot::engine
