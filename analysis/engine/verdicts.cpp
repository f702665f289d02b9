#include "analysis/engine/verdicts.hpp"

#include <algorithm>

namespace surefoot::engine {

bool holds(const rules::Report& report, const fixes::FileView& file, std::size_t unit, semantics::Resolver& resolver) {
  if (report.rule->confirm == nullptr) return true;
  rules::Context context(file, unit, resolver);
  try {
    return report.rule->confirm(report, context);
  } catch (...) {
    return false;
  }
}

namespace {

std::vector<Explained> explained(const rules::Report& report, const fixes::FileView& file, std::size_t unit,
                                 semantics::Resolver& resolver) {
  std::vector<Explained> places;
  if (report.rule->explain == nullptr) return places;
  rules::Context context(file, unit, resolver);
  try {
    for (rules::Explanation& one : report.rule->explain(report, context)) {
      places.push_back({file.models[one.place.unit].get(), one.place.node.span(), std::move(one.message)});
    }
  } catch (...) {
    return {};
  }
  return places;
}

}  // namespace

const std::vector<Explained>& Verdicts::explanations(std::size_t unit, std::size_t number) const {
  static const std::vector<Explained> kNone;
  return units_[unit] == nullptr ? kNone : (*units_[unit])[number].explanations;
}

void Verdicts::ask(const fixes::FileView& file, const Units& units, semantics::Resolver& resolver,
                   const Before* before) {
  units_.reserve(units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (!units[i]->wants_confirmation) {
      units_.push_back(nullptr);
      continue;
    }
    const std::uint32_t previous = file.units.units[i].previous;
    const bool kept = before != nullptr && previous != syntax::kNew && before->units[previous] == units[i];
    units_.push_back(of_unit(file, i, *units[i], resolver, kept ? before->verdicts.units_[previous] : nullptr,
                             kept ? &before->changes : nullptr));
  }
}

std::shared_ptr<const Verdicts::OfUnit> Verdicts::of_unit(const fixes::FileView& file, std::size_t unit,
                                                          const UnitReports& reports, semantics::Resolver& resolver,
                                                          std::shared_ptr<const OfUnit> before,
                                                          const Changes* changes) {
  const auto stands = [&](const Verdict& verdict) { return !changes->may_touch(verdict.reads); };
  if (before != nullptr && std::all_of(before->begin(), before->end(), stands)) return before;
  auto all = std::make_shared<OfUnit>();
  const auto add = [&](const rules::Report& report) {
    const Verdict* old = before == nullptr ? nullptr : &(*before)[all->size()];
    if (old != nullptr && stands(*old)) return all->push_back(*old);
    Verdict& verdict = all->emplace_back();
    const semantics::Reads::Recording recording(verdict.reads);
    verdict.holds = engine::holds(report, file, unit, resolver);
    if (verdict.holds) verdict.explanations = explained(report, file, unit, resolver);
  };
  for (const rules::Report& report : reports.reports) add(report);
  for (const rules::Report& effect : reports.effects) add(effect);
  return all;
}

}  // namespace surefoot::engine
