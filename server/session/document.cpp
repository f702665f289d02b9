#include "server/session/document.hpp"

#include <utility>

#include "protocol/uri.hpp"
#include "server/convert.hpp"
#include "server/text_diff.hpp"
#include "server/workspace/discovery.hpp"

namespace surefoot::server {
namespace {

/// So many edits since the last analysis are taken together into one: analysing them one by one would cost more.
constexpr std::size_t kMaxPendingEdits = 256;

void add_edit(Document& document, text::TextEdit edit) {
  document.text = document.text.with_edit(edit);
  if (document.base == nullptr) return;
  document.edits.push_back(std::move(edit));
  if (document.edits.size() <= kMaxPendingEdits) return;
  document.edits = {single_edit(document.base->text().bytes(), document.text.bytes())};
}

std::optional<std::string> apply_change(Document& document, const protocol::TextDocumentContentChangeEvent& change,
                                        protocol::PositionEncoding encoding) {
  if (!change.range) {
    document.desynced = false;
    add_edit(document, single_edit(document.text.bytes(), change.text));
    return std::nullopt;
  }
  if (document.desynced) return "edits came before the whole text";
  const auto& range = *change.range;
  if (range.end < range.start) return "an edit ends before it starts";
  // One past the last line is how clients say "the end"; further on there is no text that they could mean.
  if (range.start.line > document.text.line_count()) return "an edit lies beyond the end of the text";
  add_edit(document, {to_span(document.text, range, encoding), change.text});
  return std::nullopt;
}

}  // namespace

std::string Document::name() const { return protocol::percent_decode(uri.substr(uri.find_last_of("/:") + 1)); }

Document* Documents::find(std::string_view uri) { return find_identity(protocol::uri_identity(uri)); }

Document* Documents::find_identity(const std::string& identity) {
  const auto found = documents_.find(identity);
  return found == documents_.end() ? nullptr : &found->second;
}

Document& Documents::open(const protocol::TextDocumentItem& item) {
  const std::string identity = protocol::uri_identity(item.uri);
  Document& document = documents_[identity];
  document = Document();
  document.uri = item.uri;
  document.identity = identity;
  document.path = protocol::file_uri_to_path(item.uri);
  const bool named = document.path && is_python_name(*document.path);
  document.python = item.language_id == "python" || (item.language_id.empty() && named);
  document.version = item.version;
  if (document.python) document.text = text::SourceText(item.text);
  return document;
}

void Documents::close(const Document& document) { documents_.erase(std::string(document.identity)); }

std::optional<std::string> apply_changes(Document& document, const protocol::DidChangeTextDocumentParams& params,
                                         protocol::PositionEncoding encoding) {
  const auto version = params.text_document.version;
  const bool back = version && document.version && *version < *document.version;
  std::optional<std::string> why;
  if (back) why = "version " + std::to_string(*version) + " came after " + std::to_string(*document.version);
  if (why) document.desynced = true;
  if (version) document.version = version;
  for (const auto& change : params.content_changes) {
    const auto wrong = apply_change(document, change, encoding);
    if (!change.range) why.reset();
    if (wrong && !document.desynced) why = wrong;
    if (wrong) document.desynced = true;
  }
  return document.desynced ? why : std::nullopt;
}

}  // namespace surefoot::server
