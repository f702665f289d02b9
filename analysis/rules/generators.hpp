#pragma once
// Generators that are no iterators to their callers: context managers, fixtures, dependencies.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// The only `yield` of a function_definition, which stands in no loop; null for others.
Node only_yield(Node function);

/// True for a function_definition whose decorators make it a context manager, a fixture, or something that is not known
/// (and may do so): its code behind the `yield` always runs, in the same task.
bool is_context_manager_function(Node function, Context& context);

/// For Rule::confirm: true when other code of the file makes it one: `asynccontextmanager(f)`, `Depends(f)`,
/// `FastAPI(lifespan=f)`, `app.cleanup_ctx.append(f)`.
bool is_used_as_context_manager(Node function, Context& context);

}  // namespace surefoot::rules
