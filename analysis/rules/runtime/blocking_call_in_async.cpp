#include "analysis/fixes/offload.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/mentions.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

constexpr Effect kWanted =
    Effect::blocks_network | Effect::blocks_database | Effect::blocks_sleep | Effect::blocks_input;

// Left in a helper for the day when something is wrong: callers need not hear of it.
bool is_debugger(std::string_view name) { return name.starts_with("pdb.") || name == "breakpoint"; }

std::optional<BlockingCall> wanted(Node call, Context& context) {
  if (!context.may_run_on_loop(call)) return std::nullopt;
  auto blocking = blocking_call(call, context);
  if (!blocking || !any(blocking->effects & kWanted)) return std::nullopt;
  if (is_debugger(blocking->name) && !context.in_coroutine(call)) return std::nullopt;
  return blocking;
}

// The part of an expression that it is made on: `a` of `a.b`, `a[b]`, `a()` and `(a)`.
Node made_on(Node expression) {
  switch (expression.kind()) {
    case Kind::attribute:
      return expression.child(Field::object);
    case Kind::subscript:
      return expression.child(Field::value);
    case Kind::call:
      return expression.child(Field::function);
    case Kind::parenthesized_expression:
      return expression.first_child();
    default:
      return {};
  }
}

// True when what the call is made on is itself the result of a call that is reported: one cause, one finding.
bool follows_reported_call(Node call, Context& context) {
  for (Node receiver = made_on(call); receiver; receiver = made_on(receiver)) {
    if (receiver.is(Kind::call) && wanted(receiver, context)) return true;
  }
  return false;
}

// A method that only hands out what an earlier call has fetched.
bool is_reader(std::string_view method) {
  for (const std::string_view prefix : {"fetch", "read", "getvalue", "iter"}) {
    if (method.starts_with(prefix)) return true;
  }
  return false;
}

// What a call's value is bound to: `x` in `x = call()`, `with call() as x`.
std::string_view bound_to(Node call) {
  Node node = call.parent();
  while (node.is(Kind::parenthesized_expression) || node.is(Kind::await)) node = node.parent();
  if (node.is(Kind::assignment)) return node.child(Field::left).text();
  if (node.is(Kind::as_pattern)) return node.child(Field::alias).text();
  return {};
}

// `rows = cursor.fetchall()` behind a reported `cursor.execute(…)` has the same cause as that.
bool continues_reported_call(Node call, Context& context) {
  const Node method = call.child(Field::function);
  if (!method.is(Kind::attribute) || !is_reader(method.child(Field::attribute).text())) return false;
  const std::string_view receiver = method.child(Field::object).text();
  const Node body = context.enclosing_function(call).child(Field::body);
  for (std::uint32_t i = body.index(); i < call.index(); ++i) {
    const Node earlier = call.ast().node(i);
    if (!earlier.is(Kind::call)) continue;
    const Node function = earlier.child(Field::function);
    const bool same = function.child(Field::object).text() == receiver || bound_to(earlier) == receiver;
    if (same && !is_reader(function.child(Field::attribute).text()) && wanted(earlier, context)) return true;
  }
  return false;
}

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule blocking_call_in_async;
const Rule blocking_call_in_async{
    .code = "RT101",
    .name = "blocking-call-in-async",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .fix = fix,
    .confirm = confirm,
    .rises = true,
};

namespace {

void check(Node call, Context& context) {
  const auto blocking = wanted(call, context);
  if (!blocking || follows_reported_call(call, context) || continues_reported_call(call, context)) return;
  report_blocking(blocking_call_in_async, call, call.child(Field::function), blocking->name,
                  describe(blocking->effects & kWanted), context);
}

// Sockets of a file that sets some to be non-blocking are not known to block.
bool confirm(const Report& report, Context& context) {
  return !report.subject.starts_with("socket.socket.") || !is_mentioned("setblocking", context);
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  if (context.calls(call.node, "time.sleep")) return fixes::async_sleep(context.file(), call);
  return fixes::offload_call(context.file(), call);
}

}  // namespace
}  // namespace surefoot::rules
