#include "analysis/rules/web_handlers.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {

bool is_route(const semantics::Function& function, Context& context) {
  static constexpr std::array<std::string_view, 9> kVerbs = {"get",     "post",  "put",       "patch",    "delete",
                                                             "options", "route", "api_route", "websocket"};
  const Node statement = context.unit().unit->ast.node(function.statement);
  for (const Node child : statement.children()) {
    const Node call = child.is(Kind::decorator) ? child.first_child() : Node();
    if (!call.is(Kind::call)) continue;
    const Type* callee = context.callee(call);
    const knowledge::Decorator* known = callee != nullptr ? knowledge::find_decorator(callee->name) : nullptr;
    if (known != nullptr && known->context == knowledge::Context::anywhere) continue;
    if (known != nullptr) return known->context == knowledge::Context::web_request;
    const Node name = call.child(Field::function);
    const Node path = argument(call, "path", 0);
    if (name.is(Kind::attribute) && contains(kVerbs, last_name(name)) && path.is(Kind::string)) return true;
  }
  return false;
}

bool takes_request(const semantics::Function& function) {
  const std::size_t first = function.container.empty() ? 0 : 1;
  return function.parameters.size() > first && function.parameters[first].name == "request";
}

namespace {

bool is_view_method(std::string_view name) {
  static constexpr std::array<std::string_view, 25> kNames = {"get",
                                                              "post",
                                                              "put",
                                                              "patch",
                                                              "delete",
                                                              "head",
                                                              "options",
                                                              "dispatch",
                                                              "list",
                                                              "create",
                                                              "retrieve",
                                                              "update",
                                                              "destroy",
                                                              "prepare",
                                                              "handle",
                                                              "dispatch_request",
                                                              "form_valid",
                                                              "form_invalid",
                                                              "partial_update",
                                                              "perform_create",
                                                              "perform_update",
                                                              "perform_destroy",
                                                              "get_queryset",
                                                              "get_object",
                                                              "get_context_data"};
  return contains(kNames, name) || name.starts_with("do_") || name.starts_with("on_");
}

// Classes whose methods frameworks call for requests, by the last part of their names and the framework's package.
bool is_view_class(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kPackages = {
      "django",  "rest_framework", "flask", "flask_restful", "flask_restx", "tornado",
      "aiohttp", "starlette",      "quart", "sanic",         "http.server", "socketserver"};
  const std::string_view last = name.substr(name.rfind('.') + 1);
  const bool named = last.ends_with("View") || last.ends_with("ViewSet") || last.ends_with("Resource") ||
                     last.ends_with("RequestHandler") || last.ends_with("Endpoint");
  return named && std::any_of(kPackages.begin(), kPackages.end(), [&](std::string_view package) {
           return name.starts_with(package) && name.substr(package.size()).starts_with('.');
         });
}

constexpr int kMaxBases = 8;

bool derives_from_view(std::string_view path, Context& context, int depth) {
  const semantics::ClassEntry* entry = context.module().find_class(path);
  if (entry == nullptr || depth > kMaxBases) return false;
  const std::string& module = context.module().name();
  for (const semantics::TermId base : entry->definition->bases) {
    const Type* type = semantics::only(context.resolver().type_of(*entry->unit, base));
    if (type == nullptr) continue;
    if (is_view_class(type->name)) return true;
    const bool own = type->name.starts_with(module) && type->name.size() > module.size();
    if (own && derives_from_view(type->name.substr(module.size() + 1), context, depth + 1)) return true;
  }
  return false;
}

// `def orders(request, …)` in a file that uses Django.
bool is_django_view(const semantics::Function& function, Context& context) {
  return function.container.empty() && takes_request(function) && context.module().imports("django");
}

}  // namespace

bool is_request_handler(const semantics::Function& function, Context& context) {
  if (is_route(function, context) || is_django_view(function, context)) return true;
  return !function.container.empty() && is_view_method(function.name) &&
         derives_from_view(function.container, context, 0);
}

}  // namespace surefoot::rules
