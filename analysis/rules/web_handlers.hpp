#pragma once
// Functions that a web framework calls for a request.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// A route, by its decorator; of a router that is not known, by the decorator's looks: `@api.get("/…")`.
bool is_route(const semantics::Function& function, Context& context);

/// True where the first parameter, behind that of the object, is called `request`.
bool takes_request(const semantics::Function& function);

/// A route, a method of a class-based view (`get`, `post`, `do_GET` …), or a Django view by its first parameter. The
/// function is one of the context's unit.
bool is_request_handler(const semantics::Function& function, Context& context);

}  // namespace surefoot::rules
