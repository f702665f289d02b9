#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/process_state.hpp"

namespace surefoot::rules {
namespace {

bool is_task(Served by) { return by == Served::task; }

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);
std::vector<Explanation> explain(const Report& report, Context& context);

}  // namespace

extern const Rule state_in_task_module;
const Rule state_in_task_module{
    .code = "CEL109",
    .name = "state-in-task-module",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::assignment, Kind::augmented_assignment, Kind::delete_statement, Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_written({"next"}) || changes_container(callee.written); },
    .confirm = confirm,
    .explain = explain,
};

namespace {

void check(Node node, Context& context) {
  const auto write = process_state_write(node, context);
  if (!write) return;
  context
      .report(state_in_task_module, node,
              fmt::format("`{}` changes while tasks run, but each worker process has its own, and a restart loses it",
                          write->name.text()))
      .span = write->place.span();
}

bool confirm(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  const auto write = state_write_at(node, context);
  return write && server_of(context.enclosing_function(node), is_task, context) && !is_kept_by_process(*write, context);
}

std::vector<Explanation> explain(const Report& report, Context& context) {
  return explain_server(report, is_task, context);
}

}  // namespace
}  // namespace surefoot::rules
