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

/// A document as its file is known to others.
struct OpenFile {
  std::string uri;  // as the client opened it
  std::optional<std::int32_t> version;
  project::ModulePtr module;  // of this version; null while that is not read
};

/// Where files are open, and the URIs of all in the client's spelling.
class FileUris {
 public:
  explicit FileUris(const Core& core);
  std::string of(const std::string& location) const;
  /// Null for a file that is not open.
  const OpenFile* open(const std::string& location) const;

 private:
  Folders folders_;
  std::map<std::string, OpenFile> open_;  // by path
};

/// What a worker gets to answer from.
struct GraphView {
  SnapshotPtr snapshot;  // of the document that was asked about
  engine::ProjectPtr project;
  CallGraphPtr graph;
  project::ModuleKey module = 0;  // the document's
  FileUris uris;

  const ClientView& client() const { return *snapshot->client; }
  const text::SourceText& text() const { return snapshot->analysis->text(); }
  std::shared_ptr<const project::Program> program() const { return {project, &project->program()}; }
  const ConfigPtr& config() const { return project->config(); }
};

/// What an answer waits for, beside the document's analysis.
enum class Callers : std::uint8_t {
  known,  // nothing
  all,    // the files of the workspace that import a document
};

/// Answers with what `answer` makes of the view, on a worker; with null where there is no analysis or no module.
/// `meanwhile`, if given, is the answer where that would take long: the user does not wait for it.
void ask_graph(Core& core, Document& document, Reply reply, std::function<Outcome(const GraphView&)> answer,
               std::optional<Outcome> meanwhile = std::nullopt, Callers callers = Callers::known);

}  // namespace surefoot::server
