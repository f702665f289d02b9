#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/fastapi_routes.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

// 204 or 304, as a number or by the names of `starlette.status` and `http.HTTPStatus`; 0 for all else.
int status_of(Node value) {
  value = without_parentheses(value);
  if (const auto number = semantics::literal_int(value)) return *number == 204 || *number == 304 ? int(*number) : 0;
  const std::string_view name = last_name(value);
  if (name == "HTTP_204_NO_CONTENT" || name == "NO_CONTENT") return 204;
  return name == "HTTP_304_NOT_MODIFIED" || name == "NOT_MODIFIED" ? 304 : 0;
}

// `response.status_code = 200`: another status is answered.
bool sets_status(Node body) {
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (node.is(Kind::assignment) && node.child(Field::left).child(Field::attribute).text() == "status_code")
      return true;
  }
  return false;
}

// A value that FastAPI writes as the body: known, not None, no response.
bool is_body(Node value, Context& context) {
  const TypeSet& types = context.type_of(value);
  return !types.empty() && std::all_of(types.begin(), types.end(), [&](const Type& type) {
    return type.tag == Type::Tag::instance &&
           !context.resolver().is_subclass(type.name, "starlette.responses.Response") &&
           (type.name.find('.') == std::string_view::npos || context.resolver().class_entry(type.name) != nullptr) &&
           type.name.find("Response") == std::string_view::npos && !type.name.starts_with('<');
  });
}

void check(Node node, Context& context);

}  // namespace

extern const Rule body_on_204;
const Rule body_on_204{
    .code = "FAPI125",
    .name = "body-on-204",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition, Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_in("starlette.responses."); },
};

namespace {

// `JSONResponse({…}, status_code=204)`; of JSON, no content is `null`.
void check_response(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !callee->name.starts_with("starlette.responses."))
    return;
  const Node given = argument(call, "status_code", 1);
  const int status = given ? status_of(given) : 0;
  const Node content = without_parentheses(argument(call, "content", 0));
  const bool empty = content.is(Kind::none) || content.text() == "\"\"" || content.text() == "b\"\"";
  const bool json = callee->name == "starlette.responses.JSONResponse";
  if (status == 0 || (!json && (!content || empty || content.is(Kind::identifier)))) return;
  context
      .report(body_on_204, call,
              fmt::format("A response with status {} has no body: what is written here breaks the connection", status))
      .span = call.child(Field::function).span();
}

void check_route(Node function, Context& context) {
  int status = 0;
  for (const FastapiRoute& route : routes_of(function, context)) {
    if (argument(route.call, "response_class")) return;
    const Node given = argument(route.call, "status_code");
    status = given ? status_of(given) : 0;
    if (status == 0) return;
  }
  const Node body = function.child(Field::body);
  if (status == 0 || sets_status(body)) return;
  for_each_own(body, [&](Node node) {
    const Node value = node.is(Kind::return_statement) ? without_parentheses(node.first_child()) : Node();
    if (!value || value.is(Kind::none) || !is_body(value, context)) return;
    context
        .report(body_on_204, node,
                fmt::format("A response with status {} has no body: the value is dropped, or breaks the connection",
                            status))
        .span = node.first_child().span();
  });
}

void check(Node node, Context& context) {
  if (node.is(Kind::call)) {
    check_response(node, context);
  } else {
    check_route(node, context);
  }
}

}  // namespace
}  // namespace surefoot::rules
