#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/arguments.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/mentions.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule get_event_loop_misuse;
const Rule get_event_loop_misuse{
    .code = "RT112",
    .name = "get-event-loop-misuse",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_in("asyncio."); },
    .fix = fix,
    .confirm = confirm,
    .in_tests = true,
};

namespace {

using semantics::PythonVersion;

// Report::variant
constexpr int kInCoroutine = 0;
constexpr int kWithoutLoop = 1;  // where no loop runs
constexpr int kArgument = 2;     // loop=…

// What took `loop` up to Python 3.9 (What's New in Python 3.10, "Removed").
bool took_loop(std::string_view name) {
  static constexpr std::array<std::string_view, 19> kNames = {"asyncio.sleep",
                                                              "asyncio.gather",
                                                              "asyncio.shield",
                                                              "asyncio.wait",
                                                              "asyncio.wait_for",
                                                              "asyncio.as_completed",
                                                              "asyncio.Lock",
                                                              "asyncio.Event",
                                                              "asyncio.Condition",
                                                              "asyncio.Semaphore",
                                                              "asyncio.BoundedSemaphore",
                                                              "asyncio.Queue",
                                                              "asyncio.LifoQueue",
                                                              "asyncio.PriorityQueue",
                                                              "asyncio.open_connection",
                                                              "asyncio.start_server",
                                                              "asyncio.open_unix_connection",
                                                              "asyncio.create_subprocess_exec",
                                                              "asyncio.create_subprocess_shell"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() || name == "asyncio.start_unix_server";
}

Node loop_argument(Node call) {
  for (const Node child : call.child(Field::arguments).children()) {
    if (child.is(Kind::keyword_argument) && child.child(Field::name).text() == "loop") return child;
  }
  return {};
}

// A caller that catches what get_event_loop raises has thought of it.
bool is_tried(Node node) {
  for (Node outer = node.parent(); outer; outer = outer.parent()) {
    if (outer.is(Kind::try_statement) && outer.child(Field::body).covers(node)) return true;
  }
  return false;
}

// The module itself, or its plain `main`: nothing has started a loop there.
bool runs_without_loop(Node call, Context& context) {
  const Scope scope = context.scope_of(call);
  if (scope == Scope::module || scope == Scope::class_body) return true;
  const Node function = context.enclosing_function(call);
  if (scope != Scope::function || !context.unit().container.empty()) return false;
  return function.child(Field::name).text() == "main" && !context.enclosing_function(function);
}

void check_call_of_getter(Node call, Context& context) {
  if (context.in_coroutine(call)) {
    context
        .report(get_event_loop_misuse, call,
                "In a coroutine `asyncio.get_running_loop` is the way to the loop: `get_event_loop` may also set up "
                "another one")
        .span = call.child(Field::function).span();
    return;
  }
  if (context.target() < PythonVersion{3, 14} || !runs_without_loop(call, context) || is_tried(call)) return;
  Report& report = context.report(get_event_loop_misuse, call,
                                  "No loop is running here, so `asyncio.get_event_loop` raises a RuntimeError from "
                                  "Python 3.14: use `asyncio.run` or `asyncio.Runner`");
  report.span = call.child(Field::function).span();
  report.severity = Severity::error;
  report.variant = kWithoutLoop;
}

void check_argument(Node call, std::string_view name, Context& context) {
  const Node loop = loop_argument(call);
  if (!loop || context.target() < PythonVersion{3, 8}) return;
  const bool removed = context.target() >= PythonVersion{3, 10};
  Report& report = context.report(get_event_loop_misuse, call,
                                  removed ? fmt::format("`{}` takes no `loop` since Python 3.10: this call fails", name)
                                          : fmt::format("The argument `loop` of `{}` is removed in Python 3.10", name));
  report.span = loop.span();
  report.severity = removed ? Severity::error : Severity::information;
  report.variant = kArgument;
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return;
  if (callee->name == "asyncio.get_event_loop") return check_call_of_getter(call, context);
  if (took_loop(callee->name)) check_argument(call, callee->name, context);
}

// A file that sets a loop itself has one.
bool confirm(const Report& report, Context& context) {
  if (report.variant != kWithoutLoop) return true;
  return !is_called("set_event_loop", context);
}

Fixes use_running_loop(Node call, Context& context) {
  Fixes fixes;
  const Node function = call.child(Field::function);
  std::vector<text::TextEdit> edits;
  if (function.is(Kind::attribute)) {
    const fixes::Place name = context.place(function.child(Field::attribute));
    edits.push_back(fixes::replace(context.file(), name, "get_running_loop"));
  } else {
    fixes::Import import = fixes::import_name(context.file(), context.place(function), "asyncio", "get_running_loop");
    if (!import.problem.empty()) return {{}, import.problem};
    if (import.edit) edits.push_back(std::move(*import.edit));
    edits.push_back(fixes::replace(context.file(), context.place(function), import.name));
  }
  fixes.offered.push_back(fixes::make_fix("Use `get_running_loop`", fixes::Applicability::safe, std::move(edits)));
  return fixes;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  if (report.variant == kInCoroutine) return use_running_loop(call, context);
  if (report.variant != kArgument) return {};
  auto edit = fixes::remove_argument(context.file(), context.place(loop_argument(call)));
  if (!edit) return {{}, "a comment stands beside the argument"};
  const bool removed = context.target() >= PythonVersion{3, 10};
  Fixes fixes;
  fixes.offered.push_back(fixes::make_fix(
      "Remove `loop=`", removed ? fixes::Applicability::safe : fixes::Applicability::unsafe, {std::move(*edit)}));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
