#pragma once
// What was agreed with the client at `initialize`. Immutable afterwards; shared with workers.

#include <memory>

#include "protocol/position_encoding.hpp"
#include "protocol/types_lifecycle.hpp"

namespace surefoot::server {

struct ClientView {
  protocol::ClientCapabilities capabilities;
  protocol::PositionEncoding encoding = protocol::PositionEncoding::kUtf16;

  /// True if diagnostics of documents are pulled. Only clients that can be told to pull again get that: without it,
  /// what they show would go stale when something else than the document changes.
  bool pulls() const { return capabilities.pull_diagnostics && capabilities.diagnostics_refresh; }
};

using ClientViewPtr = std::shared_ptr<const ClientView>;

}  // namespace surefoot::server
