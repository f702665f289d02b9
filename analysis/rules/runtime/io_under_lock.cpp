#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/held_locks.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);

}  // namespace

extern const Rule io_under_lock;
const Rule io_under_lock{
    .code = "RT317",
    .name = "io-under-lock",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::call, Kind::for_statement, Kind::for_in_clause},
    .check = check,
};

namespace {

using knowledge::Effect;

constexpr Effect kSlow = Effect::blocks_network | Effect::blocks_subprocess | Effect::blocks_sleep;

// A lock round the sending on one socket is there for that: two messages must not mix.
bool orders_messages(std::string_view name) {
  static constexpr std::array<std::string_view, 3> kMethods = {".send", ".sendall", ".sendto"};
  return name.starts_with("socket.") &&
         std::any_of(kMethods.begin(), kMethods.end(), [&](std::string_view method) { return name.ends_with(method); });
}

std::string_view what_for(Effect effects) {
  if (any(effects & Effect::blocks_sleep)) return "sleeps";
  return any(effects & Effect::blocks_network) ? "waits for the network" : "waits for another process";
}

void check(Node node, Context& context) {
  const Node iterable = iterated_by(node, context);
  auto blocking = node.is(Kind::call) ? blocking_call(node, context) : std::nullopt;
  if (!blocking && iterable) blocking = blocking_iteration(iterable, context);
  if (!blocking || !any(blocking->effects & kSlow) || orders_messages(blocking->name)) return;
  if (context.in_coroutine(node)) return;  // RT101 and its like report what blocks the event loop
  const Node lock = lock_held_at(node, context);
  if (!lock || lock.covers(node)) return;
  const Node where = node.is(Kind::call) ? node : iterable;
  context
      .report(io_under_lock, where,
              fmt::format("`{}` {} while `{}` is held: every thread that wants the lock waits as long", blocking->name,
                          what_for(blocking->effects), lock.text()))
      .span = node.is(Kind::call) ? node.child(Field::function).span() : iterable.span();
}

}  // namespace
}  // namespace surefoot::rules
