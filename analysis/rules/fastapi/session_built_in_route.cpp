#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/fastapi_routes.hpp"
#include "analysis/rules/sqlalchemy_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

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
    .concerns = may_make_session,
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
