#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/task_group.hpp"
#include "analysis/rules/callables.hpp"
#include "analysis/rules/coroutines.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node await, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule sequential_awaits;
const Rule sequential_awaits{
    .code = "RT230",
    .name = "sequential-awaits",
    .severity = Severity::hint,
    .profile = Profile::strict,
    .kinds = {Kind::await},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kRow = 0;
constexpr int kLoop = 1;

// Names of what only reads: two of them may swap places.
bool names_reading(std::string_view name) {
  return has_word(name, {"get",      "fetch",    "load",     "read",      "find",    "list",  "query",
                         "search",   "lookup",   "download", "resolve",   "count",   "check", "exists",
                         "describe", "retrieve", "compute",  "calculate", "collect", "scan"});
}

// Names of what changes something: the order may matter.
bool names_change(std::string_view name) {
  return has_word(
      name,
      {"acquire", "add",      "apply",   "book",    "call",    "cancel",  "charge", "claim",   "clean",   "close",
       "commit",  "connect",  "consume", "create",  "delete",  "deploy",  "do",     "emit",    "enqueue", "execute",
       "grant",   "handle",   "import",  "insert",  "install", "invoke",  "join",   "kill",    "login",   "mark",
       "merge",   "migrate",  "move",    "next",    "notify",  "open",    "pay",    "perform", "ping",    "pop",
       "post",    "process",  "publish", "push",    "put",     "receive", "record", "recv",    "refund",  "register",
       "release", "remove",   "replace", "request", "reserve", "reset",   "retry",  "rotate",  "run",     "save",
       "send",    "set",      "ship",    "sleep",   "start",   "step",    "stop",   "store",   "submit",  "sync",
       "tick",    "transfer", "trigger", "turn",    "update",  "upload",  "upsert", "wait",    "write"});
}

// Names of what takes one request at a time.
bool names_connection(std::string_view text) {
  return has_word(text,
                  {"session",     "db",         "database",  "conn",   "connection", "cursor", "tx",     "txn",
                   "transaction", "ws",         "websocket", "socket", "reader",     "writer", "stream", "channel",
                   "repo",        "repository", "uow",       "lock",   "page",       "driver"});
}

std::string_view name_of(Node call) {
  const Node function = call.child(Field::function);
  return function.is(Kind::attribute) ? function.child(Field::attribute).text() : function.text();
}

// The awaited call, when no connection is in sight that it shares with others.
Node unconnected_call(Node await, Context& context) {
  const Node call = await.is(Kind::await) ? without_parentheses(await.first_child()) : Node();
  if (!call.is(Kind::call) || promise_of(call, context) != Promise::coroutine) return {};
  return names_connection(call.text()) ? Node() : call;
}

// The awaited call that may run beside others: it reads.
Node independent_call(Node await, Context& context) {
  const Node call = unconnected_call(await, context);
  return call && names_reading(name_of(call)) ? call : Node();
}

// The await of `name = await f()`; null for other statements.
Node awaited_by(Node statement) {
  const Node assignment = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
  if (!assignment.is(Kind::assignment) || !assignment.child(Field::left).is(Kind::identifier)) return {};
  const Node value = assignment.child(Field::right);
  return value.is(Kind::await) ? value : Node();
}

// The statements from `first` on that await independently of each other.
std::vector<Node> row_from(Node first, Context& context) {
  std::vector<Node> row;
  for (Node statement = first; statement; statement = statement.next_sibling()) {
    const Node await = awaited_by(statement);
    const Node call = await ? independent_call(await, context) : Node();
    const bool depends = std::any_of(row.begin(), row.end(), [&](Node earlier) {
      return is_named_in(earlier.first_child().child(Field::left).text(), call);
    });
    if (!call || depends) break;
    row.push_back(statement);
  }
  return row;
}

Node previous_sibling(Node node) {
  Node previous;
  for (const Node sibling : node.parent().children()) {
    if (sibling == node) return previous;
    previous = sibling;
  }
  return {};
}

bool starts_row(Node await, Context& context) {
  const Node statement = fixes::statement_of(await);
  if (!statement || awaited_by(statement) != await || row_from(statement, context).size() < 2) return false;
  // Not in the middle of a longer one.
  Node before = previous_sibling(statement);
  while (before && awaited_by(before)) {
    const std::vector<Node> row = row_from(before, context);
    if (std::find(row.begin(), row.end(), statement) != row.end()) return false;
    before = previous_sibling(before);
  }
  return true;
}

// `found.append(await f(x))`, the one statement of a loop.
bool is_append(Node await) {
  const Node call = await.parent().parent();
  if (!await.parent().is(Kind::argument_list) || await.parent().child_count() != 1 || !call.is(Kind::call))
    return false;
  const Node function = call.child(Field::function);
  const Node statement = call.parent();
  return function.is(Kind::attribute) && function.child(Field::attribute).text() == "append" &&
         function.child(Field::object).is(Kind::identifier) && statement.is(Kind::expression_statement) &&
         statement.parent().child_count() == 1;
}

// The value that is computed of what is awaited: `2 * await f(x)`.
Node value_with(Node await) {
  while (await.parent().is(Kind::binary_operator)) await = await.parent();
  return await;
}

// `found[x] = await f(x)`, the one statement of a loop.
bool is_entry(Node await) {
  const Node assignment = value_with(await).parent();
  return assignment.is(Kind::assignment) && assignment.child(Field::left).is(Kind::subscript) &&
         assignment.child(Field::left).child(Field::value).is(Kind::identifier) &&
         assignment.parent().is(Kind::expression_statement) && assignment.parent().parent().child_count() == 1;
}

// The plain loop whose every round does nothing but await the call.
Node loop_of(Node await) {
  const Node parent = await.parent();
  if (parent.is(Kind::list_comprehension)) return await.field() == Field::body ? parent : Node();
  if (parent.is(Kind::pair) && parent.parent().is(Kind::dictionary_comprehension)) {
    return await.field() == Field::value ? parent.parent() : Node();
  }
  const Node statement = is_append(await)  ? parent.parent().parent()
                         : is_entry(await) ? value_with(await).parent().parent()
                                           : Node();
  const Node loop = statement.parent().parent();
  return loop.is(Kind::for_statement) && !loop.child(Field::alternative) ? loop : Node();
}

bool is_plain_loop(Node loop) {
  if (loop.is(Kind::for_statement)) return !loop.is_async();
  for (const Node clause : loop.children()) {
    if (clause.is(Kind::for_in_clause) && clause.is_async()) return false;
  }
  return true;
}

bool is_independent_loop(Node await, Context& context) {
  const Node loop = loop_of(await);
  if (!loop || !is_plain_loop(loop)) return false;
  // Its results are what it is called for: a loop collects them.
  const Node call = unconnected_call(await, context);
  return call && (names_reading(name_of(call)) || !names_change(name_of(call)));
}

void check(Node await, Context& context) {
  if (!context.in_coroutine(await)) return;
  const bool loop = is_independent_loop(await, context);
  if (!loop && !starts_row(await, context)) return;
  Report& report = context.report(sequential_awaits, await,
                                  loop ? "Each round waits for the one before it; a task group runs them side by side"
                                       : "These awaits do not need each other, and each waits for the one before it; a "
                                         "task group runs them side by side");
  report.variant = loop ? kLoop : kRow;
  const Node statement = loop ? loop_of(await) : Node();
  if (statement.is(Kind::for_statement)) report.span = {statement.start(), statement.child(Field::right).end()};
}

// On one that it did not make for itself: `reader, writer = await asyncio.open_connection(host)`.
bool calls_on_connection(Node function) {
  semantics::Frame own;
  semantics::collect_names(function.child(Field::body), own);
  for (std::uint32_t i = function.index(); i < function.after(); ++i) {
    const Node node = function.ast().node(i);
    const bool method = node.is(Kind::attribute) && node.field() == Field::function;
    const Node object = method ? node.child(Field::object) : Node();
    if (object && names_connection(object.text()) && !own.slots.contains(object.text())) return true;
  }
  return false;
}

// A method whose code works with a connection shares it with the others.
bool shares_connection(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->function == nullptr) return false;
  const Node function = callee->unit->unit->ast.node(callee->function->node);
  return names_connection(function.child(Field::parameters).text()) || calls_on_connection(function) ||
         is_placeholder(function.child(Field::body));
}

bool confirm(const Report& report, Context& context) {
  const Node await = context.unit().unit->ast.node(report.node);
  if (report.variant == kLoop) return !shares_connection(await.first_child(), context);
  const std::vector<Node> row = row_from(fixes::statement_of(await), context);
  return std::none_of(row.begin(), row.end(), [&](Node statement) {
    return shares_connection(without_parentheses(awaited_by(statement).first_child()), context);
  });
}

Fixes as_group(fixes::TaskGroupBlock& block, std::string_view behind) {
  return {{fixes::make_fix("Run them in an `asyncio.TaskGroup`", fixes::Applicability::unsafe, block.finish(behind))},
          ""};
}

Fixes fix_row(Node await, Context& context) {
  const std::vector<Node> row = row_from(fixes::statement_of(await), context);
  fixes::TaskGroupBlock block(context.file(), context.place(row.front()), row.back());
  if (!block.problem().empty()) return {{}, block.problem()};
  std::string targets, results;
  for (const Node statement : row) {
    const std::string_view name = statement.first_child().child(Field::left).text();
    const std::string task = block.start(awaited_by(statement).first_child().text(), fmt::format("{}_task", name));
    targets += fmt::format("{}{}", targets.empty() ? "" : ", ", name);
    results += fmt::format("{}{}.result()", results.empty() ? "" : ", ", task);
  }
  return as_group(block, targets + " = " + results);
}

Fixes fix_loop(Node await, Context& context) {
  const Node loop = loop_of(await);
  if (loop.is(Kind::dictionary_comprehension) || is_entry(await)) return {{}, "its results are kept by key"};
  const bool comprehension = loop.is(Kind::list_comprehension);
  const Node statement = comprehension ? fixes::statement_of(loop) : loop;
  if (!statement) return {{}, "its value is used in the middle of a statement"};
  fixes::TaskGroupBlock block(context.file(), context.place(statement), statement);
  if (!block.problem().empty()) return {{}, block.problem()};
  if (comprehension) {
    const std::string tasks = block.start_each(await.first_child().text(), fixes::clauses_of(loop));
    return as_group(block,
                    fmt::format("{}[task.result() for task in {}]", fixes::before_value(statement, loop), tasks));
  }
  const std::string clause =
      fmt::format("for {} in {}", loop.child(Field::left).text(), loop.child(Field::right).text());
  const std::string tasks = block.start_each(await.first_child().text(), clause);
  const Node list = await.parent().parent().child(Field::function).child(Field::object);
  return as_group(block, fmt::format("{}.extend(task.result() for task in {})", list.text(), tasks));
}

Fixes fix(const Report& report, Context& context) {
  if (context.target() < semantics::PythonVersion{3, 11}) return {{}, "the target Python has no task groups"};
  const Node await = context.unit().unit->ast.node(report.node);
  return report.variant == kLoop ? fix_loop(await, context) : fix_row(await, context);
}

}  // namespace
}  // namespace surefoot::rules
