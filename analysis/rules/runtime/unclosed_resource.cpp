#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/with_block.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/open_ends.hpp"
#include "analysis/rules/resources.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/value_use.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule unclosed_resource;
const Rule unclosed_resource{
    .code = "RT405",
    .name = "unclosed-resource",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return may_open(callee); },
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
constexpr int kNever = 0;    // a local that nothing closes
constexpr int kOnError = 1;  // a local that an exception leaves open
constexpr int kOnReturn = 2;
constexpr int kInline = 3;  // nothing can close it: `open(path).read()`

// Processes and pools go on by themselves: only those that somebody holds are looked at.
bool lives_by_itself(ResourceKind kind) { return kind == ResourceKind::process || kind == ResourceKind::pool; }

// `return json.load(open(path))`, but not `return csv.reader(open(path))`, which reads when the caller asks.
bool gives_value(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return borrows(call, context) && !callee->name.starts_with("csv.");
}

// `for … in enumerate(open(path)):`
bool is_run_through(Node iterable) {
  const Node loop = iterable.parent();
  if (iterable.field() != Field::right) return false;
  return loop.is(Kind::for_statement) ||
         (loop.is(Kind::for_in_clause) && !loop.parent().is(Kind::generator_expression));
}

// `open(path).read()`, `json.load(open(path))`, `for line in open(path):`: used where it is opened, and lost.
bool is_lost(const Resource& resource, Context& context) {
  const Node value = outside_parentheses(resource.value);
  const Node parent = value.parent();
  switch (parent.kind()) {
    case Kind::attribute: {
      const std::string_view name = parent.child(Field::attribute).text();
      const bool called = parent.parent().is(Kind::call) && parent.field() == Field::function;
      if (!called || name.starts_with("__") || is_closing_method(name, resource.kind)) return false;
      return resource.kind == ResourceKind::file || resource.kind == ResourceKind::client;
    }
    case Kind::argument_list: {
      const Node call = parent.parent();
      if (resource.kind != ResourceKind::file || !call.is(Kind::call)) return false;
      if (context.calls(call, "enumerate")) return is_run_through(call);
      return call.parent().is(Kind::return_statement) ? gives_value(call, context) : borrows(call, context);
    }
    case Kind::for_statement:
      return resource.kind == ResourceKind::file && value.field() == Field::right;
    case Kind::for_in_clause:
      return resource.kind == ResourceKind::file && value.field() == Field::right &&
             !parent.parent().is(Kind::generator_expression);
    case Kind::expression_statement:
      return resource.kind == ResourceKind::file || resource.kind == ResourceKind::client ||
             resource.kind == ResourceKind::connection;
    default:
      return false;
  }
}

// True when the statement at this point closes the local, enters it, or binds the name to something else.
class Ends {
 public:
  Ends(Node local, ResourceKind kind) : local_(local), kind_(kind) {}

  /// True inside of a `finally` that closes the local further on: what fails there is not looked at.
  bool is_about_to(Node node) const {
    for (Node outer = node.parent(); outer && !outer.is(Kind::function_definition); outer = outer.parent()) {
      if (outer.is(Kind::finally_clause) && closes_in(outer)) return true;
    }
    return false;
  }

  bool operator()(const Point& point) const {
    switch (point.kind) {
      case PointKind::enter:
        return is_entered_in(point.node);
      case PointKind::test:
        return closes_in(point.node) || closes_in_branch(point.node.parent(), point.node);
      case PointKind::statement:
        return closes_in(point.node) || binds_again(point.node);
      case PointKind::iterate:
        return point.node.child(Field::left).text() == local_.text();
      default:
        return false;
    }
  }

 private:
  // `with file:`, `with closing(file):`, not `with session.get(url):`.
  bool is_entered_in(Node item) const {
    for (std::uint32_t i = item.index(); i < item.after(); ++i) {
      const Node node = item.ast().node(i);
      if (!node.is(Kind::identifier) || node.text() != local_.text()) continue;
      if (!node.parent().is(Kind::attribute)) return true;
    }
    return false;
  }

  bool closes_in(Node tree) const {
    if (tree.is(Kind::case_clause) || tree.is(Kind::function_definition)) return false;
    for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
      const Node node = tree.ast().node(i);
      if (!node.is(Kind::attribute) || node.child(Field::object).text() != local_.text()) continue;
      if (is_closing_method(node.child(Field::attribute).text(), kind_)) return true;
    }
    return false;
  }

  // `if file: file.close()`, `if own: session.close()`: the condition is about the resource.
  bool closes_in_branch(Node branch, Node condition) const {
    const bool conditional = branch.is(Kind::if_statement) || branch.is(Kind::elif_clause);
    if (!conditional || condition.field() != Field::condition) return false;
    for (const Node statement : branch.child(Field::consequence).children()) {
      if (statement.is(Kind::expression_statement) && closes_in(statement)) return true;
    }
    return false;
  }

  bool binds_again(Node statement) const {
    const Node assignment = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
    return assignment.is(Kind::assignment) && assignment.child(Field::left).text() == local_.text();
  }

  Node local_;
  ResourceKind kind_;
};

// `other.close()`: that it fails is not looked at.
bool is_closing_statement(Node statement, ResourceKind kind) {
  Node call = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
  if (call.is(Kind::await)) call = call.first_child();
  return call.is(Kind::call) && is_closing_method(call.child(Field::function).child(Field::attribute).text(), kind);
}

// `sock.settimeout(3)`: does not fail.
bool only_sets_limit(Node statement, Node local) {
  const Node call = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
  const Node method = call.is(Kind::call) ? call.child(Field::function) : Node();
  if (!method.is(Kind::attribute) || method.child(Field::object).text() != local.text()) return false;
  const std::string_view name = method.child(Field::attribute).text();
  return name == "settimeout" || name == "setblocking";
}

// Ways that lead away from the opening with the resource open.
Walk walk_of(const Resource& resource, Node local, Node statement) {
  Walk how;
  const Ends ends(local, resource.kind);
  how.stop = ends;
  how.skip = [statement, local, ends, kind = resource.kind](const Point& point, const Edge& edge) {
    if (edge.kind == FlowEdge::raises) {
      return point.node == statement || is_closing_statement(point.node, kind) || only_sets_limit(point.node, local) ||
             ends.is_about_to(point.node);
    }
    if (point.kind != PointKind::test || point.node.is(Kind::case_clause)) return false;
    const auto holds = holds_for_open(point.node, local.text());
    return holds && edge.kind == (*holds ? FlowEdge::when_false : FlowEdge::when_true);
  };
  return how;
}

std::optional<int> leak_of(const Resource& resource, Node local, Context& context) {
  const ResourceUse use = use_of(local, resource.kind, context);
  if (use.handed_on) return std::nullopt;
  const FlowGraph& graph = context.flow(context.enclosing_function(local));
  const Node statement = outside_parentheses(resource.value).parent().parent();
  const auto start = graph.points_of(statement);
  if (!graph.is_complete()) return std::nullopt;
  Walk how = walk_of(resource, local, statement);
  const bool returns = graph.can_reach(start, FlowGraph::exit(), how);
  if (!use.closed) return returns ? std::optional(kNever) : std::nullopt;
  if (lives_by_itself(resource.kind)) return std::nullopt;
  if (returns) return kOnReturn;
  how.errors = true;
  return graph.can_reach(start, FlowGraph::raised(), how) ? std::optional(kOnError) : std::nullopt;
}

std::string message_for(const Resource& resource, Node local, int leak) {
  switch (leak) {
    case kOnError:
      return fmt::format(
          "`{}` stays open when an exception is raised before it is closed: use `with`, or close it in a "
          "`finally`",
          local.text());
    case kOnReturn:
      return fmt::format("`{}` is not closed on every way out of the function: use `with`", local.text());
    default:
      return fmt::format("What `{}` opens here is never closed: use `with`", resource.name);
  }
}

void check(Node call, Context& context) {
  const Scope scope = context.scope_of(call);
  if (scope != Scope::function && scope != Scope::coroutine) return;
  const auto resource = resource_of(call, context);
  if (!resource) return;
  const Node local = local_bound_to(resource->value);
  std::optional<int> leak;
  if (local) {
    leak = leak_of(*resource, local, context);
  } else if (is_lost(*resource, context)) {
    leak = kInline;
  }
  if (!leak || in_startup_code(call, context)) return;
  Report& report = context.report(unclosed_resource, call, message_for(*resource, local, *leak));
  report.span = call.child(Field::function).span();
  report.variant = *leak;
}

std::optional<fixes::Entering> entering_of(const Resource& resource, Context& context) {
  const Type* type = semantics::only(context.type_of(resource.value));
  if (type == nullptr || type->tag != Type::Tag::instance) return std::nullopt;
  // Leaving their `with` ends a transaction and no more.
  if (type->name == "sqlite3.Connection" || type->name == "psycopg2.extensions.connection") {
    return fixes::Entering::closing;
  }
  const knowledge::Class* facts = knowledge::find_class(type->name);
  if (facts == nullptr || facts->manager == knowledge::Sides::neither) return std::nullopt;
  if (facts->manager != knowledge::Sides::async) return fixes::Entering::with;
  return context.in_coroutine(resource.value) ? std::optional(fixes::Entering::async_with) : std::nullopt;
}

std::string_view variable_for(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::client:
      return "client";
    case ResourceKind::connection:
      return "connection";
    default:
      return "file";
  }
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const auto resource = resource_of(call, context);
  const auto entering = resource ? entering_of(*resource, context) : std::nullopt;
  if (!entering) return {{}, "it is not known how to enter it"};
  // What a process and a temporary directory bind is not what they are.
  if (resource->name == "tempfile.TemporaryDirectory") return {{}, "`with` would bind its path"};
  if (report.variant == kInline) {
    return fixes::open_in_with(context.file(), context.place(resource->value), *entering, variable_for(resource->kind));
  }
  const Node statement = outside_parentheses(resource->value).parent().parent();
  return fixes::hold_in_with(context.file(), context.place(statement), *entering);
}

}  // namespace
}  // namespace surefoot::rules
