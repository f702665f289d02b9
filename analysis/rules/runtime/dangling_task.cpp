#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/keep_task.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule dangling_task;
const Rule dangling_task{
    .code = "RT202",
    .name = "dangling-task",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_spawner || callee.is_of_project(); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

using semantics::Op;
using semantics::Term;

// Report::variant
constexpr int kSpawner = 0;
constexpr int kWrapper = 1;  // a function of this file that hands the task on

bool is_loose_spawner(const knowledge::Spawner* spawner) { return spawner != nullptr && spawner->caller_owns; }

// `asyncio.ensure_future(task)` gives the task back.
bool starts_nothing(Node call, Context& context) {
  const Node argument = call.child(Field::arguments).first_child();
  return argument && context.is_instance(argument, "asyncio.Future");
}

bool is_spawn_call(Node call, Context& context) {
  return is_loose_spawner(spawner_of(call, context)) && !starts_nothing(call, context);
}

// True when all that the function returns, but for None, is a task which it has just started.
bool returns_new_task(const semantics::UnitModel& unit, const semantics::Function& function, Context& context) {
  if (function.is_async || function.is_generator || !function.decorators.empty()) return false;
  bool found = false;
  for (const semantics::TermId id : function.returned) {
    const Term& term = unit.terms[id];
    if (term.op == Op::none) continue;
    found = true;
    if (term.op != Op::call) return false;
    const Type* callee = semantics::only(context.resolver().type_of(unit, term.a));
    if (callee == nullptr || !is_loose_spawner(knowledge::find_spawner(callee->name))) return false;
  }
  return found;
}

bool is_configured(Context& context, std::string_view name) {
  const auto& names = context.facts().spawn;
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<int> spawn_form(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee != nullptr && is_configured(context, callee->name)) return std::nullopt;
  if (is_spawn_call(call, context)) return kSpawner;
  if (callee == nullptr || callee->function == nullptr) return std::nullopt;
  return returns_new_task(*callee->unit, *callee->function, context) ? std::optional(kWrapper) : std::nullopt;
}

std::string message_for(Node call, const ValueUse& use, Context& context) {
  const Type* callee = context.callee(call);
  const std::string name(callee != nullptr ? callee->name : call.child(Field::function).text());
  const bool future = name == "asyncio.run_coroutine_threadsafe";
  const std::string what = fmt::format("The {} that `{}` gives", future ? "future" : "task", name);
  const std::string lost =
      use.fate == Fate::discarded ? " is dropped" : fmt::format(" is never used after `{}`", use.target.text());
  return what + lost + ": the task may be collected before it is done, and its exception is lost";
}

void check(Node call, Context& context) {
  const auto form = spawn_form(call, context);
  if (!form) return;
  const ValueUse use = value_use(call, context);
  if (use.fate == Fate::used) return;
  Report& report = context.report(dangling_task, call, message_for(call, use, context));
  report.span = call.child(Field::function).span();
  report.variant = *form;
}

// True when a use of the task in the wrapper keeps nothing: it is returned, or its name is set.
bool keeps_nothing(Node read) {
  const Node parent = read.parent();
  if (parent.is(Kind::return_statement)) return true;
  return parent.is(Kind::attribute) && parent.child(Field::attribute).text() == "set_name";
}

// True when the function does nothing with the task of this call but return it.
bool only_returns(Node call, Node function, Context& context) {
  Node value = call;
  while (value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  const Node parent = value.parent();
  if (parent.is(Kind::return_statement)) return true;
  const Node target = parent.is(Kind::assignment) ? parent.child(Field::left) : Node();
  if (!target.is(Kind::identifier) || !parent.parent().is(Kind::expression_statement)) return false;
  for (std::uint32_t i = target.index() + 1; i < function.after(); ++i) {
    const Node node = function.ast().node(i);
    if (node.is(Kind::identifier) && node.text() == target.text() && !keeps_nothing(node)) return false;
  }
  (void)context;
  return true;
}

// `return asyncio.create_task(…)` and nothing else: what stands in another file may keep the task in any other way.
bool is_single_return(Node function) {
  Node statement = function.child(Field::body).first_child();
  const bool documented = statement.is(Kind::expression_statement) && statement.first_child().is(Kind::string);
  if (documented) statement = statement.next_sibling();
  return statement.is(Kind::return_statement);
}

// The wrapper's own code decides whether it keeps what it returns.
bool confirm(const Report& report, Context& context) {
  if (report.variant != kWrapper) return true;
  const Type* callee = context.callee(context.unit().unit->ast.node(report.node));
  if (callee == nullptr || callee->function == nullptr) return false;
  const Node function = callee->unit->unit->ast.node(callee->function->node);
  const auto unit = unit_of(callee->unit, context);
  if (!unit) return is_single_return(function);
  Context inside(context, *unit);
  for (std::uint32_t at = function.index(); at < function.after(); ++at) {
    const Node node = function.ast().node(at);
    if (node.is(Kind::call) && is_spawn_call(node, inside) && !only_returns(node, function, inside)) return false;
  }
  return true;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const ValueUse use = value_use(call, context);
  if (use.fate == Fate::used) return {};
  const fixes::LooseTask task{context.place(call), context.place(use.statement), use.target};
  Fixes fixes = fixes::keep_in_set(context.file(), task);
  if (!context.calls(call, "asyncio.create_task")) return fixes;
  if (auto group = fixes::own_in_group(context.file(), task)) fixes.offered.push_back(std::move(*group));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
