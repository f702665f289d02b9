#pragma once
// Code that runs once, while a program starts or stops.

#include <optional>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True when the innermost function round the node is `main`, a lifespan, or a start-up or shutdown handler, by its
/// name, its decorators or its parameters.
bool in_startup_code(Node node, Context& context);

/// For Rule::confirm: false when other code of the file registers the function round the report as a lifespan or a
/// start-up handler (`FastAPI(lifespan=f)`, `app.on_startup.append(f)`), or hands it to `asyncio.run` where a program
/// starts: in `main`, in a command, at module level.
bool runs_after_startup(const Report& report, Context& context);

/// For Rule::fix: the first coroutine at the top level of the file that runs when the program starts, as its
/// definition: a lifespan or start-up handler, or `main`. Nothing where there is none.
std::optional<fixes::Place> startup_coroutine(Context& context);

/// True in code that ends something's life: in a `finally`, behind the only `yield` of a context manager or lifespan,
/// in a function that stops, closes or cleans up by its name, and in a shutdown handler.
bool is_on_shutdown_path(Node node, Context& context);

}  // namespace surefoot::rules
