// LSP 3.17 "Text Document Synchronization": what clients tell us about documents. Decoded only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/types_base.hpp"

namespace surefoot::protocol {

struct TextDocumentIdentifier {
  std::string uri;  // in the client's own spelling
  bool operator==(const TextDocumentIdentifier&) const = default;
};

struct VersionedTextDocumentIdentifier {
  std::string uri;
  std::optional<std::int32_t> version;  // none: null or absent, which some clients send against the specification
  bool operator==(const VersionedTextDocumentIdentifier&) const = default;
};

struct TextDocumentItem {
  std::string uri;
  std::string language_id;   // empty if the client says nothing
  std::int32_t version = 0;  // 0 if the client says nothing
  std::string text;
};

// `text` replaces `range`, or the whole document if there is none. The deprecated `rangeLength` is ignored.
struct TextDocumentContentChangeEvent {
  std::optional<Range> range;
  std::string text;
};

struct DidOpenTextDocumentParams {
  TextDocumentItem text_document;
};

// Each change is relative to the text that the one before it left.
struct DidChangeTextDocumentParams {
  VersionedTextDocumentIdentifier text_document;
  std::vector<TextDocumentContentChangeEvent> content_changes;
};

struct DidCloseTextDocumentParams {
  TextDocumentIdentifier text_document;
};

struct DidSaveTextDocumentParams {
  TextDocumentIdentifier text_document;
  std::optional<std::string> text;
};

// Parameters of requests at one place, such as hover.
struct TextDocumentPositionParams {
  TextDocumentIdentifier text_document;
  Position position;
};

void read(const Reader& in, TextDocumentIdentifier& out);
void read(const Reader& in, VersionedTextDocumentIdentifier& out);
void read(const Reader& in, TextDocumentItem& out);
void read(const Reader& in, TextDocumentContentChangeEvent& out);
void read(const Reader& in, DidOpenTextDocumentParams& out);
void read(const Reader& in, DidChangeTextDocumentParams& out);
void read(const Reader& in, DidCloseTextDocumentParams& out);
void read(const Reader& in, DidSaveTextDocumentParams& out);
void read(const Reader& in, TextDocumentPositionParams& out);

}  // namespace surefoot::protocol
