#pragma once
// What a session has done so far, for `surefoot.debugInformation`, the log and tests. Strand only.

#include <cstdint>

namespace surefoot::server {

struct Counters {
  std::uint64_t turns = 0;             // messages handled and closures run
  std::uint64_t slow_turns = 0;        // of those, longer than kSlowTurn
  std::uint64_t requests = 0;          // received
  std::uint64_t notifications = 0;     // received
  std::uint64_t analyses = 0;          // finished and used
  std::uint64_t analyses_inline = 0;   // of those, on the strand
  std::uint64_t analyses_dropped = 0;  // finished or given up after the document had changed
  std::uint64_t analyses_failed = 0;   // threw
  std::uint64_t workspace_checks = 0;  // checks of all files of the workspace
  std::uint64_t published = 0;         // publishDiagnostics notifications
};

}  // namespace surefoot::server
