#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
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

bool is_lock(std::string_view name) {
  static constexpr std::array<std::string_view, 17> kNames = {"threading.Lock",
                                                              "threading.RLock",
                                                              "threading.Condition",
                                                              "threading.Semaphore",
                                                              "threading.BoundedSemaphore",
                                                              "multiprocessing.Lock",
                                                              "multiprocessing.RLock",
                                                              "multiprocessing.Semaphore",
                                                              "multiprocessing.BoundedSemaphore",
                                                              "asyncio.Lock",
                                                              "asyncio.Condition",
                                                              "asyncio.Semaphore",
                                                              "asyncio.BoundedSemaphore",
                                                              "anyio.Lock",
                                                              "anyio.Semaphore",
                                                              "trio.Lock",
                                                              "trio.Semaphore"};
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

Node root_of(Node expression) {
  while (expression.is(Kind::attribute)) expression = expression.child(Field::object);
  return expression;
}

// True when the name in front of the constructor is imported at the top of the file, above `position`.
bool is_imported_above(std::string_view name, std::uint32_t position, Context& context) {
  const auto* values = context.file().module.find(name);
  if (values == nullptr) return false;
  const auto& models = context.file().models;
  return std::any_of(values->begin(), values->end(), [&](const semantics::TermRef& value) {
    if (value.kind != semantics::BindingKind::import) return false;
    for (std::size_t i = 0; i < models.size(); ++i) {
      if (models[i].get() == value.unit) return context.file().units.units[i].offset < position;
    }
    return false;
  });
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const fixes::Place place = context.place(call);
  Fixes fixes;
  if (!context.enclosing_function(call)) {
    fixes.reason = "the block runs once";
    return fixes;
  }
  if (call.child(Field::arguments).first_child() && !argument(call, "", 0).is(Kind::integer)) {
    fixes.reason = "the lock's arguments may be known in the function only";
    return fixes;
  }
  const std::string name = fixes::free_name(context.file(), place, "_lock");
  text::TextEdit definition = fixes::define_after_imports(context.file(), name + " = " + std::string(call.text()));
  const std::string_view root = root_of(call.child(Field::function)).text();
  if (!is_imported_above(root, definition.span.start, context)) {
    fixes.reason = fmt::format("`{}` is not imported at the top of the file", root);
    return fixes;
  }
  fixes.offered.push_back(fixes::make_fix(fmt::format("Share one lock, `{}`, of the module", name),
                                          fixes::Applicability::unsafe,
                                          {std::move(definition), fixes::replace(context.file(), place, name)}));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
