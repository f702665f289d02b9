#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/thread_code.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool may_touch_loop(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);
std::vector<Explanation> explain(const Report& report, Context& context);

}  // namespace

extern const Rule loop_touched_from_thread;
const Rule loop_touched_from_thread{
    .code = "RT213",
    .name = "loop-touched-from-thread",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
    .explain = explain,
    .notes = true,
};

namespace {

bool concerns(const Callee& callee) { return callee.is_bridge || callee.may_run_project() || may_touch_loop(callee); }

// Report::variant
constexpr int kCalled = 0;
constexpr int kHanded = 1;  // given to the thread as it is

struct Unsafe {
  std::string_view owner;
  std::string_view method;
};

// Methods that wake up waiters or schedule callbacks, which only the loop's own thread may do.
constexpr std::array<Unsafe, 19> kUnsafeMethods = {
    {{"homeassistant.helpers.entity.Entity", "async_write_ha_state"},
     {"homeassistant.core.HomeAssistant", "async_create_task"},
     {"homeassistant.core.HomeAssistant", "async_run_job"},
     {"homeassistant.core.HomeAssistant", "async_create_background_task"},
     {"homeassistant.core.EventBus", "async_fire"},
     {"homeassistant.core.StateMachine", "async_set"},
     {"asyncio.Queue", "put_nowait"},
     {"asyncio.Queue", "get_nowait"},
     {"asyncio.Event", "set"},
     {"asyncio.Future", "set_result"},
     {"asyncio.Future", "set_exception"},
     {"asyncio.Future", "cancel"},
     {"asyncio.Task", "cancel"},
     {"asyncio.Condition", "notify"},
     {"asyncio.Condition", "notify_all"},
     {"asyncio.Lock", "release"},
     {"asyncio.Semaphore", "release"},
     {"asyncio.BoundedSemaphore", "release"},
     {"asyncio.TaskGroup", "create_task"}}};

bool is_unsafe_method(Node object, std::string_view method, Context& context) {
  return std::any_of(kUnsafeMethods.begin(), kUnsafeMethods.end(),
                     [&](const Unsafe& one) { return one.method == method && context.is_instance(object, one.owner); });
}

bool is_unsafe_on_loop(std::string_view method) {
  static constexpr std::array<std::string_view, 5> kMethods = {"create_task", "call_soon", "call_later", "call_at",
                                                               "stop"};
  return contains(kMethods, method);
}

bool may_touch_loop(const Callee& callee) {
  const auto named = [&](const Unsafe& one) { return one.method == callee.written; };
  return callee.is_one_of({"asyncio.create_task", "asyncio.ensure_future"}) || is_unsafe_on_loop(callee.written) ||
         std::any_of(kUnsafeMethods.begin(), kUnsafeMethods.end(), named);
}

// True for `loop.create_task`, `queue.put_nowait` and their like, called or not.
bool is_unsafe(Node function, Context& context) {
  if (!function.is(Kind::attribute)) return false;
  const std::string_view method = function.child(Field::attribute).text();
  const Node object = function.child(Field::object);
  if (is_unsafe_on_loop(method) && is_event_loop(object, context)) return true;
  return is_unsafe_method(object, method, context);
}

bool touches_loop(Node call, Context& context) {
  if (context.calls(call, "asyncio.create_task") || context.calls(call, "asyncio.ensure_future")) return true;
  return is_unsafe(call.child(Field::function), context);
}

// True for code that runs a loop of its own, or asks in which thread it is.
bool minds_its_thread(Node function, Context& context) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "new_event_loop", "set_event_loop", "run_forever", "run_until_complete", "get_running_loop", "_get_running_loop",
      "current_thread", "get_ident",      "main_thread", "get_native_id",      "current_task"};
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) {
    return context.unit().names.may_have(name) && mentions(function, name);
  });
}

// The function whose code makes the call; null at module level and in coroutines.
Node function_of(Node call, Context& context) {
  const Scope scope = context.scope_of(call);
  return scope == Scope::function || scope == Scope::lambda ? context.enclosing_function(call) : Node();
}

void report_at(Node place, Node name, int variant, Context& context) {
  Report& report =
      context.report(loop_touched_from_thread, place,
                     fmt::format("`{}` is called in a thread that is not the event loop's: it is not thread-safe, and "
                                 "the loop may sleep on without noticing",
                                 name.text()));
  report.span = name.span();
  report.variant = variant;
}

// `Timer(5, event.set)`, `pool.submit(queue.put_nowait, x)`
void check_handed(Node call, Context& context) {
  const auto work = handed_work(call, context);
  if (!work || work->workers == Workers::processes || !work->function) return;
  const Node function = without_partial(work->function, context);
  if (is_unsafe(function, context)) report_at(call, function, kHanded, context);
}

// What a file needs to have threads run its functions.
bool may_use_threads(Context& context) {
  static const semantics::ModuleNames kModules = {"threading",     "concurrent", "asyncio",  "anyio",     "_thread",
                                                  "socketserver",  "http",       "fastapi",  "starlette", "paho",
                                                  "homeassistant", "watchdog",   "websocket"};
  return context.module().imports_any(kModules);
}

void ask(Node place, Node name, const semantics::FunctionRef& function, Context& context) {
  Question& question = context.ask(loop_touched_from_thread, place, function,
                                   fmt::format("`{}` runs in a thread that is not the event loop's, and touches the "
                                               "loop, which may sleep on without noticing",
                                               name.text()));
  question.report.span = name.span();
  question.effects = {"RT213"};
  question.beyond = true;
}

void check(Node call, Context& context) {
  check_handed(call, context);
  // What a lambda calls is looked at there.
  if (const auto handed = handed_elsewhere(call, context); handed.function != nullptr) {
    ask(call, handed_work(call, context)->function, handed, context);
  }
  const Node function = function_of(call, context);
  if (!function) return;
  const bool touches = touches_loop(call, context);
  const auto run = touches ? std::nullopt : run_elsewhere(call, context);
  const bool asks = run && !run->function->is_async && may_use_threads(context);
  if ((!touches && !asks) || minds_its_thread(function, context)) return;
  if (touches) {
    report_at(call, call.child(Field::function), kCalled, context);
    context.note(loop_touched_from_thread, call, std::string(call.child(Field::function).text()), "touches the loop");
  } else {
    ask(call, call.child(Field::function), {run->unit, run->function}, context);
  }
}

std::optional<fixes::Place> thread_of(const Report& report, Context& context) {
  const Node function = function_of(context.unit().unit->ast.node(report.node), context);
  std::optional<fixes::Place> found;
  is_reached_from(function, Reach::calls, context, [&](Node one, Context& inside) {
    if (one.is_async() || minds_its_thread(one, inside)) return false;
    found = thread_start_of(one, inside);
    return found.has_value();
  });
  return found;
}

bool confirm(const Report& report, Context& context) {
  if (report.variant == kHanded || report.variant == kNoted) return true;
  const Node call = context.unit().unit->ast.node(report.node);
  if (report.variant == kAnswered && handed_elsewhere(call, context).function != nullptr) return true;
  return thread_of(report, context).has_value();
}

std::vector<Explanation> explain(const Report& report, Context& context) {
  const auto start = report.variant == kCalled ? thread_of(report, context) : std::nullopt;
  if (!start) return {};
  return {{*start, fmt::format("`{}` runs in another thread", start->node.text())}};
}

// ---- fix

bool is_value_used(Node call) {
  const Node parent = call.parent();
  return !parent.is(Kind::expression_statement) && !(parent.is(Kind::lambda) && call.field() == Field::body);
}

bool has_keywords(Node call) {
  return call.child(Field::arguments).child(Kind::keyword_argument) || has_double_splat(call);
}

// The loop as an attribute of the same object: `self._loop`.
std::string loop_of_object(Node function, Context& context) {
  const Node first = function.child(Field::parameters).first_child();
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr || model->container.empty() || !first.is(Kind::identifier)) return {};
  const semantics::ClassEntry* entry = context.module().find_class(model->container);
  if (entry == nullptr) return {};
  for (const std::string_view name : {"_loop", "loop", "_event_loop", "event_loop", "main_loop", "_main_loop"}) {
    if (entry->attributes.contains(name)) return std::string(first.text()) + "." + std::string(name);
  }
  return {};
}

// An expression for the loop that the call can reach; empty when there is none.
std::string loop_at(Node call, Context& context) {
  const Node object = call.child(Field::function).child(Field::object);
  if (object && is_event_loop(object, context)) return std::string(object.text());
  for (Node function = context.enclosing_function(call); function; function = context.enclosing_function(function)) {
    for (const std::string_view name : {"loop", "event_loop", "main_loop"}) {
      if (mentions(function.child(Field::parameters), name)) return std::string(name);
      bool bound = false;
      for_each_own(function.child(Field::body), [&](Node node) {
        bound = bound || (node.is(Kind::assignment) && node.child(Field::left).text() == name);
      });
      if (bound) return std::string(name);
    }
    if (std::string loop = loop_of_object(function, context); !loop.empty()) return loop;
  }
  for (const std::string_view name : {"loop", "event_loop", "main_loop"}) {
    if (context.module().find(name) != nullptr) return std::string(name);
  }
  return {};
}

Fixes fix(const Report& report, Context& context) {
  if (report.variant == kHanded) return {};
  const Node call = context.unit().unit->ast.node(report.node);
  const Node function = call.child(Field::function);
  const fixes::FileView& file = context.file();
  const auto made = [](std::vector<text::TextEdit> edits) {
    return Fixes{{fixes::make_fix("Hand it to the loop with `call_soon_threadsafe`", fixes::Applicability::unsafe,
                                  std::move(edits))},
                 ""};
  };
  const Node method = function.child(Field::attribute);
  if (method.text() == "call_soon") return made({fixes::replace(file, context.place(method), "call_soon_threadsafe")});
  if (is_value_used(call)) return {{}, "its value is used"};
  if (has_keywords(call)) return {{}, "`call_soon_threadsafe` takes no keyword arguments"};
  const std::string loop = loop_at(call, context);
  if (loop.empty()) return {{}, "no event loop is at hand here"};
  const bool of_module = context.calls(call, "asyncio.create_task") || context.calls(call, "asyncio.ensure_future");
  const std::string handed = of_module ? loop + ".create_task" : std::string(function.text());
  std::vector<text::TextEdit> edits{fixes::replace(file, context.place(function), loop + ".call_soon_threadsafe")};
  const Node arguments = call.child(Field::arguments);
  const Node first = arguments.first_child();
  edits.push_back(first ? fixes::insert_before(file, context.place(first), handed + ", ")
                        : fixes::replace(file, context.place(arguments), "(" + handed + ")"));
  return made(std::move(edits));
}

}  // namespace
}  // namespace surefoot::rules
