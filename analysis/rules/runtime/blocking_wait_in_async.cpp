#include <fmt/format.h>

#include <array>

#include "analysis/fixes/offload.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/threadsafe_wait.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

using knowledge::Effect;

void check(Node node, Context& context);
Fixes fix(const Report& report, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule blocking_wait_in_async;
const Rule blocking_wait_in_async{
    .code = "RT105",
    .name = "blocking-wait-in-async",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call, Kind::with_item, Kind::for_statement, Kind::for_in_clause},
    .check = check,
    .concerns =
        [](const Callee& callee) { return callee.blocks(knowledge::Effect::blocks_wait) || may_iterate(callee); },
    .fix = fix,
    .confirm = confirm,
    .rises = true,
};

namespace {

enum Variant : int { kCall, kPut, kBlock, kLoop, kOtherLoop };

constexpr Effect kOtherRules = Effect::blocks_network | Effect::blocks_database | Effect::blocks_sleep |
                               Effect::blocks_input | Effect::blocks_subprocess | Effect::runs_loop;

bool is_zero(Node value) { return value && (value.text() == "0" || value.text() == "0.0" || value.text() == "0."); }

std::optional<BlockingCall> waiting_call(Node call, Context& context) {
  if (!context.may_run_on_loop(call)) return std::nullopt;
  auto blocking = blocking_call(call, context);
  if (!blocking || !any(blocking->effects & Effect::blocks_wait) || any(blocking->effects & kOtherRules)) {
    return std::nullopt;
  }
  const knowledge::Argument timeout = blocking->facts == nullptr ? knowledge::Argument{} : blocking->facts->timeout;
  if (is_zero(argument(call, "timeout")) || is_zero(argument(call, timeout))) return std::nullopt;
  return blocking;
}

// Questions whose answer says that the wait is over, by the method that waits.
bool answers(std::string_view question, std::string_view method) {
  if (method == "result" || method == "exception") return question == "done";
  if (method == "get") return question == "empty" || question == "qsize" || question == "ready" || question == "done";
  if (method == "put") return question == "full" || question == "qsize";
  if (method == "join") return question == "is_alive";
  return method == "wait" && (question == "is_set" || question == "ready");
}

// `if thread.is_alive(): thread.join()` asks whether there is something to wait for.
bool asks_whether_to_wait(Node question, Node call) {
  const Node branch = question.parent();
  const bool condition = branch.is(Kind::if_statement) && branch.child(Field::condition) == question;
  return condition && question.child(Field::function).child(Field::attribute).text() == "is_alive" &&
         branch.child(Field::consequence).covers(call);
}

// True when the code asks first: `if future.done(): future.result()`.
bool is_asked_first(Node call, Context& context) {
  const std::string_view method = call.child(Field::function).child(Field::attribute).text();
  const std::string_view receiver = receiver_of(call).text();
  const Node body = context.enclosing_function(call).child(Field::body);
  for (std::uint32_t i = body.index(); i < call.index(); ++i) {
    const Node function = body.ast().node(i).is(Kind::call) ? body.ast().node(i).child(Field::function) : Node();
    if (!function.is(Kind::attribute) || function.child(Field::object).text() != receiver) continue;
    if (asks_whether_to_wait(body.ast().node(i), call)) continue;
    if (answers(function.child(Field::attribute).text(), method)) return true;
  }
  return false;
}

// `await asyncio.wrap_future(future)` has waited.
bool is_awaited_future(Node await, std::string_view receiver, Context& context) {
  for (std::uint32_t i = await.index(); i < await.after(); ++i) {
    const Node call = await.ast().node(i);
    if (!call.is(Kind::call) || !context.calls(call, "asyncio.wrap_future")) continue;
    if (argument(call, "future", 0).text() == receiver) return true;
  }
  return false;
}

// True when the future is one whose end the code has waited for already, in a way that is reported or awaited.
bool is_waited_for(Node call, std::string_view name, Context& context) {
  if (!name.starts_with("concurrent.futures.Future.")) return false;
  const Node body = context.enclosing_function(call).child(Field::body);
  for (std::uint32_t i = body.index(); i < call.index(); ++i) {
    const Node earlier = body.ast().node(i);
    if (earlier.is(Kind::await) && is_awaited_future(earlier, receiver_of(call).text(), context)) return true;
    const Type* callee = earlier.is(Kind::call) ? context.callee(earlier) : nullptr;
    if (callee == nullptr || callee->tag != Type::Tag::object) continue;
    if (callee->name == "concurrent.futures.wait" || callee->name == "concurrent.futures.as_completed" ||
        callee->name.ends_with("Executor.shutdown")) {
      return true;
    }
  }
  return false;
}

// True when the condition names something that the function has awaited before.
bool is_about_awaited(Node condition, Node body) {
  for (std::uint32_t i = body.index(); i < condition.index(); ++i) {
    const Node node = body.ast().node(i);
    const Node left = node.is(Kind::assignment) ? node.child(Field::left) : Node();
    if (!left.is(Kind::identifier) || !node.child(Field::right).is(Kind::await)) continue;
    if (mentions(condition, left.text())) return true;
  }
  return false;
}

// `message = await queue.get(); if message is None: task.result()`: what was awaited says that the task is over, and
// the call only raises its error.
bool is_told_first(Node call, std::string_view name, Context& context) {
  if (name != "concurrent.futures.Future.result" || !call.parent().is(Kind::expression_statement)) return false;
  const Node body = context.enclosing_function(call).child(Field::body);
  for (Node child = call, outer = call.parent(); outer && outer != body; child = outer, outer = outer.parent()) {
    const bool decides = outer.is(Kind::if_statement) && child.field() == Field::consequence;
    if (decides && is_about_awaited(outer.child(Field::condition), body)) return true;
  }
  return false;
}

// ---- blocks

bool is_executor(Node value, Context& context) { return context.is_instance(value, "concurrent.futures.Executor"); }

bool leaves_by_waiting(Node value, Context& context) {
  if (is_executor(value, context)) return true;
  const Type* type = semantics::only(context.type_of(value));
  const knowledge::Class* facts =
      type != nullptr && type->tag == Type::Tag::instance ? knowledge::find_class(type->name) : nullptr;
  return facts != nullptr && any((facts->exiting | facts->entering) & Effect::blocks_wait);
}

bool is_thread_lock(Node value, Context& context) {
  const Type* type = semantics::only(context.type_of(value));
  if (type == nullptr || type->tag != Type::Tag::instance) return false;
  const knowledge::Provider* facts = knowledge::find_provider(type->name);
  return facts != nullptr && facts->what == knowledge::Provided::thread_lock;
}

Node statement_of(Node item) {
  Node statement = item.parent();
  while (statement && !statement.is(Kind::with_statement)) {
    const Node outer = statement.parent();
    if (!outer || outer == statement) return {};
    statement = outer;
  }
  return statement;
}

Node managed(Node item) {
  Node value = without_parentheses(item.child(Field::value) ? item.child(Field::value) : item.first_child());
  if (value.is(Kind::as_pattern)) value = value.first_child();
  return without_parentheses(value);
}

// True when everything the block does with the executor is to await calls that run in it: nothing is left to wait for.
bool only_runs_awaited_calls(Node item, Node body) {
  const Node pattern = item.child(Kind::as_pattern);
  const std::string_view name = pattern.child(Field::alias).text();
  if (name.empty() || !suspension_in(body)) return false;
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != name) continue;
    const Node call = node.parent().is(Kind::argument_list) ? node.parent().parent() : Node();
    if (last_part(call.child(Field::function).text()) != "run_in_executor") return false;
  }
  return true;
}

bool is_reported_block(Node item, Context& context) {
  const Node statement = statement_of(item);
  if (!statement || statement.is_async() || !context.may_run_on_loop(item)) return false;
  const Node value = managed(item);
  const Node body = statement.child(Field::body);
  if (is_thread_lock(value, context)) {
    return context.strict() && !(context.in_coroutine(item) && suspension_in(body));  // RT106
  }
  if (!leaves_by_waiting(value, context)) return false;
  return context.strict() || !is_executor(value, context) || !only_runs_awaited_calls(item, body);
}

Node root_of(Node expression) {
  expression = without_parentheses(expression);
  while (expression.is(Kind::attribute) || expression.is(Kind::subscript) || expression.is(Kind::call)) {
    const Field field = expression.is(Kind::attribute)   ? Field::object
                        : expression.is(Kind::subscript) ? Field::value
                                                         : Field::function;
    expression = without_parentheses(expression.child(field));
  }
  return expression;
}

// What the loop or comprehension round the node that binds this name runs over.
Node looped_over(Node node, std::string_view name) {
  for (Node outer = node.parent(); outer && !outer.is(Kind::function_definition); outer = outer.parent()) {
    const Node clause = outer.is(Kind::for_statement) ? outer : outer.child(Kind::for_in_clause);
    if (clause && mentions(clause.child(Field::left), name)) return clause.child(Field::right);
  }
  return {};
}

// True when the block makes what is waited for behind it.
bool is_made_in(Node block, Node call) {
  const Node root = root_of(receiver_of(call));
  if (!root.is(Kind::identifier)) return false;
  if (mentions(block, root.text())) return true;
  const Node source = root_of(looped_over(call, root.text()));
  return source.is(Kind::identifier) && mentions(block, source.text());
}

// What is handed to an executor ends, at the latest, with the executor's own reported block.
bool is_left_to_reported_block(Node node, std::string_view name, Context& context) {
  if (!name.starts_with("concurrent.futures.")) return false;
  const Node body = context.enclosing_function(node).child(Field::body);
  for (std::uint32_t i = body.index(); i < node.index(); ++i) {
    const Node item = body.ast().node(i);
    if (!item.is(Kind::with_item) || !is_executor(managed(item), context)) continue;
    if (!is_reported_block(item, context)) continue;
    const Node statement = statement_of(item);
    if (statement.covers(node) || (node.is(Kind::call) && is_made_in(statement, node))) return true;
  }
  return false;
}

// ---- reports

std::string_view what_for(std::string_view name) {
  if (name.starts_with("select.") || name.starts_with("selectors.")) return "waits for sockets";
  if (name.starts_with("signal.")) return "waits for a signal";
  if (name.starts_with("celery.")) return "waits for a worker";
  if (name.starts_with("multiprocessing.")) return "waits for another process";
  return describe(Effect::blocks_wait);
}

void check_call(Node call, Context& context) {
  const auto blocking = waiting_call(call, context);
  if (!blocking) return;
  const bool method = static_cast<bool>(receiver_of(call));
  const bool handed_over = method && handed_over_by(call, context);
  if (method && is_asked_first(call, context)) return;
  if (handed_over && asks_where_it_runs(call, context)) return;
  if (is_waited_for(call, blocking->name, context) || is_told_first(call, blocking->name, context)) return;
  if (is_left_to_reported_block(call, blocking->name, context)) return;
  Report& report = report_blocking(blocking_wait_in_async, call, call.child(Field::function), blocking->name,
                                   what_for(blocking->name), context);
  report.variant = last_part(blocking->name) == "put" ? kPut : handed_over ? kOtherLoop : kCall;
}

void check_block(Node item, Context& context) {
  if (!is_reported_block(item, context)) return;
  const Node value = managed(item);
  const Type* type = semantics::only(context.type_of(value));
  const std::string_view when = is_executor(value, context) ? "leaving" : "entering";
  const std::string_view what = is_executor(value, context) ? "waits for all of its tasks" : "waits for the lock";
  Report& report =
      context.report(blocking_wait_in_async, item,
                     fmt::format("{} the `with` block of `{}` {} and blocks the event loop", when, type->name, what));
  report.span = value.span();
  report.variant = kBlock;
  report.subject = type->name;
  report.effect = what;
}

void check_loop(Node node, Context& context) {
  const Node iterable = iterated_by(node, context);
  if (!iterable || !context.may_run_on_loop(node)) return;
  const auto blocking = blocking_iteration(iterable, context);
  if (!blocking || !any(blocking->effects & Effect::blocks_wait)) return;
  if (is_left_to_reported_block(node, blocking->name, context)) return;
  report_blocking_steps(blocking_wait_in_async, iterable, blocking->name, what_for(blocking->name), context).variant =
      kLoop;
}

void check(Node node, Context& context) {
  if (node.is(Kind::with_item)) return check_block(node, context);
  if (node.is(Kind::call)) check_call(node, context);
  check_loop(node, context);
}

// ---- a queue without a bound

bool is_queue_constructor(std::string_view name) {
  static constexpr std::array<std::string_view, 4> kNames = {"Queue", "LifoQueue", "PriorityQueue", "JoinableQueue"};
  const std::string_view last = last_part(name);
  for (const std::string_view one : kNames) {
    if (last == one) return true;
  }
  return false;
}

std::string_view final_name(Node node) {
  return node.is(Kind::attribute) ? node.child(Field::attribute).text() : node.text();
}

// An identifier that all code has that writes the same.
std::string_view some_name_in(Node node) {
  std::uint32_t i = node.is(Kind::attribute) ? node.child(Field::attribute).index() : node.index();
  while (i < node.after() && !node.ast().node(i).is(Kind::identifier)) ++i;
  return i < node.after() ? node.ast().node(i).text() : std::string_view();
}

bool has_bound(Node constructor) {
  const Node size = argument(constructor, "maxsize", 0);
  return size && !is_zero(size) && !size.text().starts_with('-');
}

// A put waits only where the queue is full; without sight of a bound there is none to reach.
bool may_be_full(Node put, Context& context) {
  const Node queue = receiver_of(put);
  bool bounded = false;
  const bool unbounded = any_unit_with(some_name_in(queue), context, [&](Node root, Context&) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (!node.is(Kind::assignment) || final_name(node.child(Field::left)) != final_name(queue)) continue;
      const Node value = without_parentheses(node.child(Field::right));
      if (!value.is(Kind::call) || !is_queue_constructor(value.child(Field::function).text())) continue;
      if (!has_bound(value)) return true;
      bounded = true;
    }
    return false;
  });
  return bounded && !unbounded;
}

// A loop that would wait for itself is what RT214 reports.
bool confirm(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  if (report.variant == kOtherLoop) return waits_for_other_loop(node, context);
  return report.variant != kPut || may_be_full(node, context);
}

// ---- fixes

// Locks that belong to the thread that took them, and signals, which only the main thread gets.
bool is_bound_to_thread(std::string_view name) {
  return name.starts_with("threading.RLock.") || name.starts_with("threading.Condition.") ||
         name.starts_with("signal.");
}

Fixes wrap_future(const fixes::Place& call, Context& context) {
  if (const std::string obstacle = fixes::await_obstacle(call.node); !obstacle.empty()) {
    return {{}, "it cannot be awaited here: " + obstacle};
  }
  const fixes::Import import = fixes::import_module(context.file(), call, "asyncio");
  if (!import.problem.empty()) return {{}, import.problem};
  const bool parentheses = fixes::add_await(context.file(), call).size() > 1;
  const std::string content = fmt::format("{}await {}.wrap_future({}){}", parentheses ? "(" : "", import.name,
                                          receiver_of(call.node).text(), parentheses ? ")" : "");
  std::vector<text::TextEdit> edits = {fixes::replace(context.file(), call, content)};
  if (import.edit) edits.push_back(*import.edit);
  return {{fixes::make_fix("Await it with `" + import.name + ".wrap_future`", fixes::Applicability::unsafe,
                           std::move(edits))},
          ""};
}

Fixes fix(const Report& report, Context& context) {
  if (report.variant == kBlock || report.variant == kLoop) return {};
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  const auto blocking = waiting_call(call.node, context);
  if (!blocking || is_bound_to_thread(blocking->name)) return {};
  const bool plain_result = blocking->name == "concurrent.futures.Future.result" &&
                            call.node.child(Field::arguments).children().empty() &&
                            fixes::loop_library(context.file()) == fixes::LoopLibrary::asyncio;
  return plain_result ? wrap_future(call, context) : fixes::offload_call(context.file(), call);
}

}  // namespace
}  // namespace surefoot::rules
