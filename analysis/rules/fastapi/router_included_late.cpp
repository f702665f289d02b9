#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/fastapi_routes.hpp"
#include "analysis/rules/same_scope.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

bool adds_to_router(std::string_view method) {
  return method == "include_router" || method == "add_api_route" || method == "add_api_websocket_route";
}

// The router that a call adds a route or a child to; null for other calls, and for applications.
Node router_of(Node call, Context& context) {
  const Node function = call.child(Field::function);
  const Node object = function.is(Kind::attribute) ? function.child(Field::object) : Node();
  if (!object.is(Kind::identifier) || !context.is_instance(object, "fastapi.APIRouter")) return {};
  if (call.parent().is(Kind::decorator)) return route_of(call, context) ? object : Node();
  return adds_to_router(function.child(Field::attribute).text()) ? object : Node();
}

bool includes(Node call, std::string_view router) {
  const Node function = call.child(Field::function);
  if (function.child(Field::attribute).text() != "include_router") return false;
  return without_parentheses(argument(call, "router", 0)).text() == router;
}

std::optional<fixes::Place> inclusion_before(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node router = router_of(call, context);
  if (!router) return std::nullopt;
  const bool at_top = !context.enclosing_function(call);
  const auto* bound = at_top ? context.module().find(router.text()) : nullptr;
  if (at_top && (bound == nullptr || bound->size() != 1)) return std::nullopt;
  const Node place = call.parent().is(Kind::decorator) ? call.parent().parent() : call;
  bool included_again = false;
  std::optional<fixes::Place> found;
  for_each_call_beside(place, router.text(), context, [&](Node other, Context& inside, bool before) {
    if (!includes(other, router.text())) return;
    if (!before) {
      included_again = true;
    } else if (is_unconditional(other)) {
      found = inside.place(other);
    }
  });
  return included_again ? std::nullopt : found;
}

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
std::vector<Explanation> explain(const Report& report, Context& context);

}  // namespace

extern const Rule router_included_late;
const Rule router_included_late{
    .code = "FAPI122",
    .name = "router-included-late",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.is_of_project() || callee.is_in("fastapi.") || callee.is_in("starlette.");
        },
    .confirm = confirm,
    .explain = explain,
};

namespace {

void check(Node call, Context& context) {
  const Node router = router_of(call, context);
  if (!router) return;
  context
      .report(router_included_late, call,
              fmt::format("`{}` has been included already: what is added to it here is not served", router.text()))
      .span = call.child(Field::function).span();
}

bool confirm(const Report& report, Context& context) { return inclusion_before(report, context).has_value(); }

std::vector<Explanation> explain(const Report& report, Context& context) {
  const auto earlier = inclusion_before(report, context);
  if (!earlier) return {};
  return {{*earlier, "included here, with the routes that it has by then"}};
}

}  // namespace
}  // namespace surefoot::rules
