#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/mentions.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

void check(Node call, Context& context);
bool concerns(const Callee& callee);
Fixes fix(const Report& report, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule nested_event_loop;
const Rule nested_event_loop{
    .code = "RT107",
    .name = "nested-event-loop",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
    .in_tests = true,
    .rises = true,
};

namespace {

constexpr std::string_view kToSync = "asgiref.sync.async_to_sync";

bool runs_given_loop(std::string_view method) { return method == "run_until_complete" || method == "run_forever"; }

bool concerns(const Callee& callee) {
  return callee.blocks() || callee.is_of_project() || runs_given_loop(callee.written);
}

// A plain function that finds out whether a loop runs, and runs one of its own where there is none.
bool asks_for_loop_first(Node call, Context& context) {
  if (context.in_coroutine(call)) return false;
  const Node body = context.enclosing_function(call).child(Field::body);
  for (std::uint32_t i = body.index(); body && i < call.index(); ++i) {
    const Node node = call.ast().node(i);
    if (!node.is(Kind::identifier)) continue;
    const std::string_view name = node.text();
    if (name == "get_running_loop" || name == "_get_running_loop" || name == "is_running" ||
        name == "current_async_library") {
      return true;
    }
  }
  return false;
}

// `@async_to_sync` on an `async def`: calling it runs a loop.
bool is_made_sync(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->function == nullptr) return false;
  const auto& decorators = callee->function->decorators;
  return std::any_of(decorators.begin(), decorators.end(), [&](semantics::TermId decorator) {
    const Type* type = semantics::only(context.resolver().type_of(*callee->unit, decorator));
    return type != nullptr && type->is_object(kToSync);
  });
}

// What is called, when it runs an event loop.
std::optional<std::string> runner(Node call, Context& context) {
  if (!context.may_run_on_loop(call) || call.parent().is(Kind::await)) return std::nullopt;
  if (const auto blocking = blocking_call(call, context)) {
    if (!any(blocking->effects & Effect::runs_loop)) return std::nullopt;
    return blocking->name == std::string(kToSync) + ".__call__" ? std::string(kToSync) : blocking->name;
  }
  const Node function = call.child(Field::function);
  if (function.is(Kind::call) && context.calls(function, kToSync)) return std::string(kToSync);
  if (is_made_sync(call, context)) return std::string(kToSync);
  const std::string_view method = function.child(Field::attribute).text();
  if (context.callee(call) != nullptr || !runs_given_loop(method)) return std::nullopt;
  if (!is_event_loop(function.child(Field::object), context)) return std::nullopt;
  return "asyncio.AbstractEventLoop." + std::string(method);
}

void check(Node call, Context& context) {
  const auto name = runner(call, context);
  if (!name || asks_for_loop_first(call, context)) return;
  Report& report = context.report(
      nested_event_loop, call,
      fmt::format("`{}` starts an event loop inside of the one that runs this coroutine, which raises an error",
                  *name));
  report.span = call.child(Field::function).span();
  report.subject = *name;
  report.effect = "starts an event loop";
}

// nest_asyncio makes running loops run again.
bool confirm(const Report&, Context& context) { return !is_mentioned("nest_asyncio", context); }

// How the coroutine is given: by itself, or as a function and its arguments.
enum class Form : std::uint8_t { coroutine, function_and_arguments, curried, other };

Form form_of(std::string_view name) {
  if (name == "asyncio.run" || name == "asyncio.Runner.run" || name == "uvloop.run" ||
      name.ends_with(".run_until_complete")) {
    return Form::coroutine;
  }
  if (name == "anyio.run" || name == "trio.run") return Form::function_and_arguments;
  return name == kToSync ? Form::curried : Form::other;
}

bool has_parentheses_around(Node call) {
  const Node parent = call.parent();
  const Field field = call.field();
  return (parent.is(Kind::attribute) && field == Field::object) ||
         (parent.is(Kind::call) && field == Field::function) || (parent.is(Kind::subscript) && field == Field::value);
}

std::string_view slice(Node node, std::uint32_t start, std::uint32_t end) {
  return std::string_view(node.ast().text()).substr(start, end - start);
}

// The expression to await; empty when it cannot be told.
std::string awaited(Node call, Form form) {
  const Node arguments = call.child(Field::arguments);
  const Node first = arguments.first_child();
  if (form == Form::curried) {
    const Node wrapped = call.child(Field::function);
    const Node function = wrapped.is(Kind::call) ? wrapped.child(Field::arguments).first_child() : Node();
    const bool plain = function.is(Kind::identifier) || function.is(Kind::attribute);
    if (!plain || wrapped.child(Field::arguments).child_count() != 1) return {};
    return std::string(function.text()) + std::string(arguments.text());
  }
  if (!first || first.is(Kind::keyword_argument) || first.is(Kind::list_splat)) return {};
  if (form == Form::coroutine) {
    const bool operand = first.is(Kind::call) || first.is(Kind::identifier) || first.is(Kind::attribute) ||
                         first.is(Kind::subscript) || first.is(Kind::parenthesized_expression);
    return operand && arguments.child_count() == 1 ? std::string(first.text()) : std::string();
  }
  if (arguments.child(Kind::keyword_argument)) return {};  // options of the loop
  if (!first.is(Kind::identifier) && !first.is(Kind::attribute)) return {};
  const Node second = first.next_sibling();
  if (!second) return std::string(first.text()) + "()";
  return fmt::format("{}({}", first.text(), slice(arguments, second.start(), arguments.end()));
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  const auto name = runner(call.node, context);
  const std::string expression = name ? awaited(call.node, form_of(*name)) : std::string();
  if (expression.empty()) return {};
  if (const std::string obstacle = fixes::await_obstacle(call.node); !obstacle.empty()) {
    return {{}, "it cannot be awaited here: " + obstacle};
  }
  const bool parentheses = has_parentheses_around(call.node);
  const std::string content = (parentheses ? "(await " : "await ") + expression + (parentheses ? ")" : "");
  return {{fixes::make_fix("Await the coroutine", fixes::Applicability::safe,
                           {fixes::replace(context.file(), call, content)})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
