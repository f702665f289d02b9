#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/process_state.hpp"
#include "analysis/rules/words.hpp"

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
  return is_named_for_process(class_name) ||
         has_word(class_name, {"client", "clients", "pool", "session", "connection", "driver", "engine", "registry",
                               "tracer", "profiler", "loader"});
}

// `store.add(…)` with `store = Store()` in a module.
void ask_of_object(Node call, Context& context) {
  const Node name = kept_object(call, context);
  if (!name || is_named_for_process(name.text())) return;
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
  if (!write || is_named_for_process(write->name.text()) || holds_process_value(write->value, context)) return;
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
  if (!state_write_at(node, context)) {
    note_object(node, context);
    if (node.is(Kind::call)) ask(node, context);
    return;
  }
  const auto write = process_state_write(node, context);
  if (!write) return;
  Report& report = context.report(
      per_worker_global_state, node,
      fmt::format("`{}` changes while the program serves, but each worker process has its own, and a restart loses it",
                  write->name.text()));
  report.span = write->place.span();
  context.note(per_worker_global_state, node, std::string(write->name.text()), "changes");
}

bool is_worker(Served by) { return by != Served::no && by != Served::task; }

bool confirm(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  if (report.variant == kAnswered) return server_of(context.enclosing_function(node), is_worker, context).has_value();
  const auto write = state_write_at(node, context);
  if (report.variant == kNoted) return write && !is_kept_by_process(*write, context);
  return write && server_of(context.enclosing_function(node), is_worker, context) &&
         !is_kept_by_process(*write, context);
}

std::vector<Explanation> explain(const Report& report, Context& context) {
  return report.variant == kNoted ? std::vector<Explanation>() : explain_server(report, is_worker, context);
}

}  // namespace
}  // namespace surefoot::rules
