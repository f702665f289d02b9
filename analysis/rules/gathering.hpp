#pragma once
// Calls that wait for several awaitables at once.

#include <cstdint>
#include <vector>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

enum class ReturnExceptions : std::uint8_t { no, yes, unknown };

/// Of a call of `asyncio.gather`.
ReturnExceptions returns_exceptions(Node gather);

/// The `await` whose value is that of the call, looked at through `asyncio.wait_for` and `asyncio.shield`; null when
/// the call is not awaited where it stands.
Node await_of(Node call, Context& context);

/// The expressions that make the elements of a collection: those of a display, of a comprehension, of a local that is
/// bound to one, also when it is filled by `append` or `add`. Empty when they are not seen.
std::vector<Node> elements_of(Node collection, Context& context);

/// True when the code of the function in front of the node cancels something: `task.cancel()`, `self._cancel_all()`.
bool cancels_before(Node node, Context& context);

/// "close", "stop", "shutdown", …: what ends something.
bool is_closing_name(std::string_view name);

}  // namespace surefoot::rules
