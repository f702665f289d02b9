#include <fmt/format.h>

#include "analysis/fixes/offload.hpp"
#include "analysis/rules/event_loop.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

constexpr Effect kWanted =
    Effect::blocks_network | Effect::blocks_database | Effect::blocks_sleep | Effect::blocks_input;

std::optional<BlockingCall> wanted(Node call, Context& context) {
  if (!context.in_coroutine(call)) return std::nullopt;
  auto blocking = blocking_call(call, context);
  if (!blocking || !any(blocking->effects & kWanted)) return std::nullopt;
  return blocking;
}

// True when what the call is made on is itself the result of a call that is reported: one cause, one finding.
bool follows_reported_call(Node call, Context& context) {
  Node receiver = call.child(Field::function).child(Field::object);
  while (receiver) {
    receiver = without_parentheses(receiver);
    if (receiver.is(Kind::call)) {
      if (wanted(receiver, context)) return true;
      receiver = receiver.child(Field::function);
    } else {
      receiver = receiver.child(Field::object);
    }
  }
  return false;
}

void check(Node call, Context& context);
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
};

namespace {

void check(Node call, Context& context) {
  const auto blocking = wanted(call, context);
  if (!blocking || follows_reported_call(call, context)) return;
  context
      .report(blocking_call_in_async, call,
              fmt::format("`{}` {} and blocks the event loop", blocking->name, describe(blocking->effects & kWanted)))
      .span = call.child(Field::function).span();
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  if (context.calls(call.node, "time.sleep")) return fixes::async_sleep(context.file(), call);
  return fixes::offload_call(context.file(), call);
}

}  // namespace
}  // namespace surefoot::rules
