#include "analysis/engine/unit_check.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "analysis/engine/call_filter.hpp"
#include "analysis/engine/selection.hpp"
#include "analysis/engine/silencers.hpp"
#include "analysis/engine/verdicts.hpp"
#include "analysis/project/calls.hpp"
#include "analysis/project/function_keys.hpp"
#include "analysis/text/hash.hpp"

namespace surefoot::engine {
namespace {

// A node that could not be parsed costs the statement it stands in, not the function around it.
bool is_readable(syntax::Node node) {
  if (!node.has_error()) return true;
  switch (node.kind()) {
    case syntax::Kind::block:
    case syntax::Kind::class_definition:
    case syntax::Kind::decorated_definition:
    case syntax::Kind::for_statement:
    case syntax::Kind::function_definition:
    case syntax::Kind::if_statement:
    case syntax::Kind::try_statement:
    case syntax::Kind::while_statement:
    case syntax::Kind::with_statement:
      return true;
    default:
      return false;
  }
}

// Puts what was said into the order of the nodes for which it was said.
template <typename Said>
void put_in_order(std::vector<Said>& all, const std::vector<std::uint32_t>& nodes) {
  if (std::is_sorted(nodes.begin(), nodes.end())) return;
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return nodes[a] < nodes[b]; });
  std::vector<Said> ordered;
  ordered.reserve(all.size());
  for (const std::size_t i : order) ordered.push_back(std::move(all[i]));
  all = std::move(ordered);
}

// In builds that check assertions, rules also look at the calls that do not concern them, and must have nothing to say.
#ifdef NDEBUG
constexpr bool kProvesFilter = false;
#else
constexpr bool kProvesFilter = true;
#endif

/// Runs the rules over one unit. Most rules ask about calls, so those go over the calls that concern them one rule
/// after the other: the processor has the code of one rule at hand, but not that of all.
class RuleRun {
 public:
  RuleRun(const Selection& selection, rules::Context& context, std::vector<std::string>& broken)
      : selection_(selection), context_(context), broken_(broken) {}

  void over(const syntax::Ast& ast) {
    std::vector<std::uint32_t> calls;
    for (std::uint32_t i = 0; i < ast.size(); ++i) {
      const syntax::Node node = ast.node(i);
      if (!selection_.wants(node.kind()) || !is_readable(node)) continue;
      if (node.is(syntax::Kind::call)) {
        calls.push_back(i);
      } else {
        for (const rules::Rule* rule : selection_.for_kind(node.kind())) check(*rule, node);
      }
    }
    over_calls(calls, ast);
    put_in_order(context_.reports(), reports_at_);
    put_in_order(context_.effects(), effects_at_);
    put_in_order(context_.questions(), questions_at_);
  }

 private:
  void over_calls(const std::vector<std::uint32_t>& calls, const syntax::Ast& ast) {
    if (calls.empty()) return;
    forget_many();
    std::vector<const RuleSet*> concerned;
    concerned.reserve(calls.size());
    RuleSet any;
    for (const std::uint32_t call : calls) any |= *concerned.emplace_back(&rules_concerned(ast.node(call), context_));
    const auto& interested = selection_.for_kind(syntax::Kind::call);
    for (std::size_t i = 0; i < interested.size(); ++i) {
      const std::size_t number = selection_.numbers_for_calls()[i];
      if (!any[number] && !kProvesFilter) continue;
      for (std::size_t at = 0; at < calls.size(); ++at) {
        const syntax::Node call = ast.node(calls[at]);
        const bool concerns = (*concerned[at])[number];
        if (concerns) check(*interested[i], call);
        assert(concerns || says_nothing(*interested[i], call));
      }
    }
  }

  bool says_nothing(const rules::Rule& rule, syntax::Node call) {
    const std::size_t before = context_.said();
    check(rule, call);
    return context_.said() == before;
  }

  void check(const rules::Rule& rule, syntax::Node node) {
    if (!failed_.empty() && std::find(failed_.begin(), failed_.end(), &rule) != failed_.end()) return;
    const std::size_t before = context_.said();
    try {
      rule.check(node, context_);
    } catch (...) {
      failed_.push_back(&rule);
      broken_.emplace_back(rule.code);
    }
    if (context_.said() == before) return;
    reports_at_.resize(context_.reports().size(), node.index());
    effects_at_.resize(context_.effects().size(), node.index());
    questions_at_.resize(context_.questions().size(), node.index());
  }

  const Selection& selection_;
  rules::Context& context_;
  std::vector<std::string>& broken_;
  std::vector<const rules::Rule*> failed_;
  std::vector<std::uint32_t> reports_at_, effects_at_, questions_at_;  // nodes for which rules said them
};

std::uint64_t hash_of(const std::vector<project::FunctionFacts>& all) {
  text::Hasher hash;
  for (const project::FunctionFacts& one : all) {
    hash.add(one.key.path).add(one.name).add(one.is_async ? 1u : 0u);
    for (const project::Source& source : one.sources) hash.add(source.code).add(source.name).add(source.what);
    for (const std::uint32_t parameter : one.called_parameters) hash.add(parameter);
    for (const project::Call& call : one.calls) {
      hash.add(call.callee.module).add(call.callee.path).add(static_cast<std::uint64_t>(call.runs));
      hash.add(call.through.module).add(call.through.path).add(call.parameter).add(call.group).add(call.self_method);
      for (const project::Override& one : call.overrides) {
        hash.add(one.name).add(one.function.module).add(one.function.path);
      }
    }
  }
  return hash.value();
}

bool asks_effects(const project::FunctionFacts& function) {
  return ((function.is_async || function.is_module) && !function.calls.empty()) ||
         std::any_of(function.calls.begin(), function.calls.end(),
                     [](const project::Call& call) { return call.runs == project::Runs::asked; });
}

std::shared_ptr<const project::UnitFacts> with_effects(std::vector<project::FunctionFacts> functions,
                                                       const semantics::UnitModel& unit,
                                                       const std::vector<rules::Report>& effects) {
  for (const rules::Report& effect : effects) {
    const syntax::Node node = unit.unit->ast.node(effect.node);
    project::FunctionFacts* facts = project::facts_around(functions, node);
    if (facts == nullptr) continue;
    facts->sources.push_back({effect.rule->code, effect.subject, effect.effect, {0, effect.node, effect.span}});
  }
  auto facts = std::make_shared<project::UnitFacts>();
  facts->hash = hash_of(functions);
  facts->functions = std::move(functions);
  facts->asks_effects = std::any_of(facts->functions.begin(), facts->functions.end(), asks_effects);
  return facts;
}

std::vector<project::FunctionFacts> without_sources(const project::UnitFacts& facts) {
  std::vector<project::FunctionFacts> functions = facts.functions;
  for (project::FunctionFacts& one : functions) one.sources.clear();
  return functions;
}

// Takes the questions of rules that are wanted into the unit's facts, so that what they are about is read.
std::vector<project::FunctionFacts> facts_of(const semantics::UnitModel& model, rules::Context& context,
                                             const Selection& selection, std::vector<Asked>& questions) {
  std::vector<project::FunctionFacts> functions = project::facts_with_calls(model, context.resolver());
  for (rules::Question& one : context.questions()) {
    if (!selection.is_enabled(*one.report.rule)) continue;
    const auto key = one.file != nullptr
                         ? project::key_of_file(*one.file)
                         : project::key_of(*one.function.unit, *one.function.function, context.resolver());
    project::FunctionFacts* facts = project::facts_around(functions, model.unit->ast.node(one.report.node));
    if (facts == nullptr) continue;
    facts->calls.push_back({key, project::Runs::asked, {0, one.report.node, one.report.span}, {}, 0, 0, 0, {}});
    questions.push_back({std::move(one), key});
  }
  return functions;
}

// What the rules say, and the comments that may silence it.
UnitReports reports_of(const semantics::UnitModel& model, rules::Context& context, const Selection& selection) {
  UnitReports result;
  const syntax::Ast& ast = model.unit->ast;
  const semantics::Reads::Recording recording(result.reads);
  RuleRun(selection, context, result.broken_rules).over(ast);
  for (rules::Report& report : context.reports()) {
    if (selection.is_enabled(*report.rule)) result.reports.push_back(std::move(report));
  }
  for (const text::Span comment : ast.comments()) {
    const auto found = parse_suppressions(ast.text().substr(comment.start, comment.size()), comment.start);
    result.suppressions.insert(result.suppressions.end(), found.begin(), found.end());
  }
  return result;
}

bool wants_confirmation(const std::vector<rules::Report>& reports) {
  return std::any_of(reports.begin(), reports.end(), [](const rules::Report& report) {
    return report.rule->confirm != nullptr || report.rule->explain != nullptr;
  });
}

bool is_plain_function(const semantics::UnitModel& unit) {
  const syntax::Node root = unit.unit->ast.root();
  const bool decorated = root.is(syntax::Kind::decorated_definition);
  return (decorated ? root.child(syntax::Field::definition) : root).is(syntax::Kind::function_definition) &&
         std::none_of(unit.functions.begin(), unit.functions.end(),
                      [](const semantics::Function& function) { return function.is_async; });
}

}  // namespace

UnitReports check_unit(const fixes::FileView& file, std::size_t unit, semantics::Resolver& resolver,
                       const Selection& selection, rules::Profile profile) {
  const semantics::UnitModel& model = *file.models[unit];
  rules::Context context(file, unit, resolver, profile);
  UnitReports result = reports_of(model, context, selection);
  const semantics::Reads::Recording recording(result.reads);
  result.effects = std::move(context.effects());
  result.facts = with_effects(facts_of(model, context, selection, result.questions), model, result.effects);
  result.wants_confirmation = wants_confirmation(result.reports) || wants_confirmation(result.effects);
  return result;
}

std::optional<UnitReports> check_plain_function(const fixes::FileView& file, std::size_t unit,
                                                semantics::Resolver& resolver, const Selection& reporting,
                                                rules::Profile profile) {
  const semantics::UnitModel& model = *file.models[unit];
  if (!is_plain_function(model)) return std::nullopt;
  rules::Context context(file, unit, resolver, profile);
  UnitReports result = reports_of(model, context, reporting);
  const auto is_wanted = [&](const rules::Question& one) { return reporting.is_enabled(*one.report.rule); };
  if (std::any_of(context.questions().begin(), context.questions().end(), is_wanted)) return std::nullopt;
  if (!project::facts_at_import(model, resolver).calls.empty()) return std::nullopt;
  result.wants_confirmation = wants_confirmation(result.reports);
  return result;
}

project::FactsPtr join_facts(const fixes::FileView& file, const std::vector<std::shared_ptr<const UnitReports>>& units,
                             const Verdicts& verdicts, Silencers& silencers) {
  auto facts = std::make_shared<project::ModuleFacts>();
  text::Hasher hash;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (units[i]->facts == nullptr) {
      facts->is_complete = false;
      facts->units.push_back(nullptr);
      continue;
    }
    std::vector<rules::Report> kept;
    for (std::size_t number = 0; number < units[i]->effects.size(); ++number) {
      const rules::Report& effect = units[i]->effects[number];
      if (!verdicts.hold(i, units[i]->reports.size() + number)) continue;
      if (!silencers.empty() && silencers.silence_effect(*effect.rule, lines_of(effect, file, i))) continue;
      kept.push_back(effect);
    }
    const bool all = kept.size() == units[i]->effects.size();
    facts->units.push_back(all ? units[i]->facts
                               : with_effects(without_sources(*units[i]->facts), *file.models[i], kept));
    hash.add(facts->units.back()->hash);
  }
  facts->hash = hash.value();
  return facts;
}

project::FactsPtr read_facts(const project::Module& module, const std::vector<std::uint64_t>& functions,
                             const Config& config, semantics::Resolver& resolver) {
  static const auto kLeftOut = std::make_shared<const UnitReports>();
  const Selection selection = Selection::of_effects(config);
  const fixes::FileView file{module.place.path, module.text, module.units, module.models, *module.index, config};
  // A comment may stand in any unit, and silence effects of others.
  const bool all = functions.empty() || may_have_suppressions(module.text.bytes());
  const std::vector<bool> wanted =
      all ? std::vector<bool>(module.models.size(), true) : project::units_holding(module, functions);
  std::vector<std::shared_ptr<const UnitReports>> units;
  for (std::size_t i = 0; i < module.models.size(); ++i) {
    units.push_back(wanted[i]
                        ? std::make_shared<const UnitReports>(check_unit(file, i, resolver, selection, config.profile))
                        : kLeftOut);
  }
  Verdicts verdicts;
  verdicts.ask(file, units, resolver);
  Silencers silencers(file, units, config);
  return join_facts(file, units, verdicts, silencers);
}

}  // namespace surefoot::engine
