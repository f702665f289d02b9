#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/loops.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node loop, Context& context);

}  // namespace

extern const Rule async_busy_wait;
const Rule async_busy_wait{
    .code = "RT110",
    .name = "async-busy-wait",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::while_statement},
    .check = check,
};

namespace {

// A wait that grows from one time to the next is polling that was thought about.
bool is_back_off(Node delay) {
  for (std::uint32_t i = delay.index(); i < delay.after(); ++i) {
    const Node node = delay.ast().node(i);
    if (node.is(Kind::call) || node.is(Kind::yield) || node.is(Kind::named_expression)) return true;
  }
  return has_word(delay.text(), {"backoff", "back", "jitter", "retry", "exponential"});
}

// `await asyncio.sleep(k)` as a statement.
bool is_sleep(Node statement, Context& context) {
  const Node await = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
  const Node call = await.is(Kind::await) ? without_parentheses(await.first_child()) : Node();
  if (!call.is(Kind::call)) return false;
  const bool sleep =
      context.calls(call, "asyncio.sleep") || context.calls(call, "trio.sleep") || context.calls(call, "anyio.sleep");
  const Node delay = call.child(Field::arguments).first_child();
  return sleep && delay && !is_back_off(delay);
}

// A class whose objects only this process changes.
bool is_own_class(std::string_view name, Context& context) {
  static constexpr std::array<std::string_view, 5> kModules = {"asyncio.", "threading.", "queue.",
                                                               "concurrent.futures.", "collections."};
  if (name.find('.') == std::string_view::npos || name.starts_with('<')) return true;
  const auto starts = [&](std::string_view prefix) { return name.starts_with(prefix); };
  const std::string& module = context.module().name();
  return std::any_of(kModules.begin(), kModules.end(), starts) ||
         (name.starts_with(module) && name.size() > module.size() && name[module.size()] == '.');
}

// False for what is known to be of a library: its state may be that of something outside the process.
bool may_be_own(Node expression, Context& context) {
  const TypeSet& types = context.type_of(expression);
  return std::all_of(types.begin(), types.end(), [&](const Type& type) {
    return type.tag != Type::Tag::instance || is_own_class(type.name, context);
  });
}

// Names for work that others do: `operation.done()` asks a server.
bool speaks_of_remote_work(std::string_view name) {
  return has_word(name, {"operation", "op", "job", "jobs", "lro", "poller", "query", "batch", "proc", "process",
                         "response", "request", "remote", "client"});
}

bool is_polled_method(Node function, Context& context) {
  static constexpr std::array<std::string_view, 6> kOfKnown = {"empty",     "full",  "locked",
                                                               "cancelled", "qsize", "running"};
  const Node object = function.child(Field::object);
  const std::string_view method = function.child(Field::attribute).text();
  const Type* type = semantics::only(context.type_of(object));
  const bool is_task = type != nullptr && (type->is_instance("asyncio.Task") || type->is_instance("asyncio.Future"));
  if (!is_task && (!may_be_own(object, context) || speaks_of_remote_work(object.text()))) return false;
  if (method == "is_set" || method == "done") return true;
  return contains(kOfKnown, method) && !context.type_of(object).empty();
}

bool is_polled_call(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (function.is(Kind::attribute)) {
    return !call.child(Field::arguments).first_child() && is_polled_method(function, context);
  }
  static constexpr std::array<std::string_view, 5> kPure = {"len", "bool", "any", "all", "isinstance"};
  return function.is(Kind::identifier) && contains(kPure, function.text());
}

// A value that objects of a class of the project keep, wherever that stands: no property, which may ask others.
bool is_kept_value(Node attribute, Context& context) {
  const Type* owner = semantics::only(context.type_of(attribute.child(Field::object)));
  if (owner == nullptr || owner->tag != Type::Tag::instance) return false;
  const auto* values = context.resolver().bound_by_class(*owner, attribute.child(Field::attribute).text());
  return values != nullptr && std::all_of(values->begin(), values->end(), [](const semantics::TermRef& value) {
           return value.kind == semantics::BindingKind::assignment &&
                  value.unit->terms[value.term].op != semantics::Op::function;
         });
}

// An attribute or local; what is read through a library's object is not ours to wait for.
bool is_polled_attribute(Node attribute, Context& context) {
  for (Node object = attribute; object.is(Kind::attribute); object = object.child(Field::object)) {
    if (!may_be_own(object.child(Field::object), context) && !is_kept_value(object, context)) return false;
  }
  return !speaks_of_remote_work(attribute.child(Field::object).text()) || is_kept_value(attribute, context);
}

// True when all that the condition asks is the state of this process, and it asks something.
bool polls_own_state(Node condition, Context& context) {
  bool asks = false;
  for (std::uint32_t i = condition.index(); i < condition.after(); ++i) {
    const Node node = condition.ast().node(i);
    if (node.is(Kind::await) || node.is(Kind::lambda) || node.is(Kind::named_expression)) return false;
    if (node.is(Kind::call) && !is_polled_call(node, context)) return false;
    if (node.is(Kind::attribute) && node.field() != Field::function && !is_polled_attribute(node, context)) {
      return false;
    }
    asks = asks || node.is(Kind::identifier);
  }
  return asks;
}

// `if flag: break`
Node exit_condition(Node statement) {
  if (!statement.is(Kind::if_statement) || statement.child(Field::alternative)) return {};
  const Node block = statement.child(Field::consequence);
  if (block.child_count() != 1) return {};
  const Node exit = block.first_child();
  const bool leaves = exit.is(Kind::break_statement) || (exit.is(Kind::return_statement) && !exit.first_child());
  return leaves ? statement.child(Field::condition) : Node();
}

// What the loop waits for, when it does nothing else; null otherwise.
Node awaited_condition(Node loop, Context& context) {
  const Node condition = loop.child(Field::condition);
  const Node body = loop.child(Field::body);
  const Node first = body.first_child();
  if (!is_always_true(condition)) {
    return body.child_count() == 1 && is_sleep(first, context) ? condition : Node();
  }
  if (body.child_count() != 2) return {};
  const Node second = first.next_sibling();
  if (is_sleep(second, context)) return exit_condition(first);
  return is_sleep(first, context) ? exit_condition(second) : Node();
}

// "task.done()" -> the task can be awaited.
bool is_done_call(Node condition) {
  condition = without_parentheses(condition);
  if (condition.is(Kind::not_operator)) condition = without_parentheses(condition.last_child());
  return condition.is(Kind::call) && condition.child(Field::function).child(Field::attribute).text() == "done";
}

void check(Node loop, Context& context) {
  if (!context.in_coroutine(loop)) return;
  const Node condition = awaited_condition(loop, context);
  if (!condition || !polls_own_state(condition, context)) return;
  const std::string_view text = without_parentheses(condition).text();
  const std::string_view shown = text.find('\n') == std::string_view::npos ? text : "…";
  context
      .report(async_busy_wait, loop,
              fmt::format("Polls `{}`: it wakes up for nothing and reacts late; {}", shown,
                          is_done_call(condition) ? "await the task or future itself"
                                                  : "wait for an `Event` or `Condition` that is set when it changes"))
      .span = loop.child(Field::condition).span();
}

}  // namespace
}  // namespace surefoot::rules
