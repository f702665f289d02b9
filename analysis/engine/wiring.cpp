#include "analysis/engine/wiring.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/engine/selection.hpp"
#include "analysis/engine/unit_check.hpp"
#include "analysis/engine/verdicts.hpp"
#include "analysis/project/calls.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/import_time.hpp"
#include "analysis/rules/registry.hpp"
#include "analysis/rules/run_by.hpp"
#include "analysis/rules/web_handlers.hpp"

namespace surefoot::engine {
namespace {

using project::Call;
using project::Entry;
using project::FunctionFacts;
using project::Runs;
using rules::Field;
using rules::Kind;
using rules::Node;
using rules::Type;

// Work at import is an effect of the module's code, though none that rises.
constexpr std::string_view kImportRule = "RT501";

// All rules whose reports are effects report, whatever the configuration wants to hear.
Config reporting_effects(Config config) {
  config.select = {std::string(kImportRule)};
  for (const rules::Rule* rule : rules::all_rules()) {
    if (rule->rises) config.select.emplace_back(rule->code);
  }
  config.extend_select.clear();
  config.ignore.clear();
  config.per_file_ignores.clear();
  return config;
}

std::optional<Runs> runs_of(knowledge::Where to) {
  switch (to) {
    case knowledge::Where::event_loop:
      return Runs::callback;
    case knowledge::Where::worker_thread:
    case knowledge::Where::background:
      return Runs::thread;
    case knowledge::Where::process:
      return Runs::process;
    case knowledge::Where::after_commit:
    case knowledge::Where::signal_handler:
    case knowledge::Where::finalizer:
      break;
  }
  return std::nullopt;
}

std::optional<Entry> entry_of(rules::RunBy by) {
  switch (by) {
    case rules::RunBy::thread:
      return Entry::thread;
    case rules::RunBy::process:
      return Entry::process;
    case rules::RunBy::consumer:
      return Entry::consumer;
    case rules::RunBy::task:
    case rules::RunBy::caller:
      break;
  }
  return std::nullopt;
}

class UnitWiring {
 public:
  UnitWiring(const fixes::FileView& file, std::size_t number, semantics::Resolver& resolver, const Selection& selection,
             rules::Profile profile)
      : file_(file),
        number_(number),
        resolver_(resolver),
        model_(*file.models[number]),
        ast_(model_.unit->ast),
        context_(file, number, resolver, profile),
        functions_(project::facts_with_calls(model_, resolver, project::Callees::all)) {
    add_sources(check_unit(file, number, resolver, selection, profile));
    for (std::uint32_t i = 0; i < ast_.size(); ++i) {
      if (ast_.node(i).is(Kind::call)) add_handover(ast_.node(i));
    }
    split_off_main_program();
  }

  std::vector<FunctionFacts> functions() { return std::move(functions_); }

  void add_entries(std::vector<project::EntryPoint>& entries) {
    for (const semantics::Function& function : model_.functions) {
      const project::FunctionKey key = project::key_of(model_, function, resolver_);
      const auto entry = entry_of(rules::run_by_declaration(ast_.node(function.node), context_));
      if (entry) entries.push_back({key, *entry});
      if (rules::is_request_handler(function, context_)) entries.push_back({key, Entry::web_request});
    }
  }

 private:
  void add_sources(const UnitReports& found) {
    for (const rules::Report& effect : found.effects) {
      if (effect.variant != rules::kNoted) add_source(effect);
    }
    for (const rules::Report& report : found.reports) add_source(report);
  }

  void add_source(const rules::Report& report) {
    if (!holds(report, file_, number_, resolver_)) return;
    const Node node = ast_.node(report.node);
    project::Source source{report.rule->code, report.subject, report.effect, {0, report.node, report.span}};
    if (source.name.empty()) {
      const auto blocking = rules::blocking_call(node, context_);
      if (!blocking) return;
      source.name = blocking->name;
      source.what = rules::describe(blocking->effects);
    }
    if (FunctionFacts* facts = project::facts_around(functions_, node)) facts->sources.push_back(std::move(source));
  }

  void add_handover(Node call) {
    if (const knowledge::Bridge* bridge = rules::bridge_of(call, context_)) {
      const auto runs = runs_of(bridge->to);
      if (runs) hand_over(call, rules::without_partial(rules::argument(call, bridge->callable), context_), *runs);
    } else if (rules::spawner_of(call, context_) != nullptr) {
      // A nursery takes the function; a coroutine that is made here is a call of its own.
      hand_over(call, rules::without_parentheses(call.child(Field::arguments).first_child()), Runs::coroutine);
    }
  }

  void hand_over(Node call, Node given, Runs runs) {
    if (given.is(Kind::lambda)) return hand_over_calls_of(given, runs);
    if (!given || given.is(Kind::call) || given.is(Kind::keyword_argument)) return;
    add(call, semantics::only(context_.type_of(given)), given, runs);
  }

  void hand_over_calls_of(Node lambda, Runs runs) {
    for (std::uint32_t i = lambda.index() + 1; i < lambda.after(); ++i) {
      const Node call = ast_.node(i);
      if (call.is(Kind::call)) add(lambda, context_.callee(call), call.child(Field::function), runs);
    }
  }

  void add(Node made_at, const Type* type, Node shown, Runs runs) {
    if (type == nullptr || type->tag != Type::Tag::object || type->function == nullptr) return;
    const bool is_coroutine = type->function->is_async;
    if (is_coroutine && runs == Runs::process) return;
    if (is_coroutine) runs = Runs::coroutine;
    if (!is_coroutine && runs == Runs::coroutine) return;
    FunctionFacts* facts = project::facts_around(functions_, made_at);
    if (facts == nullptr) return;
    facts->calls.push_back({project::key_of(*type->unit, *type->function, resolver_),
                            runs,
                            {0, shown.index(), shown.span()},
                            {},
                            0,
                            0,
                            0,
                            {}});
  }

  // `if __name__ == "__main__":` is not run by an import.
  void split_off_main_program() {
    FunctionFacts main;
    main.key = project::function_key(file_.module, "<main>");
    FunctionFacts& outside = functions_.back();
    const auto imported = [&](const Call& call) {
      return rules::runs_at_import(ast_.node(call.spot.node), context_) && is_imported();
    };
    const auto first = std::stable_partition(outside.calls.begin(), outside.calls.end(), imported);
    main.calls.assign(first, outside.calls.end());
    outside.calls.erase(first, outside.calls.end());
    if (!main.calls.empty()) functions_.push_back(std::move(main));
  }

  bool is_imported() {
    if (!imported_) imported_ = rules::may_be_imported(rules::Report(), context_);
    return *imported_;
  }

  const fixes::FileView& file_;
  std::size_t number_;
  semantics::Resolver& resolver_;
  const semantics::UnitModel& model_;
  const syntax::Ast& ast_;
  rules::Context context_;
  std::vector<FunctionFacts> functions_;
  std::optional<bool> imported_;
};

}  // namespace

Wiring wire(const project::ModulePtr& module, const project::Program& program, const Config& config,
            std::shared_ptr<const project::Texts> texts) {
  const Config reporting = reporting_effects(config);
  const Selection selection(reporting, module->place.path);
  semantics::Resolver resolver(*module->index, &program);
  const fixes::FileView file{module->place.path, module->text, module->units, module->models, *module->index, config};
  project::ModuleFacts facts;
  std::vector<project::EntryPoint> entries;
  for (std::size_t i = 0; i < module->models.size(); ++i) {
    UnitWiring unit(file, i, resolver, selection, config.profile);
    unit.add_entries(entries);
    auto of_unit = std::make_shared<project::UnitFacts>();
    of_unit->functions = unit.functions();
    facts.units.push_back(std::move(of_unit));
  }
  return {project::module_calls(*module, facts, std::move(entries), std::move(texts)),
          Surroundings::of(program, resolver)};
}

}  // namespace surefoot::engine
