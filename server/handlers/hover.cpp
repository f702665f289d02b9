#include <cctype>
#include <nlohmann/json.hpp>

#include "server/convert.hpp"
#include "server/function_page.hpp"
#include "server/handlers/graph_question.hpp"
#include "server/handlers/handlers.hpp"
#include "server/rule_page.hpp"

namespace surefoot::server {
namespace {

nlohmann::json to_hover(const Snapshot& snapshot, const std::string& markdown, text::Span span) {
  const auto& client = *snapshot.client;
  const auto format = client.capabilities.hover_format();
  const bool as_markdown = format == protocol::MarkupKind::kMarkdown;
  return protocol::Hover{{format, as_markdown ? markdown : to_plain_text(markdown)},
                         to_range(snapshot.analysis->text(), span, client.encoding)};
}

nlohmann::json hover_of(const Snapshot& snapshot, const std::optional<RulePage>& page) {
  return page ? to_hover(snapshot, page->markdown, page->span) : nlohmann::json();
}

bool may_be_name(const text::SourceText& text, std::uint32_t offset) {
  const auto is_letter = [](unsigned char byte) { return std::isalnum(byte) != 0 || byte == '_' || byte >= 0x80; };
  const auto bytes = text.bytes();
  return (offset < bytes.size() && is_letter(static_cast<unsigned char>(bytes[offset]))) ||
         (offset > 0 && offset <= bytes.size() && is_letter(static_cast<unsigned char>(bytes[offset - 1])));
}

/// The rule's page first: there is something to do.
Outcome hover_with_function(const GraphView& view, const std::optional<RulePage>& page, std::uint32_t offset) {
  const auto function = function_page_at(*view.graph, view.module, offset);
  if (!function) return protocol::JsonValue(hover_of(*view.snapshot, page));
  const std::string markdown = page ? page->markdown + "\n\n---\n\n" + function->markdown : function->markdown;
  return protocol::JsonValue(to_hover(*view.snapshot, markdown, page ? page->span : function->span));
}

void answer(Core& core, Reply reply, const SnapshotPtr& snapshot, protocol::Position position) {
  if (snapshot == nullptr) return reply.result(nullptr);
  const auto& analysis = *snapshot->analysis;
  const auto offset = to_offset(analysis.text(), position, snapshot->client->encoding);
  auto page = page_at(analysis, offset);
  Document* document = core.documents.find(snapshot->uri);
  if (document == nullptr || analysis.module() == nullptr || !may_be_name(analysis.text(), offset)) {
    return reply.result(hover_of(*snapshot, page));
  }
  std::optional<Outcome> meanwhile;
  if (page) meanwhile = protocol::JsonValue(hover_of(*snapshot, page));
  const auto with_function = [page = std::move(page), offset](const GraphView& view) {
    return hover_with_function(view, page, offset);
  };
  ask_graph(core, *document, std::move(reply), with_function, std::move(meanwhile));
}

void on_hover(Core& core, const protocol::TextDocumentPositionParams& params, Reply reply) {
  Document* document = core.documents.find(params.text_document.uri);
  if (document == nullptr) return reply.result(nullptr);
  core.analyses.when_ready(*document,
                           [&core, held = std::make_shared<Reply>(std::move(reply)), position = params.position](
                               const SnapshotPtr& snapshot) { answer(core, std::move(*held), snapshot, position); });
}

}  // namespace

void route_hover(Router& router) {
  router.request<protocol::TextDocumentPositionParams>("textDocument/hover", on_hover);
}

}  // namespace surefoot::server
