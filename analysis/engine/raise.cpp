#include "analysis/engine/raise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analysis/engine/file_analysis.hpp"
#include "analysis/engine/selection.hpp"
#include "analysis/rules/registry.hpp"
#include "analysis/rules/scopes.hpp"

namespace surefoot::engine {
namespace {

using project::Hop;
using rules::Report;
using syntax::Node;

constexpr std::size_t kShownHops = 6;

const rules::Rule* rule_of(std::string_view code) {
  const auto rules = rules::all_rules();
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const rules::Rule* one) { return one->code == code; });
  return found == rules.end() ? nullptr : *found;
}

// The causes of RT101 are RT102's when they are reached through a call, and RT114's through the steps of a generator.
const rules::Rule* rule_on_loop(std::string_view code, const project::Call& call) {
  const rules::Rule* rule = rule_of(code);
  if (code == "RT302" || rule == nullptr || !rule->rises) return nullptr;
  if (code != "RT101") return rule;
  return call.runs == project::Runs::iteration ? rule_of("RT114") : &through_helper_rule();
}

const rules::Rule* rule_at_import(std::string_view code) {
  if (code == "RT302") return rule_of(code);
  const bool heavy = code == "RT101" || code == "RT103" || code == "RT104" || code == "RT108";
  return heavy ? rule_of("RT501") : nullptr;
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
      if (hop.callee != hop.call->callee) text += " → " + std::string(effects.name(hop.callee));
    } else if (left == 1) {
      text += " → …";
    }
  }
  return text;
}

std::string message_for(const rules::Report& report, const std::vector<Hop>& hops, const project::Effects& effects,
                        const project::Call& call, const project::FunctionKey& target) {
  const bool handed = !(call.through == project::FunctionKey{});
  const std::string_view callee = effects.name(handed ? call.through : call.callee);
  const std::string handed_on = handed ? " → " + std::string(effects.name(call.callee)) : std::string();
  const std::string instead = target == call.callee ? std::string() : " → " + std::string(effects.name(target));
  const std::string chain = shown_chain(std::string(callee) + handed_on + instead, hops, effects);
  if (report.variant == rules::kThroughHelperAtImport) {
    return fmt::format("`{}` {} when the module is imported: {}", callee, hops.back().source->what, chain);
  }
  if (report.rule == &through_helper_rule()) return fmt::format("`{}` blocks the event loop: {}", callee, chain);
  return fmt::format("`{}` {} on the event loop: {}", callee, hops.back().source->what, chain);
}

Related place_of(const Hop& hop, const project::Effects& effects, const project::Program& program,
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

// What the call does, each effect once: by the function that has it.
std::vector<std::pair<project::FunctionKey, std::string_view>> effects_of(const project::Call& call,
                                                                          const project::FunctionFacts& caller,
                                                                          const project::Effects& effects) {
  std::vector<std::pair<project::FunctionKey, std::string_view>> found;
  const auto is_first = [&](const project::Call& other) { return &other == &call || other.group != call.group; };
  const auto before = std::find_if(caller.calls.begin(), caller.calls.end(),
                                   [&](const project::Call& other) { return other.group == call.group; });
  if (call.group != 0 && !is_first(*before)) return found;
  for (const project::FunctionKey& target : effects.targets(call)) {
    for (const std::string_view code : effects.of(target)) {
      const bool known = std::any_of(found.begin(), found.end(), [&](const auto& one) { return one.second == code; });
      if (known || !effects.has(call, target, code)) continue;
      if (effects.is_sure(call, caller.calls, code)) found.emplace_back(target, code);
    }
  }
  // One call, one finding: the thread that cures the request takes the files and the rows that go with it along.
  const auto asks = [](const auto& one) { return one.second == "RT101"; };
  if (std::any_of(found.begin(), found.end(), asks)) {
    std::erase_if(
        found, [](const auto& one) { return one.second == "RT103" || one.second == "RT114" || one.second == "RT117"; });
  }
  return found;
}

}  // namespace

const rules::Rule& through_helper_rule() {
  static const rules::Rule& rule = *rule_of("RT102");
  return rule;
}

void AnalyzedFile::raise_effects(const Before& before, semantics::Resolver& resolver) {
  raised_.resize(reports_.size());
  for (std::size_t unit = 0; unit < facts_->units.size(); ++unit) {
    if (facts_->units[unit] == nullptr || !facts_->units[unit]->asks_effects) continue;
    if (effects_ == nullptr) find_effects(before.file);
    raised_[unit] = keeps_raised(unit, before) ? before.file->raised_[module_->units.units[unit].previous]
                                               : raise_in(unit, resolver);
  }
}

void AnalyzedFile::find_effects(const AnalyzedFile* previous) {
  if (previous != nullptr && previous->effects_ != nullptr) {
    effects_ = previous->effects_->in_new_places(
        [this](const std::vector<project::Wanted>& wanted) { return project_->facts_of(wanted); });
  }
  if (effects_ == nullptr) effects_ = project_->effects(module_->index->key());
}

// True when the unit is as it was, all that it calls has the same effects, and so does what was asked about.
bool AnalyzedFile::keeps_raised(std::size_t unit, const Before& before) const {
  const std::uint32_t number = module_->units.units[unit].previous;
  if (!before.same_files || number == syntax::kNew || before.file->reports_[number] != reports_[unit]) return false;
  const AnalyzedFile& old = *before.file;
  const auto& raised = old.raised_[number];
  return raised != nullptr && old.effects_->says_the_same(*effects_) &&
         old.facts_->units[number]->hash == facts_->units[unit]->hash && !before.changes.may_touch(raised->reads);
}

std::shared_ptr<const AnalyzedFile::UnitRaised> AnalyzedFile::raise_in(std::size_t unit,
                                                                       semantics::Resolver& resolver) const {
  auto raised = std::make_shared<UnitRaised>();
  const semantics::Reads::Recording recording(raised->reads);
  for (const project::FunctionFacts& function : facts_->units[unit]->functions) {
    if (!function.is_async && !function.is_module) continue;
    for (const project::Call& call : function.calls) {
      if (call.runs != project::Runs::asked) raise(unit, call, function, resolver, raised->all);
    }
  }
  for (const Asked& asked : reports_[unit]->questions) answer(unit, asked, resolver, raised->all);
  drop_repeated(module_->models[unit]->unit->ast, raised->all);
  std::erase_if(raised->all, [&](const Raised& one) {
    return one.report.variant != rules::kThroughHelper && !holds(one.report, view(), unit, resolver);
  });
  return raised;
}

void AnalyzedFile::raise(std::size_t unit, const project::Call& call, const project::FunctionFacts& caller,
                         semantics::Resolver& resolver, std::vector<Raised>& raised) const {
  const project::Effects& effects = *effects_;
  const bool at_import = caller.is_module;
  const fixes::FileView file = view();
  if (!effects.happens(call) || is_handed_over_by_mistake(unit, call)) return;
  for (const auto& [target, code] : effects_of(call, caller, effects)) {
    const rules::Rule* rule = at_import ? rule_at_import(code) : rule_on_loop(code, call);
    if (rule == nullptr || !rules_->all.is_enabled(*rule)) continue;
    const std::vector<Hop> hops = effects.chain(target, code);
    if (hops.empty()) continue;
    Raised one{{rule,
                call.spot.node,
                call.spot.span,
                {},
                rule->severity,
                {},
                hops.back().source->name,
                hops.back().source->what},
               target,
               code,
               {}};
    one.report.variant = at_import ? rules::kThroughHelperAtImport : rules::kThroughHelper;
    rules::Context context(file, unit, resolver, config_->profile);
    const rules::Rule* judge = at_import ? rule : rule_of(code);
    if (judge->matters_at != nullptr && !judge->matters_at(one.report, context)) continue;
    one.report.message = message_for(one.report, hops, effects, call, target);
    raised.push_back(std::move(one));
  }
  if (at_import) keep_one(raised, call.spot.node);
}

void AnalyzedFile::answer(std::size_t unit, const Asked& asked, semantics::Resolver& resolver,
                          std::vector<Raised>& raised) const {
  const rules::Question& question = asked.question;
  for (const std::string_view code : question.effects) {
    if (question.file == nullptr) {
      if (answer(unit, question, asked.function, code, resolver, raised)) return;
      continue;
    }
    for (const project::FunctionKey& function : effects_->all_in(asked.function.module, code, question.name)) {
      if (!answer(unit, question, function, code, resolver, raised)) continue;
      if (holds(raised.back().report, view(), unit, resolver)) return;
      raised.pop_back();
    }
  }
}

bool AnalyzedFile::answer(std::size_t unit, const rules::Question& question, const project::FunctionKey& function,
                          std::string_view code, semantics::Resolver& resolver, std::vector<Raised>& raised) const {
  const std::vector<Hop> hops = effects_->chain(function, code, question.name);
  if (hops.empty() || (question.at_once && hops.size() > 1)) return false;
  if (question.beyond && hops.back().function.module == module_->index->key()) return false;
  Raised one{question.report, function, code, question.name};
  one.report.subject = hops.back().source->name;
  one.report.effect = hops.back().source->what;
  const fixes::FileView file = view();
  rules::Context context(file, unit, resolver, config_->profile);
  const rules::Rule& rule = *one.report.rule;
  if (rule.matters_at != nullptr && !rule.matters_at(one.report, context)) return false;
  const std::string_view first = effects_->name(function);
  one.report.message +=
      question.file == nullptr ? ": " + shown_chain(first, hops, *effects_) : fmt::format(" in `{}`", first);
  raised.push_back(std::move(one));
  return true;
}

namespace {

// `with Repo() as repo: repo.load()`: what is done with what the manager of a block gives, or with what that gives a
// block inside.
bool uses_block_of(const Report& manager, const Report& use, const syntax::Ast& ast) {
  constexpr int kMaxBlocks = 4;
  Node used = ast.node(use.node);
  if (use.node == manager.node) return false;
  for (int depth = 0; depth < kMaxBlocks; ++depth) {
    const Node root = rules::root_of(used.is(syntax::Kind::call) ? used.child(syntax::Field::function) : used);
    const Node item = root.is(syntax::Kind::identifier) ? rules::item_that_binds(root.text(), root) : Node();
    if (!item) return false;
    used = rules::manager_of(item);
    if (used.index() == manager.node) return true;
  }
  return false;
}

}  // namespace

// One cause, one finding: a `with` enters and leaves, a generator is made and run through.
void AnalyzedFile::drop_repeated(const syntax::Ast& ast, std::vector<Raised>& raised) {
  std::vector<Raised> kept;
  for (Raised& one : raised) {
    const bool repeated = std::any_of(kept.begin(), kept.end(), [&](const Raised& other) {
      if (one.report.node == other.report.node) return one.report.rule == other.report.rule;
      return uses_block_of(other.report, one.report, ast);
    });
    if (!repeated) kept.push_back(std::move(one));
  }
  raised = std::move(kept);
}

bool AnalyzedFile::is_said_of_block(std::size_t unit, const rules::Report& report) const {
  if (raised_count(unit) == 0) return false;
  const auto& raised = raised_[unit]->all;
  return std::any_of(raised.begin(), raised.end(), [&](const Raised& one) {
    return one.effect == report.rule->code && one.report.variant == rules::kThroughHelper &&
           uses_block_of(one.report, report, module_->models[unit]->unit->ast);
  });
}

std::vector<Related> AnalyzedFile::related_to(const Raised& raised) const {
  std::vector<Related> places;
  for (const Hop& hop : effects_->chain(raised.callee, raised.effect, raised.source)) {
    places.push_back(place_of(hop, *effects_, project_->program(), *module_));
  }
  return places;
}

// A call that opens a connection waits for it as well: one cause, one finding.
void AnalyzedFile::keep_one(std::vector<Raised>& raised, std::uint32_t node) {
  const auto is_connection = [&](const Raised& one) {
    return one.report.node == node && one.report.rule->code == "RT302";
  };
  const bool connects = std::any_of(raised.begin(), raised.end(), is_connection);
  bool kept = false;
  std::erase_if(raised, [&](const Raised& one) {
    if (one.report.node != node || one.report.rule->code == "RT302") return false;
    return connects || std::exchange(kept, true);
  });
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
  std::vector<project::ModuleKey> keys = effects_ == nullptr ? std::vector<project::ModuleKey>() : effects_->modules();
  for (const auto& [key, shape] : surroundings_.asked) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::vector<project::ModuleKey> AnalyzedFile::asked() const {
  std::vector<project::ModuleKey> keys;
  for (const Surroundings* part : {&surroundings_, &concluded_}) {
    for (const auto& [key, shape] : part->asked) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace surefoot::engine
