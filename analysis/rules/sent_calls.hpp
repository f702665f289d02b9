#pragma once
// Calls that somebody outside sees at once, and that no rollback takes back: mails, HTTP requests, tasks and messages.

#include <optional>
#include <string>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// What the call sends with, as it is written ("send_receipt.delay"); nothing for a call that sends nothing, or is not
/// known to. What only measures the program is left out, and so is what a task does to be tried again.
std::optional<std::string> sent_by(Node call, Context& context);
/// False when no call of it sends anything by itself (Rule::concerns).
bool may_send(const Callee& callee);

/// Asks whether what the call runs sends something; DJG106 notes that. `message` is what to say if so.
void ask_whether_sent(const Rule& rule, Node call, std::string_view message, Context& context);

/// Wraps the report's call, a statement, in `transaction.on_commit`.
Fixes send_after_commit(const Report& report, Context& context);

}  // namespace surefoot::rules
