#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/log_error.hpp"
#include "analysis/rules/handlers.hpp"
#include "analysis/rules/log_calls.hpp"
#include "analysis/rules/loops.hpp"
#include "analysis/rules/module_state.hpp"
#include "analysis/rules/run_by.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule swallowed_worker_error;
const Rule swallowed_worker_error{
    .code = "RT404",
    .name = "swallowed-worker-error",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::except_clause, Kind::with_statement},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kLoop = 0;
constexpr int kFunction = 1;  // when the function runs on its own

std::string_view called_name(Node call) {
  const Node function = call.child(Field::function);
  return function.is(Kind::attribute) ? function.child(Field::attribute).text() : function.text();
}

bool deletes_file(Node call) {
  static constexpr std::array<std::string_view, 3> kNames = {"unlink", "remove", "rmtree"};
  return contains(kNames, called_name(call));
}

// `channel.basic_ack(tag)`, `consumer.commit()`: tells the broker that a message was taken.
bool acknowledges(Node call) {
  const Node object = call.child(Field::function).child(Field::object);
  return has_word(called_name(call), {"ack", "nack", "reject"}) ||
         (called_name(call) == "commit" && object && has_word(object.text(), {"consumer"}));
}

bool takes_from_queue(Node loop, Context& context);

// `shutil.rmtree(queue.get())`: where that is all there is to do, it is the work.
bool deletes_what_was_taken(Node call, Context& context) {
  Node statement = call;
  while (statement && !syntax::is_statement(statement.kind())) statement = statement.parent();
  const Node loop = statement ? loop_of_statement(statement) : Node();
  return loop.is(Kind::while_statement) && takes_from_queue(loop, context);
}

// Calls whose failure hardly matters: they end something, or only let time go by.
bool is_minor(Node call, Context& context) {
  static constexpr std::array<std::string_view, 18> kNames = {
      "close", "aclose", "cancel", "kill", "terminate",   "stop",  "shutdown",  "release",  "disconnect",
      "quit",  "join",   "flush",  "wait", "wait_closed", "sleep", "task_done", "rollback", "unsubscribe"};
  if (called_name(call) == "flush" && call.parent().is(Kind::await)) return false;  // which sends something
  if (deletes_file(call)) return !deletes_what_was_taken(call, context);
  return contains(kNames, called_name(call)) || acknowledges(call) || is_sleep_call(call, context);
}

std::size_t count_calls(Node tree, Context& context) {
  std::size_t count = 0;
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (!node.is(Kind::call)) continue;
    if (is_log_call(node, context)) {
      i = node.after() - 1;
    } else if (is_minor(node, context)) {
      i = node.child(Field::function).after() - 1;  // `Event().wait(1)`
    } else {
      ++count;
    }
  }
  return count;
}

// `seen.add(key)`, `rest.append(record)`.
bool keeps_books(Node call, Context& context) {
  const Node object = call.child(Field::function).child(Field::object);
  const Type* type = object ? semantics::only(context.type_of(object)) : nullptr;
  return type != nullptr && type->tag == Type::Tag::instance && is_container_class(type->name);
}

// The calls of a statement that do the work themselves, as against those that fetch or make what it needs, decide
// whether there is anything to do, or keep books of it.
std::size_t count_work(Node statement, Context& context) {
  if (statement.is(Kind::raise_statement)) return count_calls(statement, context);
  if (statement.is(Kind::expression_statement)) {
    Node value = statement.first_child();
    if (value.is(Kind::await)) value = without_parentheses(value.first_child());
    return value.is(Kind::call) && !keeps_books(value, context) ? count_calls(value, context) : 0;
  }
  if (statement.is(Kind::if_statement)) {
    std::size_t count = 0;
    for (const Node branch : statement.children()) {
      const Node block = branch.is(Kind::block) ? branch : block_of(branch);
      for (const Node inner : block.children()) count += count_work(inner, context);
    }
    return count;
  }
  const bool compound = statement.is(Kind::for_statement) || statement.is(Kind::while_statement) ||
                        statement.is(Kind::with_statement) || statement.is(Kind::try_statement);
  return compound ? count_calls(statement, context) : 0;
}

// `except Exception: continue`: what stands behind it is done when nothing went wrong.
bool skips_the_rest(Node guard) {
  const Node clause = guard.child(Kind::except_clause);
  return clause && block_of(clause).last_child().is(Kind::continue_statement);
}

// True when `guarded`, the block of the statement `guard`, is what the loop or function round it is there for.
bool is_main_part(Node guard, Node guarded, Context& context) {
  std::size_t outside = 0;
  const bool skips = skips_the_rest(guard);
  for (Node child = guard, outer = guard.parent(); outer; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::with_statement) || outer.is(Kind::try_statement)) continue;
    if (!outer.is(Kind::block)) break;
    for (const Node sibling : outer.children()) {
      const bool of_success = skips && child == guard && sibling.index() > guard.index();
      if (sibling != child && !of_success) outside += count_work(sibling, context);
    }
  }
  const std::size_t inside = count_calls(guarded, context);
  return inside > 0 && outside * 3 <= inside;
}

// `entry = await self.inbox.get()`, whatever the condition is, or in it.
bool takes_from_queue(Node loop, Context& context) {
  static constexpr std::array<std::string_view, 4> kNames = {"asyncio.Queue.get", "queue.Queue.get",
                                                             "queue.SimpleQueue.get", "multiprocessing.Queue.get"};
  bool takes = false;
  const auto look_at = [&](Node node) {
    const bool may_be = !takes && node.is(Kind::call) && called_name(node) == "get";
    const Type* callee = may_be ? context.callee(node) : nullptr;
    takes = takes || (callee != nullptr && contains(kNames, callee->name));
  };
  for_each_own(loop.child(Field::condition), look_at);
  for_each_own(loop.child(Field::body), look_at);
  return takes;
}

bool is_worker_loop(Node loop, Context& context) {
  if (loop.is(Kind::while_statement)) return runs_until_stopped(loop) || takes_from_queue(loop, context);
  return loop.is(Kind::for_statement) && iterates_over_messages(loop, context);
}

// True when the try is the main part of the function's own block, `with` blocks looked through.
bool is_function_body(Node guard) {
  for (Node child = guard, outer = guard.parent(); outer; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::function_definition)) return child.field() == Field::body;
    const bool inside = outer.is(Kind::block) || outer.is(Kind::with_statement) ||
                        (outer.is(Kind::try_statement) && child.field() == Field::body);
    if (!inside) return false;
  }
  return false;
}

void say(Node anchor, text::Span span, int variant, std::string_view where, std::string_view what, Context& context) {
  Report& report =
      context.report(swallowed_worker_error, anchor,
                     fmt::format("`{}` swallows every error of this {}, without a trace: log it", what, where));
  report.span = span;
  report.variant = variant;
}

// `loop` goes on where its block `guarded` fails. In a worker loop it may go over what there is to do in this round.
void check_loop(Node loop, Node guarded, Node anchor, text::Span span, std::string_view what, Context& context) {
  if (is_worker_loop(loop, context)) return say(anchor, span, kLoop, "worker loop", what, context);
  if (!is_main_part(loop, guarded, context)) return;
  const Node outer = loop.is(Kind::for_statement) ? loop_of_statement(loop) : Node();
  if (outer && is_worker_loop(outer, context)) return say(anchor, span, kLoop, "worker loop", what, context);
  if (is_function_body(loop)) say(anchor, span, kFunction, "thread or task", what, context);
}

// `guard` is the statement that swallows what its block `guarded` raises.
void check_guard(Node guard, Node guarded, Node anchor, text::Span span, std::string_view what, Context& context) {
  if (!guard.parent().is(Kind::block) || !is_main_part(guard, guarded, context)) return;
  const Node loop = loop_of_statement(guard);
  if (loop) {
    if (!ends_on_success(guard, guarded)) check_loop(loop, guarded, anchor, span, what, context);
    return;
  }
  if (!is_function_body(guard)) return;
  const Node function = context.enclosing_function(guard);
  const RunBy by = run_by_declaration(function, context);
  say(anchor, span, by == RunBy::caller ? kFunction : kLoop, by == RunBy::caller ? "thread or task" : describe(by),
      what, context);
}

void check_clause(Node clause, Context& context) {
  if (!block_of(clause) || !takes_any_error(clause, context) || !only_goes_on(clause, context)) return;
  const Node guard = clause.parent();
  std::uint32_t end = clause.start() + 6;  // "except"
  for (const Node taken : clause.children()) {
    if (!taken.is(Kind::block) && taken.field() != Field::alias) end = taken.end();
  }
  const text::Span span{clause.start(), end};
  const std::string_view text = clause.ast().text().substr(span.start, span.end - span.start);
  const bool short_text = text.find('\n') == std::string_view::npos;
  check_guard(guard, guard.child(Field::body), clause, span, short_text ? text : "except", context);
}

// `with contextlib.suppress(Exception):`
void check_suppress(Node statement, Context& context) {
  const Node clause = statement.child(Kind::with_clause);
  if (clause.child_count() != 1) return;
  const Node call = without_parentheses(clause.first_child().first_child());
  if (!call.is(Kind::call) || !context.calls(call, "contextlib.suppress")) return;
  for (const Node argument : call.child(Field::arguments).children()) {
    const Type* type = semantics::only(context.type_of(argument));
    if (type == nullptr || !(type->is_object("Exception") || type->is_object("BaseException"))) continue;
    return check_guard(statement, statement.child(Field::body), call, call.span(), call.text(), context);
  }
}

void check(Node node, Context& context) {
  if (node.is(Kind::except_clause)) return check_clause(node, context);
  check_suppress(node, context);
}

bool confirm(const Report& report, Context& context) {
  if (report.variant != kFunction) return true;
  const Node node = context.unit().unit->ast.node(report.node);
  return run_by(context.enclosing_function(node), context) != RunBy::caller;
}

Fixes fix(const Report& report, Context& context) {
  const Node clause = context.unit().unit->ast.node(report.node);
  if (!clause.is(Kind::except_clause)) return {};
  const Node function = context.enclosing_function(clause);
  const std::string_view name = function.child(Field::name).text();
  const std::string message = name.empty() ? "Unexpected error" : fmt::format("Unexpected error in {}", name);
  return fixes::log_error(context.file(), context.place(block_of(clause).first_child()), message);
}

}  // namespace
}  // namespace surefoot::rules
