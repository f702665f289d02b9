#pragma once
// When documents are analysed, and where. A small change of a document whose last analysis was quick is analysed on the
// strand, so that its diagnostics leave with no thread in between; everything else goes to a worker. The newest version
// wins: older jobs are dropped before they start and told to stop while they run. Strand only.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "server/session/document.hpp"

namespace surefoot::server {

struct Core;

/// Tests set their own.
struct AnalysisPolicy {
  /// Longest last analysis after which the next one runs on the strand.
  Clock::duration quick = std::chrono::milliseconds(8);
  /// Most bytes of new text for an analysis on the strand.
  std::size_t small = std::size_t{32} << 10U;
  /// How long the analyses of one turn may hold the strand altogether.
  Clock::duration turn_budget = std::chrono::milliseconds(12);
  /// With more input waiting, an analysis would be outdated when it is done, and is left to a worker. A document whose
  /// diagnostics are this late is analysed nevertheless.
  Clock::duration patience = std::chrono::milliseconds(150);
};

class Analyses {
 public:
  explicit Analyses(Core& core) : core_(core) {}

  /// The document's text or placement has changed (or it was opened): what is known is outdated.
  void changed(Document& document);
  /// What surrounds the document has changed, such as a file that it imports; its own text has not.
  void outdated(Document& document);
  /// Starts or does the analyses that became due. Called at the end of every turn.
  void settle();
  /// Calls `waiter` with the analysis of the document's current version, now or when there is one.
  void when_ready(Document& document, Waiter waiter);
  /// The document is closed or replaced: jobs stop, waiters get null.
  void forget(Document& document);
  /// The session ends.
  void stop_all();

  AnalysisPolicy policy;

 private:
  struct Job;
  struct Finished;
  Job make_job(Document& document) const;
  bool runs_inline(const Document& document, Clock::duration spent) const;
  void run_inline(Document& document);
  void run_on_worker(Document& document);
  void finished(Finished result);
  void accept(Document& document, Finished result);
  void give_up(Document& document);
  static void keep_as_base(Document& document, const Finished& result);

  Core& core_;
  std::set<std::string> due_;  // identities
  std::uint64_t next_revision_ = 1;
};

}  // namespace surefoot::server
