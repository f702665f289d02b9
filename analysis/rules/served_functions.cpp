#include "analysis/rules/served_functions.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/web_handlers.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

// Bots that hold one connection, and Home Assistant, are one process: there are no others to share with.
bool is_of_one_process(std::string_view framework) {
  static constexpr std::array<std::string_view, 4> kNames = {"aiogram", "discord", "homeassistant", "telebot"};
  return contains(kNames, framework);
}

Served served_by_facts(const knowledge::Decorator& facts) {
  switch (facts.context) {
    case knowledge::Context::web_request:
      return Served::request;
    case knowledge::Context::task_worker:
      return facts.framework == "celery" ? Served::task : Served::job;
    case knowledge::Context::consumer:
      return is_of_one_process(facts.framework) ? Served::no : Served::message;
    default:
      return Served::no;
  }
}

bool imports_web_framework(Context& context) {
  static const semantics::ModuleNames kNames = {"django", "aiohttp.web", "starlette", "sanic", "pyramid", "fastapi"};
  return context.module().imports_any(kNames);
}

bool is_views_file(std::string_view path) {
  return path == "views.py" || path.ends_with("/views.py") || path.find("/views/") != std::string_view::npos ||
         path.starts_with("views/");
}

// `def orders(request, …)`; `def __call__(self, request)` and the hooks of a middleware; Falcon's `on_get(self, req,
// resp)`.
bool takes_request(const semantics::Function& function, Context& context) {
  const auto& parameters = function.parameters;
  if (function.container.empty()) {
    if (parameters.empty() || parameters.front().name != "request") return false;
    return is_views_file(context.path()) || imports_web_framework(context);
  }
  if (parameters.size() < 2) return false;
  const std::string_view second = parameters[1].name;
  if (function.name.starts_with("on_") && parameters.size() > 2) {
    return (second == "req" || second == "request") && parameters[2].name.starts_with("resp");
  }
  const bool hook = function.name == "__call__" || function.name.starts_with("process_") || function.name == "dispatch";
  return hook && second == "request" && imports_web_framework(context);
}

// `async def chat(ws: WebSocket)`, whatever it is registered by.
bool takes_socket(const semantics::Function& function, Context& context) {
  const std::size_t first = function.container.empty() ? 0 : 1;
  if (function.parameters.size() <= first) return false;
  const semantics::TermId declared = function.parameters[first].annotation;
  const Type* type = semantics::only(context.resolver().type_of(context.unit(), declared));
  return type != nullptr && type->is_object("starlette.websockets.WebSocket");
}

// `def current_user(token = Depends(scheme))`: FastAPI calls it, as a route or for one.
bool takes_dependency(Node definition, Context& context) {
  const Node parameters = definition.child(Field::parameters);
  if (!context.module().imports("fastapi")) return false;
  for (std::uint32_t i = parameters.index(); parameters && i < parameters.after(); ++i) {
    const Node node = parameters.ast().node(i);
    if (node.is(Kind::call) && (context.calls(node, "fastapi.Depends") || context.calls(node, "fastapi.Security"))) {
      return true;
    }
  }
  return false;
}

struct Methods {
  std::string_view base;
  std::string_view names;  // between spaces
};

// What frameworks call on objects of classes that derive from theirs, in any file.
constexpr std::string_view kVerbs = " get post put patch delete head options list create retrieve update destroy ";
constexpr std::array<Methods, 6> kOfRequests = {{{"django.views.View", kVerbs},
                                                 {"django.views.generic.View", kVerbs},
                                                 {"rest_framework.views.APIView", kVerbs},
                                                 {"flask.views.View", kVerbs},
                                                 {"tornado.web.RequestHandler", kVerbs},
                                                 {"starlette.endpoints.HTTPEndpoint", kVerbs}}};

constexpr std::string_view kOfConsumer =
    " connect disconnect receive receive_json websocket_connect websocket_receive websocket_disconnect ";
constexpr std::array<Methods, 4> kOfMessages = {
    {{"channels.generic.websocket.AsyncWebsocketConsumer", kOfConsumer},
     {"channels.generic.websocket.WebsocketConsumer", kOfConsumer},
     {"tornado.websocket.WebSocketHandler", " open on_message on_close on_ping on_pong "},
     {"starlette.endpoints.WebSocketEndpoint", " on_connect on_receive on_disconnect "}}};

template <std::size_t n>
bool is_method_of(const std::array<Methods, n>& classes, const semantics::Function& function, Context& context) {
  if (function.container.empty()) return false;
  const std::string word = " " + std::string(function.name) + " ";
  const std::string name = context.module().name() + "." + function.container;
  return std::any_of(classes.begin(), classes.end(), [&](const Methods& one) {
    return one.names.find(word) != std::string_view::npos && context.resolver().is_subclass(name, one.base);
  });
}

}  // namespace

Served served_by_declaration(Node definition, Context& context) {
  const semantics::Function* function = context.unit().function_at(definition.index());
  if (function == nullptr) return Served::no;
  bool known = false;
  for (const semantics::TermId decorator : function->decorators) {
    const knowledge::Decorator* facts = semantics::facts_of_decorator(context.unit(), decorator, context.resolver());
    if (facts == nullptr) continue;
    known = true;
    const Served by = served_by_facts(*facts);
    if (by != Served::no) return by;
  }
  if (known) return Served::no;
  if (is_method_of(kOfMessages, *function, context) || takes_socket(*function, context)) return Served::message;
  const bool request = is_request_handler(*function, context) || takes_request(*function, context) ||
                       is_method_of(kOfRequests, *function, context) || takes_dependency(definition, context);
  return request ? Served::request : Served::no;
}

namespace {

// What registering a function with this call makes of it; `called` is the name of what is called.
Served registered_by(Node call, Context& inside) {
  static constexpr std::array<std::string_view, 8> kRoutes = {
      "add_url_rule", "add_api_route", "add_api_websocket_route", "add_route", "add_websocket_route", "add_get",
      "add_post",     "add_view"};
  static constexpr std::array<std::string_view, 9> kTyped = {"django.urls.path",
                                                             "django.urls.re_path",
                                                             "django.conf.urls.url",
                                                             "starlette.routing.Route",
                                                             "starlette.routing.WebSocketRoute",
                                                             "fastapi.Depends",
                                                             "fastapi.Security",
                                                             "aiohttp.web.route",
                                                             "fastapi.params.Depends"};
  static constexpr std::array<std::string_view, 2> kMessages = {"basic_consume", "on_message_callback"};
  const std::string_view name = last_name(call);
  if (contains(kRoutes, name)) return Served::request;
  if (contains(kMessages, name)) return Served::message;
  const Type* callee = inside.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return Served::no;
  const bool aiohttp = callee->name.starts_with("aiohttp.web.") &&
                       (name == "get" || name == "post" || name == "put" || name == "delete" || name == "patch");
  return aiohttp || contains(kTyped, callee->name) ? Served::request : Served::no;
}

}  // namespace

Served served_by(Node definition, Context& context) {
  const Served declared = served_by_declaration(definition, context);
  const semantics::Function* function = context.unit().function_at(definition.index());
  if (declared != Served::no || function == nullptr) return declared;
  Served found = Served::no;
  for_each_name_of(*function, context, [&](Node place, Context& inside) {
    Node list = place.parent();
    if (list.is(Kind::keyword_argument)) list = list.parent();
    if (found == Served::no && list.is(Kind::argument_list)) found = registered_by(list.parent(), inside);
  });
  return found;
}

std::string_view describe(Served by) {
  switch (by) {
    case Served::request:
      return "request";
    case Served::job:
      return "job";
    case Served::task:
      return "task";
    case Served::message:
      return "message";
    case Served::no:
      break;
  }
  return "call";
}

}  // namespace surefoot::rules
