#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/import_time.hpp"
#include "analysis/rules/shared_by_fork.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);

}  // namespace

extern const Rule connection_in_task_module;
const Rule connection_in_task_module{
    .code = "CEL110",
    .name = "connection-in-task-module",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) { return callee.blocks() || callee.is_in("asyncio.") || callee.is_in("uvloop."); },
    .fix = make_lazy,
    .confirm = is_imported_by_workers,
};

namespace {

void check(Node call, Context& context) {
  if (is_test_path(context.path()) || !runs_at_import(call, context)) return;
  const std::string_view effect = shared_by_fork(call, context);
  if (effect.empty() || !is_task_module(context)) return;
  const Node function = call.child(Field::function);
  context
      .report(connection_in_task_module, call,
              fmt::format("`{}` {} before the worker forks its processes, which then share it: make it in "
                          "`worker_process_init`, or when a task first needs it",
                          function.text(), effect))
      .span = function.span();
}

}  // namespace
}  // namespace surefoot::rules
