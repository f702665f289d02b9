#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/imports.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node statement, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule sync_lock_across_await;
const Rule sync_lock_across_await{
    .code = "RT106",
    .name = "sync-lock-across-await",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::with_statement},
    .check = check,
    .fix = fix,
    .in_tests = true,
};

namespace {

std::string_view name_of(Node suspension) {
  switch (suspension.kind()) {
    case Kind::await:
      return "await";
    case Kind::yield:
      return "yield";
    case Kind::with_statement:
      return "async with";
    default:
      return "async for";
  }
}

Node expression_of(Node item) {
  Node value = without_parentheses(item.first_child());
  return value.is(Kind::as_pattern) ? without_parentheses(value.first_child()) : value;
}

// The class of the lock that an item takes; empty when it is none.
std::string_view lock_class(Node expression, Context& context) {
  const Type* type = semantics::only(context.type_of(expression));
  if (type == nullptr || type->tag != Type::Tag::instance) return {};
  for (const std::string_view name : {"threading.Lock", "threading.RLock", "threading.Condition",
                                      "threading.BoundedSemaphore", "threading.Semaphore"}) {
    if (context.resolver().is_subclass(type->name, name)) return name;
  }
  const knowledge::Provider* provider = knowledge::find_provider(type->name);
  const bool lock = provider != nullptr && provider->what == knowledge::Provided::thread_lock;
  return lock ? provider->name : std::string_view();
}

void check(Node statement, Context& context) {
  if (statement.is_async() || !context.in_coroutine(statement)) return;
  const Node clause = statement.child(Kind::with_clause);
  for (const Node item : clause.children()) {
    const Node expression = item.is(Kind::with_item) ? expression_of(item) : Node();
    const std::string_view lock = expression ? lock_class(expression, context) : std::string_view();
    if (lock.empty()) continue;
    const Node suspension = suspension_in(statement.child(Field::body));
    if (!suspension) return;
    Report& report = context.report(
        sync_lock_across_await, statement,
        fmt::format("`{}` (a `{}`) is held across `{}`: the next task that wants it blocks the thread, and with it "
                    "the task that would release it",
                    expression.text(), lock, name_of(suspension)));
    report.span = {statement.start(), clause.end()};
    return;
  }
}

std::string_view async_twin(std::string_view lock) {
  if (lock == "threading.Lock") return "Lock";
  if (lock == "threading.Semaphore") return "Semaphore";
  return lock == "threading.BoundedSemaphore" ? "BoundedSemaphore" : std::string_view();
}

bool is_place(Node node) { return node.is(Kind::identifier) || node.is(Kind::attribute); }

// The last name of `lock`, `self.lock`.
Node last_name(Node place) { return place.is(Kind::attribute) ? place.child(Field::attribute) : place; }

// Turns a lock of this file into asyncio's: where it is made, and each `with` that takes it.
class Conversion {
 public:
  Conversion(std::string_view name, std::string_view twin, Context& context)
      : name_(name), twin_(twin), context_(context) {}

  Fixes run() {
    Fixes fixes;
    const auto& models = context_.file().models;
    for (std::size_t i = 0; i < models.size() && fixes.reason.empty(); ++i) {
      Context inside(context_, i);
      const auto& ast = models[i]->unit->ast;
      for (std::uint32_t at = 0; at < ast.size() && fixes.reason.empty(); ++at) {
        const Node node = ast.node(at);
        if (node.is(Kind::identifier) && node.text() == name_) fixes.reason = convert(node, inside);
      }
    }
    if (fixes.reason.empty() && made_ != 1) fixes.reason = "it cannot be seen where the lock is made";
    if (!fixes.reason.empty()) return fixes;
    fixes.offered.push_back(fixes::make_fix(fmt::format("Use an `asyncio.{}` with `async with`", twin_),
                                            fixes::Applicability::unsafe, std::move(edits_)));
    return fixes;
  }

 private:
  // Nothing, or why this use of the name stands in the way.
  std::string convert(Node name, Context& inside) {
    Node place = name.field() == Field::attribute ? name.parent() : name;
    const Node parent = place.parent();
    if (parent.is(Kind::global_statement)) return {};
    if (parent.is(Kind::assignment) && place.field() == Field::left) return convert_maker(parent, inside);
    while (place.parent().is(Kind::parenthesized_expression)) place = place.parent();
    const Node item = place.parent();
    if (!item.is(Kind::with_item)) return fmt::format("`{}` is used in other ways too", name_);
    const Node statement = item.parent().parent();
    if (statement.is_async() || !inside.in_coroutine(statement)) {
      return fmt::format("`{}` is taken outside of coroutines too", name_);
    }
    if (item.parent().child_count() != 1) return "the `with` takes other things too";
    edits_.push_back(fixes::insert_before(context_.file(), inside.place(statement), "async "));
    return {};
  }

  std::string convert_maker(Node assignment, Context& inside) {
    const Node call = without_parentheses(assignment.child(Field::right));
    const std::string lock = "threading." + std::string(twin_);
    if (!call.is(Kind::call) || !inside.calls(call, lock) || assignment.child(Field::type)) {
      return "it cannot be seen where the lock is made";
    }
    const fixes::Place function = inside.place(call.child(Field::function));
    fixes::Import import = fixes::import_module(context_.file(), function, "asyncio");
    if (!import.problem.empty()) return import.problem;
    if (import.edit) edits_.push_back(std::move(*import.edit));
    edits_.push_back(fixes::replace(context_.file(), function, import.name + "." + std::string(twin_)));
    ++made_;
    return {};
  }

  std::string_view name_, twin_;
  Context& context_;
  std::vector<text::TextEdit> edits_;
  int made_ = 0;
};

Fixes fix(const Report& report, Context& context) {
  const Node statement = context.unit().unit->ast.node(report.node);
  const Node clause = statement.child(Kind::with_clause);
  const Node expression = clause.child_count() == 1 ? expression_of(clause.first_child()) : Node();
  Fixes fixes;
  if (!expression || !is_place(expression)) {
    fixes.reason = "the `with` takes other things too";
    return fixes;
  }
  const std::string_view twin = async_twin(lock_class(expression, context));
  if (!twin.empty()) return Conversion(last_name(expression).text(), twin, context).run();
  fixes.reason = "asyncio has no lock that does the same";
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
