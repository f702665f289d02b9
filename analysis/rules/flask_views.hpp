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

}  // namespace surefoot::rules
