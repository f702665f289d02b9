#pragma once
// Which reports and effects hold in a version of a file (Rule::confirm), and what explains them. An answer is kept with
// what it was made from and taken over by the next version, unless what changed may have a part in it. Internal to
// engine/.

#include <memory>
#include <string>
#include <vector>

#include "analysis/engine/changes.hpp"
#include "analysis/engine/unit_check.hpp"
#include "analysis/semantics/reads.hpp"

namespace surefoot::engine {

/// Whether a report holds, asked now.
bool holds(const rules::Report& report, const fixes::FileView& file, std::size_t unit, semantics::Resolver& resolver);

/// A place that explains a report (Rule::explain), in positions of its unit.
struct Explained {
  const semantics::UnitModel* unit = nullptr;
  text::Span span;
  std::string message;
};

class Verdicts {
 public:
  using Units = std::vector<std::shared_ptr<const UnitReports>>;

  /// The verdicts that an earlier version has, and what changed since.
  struct Before {
    const Verdicts& verdicts;
    const Units& units;
    const Changes& changes;
  };

  /// Finds out what holds. `before`: null to ask about everything.
  void ask(const fixes::FileView& file, const Units& units, semantics::Resolver& resolver,
           const Before* before = nullptr);

  /// `number`: of a report of the unit, or behind those of one of its effects.
  bool hold(std::size_t unit, std::size_t number) const {
    return units_[unit] == nullptr || (*units_[unit])[number].holds;
  }
  /// Of one that holds.
  const std::vector<Explained>& explanations(std::size_t unit, std::size_t number) const;

 private:
  struct Verdict {
    bool holds = true;
    std::vector<Explained> explanations;
    semantics::Reads reads;
  };
  using OfUnit = std::vector<Verdict>;

  static std::shared_ptr<const OfUnit> of_unit(const fixes::FileView& file, std::size_t unit,
                                               const UnitReports& reports, semantics::Resolver& resolver,
                                               std::shared_ptr<const OfUnit> before, const Changes* changes);

  std::vector<std::shared_ptr<const OfUnit>> units_;  // null where no rule wants to be asked
};

}  // namespace surefoot::engine
