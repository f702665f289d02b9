#include <nlohmann/json.hpp>

#include "server/convert.hpp"
#include "server/handlers/handlers.hpp"

namespace surefoot::server {
namespace {

using protocol::DocumentDiagnosticReport;

/// Names a list of diagnostics by its content: FNV-1a of what is sent.
std::string result_id_of(const std::vector<protocol::Diagnostic>& items) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : protocol::dump_json(items)) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  }
  return fingerprint_text(hash);
}

DocumentDiagnosticReport report_on(const SnapshotPtr& snapshot, const std::optional<std::string>& previous) {
  std::vector<protocol::Diagnostic> items;
  if (snapshot != nullptr) {
    items = to_diagnostics(*snapshot->analysis, snapshot->uri, *snapshot->client);
  }
  auto id = result_id_of(items);
  DocumentDiagnosticReport out;
  if (previous == id) {
    out.report = protocol::UnchangedDocumentDiagnosticReport{std::move(id)};
  } else {
    out.report = protocol::FullDocumentDiagnosticReport{std::move(id), std::move(items)};
  }
  return out;
}

void on_document_diagnostic(Core& core, const protocol::DocumentDiagnosticParams& params, Reply reply) {
  Document* document = core.documents.find(params.uri);
  if (document == nullptr) return reply.result(report_on(nullptr, params.previous_result_id));
  core.analyses.when_ready(*document, [&core, identity = document->identity, previous = params.previous_result_id,
                                       held = std::make_shared<Reply>(std::move(reply))](const SnapshotPtr& snapshot) {
    held->result(report_on(snapshot, previous));
    if (Document* asked = core.documents.find_identity(identity)) Publisher::pulled(*asked);
  });
}

}  // namespace

void route_diagnostics(Router& router) {
  router.request<protocol::DocumentDiagnosticParams>("textDocument/diagnostic", on_document_diagnostic);
}

}  // namespace surefoot::server
