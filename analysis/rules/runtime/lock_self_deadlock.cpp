#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/retaken_locks.hpp"
#include "analysis/rules/value_use.hpp"

namespace surefoot::rules {
namespace {

void check(Node site, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);
std::vector<Explanation> explain(const Report& report, Context& context);

}  // namespace

extern const Rule lock_self_deadlock;
const Rule lock_self_deadlock{
    .code = "RT315",
    .name = "lock-self-deadlock",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::with_item, Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_written({"acquire"}); },
    .fix = fix,
    .confirm = confirm,
    .explain = explain,
    .notes = true,
};

namespace {

// Report::variant
constexpr int kAtOnce = 0;
constexpr int kThroughCall = 1;

Node place_of(const Report& report, Context& context) { return context.unit().unit->ast.node(report.node); }

void report_at(Node place, bool through, const Taking& taking, Context& context) {
  const auto& known = context.reports();
  const auto is_same = [&](const Report& one) { return one.rule == &lock_self_deadlock && one.node == place.index(); };
  if (std::any_of(known.begin(), known.end(), is_same)) return;
  const std::string_view lock = taking.lock.text();
  std::string message = through ? fmt::format("`{}` takes `{}` again, which is held here", shown(place).text(), lock)
                                : fmt::format("`{}` is taken again while it is held", lock);
  message += fmt::format(": the thread waits for itself for ever, a `{}` is not reentrant", taking.name.type);
  Report& report = context.report(lock_self_deadlock, place, std::move(message));
  report.span = shown(place).span();
  report.variant = through ? kThroughCall : kAtOnce;
}

// One that the function makes itself is handed to whoever lets it go, as `threading.Condition.wait` does.
bool is_made_here(Node lock, Context& context) {
  return lock.is(Kind::identifier) && only_value_of(lock, context).is(Kind::call);
}

// Functions of other files that take the lock once more. Of an object's own lock only methods of the same object do,
// and what they run in turn is not known to be that.
void ask(const Taking& taking, Context& context) {
  if (taking.name.reentrant || taking.name.local_to) return;
  for_each_while_held(taking, context, [&](Node place) {
    const auto run = run_elsewhere(place, context);
    if (!run || run->function->is_async || (taking.name.of_object && !run->same_object)) return;
    Question& question = context.ask(
        lock_self_deadlock, place, {run->unit, run->function},
        fmt::format("`{}` takes `{}` again, which is held here: the thread waits for itself for ever, a `{}` is not "
                    "reentrant",
                    shown(place).text(), taking.lock.text(), taking.name.type));
    question.report.span = shown(place).span();
    question.effects = {"RT315"};
    question.name = taking.name.key;
    question.beyond = true;
    question.at_once = taking.name.of_object;
  });
}

void check(Node site, Context& context) {
  const auto taking = taking_at(site, context);
  if (!taking || taking->name.of_asyncio) return;
  ask(*taking, context);
  if (!taking->name.reentrant && !taking->name.local_to && takes_for_sure(*taking, context)) {
    context.note(lock_self_deadlock, site, taking->name.key, "takes a lock");
  }
  const bool handed_on = is_made_here(taking->lock, context);
  for_each_retaking(*taking, context, [&](Node place, const Run* run) {
    if (run != nullptr || !handed_on) report_at(place, run != nullptr, *taking, context);
  });
}

bool confirm(const Report& report, Context& context) {
  return report.variant != kThroughCall || retaken_through(place_of(report, context), false, context);
}

std::vector<Explanation> explain(const Report& report, Context& context) {
  if (report.variant != kThroughCall) return {};
  const auto again = retaken_through(place_of(report, context), false, context);
  if (!again) return {};
  const Node lock = again->taking.lock;
  return {{{again->unit, lock}, fmt::format("`{}` is taken again here", lock.text())}};
}

// ---- fix

// The call that makes the lock: of `Condition(lock)`, the one that makes `lock`.
std::optional<PlacedCall> maker_of_lock(Node expression, Context& context, int depth = 0) {
  const auto made = maker_of(expression, context);
  if (!made || depth > 4) return std::nullopt;
  Context inside(context, made->unit);
  const Type* callee = inside.callee(made->call);
  if (callee == nullptr || !callee->name.ends_with(".Condition")) return made;
  const Node lock = without_parentheses(argument(made->call, "lock", 0));
  if (lock.is(Kind::call)) return PlacedCall{made->unit, lock};
  return lock ? maker_of_lock(lock, inside, depth + 1) : std::nullopt;
}

// The lock that the report is about.
Node lock_of(const Report& report, Context& context) {
  const Node place = place_of(report, context);
  if (report.variant == kAtOnce) return place;
  for (const Taking& held : locks_held_at(place, context)) {
    if (!held.name.reentrant && !held.name.of_asyncio) return held.lock;
  }
  return {};
}

Fixes fix(const Report& report, Context& context) {
  const Node lock = lock_of(report, context);
  const auto made = lock ? maker_of_lock(lock, context) : std::nullopt;
  if (!made) return {{}, "it cannot be seen where the lock is made"};
  Context inside(context, made->unit);
  const Node function = made->call.child(Field::function);
  const Type* callee = inside.callee(made->call);
  const bool known = callee != nullptr && (callee->name == "threading.Lock" || callee->name == "multiprocessing.Lock");
  if (!known) return {{}, "it cannot be seen where the lock is made"};
  std::vector<text::TextEdit> edits;
  const Node last = function.is(Kind::attribute) ? function.child(Field::attribute) : Node();
  if (last && last.text() == "Lock") {
    edits.push_back(fixes::replace(context.file(), {made->unit, last}, "RLock"));
  } else {
    const std::string_view module = callee->name.substr(0, callee->name.rfind('.'));
    fixes::Import import = fixes::import_name(context.file(), {made->unit, function}, module, "RLock");
    if (!import.problem.empty()) return {{}, import.problem};
    edits.push_back(fixes::replace(context.file(), {made->unit, function}, import.name));
    if (import.edit) edits.push_back(std::move(*import.edit));
  }
  return {{fixes::make_fix(fmt::format("Make `{}` an `RLock`", lock.text()), fixes::Applicability::unsafe,
                           std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
