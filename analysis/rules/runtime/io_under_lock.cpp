#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/held_locks.hpp"
#include "analysis/rules/lock_names.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
bool matters_at(const Report& report, Context& context);
std::vector<Explanation> explain(const Report& report, Context& context);

}  // namespace

extern const Rule io_under_lock;
const Rule io_under_lock{
    .code = "RT317",
    .name = "io-under-lock",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::call, Kind::for_statement, Kind::for_in_clause},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.blocks() || may_iterate(callee) || callee.may_run_project(); },
    .confirm = confirm,
    .explain = explain,
    .matters_at = matters_at,
};

namespace {

using knowledge::Effect;

// Report::variant
constexpr int kAtOnce = 0;
constexpr int kThroughHelper = 1;

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

// What the node itself waits for.
std::optional<BlockingCall> waits_at(Node node, Context& context) {
  const Node iterable = iterated_by(node, context);
  auto blocking = node.is(Kind::call) ? blocking_call(node, context) : std::nullopt;
  if (!blocking && iterable) blocking = blocking_iteration(iterable, context);
  if (!blocking || !any(blocking->effects & kSlow) || orders_messages(blocking->name)) return std::nullopt;
  return blocking;
}

void report_at(Node place, std::string_view name, std::string_view what, Node lock, int variant, Context& context) {
  Report& report =
      context.report(io_under_lock, place,
                     fmt::format("`{}` {} while `{}` is held: every thread that wants the lock waits as long", name,
                                 what, lock.text()));
  report.span = place.is(Kind::call) ? place.child(Field::function).span() : place.span();
  report.variant = variant;
}

// Whether the helper waits in functions of other files.
void ask(Node call, Node lock, Context& context) {
  const auto run = run_at(call, context);
  if (!run || run->function->is_async) return;
  const Node name = call.child(Field::function);
  Question& question =
      context.ask(io_under_lock, call, {run->unit, run->function},
                  fmt::format("`{}` waits while `{}` is held: every thread that wants the lock waits as long",
                              name.text(), lock.text()));
  question.report.span = name.span();
  question.effects = {"RT101", "DJG101", "RT104"};
  question.beyond = true;
}

// Of what blocks, the database is what locks are for.
bool matters_at(const Report& report, Context&) {
  return !orders_messages(report.subject) && (report.effect == "sleeps" || report.effect == "waits for the network" ||
                                              report.effect == "waits for a process");
}

void check(Node node, Context& context) {
  if (context.in_coroutine(node)) return;  // RT101 and its like report what blocks the event loop
  const auto blocking = waits_at(node, context);
  const bool call = node.is(Kind::call);
  const bool helper = !blocking && call && run_at(node, context);
  if (!blocking && !helper) return;
  const Node lock = lock_held_at(node, context);
  if (!lock || lock.covers(node)) return;
  if (helper) {
    const std::string_view name = node.child(Field::function).text();
    report_at(node, name, "waits for the network, another process or the clock", lock, kThroughHelper, context);
    return ask(node, lock, context);
  }
  report_at(call ? node : iterated_by(node, context), blocking->name, what_for(blocking->effects), lock, kAtOnce,
            context);
}

// ---- through functions of the file

struct Waiting {
  fixes::Place place;
  BlockingCall call;
};

std::optional<Waiting> waits_through(Node call, Context& context) {
  const auto run = run_at(call, context);
  if (!run) return std::nullopt;
  std::optional<Waiting> found;
  const Node held = lock_held_at(call, context);
  const auto lock = held ? lock_name(held, context) : std::nullopt;
  const auto is_still_held = [&](Node node, Context& inside) {
    return !lock || !is_released_before(node, *lock, inside);
  };
  any_in_run(
      *run, context,
      [&](Node node, Context& inside, bool) {
        auto blocking = waits_at(node, inside);
        if (!blocking || !is_still_held(node, inside)) return false;
        found = Waiting{inside.place(node), std::move(*blocking)};
        return true;
      },
      is_still_held);
  return found;
}

bool confirm(const Report& report, Context& context) {
  return report.variant == kAtOnce || report.variant == kAnswered ||
         waits_through(context.unit().unit->ast.node(report.node), context);
}

std::vector<Explanation> explain(const Report& report, Context& context) {
  if (report.variant != kThroughHelper) return {};
  const auto found = waits_through(context.unit().unit->ast.node(report.node), context);
  if (!found) return {};
  return {{found->place, fmt::format("`{}` {}", found->call.name, what_for(found->call.effects))}};
}

}  // namespace
}  // namespace surefoot::rules
