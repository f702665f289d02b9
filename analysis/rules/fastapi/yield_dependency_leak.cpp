#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/rules/fastapi_routes.hpp"
#include "analysis/rules/generators.hpp"
#include "analysis/rules/handlers.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/resources.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

using semantics::Edge;
using semantics::FlowEdge;
using semantics::FlowGraph;
using semantics::Point;

// Report::variant
constexpr int kOnError = 0;
constexpr int kNever = 1;
constexpr int kSwallowed = 2;

// The only yield of a function, as a statement of its own that gives a local; null for others.
Node plain_yield(Node function) {
  const Node found = only_yield(function);
  const bool plain = found.parent().is(Kind::expression_statement) && found.first_child().is(Kind::identifier);
  return plain ? found : Node();
}

bool is_close(std::string_view method) {
  return is_closing_method(method, ResourceKind::connection) || method == "dispose" || method == "putconn";
}

// `db.close()`, `await db.close()`, `pool.putconn(conn)`
bool closes(Node node, std::string_view local) {
  if (!node.is(Kind::call)) return false;
  const Node function = node.child(Field::function);
  if (!function.is(Kind::attribute) || !is_close(function.child(Field::attribute).text())) return false;
  if (function.child(Field::object).text() == local) return true;
  for (const Node argument : node.child(Field::arguments).children()) {
    if (argument.text() == local) return true;
  }
  return false;
}

bool closes_in(Node tree, std::string_view local) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    if (closes(tree.ast().node(i), local)) return true;
  }
  return false;
}

// True when an error that the route throws in at the yield gets out of the function with the local open.
bool leaks_on_error(Node function, Node yield, std::string_view local, Context& context) {
  const FlowGraph& graph = context.flow(function);
  if (!graph.is_complete()) return false;
  const auto from = graph.points_of(yield.parent());
  semantics::Walk how;
  how.errors = true;
  how.stop = [&](const Point& point) {
    return !point.node.is(Kind::function_definition) && !point.node.is(Kind::try_statement) &&
           closes_in(point.node, local);
  };
  how.skip = [&](const Point& point, const Edge& edge) {
    const bool thrown = point.node == yield.parent() || point.node.is(Kind::raise_statement);
    if (point.node == yield.parent() && edge.kind == FlowEdge::next) return true;
    return edge.kind == FlowEdge::raises && !thrown && point.kind == semantics::PointKind::statement;
  };
  return graph.can_reach(from, FlowGraph::raised(), how);
}

bool is_session(Node expression, Context& context) {
  return context.is_instance(expression, "sqlalchemy.orm.Session") ||
         context.is_instance(expression, "sqlalchemy.ext.asyncio.AsyncSession");
}

// A clause round the yield that takes every error and lets none go on.
Node swallowing(Node function, Node yield, Context& context) {
  const FlowGraph& graph = context.flow(function);
  for (Node outer = yield.parent(); outer && outer != function; outer = outer.parent()) {
    if (!outer.is(Kind::try_statement) || !outer.child(Field::body).covers(yield)) continue;
    for (const Node clause : outer.children()) {
      if (!clause.is(Kind::except_clause) || !takes_any_error(clause, context)) continue;
      const auto from = graph.points_of(clause);
      return graph.is_complete() && graph.can_reach(from, FlowGraph::exit(), {}) ? clause : Node();
    }
  }
  return {};
}

void check(Node function, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule yield_dependency_leak;
const Rule yield_dependency_leak{
    .code = "FAPI108",
    .name = "yield-dependency-leak",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

// True when the local is used for nothing but the yield, so that nobody else can close it.
bool is_only_yielded(Node function, std::string_view local) {
  int uses = 0;
  for_each_mention_in(function.child(Field::body), local, [&](Node) { ++uses; });
  return uses == 2;  // where it is bound, and the yield
}

// `Session.remove()` of a scoped session closes what `Session()` gave.
bool is_closed_by_maker(Node function, Node call) {
  const std::string_view maker = call.child(Field::function).text();
  bool found = false;
  for_each_own(function.child(Field::body), [&](Node node) {
    const Node method = node.is(Kind::call) ? node.child(Field::function) : Node();
    if (!method.is(Kind::attribute) || method.child(Field::object).text() != maker) return;
    const std::string_view name = method.child(Field::attribute).text();
    found = found || name == "remove" || is_close(name);
  });
  return found;
}

void check_close(Node function, Node yield, Context& context) {
  const Node local = yield.first_child();
  Node value = only_value_of(local, context);
  if (value.is(Kind::await)) value = without_parentheses(value.first_child());
  if (!value.is(Kind::call) || item_of(value)) return;
  const bool closed = closes_in(function.child(Field::body), local.text());
  const bool opens = is_session(local, context) || resource_of(value, context);
  const auto say = [&](int variant, std::string message) {
    Report& report = context.report(yield_dependency_leak, yield, std::move(message));
    report.variant = variant;
  };
  if (!closed && opens && is_only_yielded(function, local.text()) && !is_closed_by_maker(function, value)) {
    say(kNever,
        fmt::format("`{}` is never closed: use `with`, or close it in a `finally` behind the `yield`", local.text()));
  } else if (closed && leaks_on_error(function, yield, local.text(), context)) {
    say(kOnError,
        fmt::format("`{}` stays open when the route raises: the error comes out of the `yield`", local.text()));
  }
}

void check(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr || !model->is_generator || !model->decorators.empty()) return;
  const Node yield = plain_yield(function);
  if (!yield) return;
  check_close(function, yield, context);
  if (const Node clause = swallowing(function, yield, context)) {
    Report& report = context.report(yield_dependency_leak, clause,
                                    "What the route raises ends here: FastAPI does not get to know of it, and answers "
                                    "500 without a traceback in the log");
    report.span.end = report.span.start + 6;  // `except`
    report.variant = kSwallowed;
  }
}

bool is_handed_over(std::string_view name, Context& context) {
  return any_unit_with(name, context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node call = root.ast().node(i);
      if (is_dependency_marker(inside.unit(), call, inside) && last_name(dependency_of(call)) == name) return true;
    }
    return false;
  });
}

// A dependency: handed to `Depends` here, or one by its looks that other files may hand over.
bool confirm(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  const Node function = context.enclosing_function(node);
  const std::string_view name = function.child(Field::name).text();
  if (is_handed_over(name, context)) return true;
  // Nobody else has a use for a generator that gives what it opened, once.
  const semantics::Function* model = context.unit().function_at(function.index());
  if (report.variant != kSwallowed && model != nullptr && model->container.empty()) return true;
  const Node yield = plain_yield(function);
  const bool getter = has_word(name, {"get", "provide", "dep", "dependency"}) || has_word(name, {"session", "db"});
  return yield && ((getter && context.module().imports("fastapi")) || is_session(yield.first_child(), context));
}

Fixes fix(const Report& report, Context& context) {
  if (report.variant != kOnError) return {};
  const Node statement = context.unit().unit->ast.node(report.node).parent();
  const Node block = statement.parent();
  const fixes::Place place = context.place(statement);
  const Node next = statement.next_sibling();
  const auto indentation = fixes::indentation(context.file(), place);
  if (block.parent() != context.enclosing_function(statement) || !next || !indentation) {
    return {{}, "the `yield` stands in another statement"};
  }
  const std::string text =
      fmt::format("try:\n{1}{0}\n{2}finally:", statement.text(), fixes::deeper(*indentation), *indentation);
  std::vector<text::TextEdit> edits = fixes::indent_behind(context.file(), place, context.place(block.last_child()));
  edits.push_back(fixes::replace(context.file(), place, text));
  return {{fixes::make_fix("Close it in a `finally`", fixes::Applicability::safe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules
