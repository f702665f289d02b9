#pragma once
// Edits that cure findings, always computed from the snapshot at hand. Any thread.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "protocol/types_action.hpp"
#include "server/actions/action_data.hpp"
#include "server/session/analyzer.hpp"
#include "server/session/document.hpp"

namespace surefoot::server {

/// Edits of the snapshot's own document, or why there are none.
struct CureEdits {
  std::vector<text::TextEdit> edits;
  bool changes_behaviour = false;  // more than a safe fix
  std::string reason;              // why `edits` is empty
};

/// The edits that the fix makes in the document itself; nothing for a fix that reaches into other files.
std::optional<std::vector<text::TextEdit>> own_edits(const engine::Fix& fix);

/// All safe fixes, of one rule or (empty) of all.
CureEdits fix_all_edits(const Snapshot& snapshot, const Analyzer& analyzer, const std::string& rule);

/// The edits that `data` asks for, as of today.
CureEdits edits_for(const Snapshot& snapshot, const Analyzer& analyzer, const ActionData& data);

/// What a finding is called in ActionData. Findings may share rule and fingerprint, so they are counted.
ActionData name_finding(const Snapshot& snapshot, const engine::Finding& finding);

/// With the document's version if the client takes it.
protocol::WorkspaceEdit to_workspace_edit(const Snapshot& snapshot, const CureEdits& cure);

/// Why nothing is fixed wholesale while this holds; empty if it may be.
std::string obstacle_to_fix_all(const Snapshot& snapshot);

}  // namespace surefoot::server
