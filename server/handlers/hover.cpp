#include <algorithm>
#include <nlohmann/json.hpp>

#include "server/convert.hpp"
#include "server/handlers/handlers.hpp"
#include "server/rule_page.hpp"

namespace surefoot::server {
namespace {

std::optional<protocol::Hover> hover_at(const Snapshot& snapshot, protocol::Position position) {
  const auto& client = *snapshot.client;
  const auto& text = snapshot.analysis->text();
  const auto page = page_at(*snapshot.analysis, to_offset(text, position, client.encoding));
  if (!page) return std::nullopt;
  const auto format = client.capabilities.hover_format();
  const bool markdown = format == protocol::MarkupKind::kMarkdown;
  return protocol::Hover{{format, markdown ? page->markdown : to_plain_text(page->markdown)},
                         to_range(text, page->span, client.encoding)};
}

void on_hover(Core& core, const protocol::TextDocumentPositionParams& params, Reply reply) {
  Document* document = core.documents.find(params.text_document.uri);
  if (document == nullptr) return reply.result(nullptr);
  core.analyses.when_ready(*document, [held = std::make_shared<Reply>(std::move(reply)),
                                       position = params.position](const SnapshotPtr& snapshot) {
    const auto hover = snapshot == nullptr ? std::nullopt : hover_at(*snapshot, position);
    held->result(hover ? nlohmann::json(*hover) : nlohmann::json());
  });
}

}  // namespace

void route_hover(Router& router) {
  router.request<protocol::TextDocumentPositionParams>("textDocument/hover", on_hover);
}

}  // namespace surefoot::server
