#pragma once
// What calling something gives that must be awaited.

#include <cstdint>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

enum class Promise : std::uint8_t {
  none,       // nothing that must be awaited, or not known
  future,     // work that goes on by itself: `asyncio.gather(…)`, `loop.run_in_executor(…)`
  coroutine,  // nothing of it runs until it is awaited
  manager,    // a coroutine that `async with` may enter instead: aiohttp's `session.get(url)`
};

/// What the value of a call is, or of an attribute that is an `async def` property; none for everything else. Looks
/// through parentheses, and through plain functions of the project that only hand a coroutine on.
Promise promise_of(Node expression, Context& context);

/// False when promise_of is none of every call of it, unless it is one of the project (Rule::concerns).
bool may_promise(const Callee& library_callee);

/// What calling the value of the expression would give.
Promise promise_of_calling(Node function, Context& context);

/// True when the value of the expression is known and cannot be awaited, whatever subclasses do.
bool cannot_be_awaited(const TypeSet& types, Context& context);

}  // namespace surefoot::rules
