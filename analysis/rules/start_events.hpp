#pragma once
// Start-up and shutdown handlers of Starlette and FastAPI, and what takes their place.

#include <optional>
#include <string_view>

#include "analysis/rules/callee.hpp"

namespace surefoot::rules {

/// `app.on_event("startup")`, `router.add_event_handler("shutdown", f)`.
struct StartEvent {
  std::string_view method;  // "on_event"
  Node object;              // `app`
};
std::optional<StartEvent> start_event_of(Node call, Context& context);

/// False when no call of it is one (Rule::concerns).
bool may_be_start_event(const Callee& callee);

/// True for an instance of an application or router of Starlette or FastAPI.
bool is_application(Node expression, Context& context);

/// True when the code of the file gives the application a lifespan, so that its handlers never run. Reads other units:
/// for Rule::confirm.
bool has_lifespan(Node object, Context& context);

}  // namespace surefoot::rules
