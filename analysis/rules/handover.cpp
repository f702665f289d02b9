#include "analysis/rules/handover.hpp"

#include <algorithm>
#include <array>

#include "analysis/fixes/imports.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {

using knowledge::Bridge;
using knowledge::Spawner;

namespace {

constexpr std::string_view kLoop = "asyncio.AbstractEventLoop";

bool is_loop_name(std::string_view name) {
  static constexpr std::array<std::string_view, 8> kNames = {"loop",      "_loop",      "event_loop", "_event_loop",
                                                             "eventloop", "_eventloop", "main_loop",  "_main_loop"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// Looks an entry up by the type of the receiver, which may override what its bases say, and by what is called.
template <class Entry>
const Entry* find(Node call, Context& context, bool (*may_be)(std::string_view),
                  const Entry* (*by_method)(std::string_view, std::string_view),
                  const Entry* (*by_name)(std::string_view)) {
  const Node function = call.child(Field::function);
  const Type* callee = context.callee(call);
  if (function.is(Kind::attribute) && may_be(function.child(Field::attribute).text())) {
    const Node object = function.child(Field::object);
    const std::string_view method = function.child(Field::attribute).text();
    const Type* receiver = semantics::only(context.type_of(object));
    if (receiver != nullptr && receiver->tag == Type::Tag::instance) {
      if (const Entry* entry = by_method(receiver->name, method)) return entry;
    } else if (callee == nullptr && is_event_loop(object, context)) {
      return by_method(kLoop, method);
    }
  }
  return callee != nullptr && callee->tag == Type::Tag::object ? by_name(callee->name) : nullptr;
}

}  // namespace

bool is_event_loop(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (semantics::only(context.type_of(expression)) != nullptr) return context.is_instance(expression, kLoop);
  const Node name = expression.is(Kind::attribute) ? expression.child(Field::attribute) : expression;
  return name.is(Kind::identifier) && is_loop_name(name.text());
}

namespace {

const Bridge* find_bridge_of(Node call, Context& context) {
  static constexpr Bridge kConfigured{"", {"", 0}, knowledge::Where::worker_thread, true, knowledge::Handover::rest};
  const Type* callee = context.callee(call);
  if (callee != nullptr && contains(context.facts().offload, callee->name)) return &kConfigured;
  return find<Bridge>(call, context, knowledge::may_be_bridge, knowledge::find_method_bridge, knowledge::find_bridge);
}

}  // namespace

const Bridge* bridge_of(Node call, Context& context) {
  if (const auto& known = context.of_call(call).bridge) return *known;
  const Bridge* found = find_bridge_of(call, context);
  context.of_call(call).bridge = found;
  return found;
}

const Spawner* spawner_of(Node call, Context& context) {
  if (const auto& known = context.of_call(call).spawner) return *known;
  const Spawner* found =
      find<Spawner>(call, context, knowledge::may_be_spawner, knowledge::find_method_spawner, knowledge::find_spawner);
  context.of_call(call).spawner = found;
  return found;
}

bool is_start_soon(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute) || function.child(Field::attribute).text() != "start_soon") return false;
  const Type* callee = context.callee(call);
  if (callee == nullptr) return context.module().imports("trio") || context.module().imports("anyio");
  return callee->is_object("trio.Nursery.start_soon") || callee->is_object("anyio.abc.TaskGroup.start_soon");
}

Node without_partial(Node function, Context& context) {
  function = without_parentheses(function);
  while (function.is(Kind::call) && context.calls(function, "functools.partial")) {
    function = without_parentheses(argument(function, "", 0));
  }
  return function;
}

}  // namespace surefoot::rules
