#pragma once
// Calls that open something which must be closed.

#include <cstdint>
#include <optional>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

enum class ResourceKind : std::uint8_t { file, temporary, socket, client, connection, process, pool };

struct Resource {
  ResourceKind kind = ResourceKind::file;
  Node value;             // the call, or its `await`
  std::string_view name;  // what is called: "open", "httpx.Client"
};

/// What a call opens: files, sockets, HTTP clients, database and mail connections, processes, pools. Nothing for a call
/// that is not known to.
std::optional<Resource> resource_of(Node call, Context& context);

/// False when no call of it opens anything (Rule::concerns).
bool may_open(const Callee& callee);

/// True for the name of a method that closes such a resource, or ends it.
bool is_closing_method(std::string_view method, ResourceKind kind);

/// What becomes of the resource that a local holds, in its function.
struct ResourceUse {
  bool handed_on = false;  // returned, kept, passed to code that may close it, seen by a nested function; or not known
  bool closed = false;     // somewhere: by a method, a `with`
};
ResourceUse use_of(Node local, ResourceKind kind, Context& context);

/// True for a call that uses the file or connection it is given and does not keep it: `json.load`, `list`, `print`.
bool borrows(Node call, Context& context);

}  // namespace surefoot::rules
