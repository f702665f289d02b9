#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "analysis/fixes/with_block.hpp"
#include "analysis/rules/local_names.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule session_leak;
const Rule session_leak{
    .code = "SQA112",
    .name = "session-leak",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return may_make_session(callee); },
    .fix = fix,
};

namespace {

using semantics::Edge;
using semantics::FlowEdge;
using semantics::FlowGraph;
using semantics::Point;
using semantics::PointKind;
using semantics::Walk;

// Report::variant
constexpr int kNever = 0;
constexpr int kOnError = 1;

bool closes(std::string_view method) {
  return method == "close" || method == "aclose" || method == "remove" || method == "__exit__" || method == "__aexit__";
}

// ---- who else may close it

// What is made with the session and goes out of the function may read from it later: a query, rows not read yet.
bool gives_reader(Node call, Context& context) {
  Node value = call;
  while (value.parent().is(Kind::await) || value.parent().is(Kind::attribute) || value.parent().is(Kind::call) ||
         value.parent().is(Kind::parenthesized_expression)) {
    value = value.parent();
  }
  if (!value.parent().is(Kind::return_statement) && !value.parent().is(Kind::yield)) return false;
  const Type* type = semantics::only(context.type_of(value));
  return type != nullptr && type->tag == Type::Tag::instance && type->name.starts_with("sqlalchemy.");
}

// True when the object that the call makes is only worked with here: `Orders(session).all()`, `orders =
// Orders(session)`.
bool stays_here(Node made) {
  const Node parent = made.parent();
  if (parent.is(Kind::attribute)) return parent.parent().is(Kind::call);
  const Node target = parent.is(Kind::assignment) ? parent.child(Field::left) : Node();
  Node function = made.parent();
  while (function && !function.is(Kind::function_definition)) function = function.parent();
  if (!target.is(Kind::identifier) || !function) return false;
  const LocalNames names(function);
  const std::uint32_t number = names.find(target);
  if (number == LocalNames::kNone) return false;
  const std::vector<Node>& reads = names.local(number).reads;
  return std::all_of(reads.begin(), reads.end(), [](Node read) {
    return read.parent().is(Kind::attribute) && read.parent().parent().is(Kind::call);
  });
}

// An object of a class of the project that works with the session, and has nothing that would close it.
bool is_short_lived_user(Node call, const Type& callee, Context& context) {
  if (project_class(callee.name, context) == nullptr || !stays_here(call)) return false;
  const Type object = semantics::make(Type::Tag::instance, callee.name);
  for (const std::string_view method : {"close", "aclose", "__exit__", "__aexit__", "commit", "__del__"}) {
    if (!context.resolver().attribute(object, method).empty()) return false;
  }
  return true;
}

// `load(session, 3)`, a function of the project: it uses the session and gives it back.
bool is_lent(Node argument, Context& context) {
  const Node list = argument.parent().is(Kind::keyword_argument) ? argument.parent().parent() : argument.parent();
  const Node call = list.is(Kind::argument_list) ? list.parent() : Node();
  if (!call.is(Kind::call) || call.parent().is(Kind::with_item) || call.parent().is(Kind::as_pattern)) return false;
  if (has_word(last_name(call), {"close", "cleanup", "finish", "release", "dispose", "commit"})) return false;
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return false;
  return callee->function != nullptr || is_short_lived_user(call, *callee, context);
}

struct Use {
  bool handed_on = false;
  bool closed = false;
};

Use use_at(Node read, Node function, Context& context) {
  if (context.enclosing_function(read) != function) return {.handed_on = true};
  const Node parent = read.parent();
  if (parent.is(Kind::attribute) && read.field() == Field::object) {
    const Node call = parent.parent();
    const bool called = call.is(Kind::call) && parent.field() == Field::function;
    const std::string_view name = parent.child(Field::attribute).text();
    if (closes(name)) return called ? Use{.closed = true} : Use{.handed_on = true};
    if (!called) return {};
    return {.handed_on =
                gives_reader(call, context) || call.parent().is(Kind::with_item) || call.parent().is(Kind::as_pattern)};
  }
  if (parent.is(Kind::with_item) || parent.is(Kind::as_pattern)) return {.closed = true};
  if (parent.is(Kind::argument_list) || parent.is(Kind::keyword_argument))
    return {.handed_on = !is_lent(read, context)};
  const bool asked = parent.is(Kind::if_statement) || parent.is(Kind::not_operator) ||
                     parent.is(Kind::comparison_operator) || parent.is(Kind::interpolation);
  return {.handed_on = !asked};
}

// ---- ways out

bool ends_at(const Point& point, Node local) {
  const Node node = point.node;
  if (point.kind == PointKind::enter) return mentions(node, local.text());
  if (point.kind != PointKind::statement && point.kind != PointKind::test) return false;
  if (is_definition(node) || node.is(Kind::case_clause)) return false;
  bool found = false;
  const Node branch = node.field() == Field::condition ? node.parent().child(Field::consequence) : Node();
  for (const Node tree : {node, branch}) {  // `if session: session.close()`
    if (!tree) continue;
    for_each_own(tree, [&](Node one) {
      if (!one.is(Kind::attribute) || one.child(Field::object).text() != local.text()) return;
      found = found || closes(one.child(Field::attribute).text());
    });
  }
  const Node assignment = node.first_child();
  return found || (node.is(Kind::expression_statement) && assignment.is(Kind::assignment) &&
                   assignment.child(Field::left).text() == local.text());
}

std::optional<int> leak_of(Node local, Context& context) {
  const Node function = context.enclosing_function(local);
  const LocalNames names(function);
  const std::uint32_t number = names.find(local);
  if (number == LocalNames::kNone || names.local(number).owner != function) return std::nullopt;
  bool closed = false;
  for (const Node read : names.local(number).reads) {
    const Use use = use_at(read, function, context);
    if (use.handed_on) return std::nullopt;
    closed = closed || use.closed;
  }
  const FlowGraph& graph = context.flow(function);
  const Node statement = local.parent().parent();
  const auto start = graph.points_of(statement);
  if (!graph.is_complete()) return std::nullopt;
  Walk how;
  how.stop = [local](const Point& point) { return ends_at(point, local); };
  how.skip = [statement](const Point& point, const Edge& edge) {
    return edge.kind == FlowEdge::raises && point.node == statement;
  };
  if (!closed) return graph.can_reach(start, FlowGraph::exit(), how) ? std::optional(kNever) : std::nullopt;
  how.errors = true;
  const std::array<semantics::PointId, 2> ends = {FlowGraph::exit(), FlowGraph::raised()};
  if (graph.can_reach(start, ends, how)) return kOnError;
  return std::nullopt;
}

// ---- check

void check(Node call, Context& context) {
  const Scope scope = context.scope_of(call);
  if (scope != Scope::function && scope != Scope::coroutine) return;
  const Node local = local_bound_to(call);
  if (!local || !makes_session(call, context) || in_startup_code(call, context) || is_migration_path(context.path()))
    return;
  const Type* callee = context.callee(call);
  const bool is_class = callee != nullptr && callee->is_object("sqlalchemy.orm.Session");
  if (is_class && !call.child(Field::arguments).first_child()) return;  // it has no database to connect to
  const auto leak = leak_of(local, context);
  if (!leak) return;
  const std::string message =
      *leak == kNever
          ? fmt::format("Nothing closes `{}`, and its connection stays out of the pool: use `with`", local.text())
          : fmt::format(
                "`{}` stays open when an error comes before its `close()`: use `with`, or close it "
                "in a `finally`",
                local.text());
  Report& report = context.report(session_leak, call, message);
  report.span = call.child(Field::function).span();
  report.variant = *leak;
}

// `orders = Orders(session)`, `query = session.query(Order)`: they use the session behind the last place that names it.
bool has_users(Node local, Context& context) {
  const Node body = context.enclosing_function(local).child(Field::body);
  bool found = false;
  for_each_own(body, [&](Node node) {
    if (!node.is(Kind::assignment) || !node.child(Field::left).is(Kind::identifier)) return;
    const Node value = node.child(Field::right);
    if (!value || value.covers(local) || node.child(Field::left) == local || !mentions(value, local.text())) return;
    const Type* type = semantics::only(context.type_of(value));
    const bool instance = type != nullptr && type->tag == Type::Tag::instance;
    found =
        found || (instance && (type->name.starts_with("sqlalchemy.") || project_class(type->name, context) != nullptr));
  });
  return found;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  if (has_users(local_bound_to(call), context)) return {{}, "other objects use it behind the block"};
  const bool async = context.is_instance(call, "sqlalchemy.ext.asyncio.AsyncSession");
  if (async && !context.in_coroutine(call)) return {{}, "it is no coroutine"};
  return fixes::hold_in_with(context.file(), context.place(local_bound_to(call).parent().parent()),
                             async ? fixes::Entering::async_with : fixes::Entering::with);
}

}  // namespace
}  // namespace surefoot::rules
