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

/// True for a call whose work is computing, also when it reads a file first (`pandas.read_csv`); false for those of the
/// standard library that do both, which are about files.
bool computes_for_long(const BlockingCall& call);

/// What iterating over a value does that blocks the thread: by the call that gives it, else by its class. Looks through
/// `enumerate`, `zip`, `list` and their like. The name is that of the call or class.
std::optional<BlockingCall> blocking_iteration(Node iterable, Context& context);

/// The iterable of a plain (not async) `for` statement or comprehension clause, and the argument of a call that runs
/// through it (`list(rows)`); null for every other node.
Node iterated_by(Node node, Context& context);

/// False when no call of it runs through its argument (Rule::concerns).
bool may_iterate(const Callee& callee);

/// "`requests.get` waits for the network and blocks the event loop", about the place that `shown` underlines.
Report& report_blocking(const Rule& rule, Node anchor, Node shown, std::string_view name, std::string_view what,
                        Context& context);
/// "each step over `cursor` waits for the database and blocks the event loop".
Report& report_blocking_steps(const Rule& rule, Node iterable, std::string_view name, std::string_view what,
                              Context& context);

/// "waits for the network", "sleeps", …: the first of the effects, for a message.
std::string_view describe(knowledge::Effect effects);

}  // namespace surefoot::rules
