#pragma once
// Functions that a server calls: for a request, for a job of a queue, for a message.

#include <cstdint>
#include <string_view>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

enum class Served : std::uint8_t {
  no,
  request,  // routes, views, middleware, dependencies
  job,      // of a task queue other than Celery
  task,     // of Celery, which has rules of its own
  message,  // of a broker or socket; those of bots, which are one process, are none
};

/// What calls the function (a function_definition of the context's unit), by its decorators, its class and its
/// parameters.
Served served_by_declaration(Node function, Context& context);

/// Also by the code of the file that registers it: `add_url_rule(view_func=f)`, `path("/", f)`, `Depends(f)`,
/// `basic_consume(on_message_callback=f)`. Reads other units: for Rule::confirm.
Served served_by(Node function, Context& context);

/// "request", "job", "task", "message".
std::string_view describe(Served by);

}  // namespace surefoot::rules
