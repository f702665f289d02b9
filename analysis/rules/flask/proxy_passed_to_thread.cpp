#include <fmt/format.h>

#include <vector>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/flask_views.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule proxy_passed_to_thread;
const Rule proxy_passed_to_thread{
    .code = "FLK103",
    .name = "proxy-passed-to-thread",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
};

namespace {

bool is_copying(Node expression) {
  for (const std::string_view name : {"copy_current_request_context", "copy_context"}) {
    if (mentions(expression, name)) return true;
  }
  return false;
}

bool has_copying_decorator(Node decorated) {
  for (const Node child : decorated.children()) {
    if (child.is(Kind::decorator) && is_copying(child)) return true;
  }
  return false;
}

// True when the callable takes the request's context along: `copy_current_request_context(f)`, or a function here that
// has it for a decorator.
bool takes_context_along(Node callable, Context& context) {
  if (is_copying(callable)) return true;
  if (!callable.is(Kind::identifier)) return false;
  if (const Node value = only_value_of(callable, context); value && is_copying(value)) return true;
  const Type* type = semantics::only(context.type_of(callable));
  if (type == nullptr || type->function == nullptr || type->unit != &context.unit()) return false;
  return has_copying_decorator(callable.ast().node(type->function->statement));
}

// The expressions that the call hands to the function, through `args=(…)`, `kwargs={…}` and `partial(f, …)` too.
void add_handed(Node arguments, std::vector<Node>& handed) {
  for (Node child : arguments.children()) {
    if (child.is(Kind::keyword_argument) || child.is(Kind::pair)) child = child.child(Field::value);
    child = without_parentheses(child);
    if (child.is(Kind::tuple) || child.is(Kind::list) || child.is(Kind::dictionary)) {
      add_handed(child, handed);
    } else if (child.is(Kind::call) && last_name(child) == "partial") {
      add_handed(child.child(Field::arguments), handed);
    } else if (child) {
      handed.push_back(child);
    }
  }
}

bool concerns(const Callee& callee) { return callee.is_bridge || callee.is_written({"delay", "apply_async"}); }

// `send.delay(…)`, `send.apply_async(…)` of Celery.
bool enqueues(Node call) {
  const Node function = call.child(Field::function);
  return function.is(Kind::attribute) && (last_name(function) == "delay" || last_name(function) == "apply_async");
}

// True when code that begins without this context gets the call's arguments. `callable`: that code, where it is among
// them.
bool hands_out(Node call, Node& callable, Context& context) {
  if (enqueues(call)) return true;
  const knowledge::Bridge* bridge = bridge_of(call, context);
  if (bridge == nullptr || !begins_without_context(*bridge)) return false;
  callable = without_parentheses(argument(call, bridge->callable));
  return callable && !takes_context_along(callable, context);
}

void check(Node call, Context& context) {
  Node callable;
  if (!hands_out(call, callable, context)) return;
  std::vector<Node> handed;
  add_handed(call.child(Field::arguments), handed);
  for (const Node one : handed) {
    if (one == callable || flask_proxy(one, context).empty()) continue;
    context.report(
        proxy_passed_to_thread, one,
        fmt::format("`{}` stands for nothing in the code it is handed to, which runs outside of this request: "
                    "hand over what it stands for",
                    one.text()));
  }
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place proxy = context.place(context.unit().unit->ast.node(report.node));
  for (Node outer = proxy.node.parent(); outer; outer = outer.parent()) {
    if (outer.is(Kind::call) && enqueues(outer)) return {{}, "a task gets a copy, and of that there is none"};
  }
  return {{fixes::make_fix("Hand over what it stands for", fixes::Applicability::safe,
                           {fixes::insert_after(context.file(), proxy, "._get_current_object()")})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
