#include "protocol/types_document.hpp"

namespace surefoot::protocol {

void read(const Reader& in, TextDocumentIdentifier& out) { out.uri = in["uri"].as<std::string>(); }

void read(const Reader& in, VersionedTextDocumentIdentifier& out) {
  out.uri = in["uri"].as<std::string>();
  out.version = in["version"].optional<std::int32_t>();
}

void read(const Reader& in, TextDocumentItem& out) {
  out.uri = in["uri"].as<std::string>();
  out.language_id = in["languageId"].value_or(std::string());
  out.version = in["version"].value_or(std::int32_t{0});
  out.text = in["text"].as<std::string>();
}

void read(const Reader& in, TextDocumentContentChangeEvent& out) {
  out.range = in["range"].optional<Range>();
  out.text = in["text"].as<std::string>();
}

void read(const Reader& in, DidOpenTextDocumentParams& out) {
  out.text_document = in["textDocument"].as<TextDocumentItem>();
}

void read(const Reader& in, DidChangeTextDocumentParams& out) {
  out.text_document = in["textDocument"].as<VersionedTextDocumentIdentifier>();
  out.content_changes = in["contentChanges"].list<TextDocumentContentChangeEvent>();
}

void read(const Reader& in, DidCloseTextDocumentParams& out) {
  out.text_document = in["textDocument"].as<TextDocumentIdentifier>();
}

void read(const Reader& in, DidSaveTextDocumentParams& out) {
  out.text_document = in["textDocument"].as<TextDocumentIdentifier>();
  out.text = in["text"].optional<std::string>();
}

void read(const Reader& in, TextDocumentPositionParams& out) {
  out.text_document = in["textDocument"].as<TextDocumentIdentifier>();
  out.position = in["position"].as<Position>();
}

}  // namespace surefoot::protocol
