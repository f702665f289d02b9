#include "analysis/rules/run_by.hpp"

#include "analysis/rules/handover.hpp"
#include "analysis/rules/units.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Where;

const semantics::Function* model_of(Node definition, Context& context) {
  return context.unit().function_at(definition.index());
}

bool is_own(const TypeSet& types, const semantics::UnitModel& unit, std::uint32_t node) {
  const Type* type = semantics::only(types);
  return type != nullptr && type->unit == &unit && type->function != nullptr && type->function->node == node;
}

RunBy of_bridge(const knowledge::Bridge& bridge, Node call) {
  const bool fire_and_forget = !bridge.is_async && bridge.arguments != knowledge::Handover::later &&
                               bridge.callable.parameter != "initializer" && !bridge.name.ends_with(".map");
  if (!fire_and_forget || call.parent().is(Kind::await)) return RunBy::caller;
  if (bridge.to == Where::worker_thread || bridge.to == Where::background) return RunBy::thread;
  return bridge.to == Where::process ? RunBy::process : RunBy::caller;
}

// How this call starts the function at `node` of `unit`.
RunBy started_by(Node call, const semantics::UnitModel& unit, std::uint32_t node, Context& context) {
  if (const knowledge::Bridge* bridge = bridge_of(call, context)) {
    const Node function = without_partial(argument(call, bridge->callable), context);
    if (function && is_own(context.type_of(function), unit, node)) return of_bridge(*bridge, call);
  }
  if (spawner_of(call, context) == nullptr || call.parent().is(Kind::await)) return RunBy::caller;
  const Node first = without_parentheses(call.child(Field::arguments).first_child());
  const Node function = first.is(Kind::call) ? first.child(Field::function) : first;  // a nursery takes the function
  return function && is_own(context.type_of(function), unit, node) ? RunBy::task : RunBy::caller;
}

// `run` of a class that derives from Thread or Process.
RunBy run_of_class(Node definition, Context& context) {
  const std::string_view path = context.enclosing_class(definition);
  if (path.empty() || definition.child(Field::name).text() != "run") return RunBy::caller;
  const std::string name = context.module().name() + "." + std::string(path);
  if (context.resolver().is_subclass(name, "threading.Thread")) return RunBy::thread;
  return context.resolver().is_subclass(name, "multiprocessing.Process") ? RunBy::process : RunBy::caller;
}

}  // namespace

RunBy run_by_declaration(Node definition, Context& context) {
  const semantics::Function* function = model_of(definition, context);
  if (function == nullptr) return RunBy::caller;
  for (const semantics::TermId decorator : function->decorators) {
    const knowledge::Decorator* facts = semantics::facts_of_decorator(context.unit(), decorator, context.resolver());
    if (facts == nullptr || facts->context == knowledge::Context::anywhere) continue;
    const bool worker =
        facts->context == knowledge::Context::task_worker || facts->context == knowledge::Context::consumer;
    return worker ? RunBy::consumer : RunBy::caller;
  }
  return run_of_class(definition, context);
}

RunBy run_by(Node definition, Context& context) {
  const RunBy declared = run_by_declaration(definition, context);
  const std::string_view name = definition.child(Field::name).text();
  if (declared != RunBy::caller || name.empty()) return declared;
  RunBy by = RunBy::caller;
  any_unit_with(name, context, [&](Node root, Context& inside) {
    for (std::uint32_t at = root.index(); at < root.after() && by == RunBy::caller; ++at) {
      const Node node = root.ast().node(at);
      if (!node.is(Kind::call) || node.child(Field::arguments).text().find(name) == std::string_view::npos) continue;
      by = started_by(node, context.unit(), definition.index(), inside);
    }
    return by != RunBy::caller;
  });
  return by;
}

std::string_view describe(RunBy by) {
  switch (by) {
    case RunBy::thread:
      return "thread";
    case RunBy::process:
      return "process";
    case RunBy::task:
      return "task";
    case RunBy::consumer:
      return "consumer";
    case RunBy::caller:
      break;
  }
  return "function";
}

}  // namespace surefoot::rules
