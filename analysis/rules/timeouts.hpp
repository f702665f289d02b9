#pragma once
// What limits how long a call may wait, beside its own arguments.

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// True when some code of the file calls `socket.setdefaulttimeout` with a limit. Reads other units.
bool sets_default_timeout(Context& context);

/// True when some code of the file may give the `requests` session a limit: it mounts an adapter that is not the plain
/// one, or replaces `session.request`, and is not known to do so to another session. Reads other units.
bool limits_session(Node session, Context& context);

/// True when the receiver of a method call is a `requests.Session` whose class overrides how requests are sent.
bool has_own_sending(Node call, Context& context);

/// True in an `async with asyncio.timeout(…)` block (or anyio's, trio's) and in the argument of `asyncio.wait_for`.
bool is_under_timeout(Node call, Context& context);

}  // namespace surefoot::rules
