#pragma once
// The code actions for a place in a document. Any thread.

#include <memory>
#include <stop_token>
#include <vector>

#include "protocol/types_action.hpp"
#include "server/session/analyzer.hpp"
#include "server/session/document.hpp"

namespace surefoot::server {

/// Fixes and suppressions of the findings at the range, then what fixes the whole file. A cursor counts for its whole
/// line, a selection for what it touches. Edits are left out for clients that ask for them later. Only what the client
/// can show and what it asked for; a stop request may shorten the list.
std::vector<protocol::CodeAction> offer_actions(const SnapshotPtr& snapshot, const Analyzer& analyzer,
                                                const protocol::CodeActionParams& params, std::stop_token stop);

}  // namespace surefoot::server
