#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callables.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/module_state.hpp"
#include "analysis/rules/served_functions.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/frame.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
std::vector<Explanation> explain(const Report& report, Context& context);

}  // namespace

extern const Rule per_worker_global_state;
const Rule per_worker_global_state{
    .code = "RT305",
    .name = "per-worker-global-state",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::assignment, Kind::augmented_assignment, Kind::delete_statement, Kind::call},
    .check = check,
    .concerns = concerns,
    .confirm = confirm,
    .explain = explain,
    .notes = true,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.may_run_project() || callee.is_written({"next"}) || changes_container(callee.written);
}

// What methods change of their own object counts where the object is one that a module keeps.
const Rule kObjectState{.code = "RT305.self", .name = "changed-object", .kinds = {}, .notes = true};

// ---- what each process may have of its own

// Caches, metrics, loggers and locks are meant to be of one process.
bool is_named_so(std::string_view name) {
  return has_word(name, {"lock", "locks", "mutex", "mutexes", "semaphore", "semaphores", "logger", "loggers", "log",
                         "metric", "metrics", "prometheus", "memo", "memoized", "lru", "executor", "executors"}) ||
         name.find("cache") != std::string_view::npos || name.find("CACHE") != std::string_view::npos ||
         name.find("Cache") != std::string_view::npos;
}

// Tasks, threads, locks, connections, clients and pools cannot be shared between processes anyway.
bool is_of_one_process(std::string_view name, Context& context) {
  if (has_word(name.substr(name.rfind('.') + 1), {"websocket", "socket", "transport"})) return true;
  static constexpr std::array<std::string_view, 12> kNames = {"asyncio.Future",
                                                              "asyncio.Task",
                                                              "asyncio.Event",
                                                              "asyncio.Queue",
                                                              "threading.Thread",
                                                              "threading.Event",
                                                              "multiprocessing.Process",
                                                              "subprocess.Popen",
                                                              "concurrent.futures.Future",
                                                              "concurrent.futures.Executor",
                                                              "logging.Logger",
                                                              "asyncio.subprocess.Process"};
  if (std::any_of(kNames.begin(), kNames.end(),
                  [&](std::string_view base) { return context.resolver().is_subclass(name, base); })) {
    return true;
  }
  const knowledge::Provider* provider = knowledge::find_provider(name);
  const knowledge::Class* facts = knowledge::find_class(name);
  return provider != nullptr || (facts != nullptr && !facts->close.empty());
}

bool holds_process_value(Node value, Context& context) {
  value = without_parentheses(value);
  if (value.is(Kind::await)) return false;
  const Type* type = value ? semantics::only(context.type_of(value)) : nullptr;
  return type != nullptr && type->tag == Type::Tag::instance && is_of_one_process(type->name, context);
}

// ---- values that are set once, when somebody asks for them first

using Names = std::unordered_set<std::string_view>;

bool is_one_of(Node node, const Names& names) { return node.is(Kind::identifier) && names.contains(node.text()); }

// True when the condition asks whether one of the names has no value yet (`x is None`, `not x`), or has one.
bool tests(Node condition, bool for_unset, const Names& names) {
  condition = without_parentheses(condition);
  if (condition.is(Kind::boolean_operator)) {
    return tests(condition.child(Field::left), for_unset, names) ||
           tests(condition.child(Field::right), for_unset, names);
  }
  if (condition.is(Kind::not_operator)) return tests(condition.child(Field::argument), !for_unset, names);
  if (!condition.is(Kind::comparison_operator)) return !for_unset && is_one_of(condition, names);
  if (condition.child_count() != 3 || !condition.last_child().is(Kind::none)) return false;
  const std::string_view test = condition.child(Field::operators).text();
  const bool unset = test == "is" || test == "==";
  return unset == for_unset && is_one_of(condition.first_child(), names);
}

// `maintenance = True` is a state; `loaded = True` says that something was set up.
bool is_mere_flag(const StateWrite& write) {
  const bool flag = write.value.is(Kind::true_) || write.value.is(Kind::false_);
  return flag && !has_word(write.name.text(), {"init", "initialized", "initialised", "inited", "loaded", "ready",
                                               "setup", "configured", "registered", "patched", "imported", "warmed"});
}

// `if client is None: client = make()`, `if client: return client`, `client = client or make()`.
bool is_set_lazily(const StateWrite& write, Context& inside) {
  if (is_mere_flag(write)) return false;
  const Node function = inside.enclosing_function(write.place);
  if (write.value.is(Kind::boolean_operator) && write.value.first_child().text() == write.name.text()) return true;
  semantics::Frame frame;
  semantics::collect_names(function.child(Field::body), frame);
  bool lazily = false;
  for_each_own(function.child(Field::body), [&](Node node) {
    if (lazily || !node.is(Kind::if_statement) || node.index() > write.place.index()) return;
    const Node condition = node.child(Field::condition);
    const Node consequence = node.child(Field::consequence);
    if (consequence.covers(write.place)) lazily = tests(condition, true, frame.globals);
    if (!node.covers(write.place) && jumps_away(consequence)) lazily = tests(condition, false, frame.globals);
  });
  return lazily;
}

// `if endpoints: return endpoints` and then `endpoints[name] = …`: filled when somebody asks for it first.
bool is_filled_once(const StateWrite& write, Context& inside) {
  if (write.rebinds || !write.name.is(Kind::identifier)) return false;
  bool once = false;
  for_each_own(inside.enclosing_function(write.place).child(Field::body), [&](Node node) {
    if (once || !node.is(Kind::if_statement) || node.index() > write.place.index()) return;
    const Node consequence = node.child(Field::consequence);
    const Names name = {write.name.text()};
    const bool leaves = !node.covers(write.place) && jumps_away(consequence);
    once = leaves ? tests(node.child(Field::condition), false, name)
                  : consequence.covers(write.place) && tests(node.child(Field::condition), true, name);
  });
  return once;
}

// What a file needs to have something served by its functions.
bool may_serve(Context& context) {
  static const semantics::ModuleNames kModules = {
      "fastapi", "starlette", "flask",  "django",   "rest_framework", "aiohttp",  "sanic",      "quart",
      "tornado", "litestar",  "bottle", "falcon",   "pyramid",        "dramatiq", "rq",         "huey",
      "arq",     "taskiq",    "pika",   "aio_pika", "kafka",          "aiokafka", "slack_bolt", "channels"};
  return context.module().imports_any(kModules);
}

// Objects that are made to be one for each process.
bool is_tool(std::string_view class_name) {
  return is_named_so(class_name) ||
         has_word(class_name, {"client", "clients", "pool", "session", "connection", "driver", "engine", "registry",
                               "tracer", "profiler", "loader"});
}

// `store.add(…)` with `store = Store()` in a module.
void ask_of_object(Node call, Context& context) {
  const Node name = kept_object(call, context);
  if (!name || is_named_so(name.text())) return;
  const Type* made = semantics::only(context.type_of(name));
  const Type* method = context.callee(call);
  if (made == nullptr || method == nullptr || method->function == nullptr) return;
  if (is_tool(made->name.substr(made->name.rfind('.') + 1)) || is_of_one_process(made->name, context)) return;
  const Node function = call.child(Field::function);
  Question& question = context.ask(
      per_worker_global_state, call, {method->unit, method->function},
      fmt::format("`{}` changes what `{}` keeps while the program serves, but each worker process has its own, and a "
                  "restart loses it",
                  function.text(), name.text()));
  question.report.span = function.span();
  question.effects = {kObjectState.code};
  question.at_once = true;
}

void note_object(Node node, Context& context) {
  const auto write = object_write_at(node, context);
  if (!write || is_named_so(write->name.text()) || holds_process_value(write->value, context)) return;
  context.note(kObjectState, node, std::string(write->place.text()), "changes");
}

// A call of a function of another file may change what a module keeps.
void ask(Node call, Context& context) {
  if (!may_serve(context) || !context.enclosing_function(call)) return;
  if (context.strict()) ask_of_object(call, context);
  const auto run = run_elsewhere(call, context);
  if (!run) return;
  const Node name = call.child(Field::function);
  Question& question = context.ask(
      per_worker_global_state, call, {run->unit, run->function},
      fmt::format("`{}` changes what its module keeps while the program serves, but each worker process has its own, "
                  "and a restart loses it",
                  name.text()));
  question.report.span = name.span();
  question.effects = {"RT305"};
  question.beyond = true;
}

void check(Node node, Context& context) {
  const auto write = state_write_at(node, context);
  if (!write) note_object(node, context);
  if (!write && node.is(Kind::call)) ask(node, context);
  if (!write || is_named_so(write->name.text()) || holds_process_value(write->value, context)) return;
  const Node function = context.enclosing_function(node);
  if (is_memoized(function, context)) return;
  if (write->rebinds && !node.is(Kind::augmented_assignment) && is_set_lazily(*write, context)) return;
  if (is_filled_once(*write, context)) return;
  Report& report = context.report(
      per_worker_global_state, node,
      fmt::format("`{}` changes while the program serves, but each worker process has its own, and a restart loses it",
                  write->name.text()));
  report.span = write->place.span();
  context.note(per_worker_global_state, node, std::string(write->name.text()), "changes");
}

// ---- what the rest of the file says

// True when some code of the file sets the name lazily, or puts something into it that belongs to the process.
bool is_kept_by_process(const StateWrite& write, Context& context) {
  if (!write.name.is(Kind::identifier)) return false;
  return any_unit_with(write.name.text(), context, [&](Node root, Context& inside) {
    for (std::uint32_t at = root.index(); at < root.after(); ++at) {
      const Node node = root.ast().node(at);
      const auto other = state_write_at(node, inside);
      if (!other || other->name.text() != write.name.text()) continue;
      const bool lazily = other->rebinds && !node.is(Kind::augmented_assignment) && is_set_lazily(*other, inside);
      if (lazily || holds_process_value(other->value, inside)) return true;
    }
    return false;
  });
}

// The function that serves and leads to the write.
struct Server {
  std::size_t unit = 0;
  Node function;
  Served by = Served::no;
};

std::optional<Server> server_of(Node function, Context& context) {
  std::optional<Server> found;
  is_reached_from(function, Reach::calls_and_handovers, context, [&](Node one, Context& inside) {
    const Served by = one.is(Kind::function_definition) ? served_by(one, inside) : Served::no;
    if (by != Served::no) found = Server{inside.unit_number(), one, by};
    return by != Served::no;
  });
  return found;
}

bool confirm(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  if (report.variant == kAnswered) return server_of(context.enclosing_function(node), context).has_value();
  const auto write = state_write_at(node, context);
  if (report.variant == kNoted) return write && !is_kept_by_process(*write, context);
  return write && server_of(context.enclosing_function(node), context) && !is_kept_by_process(*write, context);
}

std::vector<Explanation> explain(const Report& report, Context& context) {
  if (report.variant == kNoted) return {};
  const Node function = context.enclosing_function(context.unit().unit->ast.node(report.node));
  const auto server = server_of(function, context);
  if (!server) return {};
  const Node name = server->function.child(Field::name);
  return {{{server->unit, name}, fmt::format("`{}` is called for each {}", name.text(), describe(server->by))}};
}

}  // namespace
}  // namespace surefoot::rules
