#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/retaken_locks.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node site, Context& context);
bool confirm(const Report& report, Context& context);
std::vector<Explanation> explain(const Report& report, Context& context);

}  // namespace

extern const Rule inconsistent_lock_order;
const Rule inconsistent_lock_order{
    .code = "RT308",
    .name = "inconsistent-lock-order",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::with_item, Kind::call},
    .check = check,
    .confirm = confirm,
    .explain = explain,
};

namespace {

// Report::variant
constexpr int kAtOnce = 0;
constexpr int kThroughCall = 1;

// Objects that are being made are known to nobody else.
bool is_in_constructor(Node node, const LockName& lock, Context& context) {
  return lock.of_object && context.enclosing_function(node).child(Field::name).text() == "__init__";
}

bool is_reported(Node place, Context& context) {
  const auto& known = context.reports();
  return std::any_of(known.begin(), known.end(), [&](const Report& one) {
    return one.rule == &inconsistent_lock_order && one.node == place.index();
  });
}

void report_at(Node place, std::string_view taken, const Taking& held, Context& context) {
  if (is_reported(place, context)) return;
  const std::string message = fmt::format(
      "{} is taken while `{}` is held, and elsewhere in this file the two are taken the other way round: two "
      "{} that hold one each wait for each other for ever",
      taken, held.lock.text(), held.name.of_asyncio ? "tasks" : "threads");
  context.report(inconsistent_lock_order, place, message).span = shown(place).span();
}

void check(Node site, Context& context) {
  const auto held = taking_at(site, context);
  if (!held || is_in_constructor(site, held->name, context)) return;
  for_each_while_held(*held, context, [&](Node node) {
    const auto taking = taking_at(node, context);
    if (taking) {
      const bool other = taking->name.key != held->name.key && taking->name.of_asyncio == held->name.of_asyncio;
      if (other && !taking->may_give_up)
        report_at(taking->lock, fmt::format("`{}`", taking->lock.text()), *held, context);
      return;
    }
    const auto run = run_at(node, context);
    if (!run || !unit_of(run->unit, context)) return;
    report_at(node, fmt::format("A lock that `{}` waits for", shown(node).text()), *held, context);
    context.reports().back().variant = kThroughCall;
  });
}

// ---- the two orders

bool is_among(const std::vector<Taking>& held, const LockName& lock) {
  return std::any_of(held.begin(), held.end(), [&](const Taking& one) { return one.name.key == lock.key; });
}

// Where control waits for `inner` while `outer` is held, and what else is held there.
struct Pair {
  std::size_t unit = 0;
  Node inner;
  std::vector<Taking> held;
};

// True when a third lock is held in both places: then the two never meet.
bool share_lock(const std::vector<Taking>& one, const std::vector<Taking>& other, const LockName& outer,
                const LockName& inner) {
  return std::any_of(one.begin(), one.end(), [&](const Taking& held) {
    return held.name.key != outer.key && held.name.key != inner.key && is_among(other, held.name);
  });
}

// Where the node, at which `outer` is held, comes to wait for `inner`.
std::optional<Pair> waits_at(Node node, const LockName& outer, const LockName& inner, Context& inside) {
  const auto taking = taking_at(node, inside);
  if (taking && (taking->name.key != inner.key || taking->may_give_up)) return std::nullopt;
  Pair pair{inside.unit_number(), taking ? taking->lock : Node(), {}};
  if (!taking) {
    const auto run = run_at(node, inside);
    const auto found =
        run && unit_of(run->unit, inside)
            ? find_taking(*run, outer, inside, [&](const Taking& one, bool) { return one.name.key == inner.key; })
            : std::nullopt;
    if (!found) return std::nullopt;
    pair.unit = found->unit;
    pair.inner = found->taking.lock;
  }
  pair.held = locks_held_at(node, inside);
  return is_among(pair.held, inner) ? std::nullopt : std::optional(std::move(pair));
}

// A place of the file where `inner` is waited for while `outer` is held, and none of the locks that are held at the
// other place with them.
std::optional<Pair> find_pair(const LockName& outer, const LockName& inner, const std::vector<Taking>& others,
                              Context& context) {
  std::optional<Pair> found;
  for_each_unit(context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after() && !found; ++i) {
      const auto held = taking_at(root.ast().node(i), inside);
      if (!held || held->name.key != outer.key || is_in_constructor(held->site, outer, inside)) continue;
      for_each_while_held(*held, inside, [&](Node node) {
        if (found) return;
        found = waits_at(node, outer, inner, inside);
        if (found && share_lock(found->held, others, outer, inner)) found.reset();
      });
    }
  });
  return found;
}

// The other place for a report, if there is one.
struct Crossing {
  Taking held;
  PlacedTaking taken;
  Pair other;
};

std::optional<Crossing> crossing_with(const PlacedTaking& taken, const std::vector<Taking>& held, Context& context) {
  if (is_among(held, taken.taking.name)) return std::nullopt;
  for (const Taking& one : held) {
    if (one.name.of_asyncio != taken.taking.name.of_asyncio) continue;
    auto other = find_pair(taken.taking.name, one.name, held, context);
    if (other) return Crossing{one, taken, std::move(*other)};
  }
  return std::nullopt;
}

std::optional<Crossing> crossing_at(const Report& report, Context& context) {
  const Node place = context.unit().unit->ast.node(report.node);
  if (report.variant == kAtOnce) {
    Node site = place.parent();
    while (site && !site.is(Kind::with_item) && !site.is(Kind::call)) site = site.parent();
    auto taking = taking_at(site, context);
    if (!taking) return std::nullopt;
    const auto held = locks_held_at(site, context);
    return crossing_with({context.unit_number(), std::move(*taking)}, held, context);
  }
  const auto run = run_at(place, context);
  const auto held = locks_held_at(place, context);
  if (!run || held.empty()) return std::nullopt;
  std::optional<Crossing> found;
  find_taking(*run, held.back().name, context, [&](const Taking& taking, bool) {
    if (found) return true;
    found = crossing_with({context.unit_number(), taking}, held, context);
    return found.has_value();
  });
  return found;
}

bool confirm(const Report& report, Context& context) { return crossing_at(report, context).has_value(); }

std::vector<Explanation> explain(const Report& report, Context& context) {
  const auto found = crossing_at(report, context);
  if (!found) return {};
  return {{{found->other.unit, found->other.inner},
           fmt::format("Here `{}` is taken while `{}` is held", found->other.inner.text(),
                       found->taken.taking.lock.text())}};
}

}  // namespace
}  // namespace surefoot::rules
