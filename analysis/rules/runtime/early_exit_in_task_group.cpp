#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/scopes.hpp"

namespace surefoot::rules {
namespace {

void check(Node statement, Context& context);

}  // namespace

extern const Rule early_exit_in_task_group;
const Rule early_exit_in_task_group{
    .code = "RT223",
    .name = "early-exit-in-task-group",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::return_statement, Kind::break_statement, Kind::continue_statement},
    .check = check,
};

namespace {

using semantics::Point;
using semantics::PointId;

bool is_loop(Node node) { return node.is(Kind::for_statement) || node.is(Kind::while_statement); }

Node group_in(Node with_statement, Context& context) {
  for (const Node item : with_statement.child(Kind::with_clause).children()) {
    if (!item.is(Kind::with_item)) continue;
    if (provided_by(item, context) == knowledge::Provided::task_group) return item;
  }
  return {};
}

// The item with the group of tasks that the statement takes control out of; null when there is none.
Node group_left_by(Node statement, Context& context) {
  const bool returns = statement.is(Kind::return_statement);
  for (Node child = statement, outer = statement.parent(); outer; child = outer, outer = outer.parent()) {
    if (child.field() != Field::body) continue;
    if (outer.is(Kind::function_definition)) return {};
    if (!returns && is_loop(outer)) return {};
    const Node item = outer.is(Kind::with_statement) ? group_in(outer, context) : Node();
    if (item) return item;
  }
  return {};
}

std::string_view bound_name(Node item) {
  const Node value = without_parentheses(item.first_child());
  const Node target = value.is(Kind::as_pattern) ? value.child(Field::alias) : Node();
  return target.is(Kind::as_pattern_target) ? target.first_child().text() : target.text();
}

bool starts_child(Node node, std::string_view group) {
  const Node function = node.is(Kind::call) ? node.child(Field::function) : Node();
  if (!function.is(Kind::attribute) || function.child(Field::object).text() != group) return false;
  const std::string_view method = function.child(Field::attribute).text();
  return method == "create_task" || method == "start_soon" || method == "start" || method == "soonify";
}

// `nursery.cancel_scope.cancel()`
bool cancels(Node statement, std::string_view group) {
  const Node call = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
  const Node function = call.child(Field::function);
  const Node scope = function.child(Field::object);
  return function.child(Field::attribute).text() == "cancel" && scope.is(Kind::attribute) &&
         scope.child(Field::object).text() == group;
}

std::vector<PointId> starts_in(Node block, std::string_view group, const semantics::FlowGraph& graph) {
  std::vector<PointId> points;
  for (std::uint32_t i = block.index(); block && i < block.after(); ++i) {
    const Node node = block.ast().node(i);
    if (node.is(Kind::function_definition) || node.is(Kind::lambda)) {
      i = node.after() - 1;
    } else if (starts_child(node, group)) {
      for (const PointId point : graph.points_of(node)) points.push_back(point);
    }
  }
  return points;
}

std::string_view keyword(Node statement) {
  if (statement.is(Kind::return_statement)) return "return";
  return statement.is(Kind::break_statement) ? "break" : "continue";
}

void check(Node statement, Context& context) {
  if (!context.in_coroutine(statement)) return;
  const Node item = group_left_by(statement, context);
  const std::string_view group = item ? bound_name(item) : std::string_view();
  if (group.empty()) return;
  const semantics::FlowGraph& graph = context.flow(context.enclosing_function(statement));
  const auto starts = starts_in(item.parent().parent().child(Field::body), group, graph);
  semantics::Walk how;
  how.errors = true;
  how.stop = [group](const Point& point) { return cancels(point.node, group); };
  const bool at_once = std::find(starts.begin(), starts.end(), graph.points_of(statement).front()) != starts.end();
  if (!at_once && !graph.can_reach(starts, graph.points_of(statement), how)) return;
  context.report(early_exit_in_task_group, statement,
                 fmt::format("This `{}` does not leave the group at once: it waits for the children that `{}` has "
                             "started, and is lost if one of them fails",
                             keyword(statement), group));
}

}  // namespace
}  // namespace surefoot::rules
