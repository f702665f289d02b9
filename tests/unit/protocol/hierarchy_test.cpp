#include <nlohmann/json.hpp>

#include "protocol/types_hierarchy.hpp"
#include "protocol/types_hints.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::protocol {
namespace {

using nlohmann::json;

const Range kRange{{1, 2}, {1, 5}};

TEST_CASE("hierarchy: items and calls are written") {
  CallHierarchyItem item{"load", SymbolKind::kMethod, "", "file:///a.py", kRange, kRange, {}};
  CHECK(json(item).dump() ==
        R"({"kind":6,"name":"load","range":{"end":{"character":5,"line":1},"start":{"character":2,"line":1}},)"
        R"("selectionRange":{"end":{"character":5,"line":1},"start":{"character":2,"line":1}},"uri":"file:///a.py"})");
  item.detail = "blocks";
  item.data = JsonValue(json{{"v", 1}});
  const json incoming = CallHierarchyIncomingCall{item, {kRange}};
  CHECK(incoming["from"]["detail"] == "blocks");
  CHECK(incoming["from"]["data"]["v"] == 1);
  CHECK(incoming["fromRanges"] == json::array({kRange}));
  CHECK(json(CallHierarchyOutgoingCall{item, {}})["to"]["name"] == "load");
}

TEST_CASE("hierarchy: of what is asked about only our own data is read") {
  const auto params = decode<CallHierarchyCallsParams>(JsonValue(json{{"item", {{"data", {{"v", 1}}}}}}));
  CHECK(params->data.get()["v"] == 1);
  CHECK_FALSE(decode<CallHierarchyCallsParams>(JsonValue(json::object()))->data.present());
}

TEST_CASE("hints: asked for by range, written with what they have") {
  const JsonValue params(json{{"textDocument", {{"uri", "file:///a.py"}}}, {"range", kRange}});
  CHECK(decode<InlayHintParams>(params)->range == kRange);
  CHECK(decode<InlayHintParams>(JsonValue(json{{"textDocument", {{"uri", "x"}}}})).error().path == "params.range");
  CHECK(json(InlayHint{{1, 2}, "x", "", false}).dump() == R"({"label":"x","position":{"character":2,"line":1}})");
  CHECK(json(InlayHint{{1, 2}, "x", "why", true})["tooltip"] == "why");
  CHECK(decode<CodeLensParams>(params)->text_document.uri == "file:///a.py");
  CHECK(json(CodeLens{kRange, "title"})["command"] == json{{"title", "title"}, {"command", ""}});
}

}  // namespace
}  // namespace surefoot::protocol
