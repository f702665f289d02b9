#pragma once
// What a function does with a client of a service that a call in it makes.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// False for a client that is kept beyond the function, that shares its connections with another one, or that is
/// another one each time: it is given a tenant's address, a user's key. `function` is the outermost one round the call.
bool is_made_to_be_dropped(Node call, Node function);

/// The `with` statement that the client is entered in; null for none.
Node block_of_client(Node call);

/// True for a client that lives as long as what it listens to: a socket, a subscription, a loop without an end.
bool listens(Node call, Context& context);

/// True when the `with` block of the client sends a request itself.
bool asks_at_once(Node call);

}  // namespace surefoot::rules
