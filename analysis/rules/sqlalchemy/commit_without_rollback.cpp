#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/failed_commits.hpp"
#include "analysis/rules/handlers.hpp"
#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule commit_without_rollback;
const Rule commit_without_rollback{
    .code = "SQA113",
    .name = "commit-without-rollback",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return (callee.of == Callee::Of::library && callee.name.ends_with(".commit")) || callee.is_of_project();
        },
    .fix = fix,
};

namespace {

using semantics::FlowGraph;
using semantics::Point;
using semantics::PointKind;
using semantics::Walk;

// ---- which commits, which handlers

Node receiver_of(Node call) {
  const Node function = call.child(Field::function);
  return function.is(Kind::attribute) ? function.child(Field::object) : Node();
}

// Flask-SQLAlchemy's has a rule of its own.
bool is_commit(Node call, Context& context) {
  const Node session = receiver_of(call);
  if (!session || call.child(Field::function).child(Field::attribute).text() != "commit") return false;
  return is_session(session, context) && !context.is_instance(session, "flask_sqlalchemy.session.Session");
}

// `with Session() as session:`, `with session.begin():` round the `try`: its end rolls back.
bool is_inside_with(Node statement, Node session, Context& context) {
  const Node value = session.is(Kind::identifier) ? only_value_of(session, context) : Node();
  if (value && value.text().find("enter_") != std::string_view::npos) return true;  // of an exit stack
  for (Node at = statement.parent(); at && !is_definition(at); at = at.parent()) {
    if (!at.is(Kind::with_statement)) continue;
    for (const Node part : at.children()) {
      if (part.field() != Field::body && mentions(part, last_name(session))) return true;
    }
  }
  return false;
}

// True for a clause that takes what a commit raises.
bool takes_database_errors(Node clause, Context& context) {
  if (takes_any_error(clause, context)) return true;
  const std::vector<Node> taken = taken_by(clause);
  return std::any_of(taken.begin(), taken.end(), [&](Node one) {
    const Type* type = semantics::only(context.type_of(one));
    return type != nullptr && type->tag == Type::Tag::object && type->name.starts_with("sqlalchemy.exc.") &&
           type->name.ends_with("Error");
  });
}

// ---- what the handler does

// A call that ends the transaction, or that may: `session.rollback()`, `self.undo(session)`, `rollback_all()`.
bool may_roll_back(Node node, Node session) {
  if (!node.is(Kind::call)) return false;
  const Node function = node.child(Field::function);
  const std::string_view name = last_name(function);
  if (has_word(name, {"rollback", "abort", "undo", "cleanup"})) return true;
  const Node object = function.is(Kind::attribute) ? function.child(Field::object) : Node();
  if (object.text() == session.text()) {
    static constexpr std::array<std::string_view, 7> kEnds = {"close", "aclose",     "remove",     "reset",
                                                              "begin", "invalidate", "expunge_all"};
    return contains(kEnds, name);
  }
  for (const Node one : node.child(Field::arguments).children()) {
    const Node value = one.is(Kind::keyword_argument) ? one.child(Field::value) : one;
    if (value.text() == session.text()) return true;
  }
  return false;
}

bool ends_transaction(const Point& point, Node session) {
  if (point.kind == PointKind::leave || point.kind == PointKind::enter) return mentions(point.node, last_name(session));
  if (point.kind != PointKind::statement && point.kind != PointKind::test) return false;
  if (is_definition(point.node) || point.node.is(Kind::case_clause)) return false;
  bool found = false;
  for_each_own(point.node, [&](Node node) { found = found || may_roll_back(node, session); });
  return found;
}

// Control leaves the handler, or comes to the next commit, with the transaction still failed.
bool goes_on(Node clause, Node call, Context& context) {
  const FlowGraph& graph = context.flow(context.enclosing_function(call));
  if (!graph.is_complete()) return false;
  std::vector<semantics::PointId> ends = graph.points_of(call);
  ends.push_back(FlowGraph::exit());
  const Node session = receiver_of(call);
  Walk how;
  how.stop = [session](const Point& point) { return ends_transaction(point, session); };
  return graph.can_reach(graph.points_of(clause), ends, how);
}

// The clause that takes the error of the commit and goes on with the session as it is; null when there is none.
Node careless_handler(Node call, Context& context) {
  for (Node child = call, at = call.parent(); at && !is_definition(at); child = at, at = at.parent()) {
    if (!at.is(Kind::try_statement) || child.field() != Field::body) continue;
    for (const Node clause : at.children()) {
      if (!clause.is(Kind::except_clause) || !takes_database_errors(clause, context)) continue;
      if (goes_on(clause, call, context)) return clause;
      if (takes_any_error(clause, context)) return {};
    }
  }
  return {};
}

// `if failed: session.rollback()` behind the `try`, where the handler comes to it.
bool is_rolled_back_later(Node clause, Node call, Context& context) {
  const Node function = context.enclosing_function(clause);
  const FlowGraph& graph = context.flow(function);
  const auto start = graph.points_of(clause);
  for (std::uint32_t i = clause.parent().after(); i < function.after(); ++i) {
    const Node node = clause.ast().node(i);
    if (may_roll_back(node, receiver_of(call)) && graph.can_reach(start, graph.points_of(node), {})) return true;
  }
  return false;
}

void check(Node call, Context& context) {
  if (!is_commit(call, context) || !context.enclosing_function(call).is(Kind::function_definition)) return;
  if (is_inside_with(call, receiver_of(call), context)) return;
  const Node clause = careless_handler(call, context);
  if (!clause || !is_first_in_try(call, clause) || is_rolled_back_later(clause, call, context)) return;
  context.report(commit_without_rollback, call,
                 fmt::format("When `{}` fails, the handler goes on without `rollback()`: the session keeps the failed "
                             "transaction and refuses what follows",
                             call.child(Field::function).text()));
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  return roll_back_in(careless_handler(call, context), call, context);
}

}  // namespace
}  // namespace surefoot::rules
