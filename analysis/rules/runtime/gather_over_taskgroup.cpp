#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/task_group.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/coroutines.hpp"
#include "analysis/rules/gathering.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule gather_over_taskgroup;
const Rule gather_over_taskgroup{
    .code = "RT207",
    .name = "gather-over-taskgroup",
    .severity = Severity::hint,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_one_of({"asyncio.gather"}); },
    .fix = fix,
};

namespace {

// Awaitables that fail on their own have no siblings.
bool has_siblings(Node gather) {
  const Node arguments = gather.child(Field::arguments);
  return positional_count(gather) > 1 || arguments.child(Kind::list_splat);
}

void check(Node call, Context& context) {
  if (!context.in_coroutine(call) || context.target() < semantics::PythonVersion{3, 11}) return;
  if (!context.calls(call, "asyncio.gather") || returns_exceptions(call) != ReturnExceptions::no) return;
  if (!has_siblings(call) || cancels_before(call, context)) return;
  context
      .report(gather_over_taskgroup, call,
              "When one of these fails, the others run on and nobody owns them; an `asyncio.TaskGroup` cancels them")
      .span = call.child(Field::function).span();
}

bool is_comprehension(Node node) { return node.is(Kind::list_comprehension) || node.is(Kind::generator_expression); }

// A group takes coroutines and nothing else; of an unknown call it may be one.
bool may_be_coroutine(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (!expression.is(Kind::call)) return false;
  const Promise promise = promise_of(expression, context);
  if (promise != Promise::none) return promise == Promise::coroutine;
  return context.type_of(expression).empty();
}

std::vector<Node> awaitables_of(Node gather) {
  std::vector<Node> result;
  for (const Node argument : gather.child(Field::arguments).children()) {
    if (!argument.is(Kind::keyword_argument)) result.push_back(argument);
  }
  return result;
}

// The comprehension of `gather(*[… for …])`; null when there is another argument or none.
Node only_comprehension(const std::vector<Node>& awaitables) {
  if (awaitables.size() != 1 || !awaitables.front().is(Kind::list_splat)) return {};
  const Node value = without_parentheses(awaitables.front().first_child());
  return is_comprehension(value) ? value : Node();
}

bool takes_coroutines(const std::vector<Node>& awaitables, Context& context) {
  if (const Node comprehension = only_comprehension(awaitables)) {
    return may_be_coroutine(comprehension.child(Field::body), context);
  }
  return std::all_of(awaitables.begin(), awaitables.end(), [&](Node one) { return may_be_coroutine(one, context); });
}

// The names of `first, second = await gather(…)`, when there is one for each awaitable.
std::vector<std::string> target_names(Node await, std::size_t count) {
  const Node target = await.parent().child(Field::left);
  std::vector<std::string> names;
  const bool pattern = target.is(Kind::pattern_list) || target.is(Kind::tuple_pattern);
  if (!await.parent().is(Kind::assignment) || !pattern || target.child_count() != count) return names;
  for (const Node name : target.children()) {
    names.push_back(name.is(Kind::identifier) && name.text() != "_" ? fmt::format("{}_task", name.text()) : "task");
  }
  return names;
}

std::string results_of(const std::vector<std::string>& tasks, bool pattern) {
  std::string list;
  for (const std::string& task : tasks) list += fmt::format("{}{}.result()", list.empty() ? "" : ", ", task);
  return pattern ? list : "[" + list + "]";
}

std::vector<text::TextEdit> rewrite(fixes::TaskGroupBlock& block, Node statement, Node await,
                                    const std::vector<Node>& awaitables) {
  const std::string before(fixes::before_value(statement, await));
  if (const Node comprehension = only_comprehension(awaitables)) {
    const std::string tasks =
        block.start_each(comprehension.child(Field::body).text(), fixes::clauses_of(comprehension));
    return block.finish(before.empty() ? "" : fmt::format("{}[task.result() for task in {}]", before, tasks));
  }
  const std::vector<std::string> names = target_names(await, awaitables.size());
  std::vector<std::string> tasks;
  for (std::size_t i = 0; i < awaitables.size(); ++i) {
    const std::string wanted = before.empty() ? "" : names.empty() ? "task" : names[i];
    tasks.push_back(block.start(awaitables[i].text(), wanted));
  }
  return block.finish(before.empty() ? "" : before + results_of(tasks, !names.empty()));
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node await = call.parent();
  const Node statement = await.is(Kind::await) ? fixes::statement_of(await) : Node();
  if (!statement) return {{}, "its value is used in the middle of a statement"};
  const std::vector<Node> awaitables = awaitables_of(call);
  if (!takes_coroutines(awaitables, context)) return {{}, "a group takes nothing but coroutines"};
  fixes::TaskGroupBlock block(context.file(), context.place(statement), statement);
  if (!block.problem().empty()) return {{}, block.problem()};
  return {{fixes::make_fix("Use an `asyncio.TaskGroup`", fixes::Applicability::unsafe,
                           rewrite(block, statement, await, awaitables))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
