#include "analysis/rules/cancellation.hpp"

#include <algorithm>
#include <set>

#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {

using semantics::Edge;
using semantics::FlowEdge;
using semantics::Point;
using semantics::PointId;
using semantics::PointKind;
using semantics::Walk;

bool cancellation_arrives(Node block, Node catcher, Context& context) {
  const semantics::FlowGraph& graph = context.flow(context.enclosing_function(block));
  const std::vector<PointId> awaits = graph.awaits_in(block);
  bool arrives = false;
  Walk how;
  how.cancellation = true;
  how.skip = [&](const Point& point, const Edge& edge) {
    const Point& target = graph.point(edge.to);
    const bool caught = target.kind == PointKind::handler || target.kind == PointKind::leave;
    const bool gets_it =
        catcher.is(Kind::finally_clause) ? catcher.covers(target.node) : caught && target.node == catcher;
    arrives = arrives || (edge.kind == FlowEdge::cancels && gets_it);
    // Only what follows from the cancellation itself: not the code behind the `await`.
    return edge.kind != FlowEdge::cancels && point.awaits && block.covers(point.node);
  };
  graph.walk(awaits, how);
  return arrives;
}

namespace {

using Texts = std::set<std::string_view>;

bool is_function(Node node) { return node.is(Kind::function_definition) || node.is(Kind::lambda); }

// The `for` (or comprehension clause) that binds the name round the node; null when there is none.
Node loop_over(Node name) {
  for (Node outer = name.parent(); outer && !is_function(outer); outer = outer.parent()) {
    const bool loop = outer.is(Kind::for_statement);
    if (loop && outer.child(Field::left).text() == name.text()) return outer.child(Field::right);
    for (const Node clause : outer.children()) {
      if (!clause.is(Kind::for_in_clause)) continue;
      if (clause.child(Field::left).text() == name.text()) return clause.child(Field::right);
    }
  }
  return {};
}

bool is_plain_object(std::string_view name) {
  return name == "self" || name == "cls" || name == "asyncio" || name == "list" || name == "tuple" || name == "set";
}

// The places that an expression speaks of: `task`, `self._tasks`, and where locals in it come from.
void add_places(Node expression, Texts& places, Context& context, int depth = 0) {
  for (std::uint32_t i = expression.index(); expression && i < expression.after(); ++i) {
    const Node node = expression.ast().node(i);
    if (is_function(node)) {
      i = node.after() - 1;
      continue;
    }
    const bool called = node.field() == Field::function && node.parent().is(Kind::call);
    const bool name = node.is(Kind::identifier) && !is_binding_place(node);
    if (called || (!name && !node.is(Kind::attribute)) || is_plain_object(node.text())) continue;
    places.insert(node.text());
    if (!name || depth > 2) continue;
    add_places(loop_over(node), places, context, depth + 1);
    add_places(only_value_of(node, context), places, context, depth + 1);
  }
}

std::string_view called_name(Node call) {
  const Node function = call.child(Field::function);
  return function.is(Kind::attribute) ? function.child(Field::attribute).text() : function.text();
}

// Adds what a call cancels: the receiver of `x.cancel()`, the arguments of `cancel_all(x)`.
void add_cancelled(Node call, Texts& places, Context& context) {
  const Node function = call.child(Field::function);
  if (!has_word(called_name(call), {"cancel"})) return;
  if (function.is(Kind::attribute)) add_places(function.child(Field::object), places, context);
  add_places(call.child(Field::arguments), places, context);
}

Node loop_around(Node node) {
  Node found;
  for (Node outer = node.parent(); outer && !is_function(outer); outer = outer.parent()) {
    if (outer.is(Kind::for_statement) || outer.is(Kind::while_statement)) found = outer;
  }
  return found;
}

Texts cancelled_before(Node block, Context& context) {
  Texts places;
  const Node function = context.enclosing_function(block);
  const Node loop = loop_around(block);
  for (std::uint32_t i = function.index(); function && i < function.after(); ++i) {
    const Node node = function.ast().node(i);
    if (!node.is(Kind::call)) continue;
    if (node.start() < block.end() || (loop && loop.covers(node))) add_cancelled(node, places, context);
  }
  return places;
}

}  // namespace

bool awaits_cancelled_task(Node block, Context& context) {
  const Texts cancelled = cancelled_before(block, context);
  for (std::uint32_t i = block.index(); block && i < block.after(); ++i) {
    const Node node = block.ast().node(i);
    if (is_function(node)) {
      i = node.after() - 1;
    } else if (node.is(Kind::await)) {
      Texts awaited;
      add_places(node.first_child(), awaited, context);
      const auto is_cancelled = [&](std::string_view place) { return cancelled.contains(place); };
      if (std::any_of(awaited.begin(), awaited.end(), is_cancelled)) return true;
      const Node call = without_parentheses(node.first_child());
      if (call.is(Kind::call) && has_word(called_name(call), {"cancel"})) return true;
    }
  }
  return false;
}

bool is_stopping_name(std::string_view name) {
  return has_word(name,
                  {"stop",       "stopped",   "close",   "aclose",     "shutdown", "cancel",  "teardown", "cleanup",
                   "disconnect", "terminate", "kill",    "aexit",      "finalize", "unload",  "dispose",  "join",
                   "finish",     "abort",     "cancels", "terminates", "drain",    "stopping"});
}

}  // namespace surefoot::rules
