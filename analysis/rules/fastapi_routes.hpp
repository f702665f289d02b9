#pragma once
// Routes of FastAPI as their decorators declare them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

struct FastapiRoute {
  Node call;                        // `router.get("/items/{id}", …)` behind the `@`
  Node object;                      // `router`
  std::string_view verb;            // "get", "api_route", "websocket", …
  std::optional<std::string> path;  // where it is a literal

  bool is_websocket() const { return verb == "websocket"; }
};

/// The route that a call makes as a decorator; nothing when it is none of FastAPI's. Starlette's own `route`, whose
/// functions take the request alone, is left out.
std::optional<FastapiRoute> route_of(Node decorator_call, Context& context);

/// All of a function, in the order of the text.
std::vector<FastapiRoute> routes_of(Node function_definition, Context& context);

/// "GET POST" between spaces (" GET POST "), as the route answers them; empty where that is not known.
std::string methods_of(const FastapiRoute& route);

/// The names in "/items/{item_id}/{rest:path}", with their converters ("path", or empty).
struct PathName {
  std::string_view name;
  std::string_view converter;
};
std::vector<PathName> names_in_path(std::string_view path);

/// True for an expression that calls `Depends` or `Security`, of any unit.
bool is_dependency_marker(const semantics::UnitModel& unit, Node expression, Context& context);

/// The call of `Depends` or `Security` that a parameter has as its default or in `Annotated[…]`; null when there is
/// none. An alias of `Annotated[…]` is not looked through.
Node marker_of(const semantics::UnitModel& unit, const semantics::Parameter& parameter, Context& context);

/// What a name in an annotation stands for: a class, or an alias as `SessionDep = Annotated[Session, Depends(get_db)]`,
/// of this file or of one that it is imported from. Reads other units: for Rule::confirm.
struct AnnotationAlias {
  bool known = false;                          // false: it may be anything
  const semantics::UnitModel* unit = nullptr;  // of the marker
  Node marker;                                 // null: there is none
};
AnnotationAlias alias_of(const semantics::UnitModel& unit, Node annotation, Context& context);

/// What a `Depends` is given; of `x: T = Depends()` and `Annotated[T, Depends()]`, T. Null for a marker that stands
/// alone.
Node dependency_of(Node marker);

}  // namespace surefoot::rules
