#include "server/handlers/sync.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "protocol/uri.hpp"
#include "server/handlers/handlers.hpp"
#include "server/handlers/workspace.hpp"

namespace surefoot::server {
namespace {

using protocol::DidChangeTextDocumentParams;

void on_open(Core& core, const protocol::DidOpenTextDocumentParams& params) {
  if (Document* before = core.documents.find(params.text_document.uri)) {
    log::warn("opened twice: " + params.text_document.uri);
    core.publisher.clear(*before, *core.view);
    core.analyses.forget(*before);
  }
  Document& document = core.documents.open(params.text_document);
  if (!document.python) return;
  document.edited = true;
  place(core, document);
  core.analyses.changed(document);
  if (document.config_problem) publish_config_problems(core);
}

void on_change(Core& core, const DidChangeTextDocumentParams& params) {
  Document* document = core.documents.find(params.text_document.uri);
  if (document == nullptr) return log::warn("changed without being open: " + params.text_document.uri);
  if (!document->python) return;
  const bool trusted = !document->desynced;
  const auto why = apply_changes(*document, params, core.view->encoding);
  document->edited = true;
  if (why && trusted) return distrust(core, *document, *why);
  if (!trusted && !document->desynced) log::info("in step again: " + document->uri);
  core.analyses.changed(*document);
}

/// An edit that we could not read is an edit we lost.
void on_undecodable_change(Core& core, const protocol::JsonValue& raw) {
  const auto& params = raw.get();
  if (!params.is_object() || !params.contains("textDocument")) return;
  const auto target = protocol::decode<protocol::TextDocumentIdentifier>(protocol::JsonValue(params["textDocument"]));
  Document* document = target ? core.documents.find(target->uri) : nullptr;
  if (document != nullptr && document->python) distrust(core, *document, "an edit could not be read");
}

void on_save(Core& core, const protocol::DidSaveTextDocumentParams& params) {
  const Document* document = core.documents.find(params.text_document.uri);
  const auto path = protocol::file_uri_to_path(params.text_document.uri);
  if (document == nullptr && path) core.neighbourhood.changed_on_disk({*path});
  // Not every client watches files for us; a saved file may be a configuration, or come with one.
  core.configs.forget();
  refresh_configuration(core);
}

void on_close(Core& core, const protocol::DidCloseTextDocumentParams& params) {
  Document* document = core.documents.find(params.text_document.uri);
  if (document == nullptr) return log::warn("closed without being open: " + params.text_document.uri);
  core.publisher.clear(*document, *core.view);
  core.analyses.forget(*document);
  core.neighbourhood.closed(*document);
  core.documents.close(*document);
  publish_config_problems(core);
}

}  // namespace

void distrust(Core& core, Document& document, std::string_view why) {
  const bool told = document.told_desynced;
  document.desynced = true;
  document.told_desynced = true;
  core.analyses.changed(document);
  if (told) return;
  log::warn("out of step with " + document.uri + ": " + std::string(why));
  core.client.show_message(protocol::MessageType::kWarning, "surefoot lost track of " + document.name() + " (" +
                                                                std::string(why) +
                                                                "). Close and reopen it to see its diagnostics again.");
}

void route_sync(Router& router) {
  router.notification<protocol::DidOpenTextDocumentParams>("textDocument/didOpen", on_open);
  router.notification<DidChangeTextDocumentParams>("textDocument/didChange", on_change, on_undecodable_change);
  router.notification<protocol::DidSaveTextDocumentParams>("textDocument/didSave", on_save);
  router.notification<protocol::DidCloseTextDocumentParams>("textDocument/didClose", on_close);
}

}  // namespace surefoot::server
