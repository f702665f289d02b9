#pragma once
// Questions that the call graph answers: they wait for the document's analysis and are answered by a worker.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "server/session/call_graphs.hpp"
#include "server/session/core.hpp"

namespace surefoot::server {

/// The URIs of files in the client's spelling: of open documents as it opened them.
class FileUris {
 public:
  explicit FileUris(const Core& core);
  std::string of(const project::Module& module) const;

 private:
  Folders folders_;
  std::map<std::string, std::string> open_;  // by path
};

/// What a worker gets to answer from.
struct GraphView {
  SnapshotPtr snapshot;  // of the document that was asked about
  CallGraphPtr graph;
  project::ModuleKey module = 0;  // the document's
  FileUris uris;

  const ClientView& client() const { return *snapshot->client; }
  const text::SourceText& text() const { return snapshot->analysis->text(); }
};

/// Answers with what `answer` makes of the view, on a worker; with null where there is no analysis or no module.
/// `meanwhile`, if given, is the answer where the graph would take long: the user does not wait for it.
void ask_graph(Core& core, Document& document, Reply reply, std::function<Outcome(const GraphView&)> answer,
               std::optional<Outcome> meanwhile = std::nullopt);

}  // namespace surefoot::server
