#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/hoist.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {
namespace {

void check(Node item, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule fresh_lock;
const Rule fresh_lock{
    .code = "RT319",
    .name = "fresh-lock",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::with_item},
    .check = check,
    .fix = fix,
};

namespace {

// Those of tasks are RT210's.
bool is_lock(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kNames = {"threading.Lock",
                                                             "threading.RLock",
                                                             "threading.Condition",
                                                             "threading.Semaphore",
                                                             "threading.BoundedSemaphore",
                                                             "multiprocessing.Lock",
                                                             "multiprocessing.RLock",
                                                             "multiprocessing.Semaphore",
                                                             "multiprocessing.BoundedSemaphore"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// The call that makes the lock of a `with` item; null when the item is something else.
Node made_lock(Node item, Context& context) {
  Node value = without_parentheses(item.first_child());
  if (value.is(Kind::as_pattern)) value = without_parentheses(value.first_child());
  if (!value.is(Kind::call)) return {};
  const Type* callee = context.callee(value);
  if (callee == nullptr || callee->tag != Type::Tag::object || !is_lock(callee->name)) return {};
  // A condition on a lock of others guards what that lock guards.
  const Node given = value.child(Field::arguments).first_child();
  return callee->name.ends_with(".Condition") && given ? Node() : value;
}

void check(Node item, Context& context) {
  const Node call = made_lock(item, context);
  if (!call) return;
  context.report(fresh_lock, call,
                 fmt::format("`{}` is made anew each time, so nobody else ever waits for it: it guards nothing",
                             context.callee(call)->name));
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const fixes::Place place = context.place(call);
  Fixes fixes;
  if (!context.enclosing_function(call)) {
    fixes.reason = "the block runs once";
    return fixes;
  }
  fixes::Hoisted hoisted = fixes::hoist_to_module(context.file(), place, "_lock");
  fixes.reason = hoisted.problem;
  if (!fixes.reason.empty()) return fixes;
  fixes.offered.push_back(
      fixes::make_fix(fmt::format("Share one lock, `{}`, of the module", hoisted.name), fixes::Applicability::unsafe,
                      {std::move(hoisted.edit), fixes::replace(context.file(), place, hoisted.name)}));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
