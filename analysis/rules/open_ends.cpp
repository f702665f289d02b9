#include "analysis/rules/open_ends.hpp"

#include "analysis/rules/walk.hpp"

namespace surefoot::rules {

using semantics::Edge;
using semantics::FlowEdge;
using semantics::FlowGraph;
using semantics::Point;
using semantics::PointKind;
using semantics::Walk;

std::optional<bool> holds_for_open(Node condition, std::string_view local) {
  condition = without_parentheses(condition);
  if (condition.is(Kind::not_operator)) {
    const auto inner = holds_for_open(condition.child(Field::argument), local);
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  if (condition.is(Kind::identifier)) return condition.text() == local ? std::optional(true) : std::nullopt;
  if (!condition.is(Kind::comparison_operator) || condition.first_child().text() != local) return std::nullopt;
  if (!condition.last_child().is(Kind::none)) return std::nullopt;
  const std::string_view operation = condition.child(Field::operators).text();
  if (operation == "is") return false;
  return operation == "is not" ? std::optional(true) : std::nullopt;
}

namespace {

class Ways {
 public:
  Ways(Node local, Node statement, const EndsIt& ends) : local_(local), statement_(statement), ends_(ends) {}

  bool stops_at(const Point& point) const {
    switch (point.kind) {
      case PointKind::enter:
      case PointKind::iterate:
        return ends(point.node) || (point.kind == PointKind::iterate && binds(point.node));
      case PointKind::test:
        return ends(point.node) || ends_in_branch(point.node);
      case PointKind::statement:
        return ends(point.node) || binds(point.node.first_child());
      default:
        return false;
    }
  }

  bool skips(const Point& point, const Edge& edge, bool only_raises) const {
    if (edge.kind == FlowEdge::raises) {
      if (point.node.is(Kind::raise_statement)) return is_about_to_end(point.node);
      return only_raises || point.node == statement_ || is_about_to_end(point.node);
    }
    if (point.kind != PointKind::test || point.node.is(Kind::case_clause)) return false;
    const auto holds = holds_for_open(point.node, local_.text());
    return holds && edge.kind == (*holds ? FlowEdge::when_false : FlowEdge::when_true);
  }

 private:
  bool ends(Node tree) const {
    return !tree.is(Kind::case_clause) && !tree.is(Kind::function_definition) && ends_(tree);
  }

  // `if own: session.close()`: the condition is about what is open.
  bool ends_in_branch(Node condition) const {
    const Node branch = condition.parent();
    const bool conditional = branch.is(Kind::if_statement) || branch.is(Kind::elif_clause);
    if (!conditional || condition.field() != Field::condition || !mentions(condition, local_.text())) return false;
    for (const Node statement : branch.child(Field::consequence).children()) {
      if (statement.is(Kind::expression_statement) && ends(statement)) return true;
    }
    return false;
  }

  bool binds(Node assignment) const { return assignment && assignment.child(Field::left).text() == local_.text(); }

  // Inside of a `finally` that ends it further on: what fails there is not looked at.
  bool is_about_to_end(Node node) const {
    for (Node outer = node.parent(); outer && !outer.is(Kind::function_definition); outer = outer.parent()) {
      if (outer.is(Kind::finally_clause) && ends(outer)) return true;
    }
    return false;
  }

  Node local_, statement_;
  const EndsIt& ends_;
};

}  // namespace

std::optional<OpenEnd> open_end(Node local, Node statement, const EndsIt& ends, Context& context) {
  const Node function = context.enclosing_function(local);
  if (!function.is(Kind::function_definition)) return std::nullopt;
  const FlowGraph& graph = context.flow(function);
  if (!graph.is_complete()) return std::nullopt;
  const auto start = graph.points_of(statement);
  const Ways ways(local, statement, ends);
  Walk how;
  bool only_raises = true;
  how.stop = [&](const Point& point) { return ways.stops_at(point); };
  how.skip = [&](const Point& point, const Edge& edge) { return ways.skips(point, edge, only_raises); };
  const bool returns = graph.can_reach(start, FlowGraph::exit(), how);
  if (!ends(function.child(Field::body))) {
    how.errors = true;
    return returns || graph.can_reach(start, FlowGraph::raised(), how) ? std::optional(OpenEnd::never) : std::nullopt;
  }
  if (returns) return OpenEnd::on_return;
  how.errors = true;
  if (graph.can_reach(start, FlowGraph::raised(), how)) return OpenEnd::on_raise;
  only_raises = false;
  return graph.can_reach(start, FlowGraph::raised(), how) ? std::optional(OpenEnd::on_failure) : std::nullopt;
}

}  // namespace surefoot::rules
