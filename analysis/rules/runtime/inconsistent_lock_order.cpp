#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/retaken_locks.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

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
    .concerns = [](const Callee& callee) { return callee.is_written({"acquire"}); },
    .confirm = confirm,
    .explain = explain,
    .notes = true,
};

namespace {

// That a function waits for a lock, for callers in other files that hold one; Report::subject is the lock's key.
const Rule kTaken{.code = "RT308.taken", .name = "taken-lock", .kinds = {}, .notes = true};
constexpr std::string_view kByTasks = "waits for a lock of asyncio";
constexpr std::string_view kByThreads = "waits for a lock";

// That a function takes one lock while it holds another, for other files that take the two; Report::subject is
// key_of_pair, Report::effect the keys of all that it holds then.
const Rule kPair{.code = "RT308.pair", .name = "taken-pair", .kinds = {}, .notes = true};
std::string key_of_pair(const LockName& outer, const LockName& inner) { return outer.order + '\n' + inner.order; }

// False for the lock of one object, of which one place knows a class and the other a class below it.
bool are_two(const LockName& one, const LockName& other, Context& context) {
  if (one.order == other.order) return false;
  const auto part_of = [](const LockName& lock) {
    return std::string_view(lock.order).substr(lock.order.rfind('.') + 1);
  };
  const auto class_of = [](const LockName& lock) {
    return std::string_view(lock.order).substr(0, lock.order.rfind('.'));
  };
  return part_of(one) != part_of(other) || (!context.resolver().is_subclass(class_of(one), class_of(other)) &&
                                            !context.resolver().is_subclass(class_of(other), class_of(one)));
}

bool has(const std::vector<Taking>& all, const LockName& lock) {
  return std::any_of(all.begin(), all.end(), [&](const Taking& one) { return one.name.order == lock.order; });
}

// Report::variant: of which lock that the function itself holds the report is, by the place where it is taken; or that
// a caller holds one.
constexpr int kHeldByCaller = -8;  // those that all rules know are above it
Node held_site(const Report& report, Context& context) {
  return context.unit().unit->ast.node(static_cast<std::uint32_t>(report.variant));
}

// Objects that are being made are known to nobody else.
bool is_in_constructor(Node node, const LockName& lock, Context& context) {
  return lock.of_object && context.enclosing_function(node).child(Field::name).text() == "__init__";
}

void report_at(const Taking& taken, const Taking* held, Context& context) {
  const std::string other = held != nullptr ? fmt::format("`{}`", held->lock.text()) : "another lock";
  Report& report = context.report(
      inconsistent_lock_order, taken.lock,
      fmt::format("`{}` is taken while {} is held, and elsewhere in this file the two are taken the other way round: "
                  "two {} that hold one each wait for each other for ever",
                  taken.lock.text(), other, taken.name.of_asyncio ? "tasks" : "threads"));
  report.variant = held != nullptr ? static_cast<int>(held->site.index()) : kHeldByCaller;
}

// ---- pairs of locks in several files

// The files of the project that this one imports something of.
std::vector<const semantics::ModuleIndex*> imported_files(Context& context) {
  std::vector<const semantics::ModuleIndex*> files;
  const auto add = [&](std::string_view path) {
    const TypeSet types = context.resolver().import(context.module(), path);
    const Type* type = semantics::only(types);
    if (type == nullptr || type->module == nullptr || type->module == &context.module()) return false;
    if (!contains(files, type->module)) files.push_back(type->module);
    return true;
  };
  for (const auto& unit : context.units()) {
    for (const semantics::Binding& binding : unit->bindings) {
      if (binding.kind != semantics::BindingKind::import) continue;
      const std::string path = context.module().absolute(unit->terms[binding.term].name);
      if (!add(path)) add(std::string_view(path).substr(0, path.rfind('.')));
    }
  }
  return files;
}

std::string keys_of(const std::vector<Taking>& held) {
  std::string keys;
  for (const Taking& one : held) keys += one.name.order + '\n';
  return keys;
}

// Tells other files of the pair, and asks those that are imported whether they take the two the other way round.
void meet_others(const Taking& held, const Taking& taking, Context& context) {
  if (held.name.is_local() || taking.name.is_local()) return;
  context.note(kPair, taking.site, key_of_pair(held.name, taking.name), keys_of(locks_held_at(taking.site, context)));
  for (const semantics::ModuleIndex* file : imported_files(context)) {
    Question& question = context.ask(
        inconsistent_lock_order, taking.lock, *file,
        fmt::format("`{}` is taken while `{}` is held: two {} that hold one each wait for each other for ever, since "
                    "the two are taken the other way round",
                    taking.lock.text(), held.lock.text(), held.name.of_asyncio ? "tasks" : "threads"));
    question.effects = {kPair.code};
    question.name = key_of_pair(taking.name, held.name);
  }
}

// Where the lock that the expression names is taken.
Node site_around(Node lock) {
  Node site = lock.parent();
  while (site && !site.is(Kind::with_item) && !site.is(Kind::call)) site = site.parent();
  return site;
}

// True unless a third lock is held in both places: then the two never meet.
bool may_meet(const Report& report, Context& context) {
  const Node site = site_around(context.unit().unit->ast.node(report.node));
  for (const Taking& held : locks_held_with_callers(site, context)) {
    const bool of_pair =
        report.subject.starts_with(held.name.order + '\n') || report.subject.ends_with('\n' + held.name.order);
    if (!of_pair && report.effect.find(held.name.order + '\n') != std::string::npos) return false;
  }
  return true;
}

// A lock that a function of another file waits for, which this file takes before the one that is held here.
void ask_of(Node place, const Run& run, const Taking& held, Context& context) {
  Question& question =
      context.ask(inconsistent_lock_order, place, {run.unit, run.function},
                  fmt::format("`{}` takes a lock while `{}` is held, and elsewhere in this file the two are taken the "
                              "other way round: two {} that hold one each wait for each other for ever",
                              shown(place).text(), held.lock.text(), held.name.of_asyncio ? "tasks" : "threads"));
  question.report.span = shown(place).span();
  question.effects = {kTaken.code};
}

void check(Node site, Context& context) {
  const auto held = taking_at(site, context);
  const bool for_callers = held && !held->may_give_up && !held->name.is_local() && context.enclosing_function(site);
  if (for_callers) {
    context.note(kTaken, site, held->name.order, std::string(held->name.of_asyncio ? kByTasks : kByThreads));
  }
  if (!held || is_in_constructor(site, held->name, context)) return;
  if (for_callers && locks_held_at(site, context).empty()) report_at(*held, nullptr, context);
  for_each_while_held(*held, context, [&](Node node) {
    const auto taking = taking_at(node, context);
    if (taking) {
      const bool other = are_two(taking->name, held->name, context) && taking->name.of_asyncio == held->name.of_asyncio;
      if (!other || taking->may_give_up) return;
      meet_others(*held, *taking, context);
      return report_at(*taking, &*held, context);
    }
    const auto run = run_at(node, context);
    if (run && !unit_of(run->unit, context)) ask_of(node, *run, *held, context);
  });
}

// ---- the two orders

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
    return held.name.order != outer.order && held.name.order != inner.order && has(other, held.name);
  });
}

// Where the node, at which `outer` is held, comes to wait for `inner`.
std::optional<Pair> waits_at(Node node, const LockName& outer, const LockName& inner, Context& inside) {
  const auto taking = taking_at(node, inside);
  if (taking && (taking->name.order != inner.order || taking->may_give_up)) return std::nullopt;
  Pair pair{inside.unit_number(), taking ? taking->lock : Node(), {}};
  if (!taking) {
    const auto run = run_at(node, inside);
    const auto found =
        run && unit_of(run->unit, inside)
            ? find_taking(*run, outer, inside, [&](const Taking& one, bool) { return one.name.order == inner.order; })
            : std::nullopt;
    if (!found) return std::nullopt;
    pair.unit = found->unit;
    pair.inner = found->taking.lock;
  }
  pair.held = locks_held_with_callers(node, inside);
  return has(pair.held, inner) ? std::nullopt : std::optional(std::move(pair));
}

// Calls `visit(held, place, inside)` for what runs anywhere in the file while a wanted lock is held, until it says
// true.
template <typename IsWanted, typename Visit>
void for_each_while_any_held(Context& context, const IsWanted& is_wanted, const Visit& visit) {
  bool done = false;
  for_each_unit(context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after() && !done; ++i) {
      const auto held = taking_at(root.ast().node(i), inside);
      if (!held || !is_wanted(*held, inside)) continue;
      for_each_while_held(*held, inside, [&](Node place) { done = done || visit(*held, place, inside); });
    }
  });
}

// A place of the file where `inner` is waited for while `outer` is held, and none of the locks that are held at the
// other place with them.
std::optional<Pair> find_pair(const LockName& outer, const LockName& inner, const std::vector<Taking>& others,
                              Context& context) {
  std::optional<Pair> found;
  const auto is_outer = [&](const Taking& held, Context& inside) {
    return held.name.order == outer.order && !is_in_constructor(held.site, outer, inside);
  };
  for_each_while_any_held(context, is_outer, [&](const Taking&, Node place, Context& inside) {
    found = waits_at(place, outer, inner, inside);
    if (found && share_lock(found->held, others, outer, inner)) found.reset();
    return found.has_value();
  });
  return found;
}

// The other place for a report, if there is one.
struct Crossing {
  Taking taken;
  Pair other;
  std::optional<fixes::Place> caller = {};  // what runs the function that takes the lock, while `held` is held
  std::string held = {};
};

// `place`: where the lock comes to be waited for.
std::optional<Crossing> crossing_with(const Taking& taken, const Taking& held, Node place, Context& context) {
  const auto all = locks_held_with_callers(place, context);
  if (taken.name.of_asyncio != held.name.of_asyncio || has(all, taken.name)) return std::nullopt;
  auto other = find_pair(taken.name, held.name, all, context);
  return other ? std::optional(Crossing{taken, std::move(*other)}) : std::nullopt;
}

// A place that holds another lock and runs the function that takes this one.
std::optional<Crossing> crossing_by_caller(const Taking& taken, Context& context) {
  std::optional<Crossing> found;
  const auto is_other = [&](const Taking& held, Context& inside) {
    return held.name.of_asyncio == taken.name.of_asyncio && are_two(held.name, taken.name, inside) &&
           !is_in_constructor(held.site, held.name, inside);
  };
  for_each_while_any_held(context, is_other, [&](const Taking& held, Node place, Context& inside) {
    const auto run = run_at(place, inside);
    if (!run || !unit_of(run->unit, inside)) return false;
    const auto taking =
        find_taking(*run, held.name, inside, [&](const Taking& one, bool) { return one.site == taken.site; });
    if (taking) found = crossing_with(taking->taking, held, place, inside);
    if (!found) return false;
    found->caller = fixes::Place{inside.unit_number(), shown(place)};
    found->held = held.lock.text();
    return true;
  });
  return found;
}

std::optional<Crossing> crossing_at(const Report& report, Context& context) {
  const Node site = site_around(context.unit().unit->ast.node(report.node));
  const auto taking = taking_at(site, context);
  if (!taking) return std::nullopt;
  if (report.variant == kHeldByCaller) return crossing_by_caller(*taking, context);
  const auto held = taking_at(held_site(report, context), context);
  return held ? crossing_with(*taking, *held, site, context) : std::nullopt;
}

// Once it is known which lock the function of another file waits for.
bool crosses_beyond(const Report& report, Context& context) {
  const Node place = context.unit().unit->ast.node(report.node);
  Taking taken;
  taken.name.key = taken.name.order = report.subject;
  taken.name.of_asyncio = report.effect == kByTasks;
  for (const Taking& held : locks_held_at(place, context)) {
    if (are_two(held.name, taken.name, context) && crossing_with(taken, held, place, context)) return true;
  }
  return false;
}

bool confirm(const Report& report, Context& context) {
  const bool pair = report.subject.find('\n') != std::string::npos;
  if (report.variant == kAnswered) return pair ? may_meet(report, context) : crosses_beyond(report, context);
  return crossing_at(report, context).has_value();
}

std::vector<Explanation> explain(const Report& report, Context& context) {
  if (report.variant == kAnswered) return {};
  const auto found = crossing_at(report, context);
  if (!found) return {};
  std::vector<Explanation> all;
  if (found->caller) {
    all.push_back({*found->caller, fmt::format("`{}` is held here, where `{}` runs what takes the other", found->held,
                                               found->caller->node.text())});
  }
  all.push_back(
      {{found->other.unit, found->other.inner},
       fmt::format("Here `{}` is taken while `{}` is held", found->other.inner.text(), found->taken.lock.text())});
  return all;
}

}  // namespace
}  // namespace surefoot::rules
