#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/move_to_startup.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule loop_bound_at_import;
const Rule loop_bound_at_import{
    .code = "RT504",
    .name = "loop-bound-at-import",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.is_spawner || callee.is_in("asyncio.") || callee.is_in("aiohttp.");
}

using semantics::PythonVersion;

// They ask for the current loop when they are made, in all versions.
bool binds_always(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {
      "aiohttp.ClientSession", "aiohttp.TCPConnector", "aiohttp.UnixConnector", "aiohttp.CookieJar", "asyncio.Future"};
  return contains(kNames, name);
}

// They did so until Python 3.10 (What's New In Python 3.10, "Removed: the loop parameter").
bool bound_once(std::string_view name) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "asyncio.Lock",  "asyncio.Event",         "asyncio.Condition", "asyncio.Semaphore", "asyncio.BoundedSemaphore",
      "asyncio.Queue", "asyncio.PriorityQueue", "asyncio.LifoQueue"};
  return contains(kNames, name);
}

// `ClientSession(connector=TCPConnector())`: one thing is made.
bool is_part_of_session(Node call, Context& context) {
  Node outer = call.parent();
  if (outer.is(Kind::keyword_argument)) outer = outer.parent();
  return outer.is(Kind::argument_list) && context.calls(outer.parent(), "aiohttp.ClientSession");
}

bool runs_at_import(Node call, Context& context) {
  const Scope scope = context.scope_of(call);
  if (scope != Scope::module && scope != Scope::class_body) return false;
  for (Node node = call.parent(); node; node = node.parent()) {
    const Node condition = node.is(Kind::if_statement) ? node.child(Field::condition) : Node();
    if (condition.text().find("__name__") != std::string_view::npos) return false;
    if (condition.text().find("TYPE_CHECKING") != std::string_view::npos) return false;
    if (node.is(Kind::try_statement) && node.child(Field::body).covers(call)) return false;
    const bool later = node.is(Kind::generator_expression) || node.is(Kind::lambda);
    if (later) return false;
  }
  return true;
}

// What is wrong with the call; empty when nothing is.
std::string problem_of(Node call, Context& context) {
  const Type* callee = context.callee(call);
  const std::string_view name = callee != nullptr && callee->tag == Type::Tag::object ? callee->name : "";
  if (name == "asyncio.get_event_loop") {
    if (context.target() >= PythonVersion{3, 14}) return "";  // RT112
    return "`asyncio.get_event_loop` at import gives a loop that the server may never run";
  }
  if (binds_always(name) || (bound_once(name) && context.target() < PythonVersion{3, 10})) {
    return fmt::format(
        "`{}` is made at import and belongs to the event loop of that moment, not to the one that runs "
        "later",
        name);
  }
  const knowledge::Spawner* spawner = spawner_of(call, context);
  if (spawner == nullptr || !spawner->caller_owns || name == "asyncio.run_coroutine_threadsafe") return "";
  return "This task is started at import, when no event loop is running";
}

void check(Node call, Context& context) {
  if (!runs_at_import(call, context) || is_part_of_session(call, context)) return;
  const std::string problem = problem_of(call, context);
  if (problem.empty()) return;
  context.report(loop_bound_at_import, call, problem + ": do it in the application's start-up").span =
      call.child(Field::function).span();
}

// True when code outside of functions calls something of this name.
bool is_called_at_import(std::string_view name, Context& context) {
  bool called = false;
  for_each_identifier(name, context, [&](Node identifier, Context& inside) {
    const Node place = whole_name(identifier);
    called = called || (place && place.field() == Field::function && !inside.enclosing_function(place));
  });
  return called;
}

// `if __name__ == "__main__":`
bool has_main_guard(Context& context) {
  return any_statement(context, [](Node root, Context&) {
    return root.is(Kind::if_statement) && is_under_main_guard(root.child(Field::consequence));
  });
}

// A script that runs the current loop itself has the right one.
bool confirm(const Report&, Context& context) {
  const bool is_program = context.is_script() || has_main_guard(context);
  const auto runs = [&](std::string_view method) {
    return is_program ? is_called(method, context) : is_called_at_import(method, context);
  };
  return !runs("run_until_complete") && !runs("run_forever") && !runs("set_event_loop");
}

Fixes fix(const Report& report, Context& context) {
  const std::optional<fixes::Place> startup = startup_coroutine(context);
  if (!startup) return {{}, "the file has no start-up code"};
  const Node call = context.unit().unit->ast.node(report.node);
  return fixes::move_to_startup(context.file(), context.place(call), *startup);
}

}  // namespace
}  // namespace surefoot::rules
