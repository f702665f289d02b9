#include "protocol/types_hierarchy.hpp"

#include "protocol/json_write.hpp"

namespace surefoot::protocol {

using nlohmann::json;

void read(const Reader& in, CallHierarchyCallsParams& out) { out.data = in["item"]["data"].raw(); }

void to_json(json& out, const CallHierarchyItem& value) {
  out = {{"name", value.name},
         {"kind", number(value.kind)},
         {"uri", value.uri},
         {"range", value.range},
         {"selectionRange", value.selection_range}};
  if (!value.detail.empty()) out["detail"] = value.detail;
  put_if_present(out, "data", value.data);
}

void to_json(json& out, const CallHierarchyIncomingCall& value) {
  out = {{"from", value.from}, {"fromRanges", value.from_ranges}};
}

void to_json(json& out, const CallHierarchyOutgoingCall& value) {
  out = {{"to", value.to}, {"fromRanges", value.from_ranges}};
}

}  // namespace surefoot::protocol
