#include "analysis/rules/callee.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/file_use.hpp"
#include "analysis/rules/value_use.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

void check(Node node, Context& context);

}  // namespace

extern const Rule blocking_iteration_in_async;
const Rule blocking_iteration_in_async{
    .code = "RT114",
    .name = "blocking-iteration-in-async",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::for_statement, Kind::for_in_clause, Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return may_iterate(callee); },
    .rises = true,
};

namespace {

constexpr Effect kWanted = Effect::blocks_network | Effect::blocks_database | Effect::blocks_sleep |
                           Effect::blocks_input | Effect::blocks_subprocess | Effect::blocks_cpu | Effect::blocks_file;

constexpr Effect kReportedCalls =
    kWanted | Effect::blocks_wait | Effect::runs_loop;  // what the other rules say of the call in the header

// True when the iterable is made by a call of the same expression that is reported itself.
bool is_made_by_reported_call(Node iterable, Context& context) {
  for (std::uint32_t i = iterable.index(); i < iterable.after(); ++i) {
    const Node call = iterable.ast().node(i);
    if (!call.is(Kind::call)) continue;
    const auto blocking = blocking_call(call, context);
    if (blocking && any(blocking->effects & kReportedCalls)) return true;
  }
  return false;
}

// The pipe of a process belongs to the call that starts the process.
bool is_pipe_of_reported_process(Node iterable, Context& context) {
  Node root = without_parentheses(iterable);
  while (root.is(Kind::attribute)) root = without_parentheses(root.child(Field::object));
  const Node value = root.is(Kind::identifier) ? only_value_of(root, context) : Node();
  return value.is(Kind::call) && is_made_by_reported_call(value, context);
}

// `cursor.execute(…)`, which is reported, and then `for row in cursor`: one cause, one finding.
bool follows_reported_query(Node iterable, const BlockingCall& iteration, Context& context) {
  if (!iterable.is(Kind::identifier) || !any(iteration.effects & Effect::blocks_database)) return false;
  const Node body = context.enclosing_function(iterable).child(Field::body);
  for (std::uint32_t i = body.index(); body && i < iterable.index(); ++i) {
    const Node call = body.ast().node(i);
    if (!call.is(Kind::call) || call.child(Field::function).child(Field::object).text() != iterable.text()) continue;
    const auto earlier = blocking_call(call, context);
    if (earlier && any(earlier->effects & Effect::blocks_database)) return true;
  }
  return false;
}

// csv readers read whatever gives them lines: a file, or a list.
bool reads_no_file(const BlockingCall& iteration, Node iterable, Context& context) {
  if (!iteration.name.starts_with("csv.")) return false;
  iterable = without_parentheses(iterable);
  const Node call = iterable.is(Kind::identifier) ? only_value_of(iterable, context) : iterable;
  return !call.is(Kind::call) || !is_file_handle(argument(call, "csvfile", 0), context);
}

bool is_known_file(const BlockingCall& iteration, Node iterable, Context& context) {
  if (!any(iteration.effects & Effect::blocks_file)) return false;
  return comes_from_opened_file(iterable, context) || is_in_memory(iterable, context) ||
         reads_no_file(iteration, iterable, context);
}

void check(Node node, Context& context) {
  const Node iterable = iterated_by(node, context);
  if (!iterable || !context.may_run_on_loop(node)) return;
  const auto iteration = blocking_iteration(iterable, context);
  if (!iteration || any(iteration->effects & (Effect::blocks_wait | Effect::queries_orm))) return;
  Effect effects = iteration->effects & kWanted;
  if (context.strict()) effects = effects | (iteration->effects & Effect::blocks_file_metadata);
  if (!any(effects) || is_made_by_reported_call(iterable, context)) return;
  if (is_known_file(*iteration, iterable, context) || follows_reported_query(iterable, *iteration, context)) return;
  if (any(effects & Effect::blocks_subprocess) && is_pipe_of_reported_process(iterable, context)) return;
  report_blocking_steps(blocking_iteration_in_async, iterable, iteration->name, describe(effects), context);
}

}  // namespace
}  // namespace surefoot::rules
