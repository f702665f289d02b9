#include "analysis/rules/flask_views.hpp"

#include <array>

#include "analysis/rules/flask_settings.hpp"
#include "analysis/rules/handlers.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

bool is_route_method(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kNames = {"route", "get", "post", "put", "patch", "delete"};
  return contains(kNames, name);
}

// `@api.get("/orders")` of an object that comes from elsewhere.
bool looks_like_route(Node call, Context& context) {
  const Node rule = argument(call, "rule", 0);
  const bool path = rule.is(Kind::string) && rule.text().find('/') != std::string_view::npos;
  return path && imports_flask(context) && !context.module().imports("quart");
}

}  // namespace

std::optional<FlaskRoute> flask_route(Node decorator, Context& context) {
  const Node call = decorator.is(Kind::decorator) ? decorator.first_child() : Node();
  const Node function = call.is(Kind::call) ? call.child(Field::function) : Node();
  if (!function.is(Kind::attribute)) return std::nullopt;
  FlaskRoute route{call, without_parentheses(function.child(Field::object)), function.child(Field::attribute).text(),
                   "flask"};
  if (!is_route_method(route.method)) return std::nullopt;
  const Type* type = context.callee(call);
  if (type == nullptr) {
    const bool unknown = context.type_of(function).empty();
    return unknown && looks_like_route(call, context) ? std::optional(route) : std::nullopt;
  }
  const knowledge::Decorator* facts = knowledge::find_decorator(type->name);
  if (facts == nullptr || (facts->framework != "flask" && facts->framework != "quart")) return std::nullopt;
  route.framework = facts->framework;
  return route;
}

Node decorated_function(Node decorator) {
  const Node definition = decorator.parent().last_child();
  return definition.is(Kind::function_definition) ? definition : Node();
}

bool is_flask_view(Node function, Context& context) {
  const Node decorated = function.parent();
  if (!decorated.is(Kind::decorated_definition)) return false;
  for (const Node decorator : decorated.children()) {
    const auto route = flask_route(decorator, context);
    if (route && route->framework == "flask") return true;
  }
  return false;
}

std::string_view flask_proxy(Node expression, Context& context) {
  static constexpr std::array<std::string_view, 6> kNames = {"flask.current_app",
                                                             "flask.request",
                                                             "flask.g",
                                                             "flask.session",
                                                             "flask_login.current_user",
                                                             "flask_jwt_extended.current_user"};
  expression = without_parentheses(expression);
  if (!expression.is(Kind::identifier) && !expression.is(Kind::attribute)) return {};
  const Type* type = semantics::only(context.type_of(expression));
  const bool proxy = type != nullptr && type->tag == Type::Tag::object && contains(kNames, type->name);
  return proxy ? type->name : std::string_view();
}

bool needs_app_context(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->callable != nullptr &&
         any(callee->callable->effects & knowledge::Effect::needs_app_context);
}

namespace {

// Also of one that was made elsewhere: `with ctx:`.
bool gives_context(Node item, Context& context) {
  if (provided_by(item, context) == knowledge::Provided::app_context) return true;
  return has_word(last_name(manager_of(item)), {"context", "ctx"});
}

}  // namespace

bool is_in_app_context(Node node, Context& context) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (is_definition(outer) && child.field() == Field::body) return false;
    if (!outer.is(Kind::with_statement) || child.field() != Field::body) continue;
    for (const Node item : outer.child(Kind::with_clause).children()) {
      if (item.is(Kind::with_item) && gives_context(item, context)) return true;
    }
  }
  return false;
}

bool may_use_proxy(Node node, Context& context) {
  using semantics::Op;
  static const semantics::ModuleNames kNames = {"flask", "flask_login", "flask_jwt_extended"};
  const bool reads = node.is(Kind::attribute) || node.is(Kind::subscript);
  const Node object = reads ? node.first_child() : Node();
  if (object.is(Kind::identifier)) {
    const Op op = context.unit().terms[context.unit().term_of(object)].op;
    if (op == Op::unknown || op == Op::self || op == Op::parameter) return false;
  }
  return context.module().imports_any(kNames);
}

Node proxy_used(Node node, Context& context) {
  Node used;
  if (node.is(Kind::attribute)) used = node.child(Field::object);
  if (node.is(Kind::subscript)) used = node.child(Field::value);
  if (node.is(Kind::for_statement) || node.is(Kind::for_in_clause)) used = node.child(Field::right);
  if (node.is(Kind::comparison_operator) && node.child(Field::operators).text().find("in") != std::string_view::npos) {
    used = node.last_child();
  }
  if (!used || flask_proxy(used, context).empty()) return {};
  return used;
}

namespace {

// The condition under which `child` of the node is run; null when there is none.
Node condition_of(Node child, Node outer) {
  if (outer.is(Kind::if_statement)) return child.field() == Field::condition ? Node() : outer.child(Field::condition);
  if (outer.is(Kind::conditional_expression)) {
    const Node condition = outer.first_child().next_sibling();
    return child == condition ? Node() : condition;
  }
  const bool right = outer.is(Kind::boolean_operator) && child.field() == Field::right;
  return right ? outer.child(Field::left) : Node();
}

bool asks_for_context(Node condition, Context& context) {
  for (const std::string_view word : {"TYPE_CHECKING", "has_app_context", "has_request_context"}) {
    if (mentions(condition, word)) return true;
  }
  condition = without_parentheses(condition);
  if (condition.is(Kind::boolean_operator)) return asks_for_context(condition.child(Field::left), context);
  return !flask_proxy(condition, context).empty();
}

bool takes_missing_context(Node try_statement, Context& context) {
  for (const Node clause : try_statement.children()) {
    if (!clause.is(Kind::except_clause)) continue;
    if (takes_any_error(clause, context) || mentions(clause, "RuntimeError")) return true;
  }
  return false;
}

}  // namespace

bool minds_missing_context(Node node, Context& context) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    const Node condition = condition_of(child, outer);
    if (condition && asks_for_context(condition, context)) return true;
    const bool guarded = outer.is(Kind::try_statement) && child.field() == Field::body;
    if (guarded && takes_missing_context(outer, context)) return true;
  }
  return false;
}

bool begins_without_context(const knowledge::Bridge& bridge) {
  if (bridge.is_async && !bridge.name.ends_with(".run_in_executor")) return false;
  return bridge.to == knowledge::Where::worker_thread || bridge.to == knowledge::Where::process ||
         bridge.to == knowledge::Where::background;
}

}  // namespace surefoot::rules
