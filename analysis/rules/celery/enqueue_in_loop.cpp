#include <fmt/format.h>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/celery_tasks.hpp"
#include "analysis/rules/fan_out.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule enqueue_in_loop;
const Rule enqueue_in_loop{
    .code = "CEL115",
    .name = "enqueue-in-loop",
    .severity = Severity::hint,
    .profile = Profile::strict,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
};

namespace {

bool concerns(const Callee& callee) { return may_enqueue(callee); }

// What the loop goes through; null for `while`, which may wait for work.
Node iterable_of(Node loop) {
  if (loop.is(Kind::while_statement)) return {};
  return loop.is(Kind::for_statement) ? loop.child(Field::right) : loop.child(Kind::for_in_clause).child(Field::right);
}

void check(Node call, Context& context) {
  if (!is_enqueue(call, context) || argument(call, "countdown") || argument(call, "eta")) return;
  const Node iterable = iterable_of(loop_around(call));
  if (!iterable || is_short(iterable, context, false)) return;
  context
      .report(enqueue_in_loop, call,
              "One message after the other goes to the broker; a `group` enqueues them as one piece of work")
      .span = call.child(Field::function).span();
}

// `for x in xs: task.delay(x)` becomes `group(task.s(x) for x in xs).delay()`.
Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node called = call.child(Field::function);
  const Node loop = loop_around(call);
  if (!loop.is(Kind::for_statement) || loop.is_async() || loop.child(Field::alternative)) return {};
  const Node body = loop.child(Field::body);
  const Node statement = call.parent();
  const bool alone = statement.is(Kind::expression_statement) && statement.parent() == body && body.child_count() == 1;
  if (!alone || called.child(Field::attribute).text() != "delay") return {};
  if (fixes::has_comment(loop, loop)) return {{}, "a comment stands in the loop"};
  const fixes::Import group = fixes::import_name(context.file(), context.place(loop), "celery", "group");
  if (!group.problem.empty()) return {{}, group.problem};
  std::vector<text::TextEdit> edits;
  if (group.edit) edits.push_back(*group.edit);
  edits.push_back(fixes::replace(context.file(), context.place(loop),
                                 fmt::format("{}({}.s{} for {} in {}).delay()", group.name,
                                             called.child(Field::object).text(), call.child(Field::arguments).text(),
                                             loop.child(Field::left).text(), loop.child(Field::right).text())));
  return {{fixes::make_fix("Enqueue a `group`", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules
