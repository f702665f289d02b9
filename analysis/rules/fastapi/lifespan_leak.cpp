#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "analysis/fixes/lines.hpp"
#include "analysis/rules/generators.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/resources.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

// Report::variant
constexpr int kNever = 0;
constexpr int kOnlyWithoutErrors = 1;

using Names = std::set<std::string_view>;

bool is_application_parameter(const semantics::Function& function, Context& context) {
  if (function.parameters.empty()) return false;
  const semantics::Parameter& first = function.parameters.front();
  if (first.name == "app" || first.name == "application" || first.name == "_app" || first.name == "_") return true;
  const Type* type = semantics::only(context.resolver().type_of(context.unit(), first.annotation));
  return type != nullptr && context.resolver().is_subclass(type->name, "starlette.applications.Starlette");
}

bool is_lifespan(const semantics::Function& function, Context& context) {
  if (!function.is_generator || !function.is_async || !is_application_parameter(function, context)) return false;
  if (has_word(function.name, {"lifespan"})) return true;
  return std::any_of(function.decorators.begin(), function.decorators.end(), [&](semantics::TermId decorator) {
    const Type* type = semantics::only(context.resolver().type_of(context.unit(), decorator));
    return type != nullptr && type->name == "contextlib.asynccontextmanager";
  });
}

// What a call makes that must be ended: "the pool", "the task".
struct Made {
  Node value;  // the call, or its `await`
  std::string_view end;
  std::string_view method;  // that ends it
  bool is_async = false;    // the method
};

bool is_maker(std::string_view name) {
  return has_word(name, {"create", "make", "open", "connect", "build", "new", "from"}) &&
         !has_word(name, {"get", "all", "tables"});
}

std::optional<Made> made_by(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return std::nullopt;
  const Node value = call.parent().is(Kind::await) ? call.parent() : call;
  static constexpr std::array<std::string_view, 2> kEngines = {"sqlalchemy.ext.asyncio.create_async_engine",
                                                               "sqlalchemy.create_engine"};
  if (contains(kEngines, callee->name)) {
    return Made{value, "disposed of", "dispose", callee->name.find("async") != std::string_view::npos};
  }
  if (callee->name == "asyncio.create_task" || callee->name == "asyncio.ensure_future") {
    return Made{value, "cancelled", "cancel"};
  }
  const auto resource = resource_of(call, context);
  const bool opens = resource && resource->kind != ResourceKind::file && resource->kind != ResourceKind::temporary;
  const Type* type = semantics::only(context.type_of(value));
  const knowledge::Class* facts =
      type != nullptr && type->tag == Type::Tag::instance ? knowledge::find_class(type->name) : nullptr;
  const bool constructed = type != nullptr && (callee->name == type->name || is_maker(last_name(call)));
  if (facts == nullptr || facts->close.empty()) return opens ? std::optional(Made{value, "closed", {}}) : std::nullopt;
  if (!constructed && !opens) return std::nullopt;
  const knowledge::Callable* close = knowledge::find_method(type->name, facts->close);
  return Made{value, "closed", facts->close, close != nullptr && close->is_async};
}

// The names by which the function knows what it made: of its target, and of what it assigns that to.
Names names_of_value(Node assignment, Node yield, Node function) {
  Names names;
  for (Node target = assignment; target.is(Kind::assignment); target = target.parent()) {
    if (const Node last = last_part(target.child(Field::left))) names.insert(last.text());
  }
  for (Node more = assignment.child(Field::right); more.is(Kind::assignment); more = more.child(Field::right)) {
    if (const Node last = last_part(more.child(Field::left))) names.insert(last.text());
  }
  for_each_own(function.child(Field::body), [&](Node node) {
    if (!node.is(Kind::assignment) || node.start() > yield.start()) return;
    const Node right = node.child(Field::right);
    if (right.is(Kind::identifier) && names.contains(right.text())) {
      if (const Node last = last_part(node.child(Field::left))) names.insert(last.text());
    }
  });
  return names;
}

bool names_any(Node tree, const Names& names) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (node.is(Kind::identifier) && names.contains(node.text())) return true;
  }
  return false;
}

// What stands behind the yield, as a range of nodes: it runs at shutdown.
template <typename Test>
bool any_behind(Node yield, Node function, const Test& test) {
  for (std::uint32_t i = yield.after(); i < function.after(); ++i) {
    if (test(function.ast().node(i))) return true;
  }
  return false;
}

// A call that may close anything: of other code, other than a log line or the end of something else that is named.
bool may_close_more(Node call, const Names& names, bool is_local, Context& context) {
  if (!call.is(Kind::call)) return false;
  for (const Node argument : call.child(Field::arguments).children()) {
    const std::string_view name = last_name(argument);
    if (names_any(argument, names) || name == "app" || name == "application" || name == "state") return true;
  }
  if (is_local) return false;
  const Type* callee = context.callee(call);
  return callee == nullptr ? call.child(Field::function).is(Kind::identifier) : callee->function != nullptr;
}

// Given to code before the yield that may close it: `stack.push_async_callback(pool.close)`, `Service(client)`.
bool is_handed_on(Node assignment, const Names& names, Node yield, Node function) {
  bool found = false;
  for_each_own(function.child(Field::body), [&](Node node) {
    if (!node.is(Kind::call) || node.start() > yield.start() || assignment.covers(node)) return;
    if (names_any(node.child(Field::arguments), names)) found = true;
  });
  return found;
}

// False for locals, and for what hangs on a parameter: `app.state.pool`.
bool is_global(Node target, Node function, Context& context) {
  const Node root = root_of(target);
  if (!target.is(Kind::identifier)) return !is_named_in(root.text(), function.child(Field::parameters));
  return context.names_of(function).globals.contains(target.text());
}

void check(Node function, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule lifespan_leak;
const Rule lifespan_leak{
    .code = "FAPI105",
    .name = "lifespan-leak",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition},
    .check = check,
    .fix = fix,
};

namespace {

Node assignment_of(Node value) {
  value = outside_parentheses(value);
  const Node parent = value.parent();
  return parent.is(Kind::assignment) && parent.child(Field::right) == value ? parent : Node();
}

bool has_finally_around(Node yield, Node function) {
  for (Node outer = yield.parent(); outer && outer != function; outer = outer.parent()) {
    if (outer.is(Kind::with_statement) || (outer.is(Kind::try_statement) && outer.child(Kind::finally_clause))) {
      return true;
    }
  }
  return false;
}

void report(Node call, const Made& made, std::string_view target, bool closed, Context& context) {
  const std::string message =
      closed ? fmt::format("`{}` is not {} when something fails: put the `yield` into a `try` with a `finally`", target,
                           made.end)
             : fmt::format("`{}` is never {}: the lifespan ends with nothing done about it behind its `yield`", target,
                           made.end);
  Report& report = context.report(lifespan_leak, call, message);
  report.span = call.child(Field::function).span();
  report.variant = closed ? kOnlyWithoutErrors : kNever;
}

void check_call(Node call, Node yield, Node function, Context& context) {
  const auto made = made_by(call, context);
  const Node assignment = made ? assignment_of(made->value) : Node();
  const Node target = assignment.child(Field::left);
  if (!target.is(Kind::identifier) && !target.is(Kind::attribute)) return;
  const Names names = names_of_value(assignment, yield, function);
  const bool is_local = !is_global(target, function, context);
  const bool named =
      any_behind(yield, function, [&](Node node) { return node.is(Kind::identifier) && names.contains(node.text()); });
  if (named) {
    if (context.strict() && !has_finally_around(yield, function)) report(call, *made, target.text(), true, context);
    return;
  }
  if (is_handed_on(assignment, names, yield, function)) return;
  if (any_behind(yield, function, [&](Node node) { return may_close_more(node, names, is_local, context); })) return;
  report(call, *made, target.text(), false, context);
}

void check(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr || !is_lifespan(*model, context)) return;
  const Node yield = only_yield(function);
  if (!yield) return;
  for_each_own(function.child(Field::body), [&](Node node) {
    if (node.is(Kind::call) && node.start() < yield.start()) check_call(node, yield, function, context);
  });
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node function = context.enclosing_function(call);
  const auto made = made_by(call, context);
  const Node yield = only_yield(function);
  if (report.variant != kNever || !made || !yield) return {};
  if (made->method.empty()) return {{}, "it is not known how to close it"};
  const Node body = function.child(Field::body);
  if (yield.parent().parent() != body) return {{}, "the `yield` stands in another statement"};
  const std::string_view target = assignment_of(made->value).child(Field::left).text();
  const std::string line = fmt::format("{}{}.{}()", made->is_async ? "await " : "", target, made->method);
  return {{fixes::make_fix(fmt::format("Add `{}`", line), fixes::Applicability::unsafe,
                           {fixes::add_statements(context.file(), context.place(body.last_child()), {line})})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
