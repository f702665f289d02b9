#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/coroutines.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool concerns(const Callee& callee);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule coroutine_as_callback;
const Rule coroutine_as_callback{
    .code = "RT212",
    .name = "coroutine-as-callback",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call, Kind::decorator},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .in_tests = true,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.is_bridge ||
         callee.is_one_of({"signal.signal", "atexit.register", "functools.lru_cache", "functools.cache", "map",
                           "filter", "sorted", "min", "max"}) ||
         callee.is_written({"sort"});
}

using knowledge::Bridge;
using knowledge::Where;

// Report::variant
constexpr int kElsewhere = 0;  // run by a thread, a signal, at exit
constexpr int kOnLoop = 1;     // run by the loop, so a task can be started there

// An `async def` of this project that gives a coroutine when it is called, whatever decorates it.
bool is_coroutine_function(Node expression, Context& context) {
  const Type* type = semantics::only(context.type_of(expression));
  if (type == nullptr || type->tag != Type::Tag::object || type->function == nullptr) return false;
  return type->function->is_async && promise_of_calling(expression, context) == Promise::coroutine;
}

// `lambda: refresh()`, where that is an `async def`.
bool gives_coroutine(Node function, Context& context) {
  return function.is(Kind::lambda) && promise_of(function.child(Field::body), context) == Promise::coroutine;
}

// Bridges that call what they get as it is and drop a coroutine (asyncio's
// servers, for one, make a task of it).
bool calls_plainly(const Bridge& bridge) {
  static constexpr std::array<std::string_view, 4> kPrefixes = {"threading.", "multiprocessing.", "concurrent.futures.",
                                                                "atexit."};
  const auto starts = [&](std::string_view prefix) { return bridge.name.starts_with(prefix); };
  if (bridge.is_async) return false;
  if (bridge.to == Where::event_loop) {
    return bridge.name.starts_with("asyncio.AbstractEventLoop.") || bridge.name == "asyncio.Future.add_done_callback";
  }
  return std::any_of(kPrefixes.begin(), kPrefixes.end(), starts) || bridge.name == "signal.signal";
}

struct Callback {
  Node function;  // null when there is none
  std::string taker;
  int form = kElsewhere;
};

// The key function of `sorted`, `min`, `max`, `list.sort`; the function of
// `map` and `filter`.
Callback of_builtin(Node call, Context& context) {
  const Node function = call.child(Field::function);
  const std::string_view name = function.text();
  const bool builtin = function.is(Kind::identifier) && context.calls(call, name);
  if (builtin && (name == "map" || name == "filter")) return {argument(call, "", 0), std::string(name)};
  const bool sorts = builtin && (name == "sorted" || name == "min" || name == "max");
  const bool method = function.is(Kind::attribute) && function.child(Field::attribute).text() == "sort";
  if (sorts || method) return {argument(call, "key"), std::string(sorts ? name : "sort")};
  return {};
}

Callback callback_of(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee != nullptr && callee->tag == Type::Tag::object) {
    if (callee->name == "signal.signal") return {argument(call, "handler", 1), "signal.signal"};
    if (callee->name == "atexit.register") return {argument(call, "func", 0), "atexit.register"};
    if (callee->name == "functools.lru_cache" || callee->name == "functools.cache") {
      return {argument(call, "user_function", 0), std::string(callee->name)};
    }
  }
  const Node factory = call.child(Field::function);
  if (factory.is(Kind::call) && context.calls(factory, "functools.lru_cache")) {
    return {argument(call, "user_function", 0), "functools.lru_cache"};
  }
  if (const Bridge* bridge = bridge_of(call, context)) {
    if (!calls_plainly(*bridge)) return {};
    return {argument(call, bridge->callable), std::string(bridge->name),
            bridge->to == Where::event_loop ? kOnLoop : kElsewhere};
  }
  return of_builtin(call, context);
}

// `asyncio.gather(*map(load, urls))` awaits the coroutines that `map` makes; so
// may whoever else gets them.
bool uses_results(Node call, const Callback& callback) {
  if (callback.taker == "map") {
    Node whole = call;
    while (whole.parent().is(Kind::argument_list) && whole.parent().child_count() == 1) whole = whole.parent().parent();
    return !whole.parent().is(Kind::expression_statement);
  }
  if (!callback.taker.ends_with(".map") && !callback.taker.ends_with(".submit")) return false;
  for (Node outer = call.parent(); outer && !syntax::is_statement(outer.kind()); outer = outer.parent()) {
    if (outer.is(Kind::await) || outer.is(Kind::list_splat)) return true;
  }
  return false;
}

void check_call(Node call, Context& context) {
  const Callback callback = callback_of(call, context);
  const Node function = callback.function ? without_partial(callback.function, context) : Node();
  if (!function || function.is(Kind::call)) return;
  if (!is_coroutine_function(function, context) && !gives_coroutine(function, context)) return;
  if (uses_results(call, callback)) return;
  const bool cached = callback.taker.starts_with("functools.");
  Report& report = context.report(coroutine_as_callback, function,
                                  cached ? fmt::format("`{}` keeps the coroutine of `{}`, which can be "
                                                       "awaited only once",
                                                       callback.taker, function.text())
                                         : fmt::format("`{}` calls `{}` and drops the coroutine that it "
                                                       "gives: its code never runs",
                                                       callback.taker, function.text()));
  report.variant = callback.form;
}

// `@functools.lru_cache` on an `async def`
void check_decorator(Node decorator, Context& context) {
  const Node definition = decorator.parent().child(Field::definition);
  if (!definition.is(Kind::function_definition) || !definition.is_async()) return;
  if (decorator.next_sibling() != definition) return;  // the one in between may change what is cached
  const Node expression = decorator.first_child();
  const Node named = expression.is(Kind::call) ? expression.child(Field::function) : expression;
  const Type* type = semantics::only(context.type_of(named));
  if (type == nullptr || (type->name != "functools.lru_cache" && type->name != "functools.cache")) return;
  context.report(coroutine_as_callback, decorator,
                 fmt::format("`{}` keeps the coroutine of `{}`, which can be awaited only once", type->name,
                             definition.child(Field::name).text()));
}

void check(Node node, Context& context) {
  node.is(Kind::decorator) ? check_decorator(node, context) : check_call(node, context);
}

// The arguments that the caller hands on behind the callback, as text:
// `call_later(1, f, a, b)` -> "a, b".
std::string handed_on(Node callback) {
  std::string text;
  for (Node next = callback.next_sibling(); next; next = next.next_sibling()) {
    if (next.is(Kind::keyword_argument)) continue;
    text += (text.empty() ? "" : ", ") + std::string(next.text());
  }
  return text;
}

Fixes fix(const Report& report, Context& context) {
  const Node function = context.unit().unit->ast.node(report.node);
  if (report.variant != kOnLoop) return {};
  const Node list = function.parent();
  if (!list.is(Kind::argument_list)) return {{}, "the callback stands in other code"};
  const Node call = list.parent();
  const bool done = call.child(Field::function).child(Field::attribute).text() == "add_done_callback";
  const std::string arguments = done ? "done" : handed_on(function);
  fixes::Import import = fixes::import_module(context.file(), context.place(function), "asyncio");
  if (!import.problem.empty()) return {{}, import.problem};
  std::vector<text::TextEdit> edits;
  if (import.edit) edits.push_back(std::move(*import.edit));
  if (function.is(Kind::lambda)) {
    const Node body = function.child(Field::body);
    edits.push_back(fixes::replace(context.file(), context.place(body),
                                   fmt::format("{}.create_task({})", import.name, body.text())));
    return {{fixes::make_fix("Start a task in the lambda", fixes::Applicability::unsafe, std::move(edits))}, ""};
  }
  edits.push_back(fixes::replace(
      context.file(), context.place(function),
      fmt::format("lambda{}: {}.create_task({}({}))", done ? " done" : "", import.name, function.text(), arguments)));
  text::TextEdit& lambda = edits.back();
  if (!done && !arguments.empty()) {
    Node last = function;
    for (Node next = function.next_sibling(); next; next = next.next_sibling()) {
      if (next.is(Kind::keyword_argument)) return {{}, "the callback has keyword arguments beside it"};
      last = next;
    }
    lambda.span.end = fixes::span_in_file(context.file(), context.place(last)).end;
  }
  Fixes fixes;
  fixes.offered.push_back(
      fixes::make_fix("Start a task from a lambda", fixes::Applicability::unsafe, std::move(edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
