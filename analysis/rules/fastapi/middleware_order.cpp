#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/literal_sources.hpp"
#include "analysis/rules/same_scope.hpp"
#include "analysis/rules/start_events.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

// Report::variant
constexpr int kAnyOrigin = 0;    // with credentials
constexpr int kNamedOrigin = 1;  // the same where a name holds the origins
constexpr int kInsideCors = 2;
constexpr int kOutsideRequestId = 3;
constexpr int kStarted = 4;
constexpr int kListed = 5;

constexpr std::string_view kCors = "starlette.middleware.cors.CORSMiddleware";

// What adds a middleware to an application: the class, or for `@app.middleware("http")` the function's name.
struct Added {
  Node object;
  Node what;
};

std::optional<Added> added_by(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute)) return std::nullopt;
  const std::string_view method = function.child(Field::attribute).text();
  const Node object = function.child(Field::object);
  Added added{object, {}};
  if (method == "add_middleware") {
    added.what = without_parentheses(argument(call, "middleware_class", 0));
    const Node dispatch = without_parentheses(argument(call, "dispatch"));
    if (dispatch && last_name(added.what) == "BaseHTTPMiddleware") added.what = dispatch;
  }
  if (method == "middleware") {
    const Node parent = call.parent();
    if (parent.is(Kind::decorator)) added.what = parent.parent().child(Field::definition).child(Field::name);
    if (parent.is(Kind::call)) added.what = parent.child(Field::arguments).first_child();
  }
  if (!added.what || !is_application(object, context)) return std::nullopt;
  return added;
}

bool is_class(Node expression, std::string_view name, Context& context) {
  const Type* type = semantics::only(context.type_of(expression));
  return type != nullptr && type->is_object(name);
}

// Those that pass all answers on, and those that turn away what no browser sends.
bool may_stand_outside_cors(const Added& added, Context& context) {
  static constexpr std::array<std::string_view, 8> kHarmless = {
      "starlette.middleware.gzip.GZipMiddleware",
      "starlette.middleware.trustedhost.TrustedHostMiddleware",
      "starlette.middleware.httpsredirect.HTTPSRedirectMiddleware",
      "starlette.middleware.sessions.SessionMiddleware",
      "uvicorn.middleware.proxy_headers.ProxyHeadersMiddleware",
      "asgi_correlation_id.CorrelationIdMiddleware",
      "brotli_asgi.BrotliMiddleware",
      kCors};
  const Type* type = semantics::only(context.type_of(added.what));
  return type != nullptr && contains(kHarmless, type->name);
}

std::string squeezed(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c != '_') text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

bool has_part(std::string_view name, std::initializer_list<std::string_view> parts) {
  const std::string text = squeezed(name);
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

bool gives_request_id(std::string_view name) {
  return has_part(name, {"requestid", "correlationid", "traceid"}) && !has_part(name, {"log"});
}

bool logs_requests(std::string_view name) {
  return has_part(name, {"logging", "logger", "logmiddleware", "accesslog", "requestlog", "logrequest", "timing",
                         "timer", "processtime", "latency"}) &&
         !gives_request_id(name);
}

// `["*"]`, a regular expression that takes all.
bool is_any_origin(Node value) {
  value = without_parentheses(value);
  if (value.is(Kind::string)) {
    const auto text = semantics::literal_string(value);
    return text && (*text == "*" || *text == ".*" || *text == "https?://.*" || *text == "^.*$");
  }
  const bool display = value.is(Kind::list) || value.is(Kind::tuple) || value.is(Kind::set);
  if (!display) return false;
  const auto children = value.children();
  return std::any_of(children.begin(), children.end(), [](Node one) {
    const auto text = semantics::literal_string(one);
    return text && *text == "*";
  });
}

// In what runs once the application serves: Starlette refuses it then.
bool runs_started(Node call, Context& context) {
  const Node definition = context.enclosing_function(call);
  const semantics::Function* function =
      definition.is(Kind::function_definition) ? context.unit().function_at(definition.index()) : nullptr;
  if (function == nullptr) return false;
  for (const semantics::TermId decorator : function->decorators) {
    const Type* type = semantics::type_of_decorator(context.unit(), decorator, context.resolver());
    if (type == nullptr) continue;
    if (type->name == "contextlib.asynccontextmanager" && !function->parameters.empty()) return true;
    const knowledge::Decorator* facts = knowledge::find_decorator(type->name);
    if (facts != nullptr && facts->context == knowledge::Context::startup) return true;
  }
  return false;
}

bool concerns(const Callee& callee);
void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule middleware_order;
const Rule middleware_order{
    .code = "FAPI113",
    .name = "middleware-order",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .confirm = confirm,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.is_written({"add_middleware", "middleware", "Middleware"}) ||
         callee.is_one_of({"starlette.middleware.Middleware", kCors});
}

void check_origins(Node call, Context& context) {
  if (!argument(call, "allow_credentials").is(Kind::true_)) return;
  for (const std::string_view keyword : {"allow_origins", "allow_origin_regex"}) {
    const Node value = without_parentheses(argument(call, keyword));
    const bool name = value.is(Kind::identifier);
    if (!value || (!name && !is_any_origin(value))) continue;
    Report& report =
        context.report(middleware_order, call,
                       "Every site may make requests with the user's cookies: `allow_credentials` with any origin");
    report.span = value.parent().span();
    report.variant = name ? kNamedOrigin : kAnyOrigin;
    return;
  }
}

void check_order(Node call, const Added& added, Context& context) {
  const auto say = [&](int variant, std::string message) {
    Report& report = context.report(middleware_order, call, std::move(message));
    report.span = call.child(Field::function).span();
    report.variant = variant;
  };
  const std::string_view name = last_name(added.what);
  if (runs_started(call, context)) {
    say(kStarted, "Starlette raises here: no middleware can be added once the application has started");
  } else if (is_class(added.what, kCors, context)) {
    say(kInsideCors, "The middleware added after this one stands outside of it: what that answers has no CORS headers");
  } else if (logs_requests(name)) {
    say(kOutsideRequestId,
        fmt::format("`{}` stands outside of the middleware that makes the request's id, and cannot see it", name));
  }
}

// `middleware=[Middleware(Auth), Middleware(CORSMiddleware)]`: in a list, the first stands outermost.
void check_list(Node call, Context& context) {
  if (!call.parent().is(Kind::list)) return;
  for (const Node one : call.parent().children()) {
    if (one == call) return;
    if (!one.is(Kind::call) || !context.calls(one, "starlette.middleware.Middleware")) continue;
    const Added added{{}, without_parentheses(argument(one, "cls", 0))};
    if (!added.what || may_stand_outside_cors(added, context)) continue;
    Report& report = context.report(
        middleware_order, call,
        fmt::format("`{}` stands outside of this one: what that answers has no CORS headers", last_name(added.what)));
    report.span = call.child(Field::function).span();
    report.variant = kListed;
    return;
  }
}

void check(Node call, Context& context) {
  if (context.calls(call, "starlette.middleware.Middleware")) {
    if (!is_class(argument(call, "cls", 0), kCors, context)) return;
    check_origins(call, context);
    check_list(call, context);
    return;
  }
  const auto added = added_by(call, context);
  if (!added) return;
  if (is_class(added->what, kCors, context)) check_origins(call, context);
  check_order(call, *added, context);
}

bool any_other(const Report& report, bool wants_before, Context& context, bool (*counts)(const Added&, Context&)) {
  const Node call = context.unit().unit->ast.node(report.node);
  const auto added = added_by(call, context);
  if (!added) return false;
  const Node place = call.parent().is(Kind::decorator) ? call.parent().parent() : call;
  bool found = false;
  for_each_call_beside(place, last_name(added->object), context, [&](Node other, Context& inside, bool before) {
    if (found || before != wants_before) return;
    const auto one = added_by(other, inside);
    found = one && one->object.text() == added->object.text() && counts(*one, inside);
  });
  return found;
}

bool confirm(const Report& report, Context& context) {
  switch (report.variant) {
    case kNamedOrigin: {
      const Node call = context.unit().unit->ast.node(report.node);
      const auto sources = sources_of(without_parentheses(argument(call, "allow_origins")), context);
      return !sources.empty() && std::all_of(sources.begin(), sources.end(),
                                             [](const Source& source) { return is_any_origin(source.node); });
    }
    case kInsideCors:
      return any_other(report, false, context,
                       [](const Added& one, Context& inside) { return !may_stand_outside_cors(one, inside); });
    case kOutsideRequestId:
      return any_other(report, true, context,
                       [](const Added& one, Context&) { return gives_request_id(last_name(one.what)); });
    default:
      return true;
  }
}

}  // namespace
}  // namespace surefoot::rules
