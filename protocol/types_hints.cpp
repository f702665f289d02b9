#include "protocol/types_hints.hpp"

#include "protocol/json_write.hpp"

namespace surefoot::protocol {

using nlohmann::json;

void read(const Reader& in, InlayHintParams& out) {
  out.text_document = in["textDocument"].as<TextDocumentIdentifier>();
  out.range = in["range"].as<Range>();
}

void read(const Reader& in, CodeLensParams& out) {
  out.text_document = in["textDocument"].as<TextDocumentIdentifier>();
}

void to_json(json& out, const InlayHint& value) {
  out = {{"position", value.position}, {"label", value.label}};
  if (!value.tooltip.empty()) out["tooltip"] = value.tooltip;
  put_if_true(out, "paddingLeft", value.padding_left);
}

void to_json(json& out, const CodeLens& value) {
  out = {{"range", value.range}, {"command", Command{value.title, "", {}}}};
}

}  // namespace surefoot::protocol
