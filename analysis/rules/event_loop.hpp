#pragma once
// Calls that block, as the rules about the event loop see them.

#include <optional>
#include <string>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

struct BlockingCall {
  std::string name;  // canonical qualified name of what is called ("requests.Session.get")
  knowledge::Effect effects = knowledge::Effect::none;
  const knowledge::Callable* facts = nullptr;  // null for a callable that the configuration names
};

/// What a call does that blocks its thread, by the knowledge base and the configuration. Nothing for a call that is not
/// known, does not block, or is awaited.
std::optional<BlockingCall> blocking_call(Node call, Context& context);

/// "waits for the network", "sleeps", …: the first of the effects, for a message.
std::string_view describe(knowledge::Effect effects);

}  // namespace surefoot::rules
