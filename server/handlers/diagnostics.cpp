#include <nlohmann/json.hpp>

#include "server/convert.hpp"
#include "server/handlers/handlers.hpp"

namespace surefoot::server {
namespace {

using protocol::DocumentDiagnosticReport;

protocol::DiagnosticReport report_on(const SnapshotPtr& snapshot, const std::optional<std::string>& previous) {
  std::vector<protocol::Diagnostic> items;
  if (snapshot != nullptr) {
    items = to_diagnostics(*snapshot->analysis, snapshot->uri, *snapshot->client);
  }
  auto id = result_id_of(items);
  if (previous == id) return protocol::UnchangedDocumentDiagnosticReport{std::move(id)};
  return protocol::FullDocumentDiagnosticReport{std::move(id), std::move(items)};
}

/// A question about one document, on its way to an answer that also speaks of others.
struct Question {
  std::string identity;
  std::optional<std::string> previous;
  Reply reply;
  SnapshotPtr snapshot;
  std::size_t awaited = 0;  // other documents
};

/// Of other documents: what has changed since the client got it.
void add_related(Core& core, const Question& question, DocumentDiagnosticReport& out) {
  for (auto& [identity, document] : core.documents.all()) {
    const bool can_differ = document.published != nullptr && document.snapshot != nullptr && !document.edited;
    if (identity == question.identity || !can_differ) continue;
    if (document.published->analysis->findings() == document.snapshot->analysis->findings()) continue;
    out.related_documents.emplace(document.uri, report_on(document.snapshot, std::nullopt));
    Publisher::pulled(document);
  }
}

void answer(Core& core, Question& question) {
  DocumentDiagnosticReport out{report_on(question.snapshot, question.previous), {}};
  if (core.view->capabilities.pull_diagnostics_related_documents) add_related(core, question, out);
  question.reply.result(out);
  if (Document* asked = core.documents.find_identity(question.identity)) Publisher::pulled(*asked);
}

/// What the document's change means for others is known a turn later, or when these have been looked at.
void answer_with_others(Core& core, const std::shared_ptr<Question>& question) {
  core.poster("related documents")([question](Core& now) {
    question->awaited = 1;
    const auto one_less = [&now, question](const SnapshotPtr&) {
      if (--question->awaited == 0) answer(now, *question);
    };
    for (auto& [identity, document] : now.documents.all()) {
      if (document.current() || document.published == nullptr || identity == question->identity) continue;
      ++question->awaited;
      now.analyses.when_ready(document, one_less);
    }
    one_less(nullptr);
  });
}

void on_document_diagnostic(Core& core, const protocol::DocumentDiagnosticParams& params, Reply reply) {
  Document* document = core.documents.find(params.uri);
  if (document == nullptr) {
    return reply.result(DocumentDiagnosticReport{report_on(nullptr, params.previous_result_id), {}});
  }
  const auto question =
      std::make_shared<Question>(Question{document->identity, params.previous_result_id, std::move(reply), nullptr, 0});
  core.analyses.when_ready(*document, [&core, question](const SnapshotPtr& snapshot) {
    question->snapshot = snapshot;
    if (!core.view->capabilities.pull_diagnostics_related_documents) return answer(core, *question);
    answer_with_others(core, question);
  });
}

void on_workspace_diagnostic(Core& core, const protocol::WorkspaceDiagnosticParams& params, Reply reply) {
  core.workspace_check.asked(params, std::move(reply));
}

}  // namespace

void route_diagnostics(Router& router) {
  router.request<protocol::WorkspaceDiagnosticParams>("workspace/diagnostic", on_workspace_diagnostic);
  router.request<protocol::DocumentDiagnosticParams>("textDocument/diagnostic", on_document_diagnostic);
}

}  // namespace surefoot::server
