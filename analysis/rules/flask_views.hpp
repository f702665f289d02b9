#pragma once
// What a Flask application calls for a request, and the proxies that stand for the application and the request. Quart
// has the same decorators.

#include <optional>
#include <string_view>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// A route of an application or blueprint: `@app.route("/")`, `@bp.get("/")`.
struct FlaskRoute {
  Node call;
  Node owner;               // `app`, `self.bp`
  std::string_view method;  // "route", "get", …
  std::string_view framework;
};

/// The route that a decorator registers; where the type of its owner is not known, by the decorator's looks in a file
/// that uses Flask.
std::optional<FlaskRoute> flask_route(Node decorator, Context& context);

/// The function_definition that a decorator stands on; null for a class.
Node decorated_function(Node decorator);

/// True for a function_definition that has a route of Flask's (not of Quart's).
bool is_flask_view(Node function, Context& context);

/// The proxy that an expression names ("flask.request"): of Flask, of Flask-Login, of Flask-JWT-Extended; else empty.
std::string_view flask_proxy(Node expression, Context& context);

/// True for a call that does nothing without an application context: `url_for(…)`, `db.session.add(…)`.
bool needs_app_context(Node call, Context& context);

/// True inside of `with app.app_context():` or the like, in the function of the node.
bool is_in_app_context(Node node, Context& context);

/// What the node reads something of, when that is a proxy: of `request.args["id"]`, `request`. Null for others, and
/// where the proxy is handed on or asked whether it is there.
Node proxy_used(Node node, Context& context);

/// False where the node cannot be one that proxy_used takes, as far as that is told by little: rules that look at every
/// attribute ask this first.
bool may_use_proxy(Node node, Context& context);

/// True where the code has asked whether there is a context, takes the error of its absence, or is for type checkers.
bool minds_missing_context(Node node, Context& context);

/// True for a bridge whose function begins without the caller's context: a thread, a pool, another process, a
/// scheduler. `asyncio.to_thread` and its like copy the context.
bool begins_without_context(const knowledge::Bridge& bridge);

}  // namespace surefoot::rules
