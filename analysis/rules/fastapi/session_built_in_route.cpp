#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/fastapi_routes.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

bool is_session(Node expression, Context& context) {
  return context.is_instance(expression, "sqlalchemy.orm.Session") ||
         context.is_instance(expression, "sqlalchemy.ext.asyncio.AsyncSession");
}

// The class itself, or a sessionmaker: not a method or function that gives a session.
bool makes_session(Node call, Context& context) {
  if (!is_session(call, context)) return false;
  const Node function = call.child(Field::function);
  if (context.is_instance(function, "sqlalchemy.orm.sessionmaker") ||
      context.is_instance(function, "sqlalchemy.ext.asyncio.async_sessionmaker")) {
    return true;
  }
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->function == nullptr &&
         (callee->name.ends_with("Session") || callee->name.ends_with("sessionmaker.__call__"));
}

void check(Node call, Context& context);

}  // namespace

extern const Rule session_built_in_route;
const Rule session_built_in_route{
    .code = "FAPI115",
    .name = "session-built-in-route",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.is_of_project() || callee.name.find("ession") != std::string_view::npos;
        },
};

namespace {

void check(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  if (!function.is(Kind::function_definition) || !function.parent().is(Kind::decorated_definition)) return;
  if (!makes_session(call, context)) return;
  const auto routes = routes_of(function, context);
  if (routes.empty() || std::any_of(routes.begin(), routes.end(), [](const auto& one) { return one.is_websocket(); })) {
    return;
  }
  const Node name = call.child(Field::function);
  context
      .report(
          session_built_in_route, call,
          fmt::format("`{}` makes a session of the route's own: take it by `Depends`, which closes it and which tests "
                      "can replace",
                      name.text()))
      .span = name.span();
}

}  // namespace
}  // namespace surefoot::rules
