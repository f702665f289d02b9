// LSP 3.17 "Inlay Hint" and "Code Lens": what is shown between the lines and characters of a document.
#pragma once

#include <string>
#include <vector>

#include "protocol/types_base.hpp"
#include "protocol/types_document.hpp"

namespace surefoot::protocol {

struct InlayHintParams {
  TextDocumentIdentifier text_document;
  Range range;  // what the client shows
};

struct InlayHint {
  Position position;
  std::string label;
  std::string tooltip;  // plain text; left out when empty
  bool padding_left = false;
  bool operator==(const InlayHint&) const = default;
};

struct CodeLensParams {
  TextDocumentIdentifier text_document;
};

// Nothing happens on a click: the command has a title and no name.
struct CodeLens {
  Range range;  // of one line
  std::string title;
  bool operator==(const CodeLens&) const = default;
};

void read(const Reader& in, InlayHintParams& out);
void read(const Reader& in, CodeLensParams& out);

void to_json(nlohmann::json& out, const InlayHint& value);
void to_json(nlohmann::json& out, const CodeLens& value);

}  // namespace surefoot::protocol
