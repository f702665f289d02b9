#pragma once
// The cure for a call that opens something which the statements behind it use: they move to a thread together.

#include <string_view>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// Moves the `with` block of which the call is an item to a function of its own that runs in a thread. `name`: for that
/// function. No fix where it cannot move, with the reason; without one where the call is no such item.
Fixes extract_with(Node call, std::string_view name, Context& context);

/// The same, and for `x = call()` with the statements behind it down to the last one that uses `x`.
Fixes extract_use(Node call, std::string_view name, Context& context);

}  // namespace surefoot::rules
