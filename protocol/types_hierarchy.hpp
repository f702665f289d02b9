// LSP 3.17 "Call Hierarchy".
#pragma once

#include <string>
#include <vector>

#include "protocol/types_base.hpp"

namespace surefoot::protocol {

// Those of LSP's SymbolKind that we name.
enum class SymbolKind { kModule = 2, kMethod = 6, kFunction = 12 };

struct CallHierarchyItem {
  std::string name;
  SymbolKind kind = SymbolKind::kFunction;
  std::string detail;  // left out when empty
  std::string uri;
  Range range;            // all of it
  Range selection_range;  // its name; within `range`
  JsonValue data;         // given back to us in the requests for calls; never to be trusted
  bool operator==(const CallHierarchyItem&) const = default;
};

// Parameters of `callHierarchy/incomingCalls` and `callHierarchy/outgoingCalls`. Of the item only what we put into
// `data` is read.
struct CallHierarchyCallsParams {
  JsonValue data;
};

// `from_ranges` speak of the caller's file: that of `from`.
struct CallHierarchyIncomingCall {
  CallHierarchyItem from;
  std::vector<Range> from_ranges;
};

// `from_ranges` speak of the caller's file: that of the item that was asked about.
struct CallHierarchyOutgoingCall {
  CallHierarchyItem to;
  std::vector<Range> from_ranges;
};

void read(const Reader& in, CallHierarchyCallsParams& out);

void to_json(nlohmann::json& out, const CallHierarchyItem& value);
void to_json(nlohmann::json& out, const CallHierarchyIncomingCall& value);
void to_json(nlohmann::json& out, const CallHierarchyOutgoingCall& value);

}  // namespace surefoot::protocol
