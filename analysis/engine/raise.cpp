#include "analysis/engine/raise.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/engine/file_analysis.hpp"
#include "analysis/engine/selection.hpp"
#include "analysis/rules/registry.hpp"

namespace surefoot::engine {
namespace {

using project::Hop;

constexpr std::size_t kShownHops = 6;

const rules::Rule* rule_of(std::string_view code) {
  const auto rules = rules::all_rules();
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const rules::Rule* one) { return one->code == code; });
  return found == rules.end() ? nullptr : *found;
}

// The causes of RT101 are RT102's when they are reached through a call, and RT114's through the steps of a generator.
const rules::Rule* rule_at_boundary(std::string_view code, const project::Call& call) {
  if (code != "RT101") return rule_of(code);
  return call.runs == project::Runs::iteration ? rule_of("RT114") : &through_helper_rule();
}

// "load_order → Repo.fetch → requests.get"
std::string shown_chain(std::string_view first, const std::vector<Hop>& hops, const project::Effects& effects) {
  std::string text(first);
  std::size_t left = hops.size();
  for (const Hop& hop : hops) {
    --left;
    if (hop.source != nullptr) {
      text += " → " + hop.source->name;
    } else if (hops.size() - left < kShownHops) {
      text += " → " + std::string(effects.name(hop.call->callee));
    } else if (left == 1) {
      text += " → …";
    }
  }
  return text;
}

Related related_to(const Hop& hop, const project::Effects& effects, const project::Program& program,
                   const project::Module& own) {
  const project::Module* module = program.module(hop.function.module);
  const project::Spot& spot = hop.source != nullptr ? hop.source->spot : hop.call->spot;
  const std::uint32_t offset = module->units.units[hop.function.unit].offset;
  const std::string message =
      hop.source != nullptr
          ? fmt::format("`{}` {} in `{}`", hop.source->name, hop.source->what, hop.function.facts->name)
          : fmt::format("`{}` calls `{}`", hop.function.facts->name, effects.name(hop.call->callee));
  return {module == &own ? std::string() : module->index->location(),
          {spot.span.start + offset, spot.span.end + offset},
          message};
}

}  // namespace

const rules::Rule& through_helper_rule() {
  static const rules::Rule& rule = *rule_of("RT102");
  return rule;
}

void AnalyzedFile::raise_effects(semantics::Resolver& resolver) {
  facts_ = join_facts(view(), reports_, resolver);
  project_->offer(*module_, facts_, surroundings_);
  raised_.resize(reports_.size());
  const auto calls_something = [](const project::FunctionFacts& one) { return one.is_async && !one.calls.empty(); };
  std::shared_ptr<const project::Effects> effects;
  for (std::size_t unit = 0; unit < facts_->units.size(); ++unit) {
    for (const project::FunctionFacts& function : facts_->units[unit]->functions) {
      if (!calls_something(function)) continue;
      if (effects == nullptr) effects = project_->effects(project::module_key(module_->index->location()));
      for (const project::Call& call : function.calls) raise(unit, call, *effects, resolver);
    }
  }
}

void AnalyzedFile::raise(std::size_t unit, const project::Call& call, const project::Effects& effects,
                         semantics::Resolver& resolver) {
  const fixes::FileView file = view();
  if (is_handed_over_by_mistake(unit, call)) return;
  const syntax::Node node = module_->models[unit]->unit->ast.node(call.spot.node);
  for (const std::string_view code : effects.of(call.callee)) {
    const rules::Rule* rule = rule_at_boundary(code, call);
    if (rule == nullptr || !selection_->is_enabled(*rule)) continue;
    rules::Context context(file, unit, resolver, config_->profile);
    const rules::Rule* cause = rule_of(code);
    if (cause->matters_at != nullptr && !cause->matters_at(node, context)) continue;
    const std::vector<Hop> hops = effects.chain(call.callee, code);
    if (hops.empty()) continue;
    const std::string_view name = effects.name(call.callee);
    Raised one;
    one.report = {rule, call.spot.node, call.spot.span, {}, rule->severity, rules::kThroughHelper, {}, {}};
    one.report.message = rule == &through_helper_rule()
                             ? fmt::format("`{}` blocks the event loop: {}", name, shown_chain(name, hops, effects))
                             : fmt::format("`{}` {} on the event loop: {}", name, hops.back().source->what,
                                           shown_chain(name, hops, effects));
    for (const Hop& hop : hops) one.related.push_back(related_to(hop, effects, project_->program(), *module_));
    raised_[unit].push_back(std::move(one));
  }
}

// `to_thread(load())`: RT116 says that the call should not be made here.
bool AnalyzedFile::is_handed_over_by_mistake(std::size_t unit, const project::Call& call) const {
  const syntax::Node arguments = module_->models[unit]->unit->ast.node(call.spot.node).parent();
  if (!arguments.is(syntax::Kind::argument_list)) return false;
  const auto& reports = reports_[unit]->reports;
  return std::any_of(reports.begin(), reports.end(), [&](const rules::Report& report) {
    return report.rule->code == "RT116" && report.node == arguments.parent().index();
  });
}

std::vector<project::ModuleKey> AnalyzedFile::depends_on() const {
  std::vector<project::ModuleKey> keys;
  for (const auto& [key, shape] : surroundings_.asked) keys.push_back(key);
  for (const auto& unit : raised_) {
    for (const Raised& one : unit) {
      for (const Related& related : one.related) {
        if (!related.path.empty()) keys.push_back(project::module_key(related.path));
      }
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace surefoot::engine
