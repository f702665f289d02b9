#include <fmt/format.h>

#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/cpu_bound.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule cpu_bound_in_threads;
const Rule cpu_bound_in_threads{
    .code = "RT301",
    .name = "cpu-bound-in-threads",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_bridge; },
    .fix = fix,
    .confirm = confirm,
};

namespace {

// The function of this file that the call has a thread run; null when it is none.
const Type* function_in_thread(Node call, Context& context) {
  const auto work = handed_work(call, context);
  if (!work || work->workers != Workers::threads || work->name == "threading.Timer") return nullptr;
  const Type* function = handed_function(*work, context);
  return function != nullptr && !function->function->is_async && !function->function->is_generator ? function : nullptr;
}

void check(Node call, Context& context) {
  if (context.target().free_threaded) return;
  const Type* function = function_in_thread(call, context);
  if (function == nullptr) return;
  const std::string name = handed_work(call, context)->name;
  context
      .report(cpu_bound_in_threads, call,
              fmt::format("`{}` only computes, in Python: its threads take turns under the GIL, so `{}` makes nothing "
                          "quicker and slows the other threads down",
                          function->function->name, name))
      .span = call.child(Field::function).span();
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Type* function = function_in_thread(call, context);
  if (function == nullptr) return false;
  const bool many = handed_work(call, context)->many || loop_around(call);
  return computes_in_python(*function, many ? Computing::shared_out : Computing::any, context);
}

// ---- fix

// The constructor that makes threads of the work: of the thread itself, or of the executor.
std::optional<PlacedCall> constructor_of(Node call, const HandedWork& work, Context& context) {
  if (work.name == "threading.Thread") return PlacedCall{context.unit_number(), call};
  if (!work.name.starts_with("concurrent.futures.")) return std::nullopt;
  return maker_of(call.child(Field::function).child(Field::object), context);
}

// Calls `name` of the module instead, imported the way the other one is; says what stands in the way.
std::string rename(const fixes::Place& function, std::string_view module, std::string_view name,
                   std::vector<text::TextEdit>& edits, Context& context) {
  const bool bare = function.node.is(Kind::identifier);
  fixes::Import import = bare ? fixes::import_name(context.file(), function, module, name)
                              : fixes::import_module(context.file(), function, module);
  if (import.edit) edits.push_back(std::move(*import.edit));
  edits.push_back(
      fixes::replace(context.file(), function, bare ? import.name : fmt::format("{}.{}", import.name, name)));
  return import.problem;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const auto work = handed_work(call, context);
  const auto made = work ? constructor_of(call, *work, context) : std::nullopt;
  if (!made) return {{}, "it cannot be seen where its threads are made"};
  if (work->function.is(Kind::lambda)) return {{}, "a process cannot be given a lambda"};
  const bool thread = work->name == "threading.Thread";
  Context inside(context, made->unit);
  const Type* callee = inside.callee(made->call);
  if (!thread && (callee == nullptr || !callee->is_object("concurrent.futures.ThreadPoolExecutor"))) return {};
  std::vector<text::TextEdit> edits;
  const std::string problem =
      thread ? rename({made->unit, made->call.child(Field::function)}, "multiprocessing", "Process", edits, context)
             : rename({made->unit, made->call.child(Field::function)}, "concurrent.futures", "ProcessPoolExecutor",
                      edits, context);
  if (!problem.empty()) return {{}, problem};
  return {{fixes::make_fix(thread ? "Run it in a process" : "Run it in a pool of processes",
                           fixes::Applicability::unsafe, std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
