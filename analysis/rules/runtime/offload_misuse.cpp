#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/hand_over.hpp"
#include "analysis/rules/callables.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/value_use.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule offload_misuse;
const Rule offload_misuse{
    .code = "RT116",
    .name = "offload-misuse",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_bridge; },
    .fix = fix,
    .confirm = confirm,
};

namespace {

using knowledge::Bridge;
using knowledge::Handover;
using knowledge::Where;

// Report::variant
constexpr int kCalled = 0;      // take(f()): what f gives is handed over
constexpr int kCoroutine = 1;   // take(f()) with an async f
constexpr int kAsync = 2;       // take(f) with an async f
constexpr int kNotAwaited = 3;  // take(f) as a statement
constexpr int kUnpicklable = 4;

struct Offload {
  const Bridge* bridge = nullptr;
  std::string name;
  Node function;  // the argument that is to run elsewhere, parentheses taken off; null when it is not seen
};

std::optional<Offload> offload_of(Node call, Context& context) {
  const Bridge* bridge = bridge_of(call, context);
  if (bridge == nullptr || (bridge->to != Where::worker_thread && bridge->to != Where::process)) return std::nullopt;
  if (bridge->name.ends_with(".add_done_callback")) return std::nullopt;
  const Type* callee = context.callee(call);
  const std::string_view written = call.child(Field::function).text();
  Offload result{bridge,
                 std::string(!bridge->name.empty() ? bridge->name
                             : callee != nullptr   ? callee->name
                                                   : written),
                 {}};
  result.function = without_parentheses(argument(call, bridge->callable));
  return result;
}

bool is_coroutine_function(const Type& type, Context& context) {
  if (type.tag != Type::Tag::object) return false;
  if (type.function == nullptr) return type.callable != nullptr && type.callable->is_async;
  if (!type.function->is_async || type.function->is_generator) return false;
  for (const semantics::TermId decorator : type.function->decorators) {
    const Type* known = semantics::only(context.resolver().type_of(*type.unit, decorator));
    if (known == nullptr || (known->name != "staticmethod" && known->name != "classmethod")) return false;
  }
  return true;
}

// `await (await to_thread(f))` awaits the coroutine that the thread makes.
bool is_awaited_twice(Node call) {
  Node outer = call.parent();
  if (!outer.is(Kind::await)) return false;
  for (outer = outer.parent(); outer.is(Kind::parenthesized_expression);) outer = outer.parent();
  return outer.is(Kind::await);
}

// In a coroutine, an executor that pickles every function it is given, whatever the start method. (RT311 has all other
// ways to hand over what cannot be pickled.)
bool pickles(Node call, const Offload& offload, Context& context) {
  if (!context.in_coroutine(call)) return false;
  if (offload.bridge->to == Where::process) return offload.name.starts_with("concurrent.futures.ProcessPoolExecutor.");
  const Node executor = offload.name.ends_with(".run_in_executor") ? argument(call, "executor", 0) : Node();
  return executor && context.is_instance(executor, "concurrent.futures.ProcessPoolExecutor");
}

// An offload that starts when it is called, awaited or not (loop.run_in_executor), as against a coroutine.
bool is_eager(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return callee == nullptr || (callee->callable != nullptr && !callee->callable->is_async);
}

bool is_lost(Node call, const Offload& offload, Context& context) {
  if (!offload.bridge->is_async || offload.bridge->arguments == Handover::later) return false;
  if (offload.name.starts_with("sqlalchemy.")) return false;
  const Fate fate = value_use(call, context).fate;
  if (fate == Fate::used) return false;
  return !is_eager(call, context) || (fate == Fate::discarded && context.in_coroutine(call));
}

std::optional<int> form_of_call(Node inner, Context& context) {
  switch (callability_of_result(inner, context)) {
    case Callability::no:
      return kCalled;
    case Callability::coroutine:
      return kCoroutine;
    default:
      return std::nullopt;
  }
}

std::optional<int> form_of(Node call, const Offload& offload, Context& context) {
  if (offload.function.is(Kind::call)) {
    if (const auto form = form_of_call(offload.function, context)) return form;
  }
  if (offload.function) {
    const Node named = without_partial(offload.function, context);
    const Type* type = named.is(Kind::call) ? nullptr : semantics::only(context.type_of(named));
    const bool async = type != nullptr && is_coroutine_function(*type, context);
    if (async && offload.bridge->is_async && !is_awaited_twice(call)) return kAsync;
    if (type != nullptr && is_nested_or_lambda(*type) && pickles(call, offload, context)) return kUnpicklable;
  }
  return is_lost(call, offload, context) ? std::optional(kNotAwaited) : std::nullopt;
}

std::string message_for(int form, Node call, const Offload& offload, Context& context) {
  const Node function = offload.function;
  const std::string inner(function.is(Kind::call) ? function.child(Field::function).text() : function.text());
  switch (form) {
    case kCalled:
      return fmt::format("`{}` runs here{}: `{}` gets its result, not the function", inner,
                         context.in_coroutine(call) ? ", on the event loop" : "", offload.name);
    case kCoroutine:
      return fmt::format("`{}` gets a coroutine, which cannot be called: `{}` never runs", offload.name, inner);
    case kAsync:
      return fmt::format("`{}` is a coroutine function: `{}` only makes a coroutine that nobody awaits", inner,
                         offload.name);
    case kUnpicklable:
      return function.is(Kind::lambda) ? fmt::format("`{}` cannot pickle a lambda for its process", offload.name)
                                       : fmt::format("`{}` cannot pickle `{}` for its process", offload.name, inner);
    default:
      return fmt::format("`{}` is not awaited: {}", offload.name,
                         is_eager(call, context) ? "its result and its exception are lost" : "nothing runs");
  }
}

void say(int form, Node call, const Offload& offload, Context& context) {
  Report& report = context.report(offload_misuse, call, message_for(form, call, offload, context));
  report.span = call.child(Field::function).span();
  report.variant = form;
}

// True for `take(f())` where the code of `f`, which may stand in another unit, tells what it gives.
bool is_told_by_code(const Offload& offload, Context& context) {
  const Type* callee = offload.function.is(Kind::call) ? context.callee(offload.function) : nullptr;
  return callee != nullptr && callee->function != nullptr;
}

void check(Node call, Context& context) {
  const auto offload = offload_of(call, context);
  if (!offload) return;
  if (is_told_by_code(*offload, context)) {
    say(kCalled, call, *offload, context);
    say(kCoroutine, call, *offload, context);
    if (is_lost(call, *offload, context)) say(kNotAwaited, call, *offload, context);
  } else if (const auto form = form_of(call, *offload, context)) {
    say(*form, call, *offload, context);
  }
}

// Of what could be, what is.
bool confirm(const Report& report, Context& context) {
  const auto offload = offload_of(context.unit().unit->ast.node(report.node), context);
  if (!offload) return false;
  if (!is_told_by_code(*offload, context) && report.variant != kCalled && report.variant != kCoroutine) return true;
  return form_of_call(offload->function, context).value_or(kNotAwaited) == report.variant;
}

fixes::Takes takes(const Offload& offload) {
  static constexpr std::array<std::string_view, 5> kKeywords = {
      "asyncio.to_thread", "starlette.concurrency.run_in_threadpool", "litestar.concurrency.sync_to_thread",
      "distributed.Client.submit", ""};
  const bool keywords = offload.name.starts_with("concurrent.futures.") && offload.name.ends_with(".submit");
  if (keywords || std::find(kKeywords.begin(), kKeywords.end(), offload.bridge->name) != kKeywords.end()) {
    return fixes::Takes::all;
  }
  switch (offload.bridge->arguments) {
    case Handover::rest:
      return fixes::Takes::positional;
    case Handover::tuple:
      return fixes::Takes::tuple;
    default:
      return fixes::Takes::nothing;
  }
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const auto offload = offload_of(call, context);
  if (!offload) return {};
  const fixes::Place place = context.place(call);
  switch (report.variant) {
    case kCalled:
      return fixes::pass_function(context.file(), place, offload->function, takes(*offload));
    case kCoroutine:
      return offload->bridge->is_async ? fixes::await_argument(context.file(), place, offload->function) : Fixes{};
    case kAsync:
      return fixes::call_directly(context.file(), place, offload->function, takes(*offload));
    case kNotAwaited:
      return fixes::await_call(context.file(), place);
    default:
      return {};
  }
}

}  // namespace
}  // namespace surefoot::rules
