#pragma once
// The documents the client has open: their text, and how far their analysis has come. Strand only.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/text/source_text.hpp"
#include "protocol/types_document.hpp"
#include "server/session/analyzer.hpp"
#include "server/session/client_view.hpp"
#include "server/session/host.hpp"
#include "server/workspace/config_files.hpp"

namespace surefoot::server {

/// One version of a document together with its analysis: all that a worker needs. Immutable.
struct Snapshot {
  std::string uri;  // in the client's spelling
  std::optional<std::int32_t> version;
  AnalysisPtr analysis;  // never null; of exactly this version
  ClientViewPtr client;
  bool config_broken = false;  // an older configuration is in force, since the one on disk cannot be read
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

/// Called once on the strand, with null if there is no analysis: the document was closed, cannot be trusted, or the
/// analysis failed.
using Waiter = std::function<void(const SnapshotPtr&)>;

/// What decides a document's findings beside its text.
struct Placement {
  ConfigPtr config;  // never null
  project::Place place;
  bool excluded = false;
  bool config_broken = false;
};

struct Document {
  std::string uri;  // in the client's spelling
  std::string identity;
  std::optional<std::string> path;  // none: not on disk
  bool python = false;              // others are only remembered
  std::optional<std::int32_t> version;
  text::SourceText text;
  /// Edits got lost or make no sense: nothing is said about the document until the client sends its whole text.
  bool desynced = false;
  bool told_desynced = false;
  Placement placement;
  std::shared_ptr<const ConfigFileProblem> config_problem;

  /// Grows with every change of text or placement, over all documents of a session, so that a result for an older
  /// state, or for an earlier opening of the same URI, is told apart.
  std::uint64_t revision = 0;
  std::uint64_t opened = 0;  // its first revision
  /// The last finished analysis, perhaps of an older text; `edits` lead from its text to `text`.
  AnalysisPtr base;
  std::vector<text::TextEdit> edits;
  /// The analysis of `analysed_revision`; null if that failed.
  SnapshotPtr snapshot;
  std::uint64_t analysed_revision = 0;
  std::optional<Clock::duration> last_cost;  // of the last analysis
  Clock::time_point dirty_since;             // when the oldest change without an analysis came
  std::stop_source running;                  // stops the job for the current revision
  /// A job without a base is at work. Edits let it finish, and the next one starts from its result: else a big file
  /// would have no diagnostics as long as one types.
  bool first_job = false;
  bool edited = false;    // by the client, since the last publication
  SnapshotPtr published;  // what the client shows
  bool reported_failure = false;
  std::vector<Waiter> waiters;

  bool analysable() const { return python && !desynced && !placement.excluded; }
  bool current() const { return analysed_revision == revision; }
  /// The part of the URI after the last slash.
  std::string name() const;
};

class Documents {
 public:
  /// By any spelling of the URI; null if it is not open.
  Document* find(std::string_view uri);
  /// By Document::identity.
  Document* find_identity(const std::string& identity);
  /// A document that is already open is replaced; its waiters are lost, so call them first.
  Document& open(const protocol::TextDocumentItem& item);
  void close(const Document& document);

  using Map = std::map<std::string, Document>;
  Map& all() { return documents_; }
  const Map& all() const { return documents_; }

 private:
  Map documents_;  // by identity
};

/// Applies the changes in order. Says why the document's text cannot be trusted any more, if so: then it keeps the text
/// from before the offending change, and only a change of the whole text is taken from then on.
std::optional<std::string> apply_changes(Document& document, const protocol::DidChangeTextDocumentParams& params,
                                         protocol::PositionEncoding encoding);

}  // namespace surefoot::server
