#pragma once
// The refactoring "Make `load` async", as a code action with all its edits. Any thread; reads the disk.

#include <optional>

#include "protocol/types_action.hpp"
#include "server/handlers/graph_question.hpp"

namespace surefoot::server {

/// True when the client asks for such an action, can take it, and there may be one: the range starts at a definition or
/// at a finding about a call of a function that blocks. Cheap.
bool may_make_async(const Snapshot& snapshot, const protocol::CodeActionParams& params);

/// The action for the function that is defined or called at the start of the range. Nothing when there is no such
/// function, it does not block, or the change would not be right; where the client asked for refactorings by name, one
/// that is disabled and says why.
std::optional<protocol::CodeAction> make_async_action(const GraphView& view, const protocol::CodeActionParams& params);

}  // namespace surefoot::server
