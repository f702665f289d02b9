#include "analysis/rules/loops.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/serverless.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {

bool is_always_true(Node condition) {
  condition = without_parentheses(condition);
  return condition.is(Kind::true_) || (condition.is(Kind::integer) && condition.text() != "0");
}

bool is_sleep_call(Node call, Context& context) {
  static constexpr std::array<std::string_view, 8> kNames = {"time.sleep",  "asyncio.sleep",    "anyio.sleep",
                                                             "trio.sleep",  "gevent.sleep",     "eventlet.sleep",
                                                             "curio.sleep", "tornado.gen.sleep"};
  const Type* callee = call.is(Kind::call) ? context.callee(call) : nullptr;
  return callee != nullptr && std::find(kNames.begin(), kNames.end(), callee->name) != kNames.end();
}

bool iterates_for_ever(Node loop, Context& context) {
  const Node call = without_parentheses(loop.child(Field::right));
  if (!call.is(Kind::call)) return false;
  const bool endless = context.calls(call, "itertools.count") || context.calls(call, "itertools.cycle");
  return endless || (context.calls(call, "itertools.repeat") && call.child(Field::arguments).child_count() == 1);
}

Node loop_of_statement(Node statement) {
  for (Node child = statement, outer = statement.parent(); outer; child = outer, outer = outer.parent()) {
    const bool loop = outer.is(Kind::while_statement) || outer.is(Kind::for_statement);
    if (loop) return child.field() == Field::body ? outer : Node();
    const bool inside = outer.is(Kind::block) || outer.is(Kind::with_statement) ||
                        (outer.is(Kind::try_statement) && child.field() == Field::body);
    if (!inside) return {};
  }
  return {};
}

namespace {

// `not stop.wait(10)`: once in a while, until somebody ends it.
bool is_interruptible_wait(Node condition) {
  if (!condition.is(Kind::not_operator)) return false;
  const Node call = without_parentheses(condition.child(Field::argument));
  return call.is(Kind::call) && call.child(Field::function).child(Field::attribute).text() == "wait";
}

}  // namespace

bool runs_until_stopped(Node loop) {
  const Node condition = without_parentheses(loop.child(Field::condition));
  if (!condition) return false;
  if (is_always_true(condition) || is_interruptible_wait(condition)) return true;
  for (std::uint32_t i = condition.index(); i < condition.after(); ++i) {
    const Node node = condition.ast().node(i);
    if (node.is(Kind::comparison_operator) || node.is(Kind::named_expression)) return false;
  }
  return has_word(
      condition.text(),
      {"running", "run",  "stop",    "stopped", "stopping",  "shutdown",   "closed",      "closing",   "alive",
       "active",  "exit", "exiting", "quit",    "terminate", "terminated", "terminating", "cancelled", "started",
       "enabled", "halt", "kill",    "killed",  "finish",    "finished",   "shutting",    "stopper",   "cancel"});
}

namespace {

// `if item is None: break`, `if not data: return`, `if self._stopped: break`: the end of the work, not its success.
bool tells_end(Node condition) {
  condition = without_parentheses(condition);
  if (condition.is(Kind::not_operator)) return true;
  for (const Node child : condition.children()) {
    const std::string_view symbol = child.is(Kind::operator_) ? child.text() : "";
    if (condition.is(Kind::comparison_operator) && (symbol == "is" || symbol == "==" || symbol == "in")) return true;
  }
  return has_word(condition.text(), {"stop", "stopped", "stopping", "shutdown", "exit", "quit", "closed", "done",
                                     "terminate", "terminated", "finished", "end", "is_set"});
}

// True for a `break` or `return` in `tree` that leaves the loop when all went well.
bool leaves_on_success(Node exit, Node tree) {
  const bool breaks = exit.is(Kind::break_statement);
  if (!breaks && !exit.is(Kind::return_statement)) return false;
  for (Node child = exit, outer = exit.parent(); outer && child != tree; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::function_definition) || outer.is(Kind::except_clause)) return false;
    const bool loop = outer.is(Kind::while_statement) || outer.is(Kind::for_statement);
    if (breaks && loop && child.field() == Field::body) return false;
    if (outer.is(Kind::if_statement) && tells_end(outer.child(Field::condition))) return false;
  }
  return true;
}

bool has_successful_exit(Node tree) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    if (leaves_on_success(tree.ast().node(i), tree)) return true;
  }
  return false;
}

}  // namespace

bool ends_on_success(Node guard, Node guarded) {
  if (has_successful_exit(guarded)) return true;
  if (const Node otherwise = guard.child(Kind::else_clause)) {
    if (has_successful_exit(otherwise.child(Field::body))) return true;
  }
  for (Node next = guard.next_sibling(); next; next = next.next_sibling()) {
    if (next.is(Kind::break_statement) || next.is(Kind::return_statement)) return true;
  }
  return false;
}

namespace {

// `event["Records"]` of a serverless handler.
bool is_batch_of_events(Node iterable, Context& context) {
  return iterable.is(Kind::subscript) && semantics::literal_string(iterable.child(Field::subscript)) == "Records" &&
         invoked_by(context.enclosing_function(iterable), context) != Platform::none;
}

}  // namespace

bool iterates_over_messages(Node loop, Context& context) {
  const Node iterable = without_parentheses(loop.child(Field::right));
  const auto speaks = [](std::string_view text) {
    return has_word(text, {"consumer", "subscriber", "subscription", "pubsub", "websocket", "ws"});
  };
  if (!iterable) return false;
  if (is_batch_of_events(iterable, context)) return true;
  const Type* type = semantics::only(context.type_of(iterable));
  if (type != nullptr && (speaks(type->name) || type->name.ends_with("QueueIterator"))) return true;
  const Node name = iterable.is(Kind::call) ? iterable.child(Field::function) : iterable;
  if (iterable.is(Kind::call) && (name.text() == "iter" || has_word(name.text(), {"consume", "listen", "subscribe"}))) {
    return true;
  }
  return speaks(name.text());
}

}  // namespace surefoot::rules
