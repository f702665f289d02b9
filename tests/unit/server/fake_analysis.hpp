#pragma once
// An analysis that tests can foresee: it finds words.
//   BAD    RT101, one safe fix ("GOOD") and one unsafe one ("FINE")
//   TWICE  RT104, two safe fixes ("ONE", "TWO")
//   RISKY  RT116, one unsafe fix ("SAFE")
//   STUCK  RT202, no fix, and a reason
//   CHAIN  RT401, related to the file's first byte; no fix, no reason
// A word with `# quiet` behind it on its line is suppressed. `ignore` of the configuration silences codes.

#include <functional>
#include <memory>

#include "server/session/analyzer.hpp"

namespace surefoot::test {

/// What analyses see and do; shared by copies of the Analyzer.
struct FakeEngine {
  int analyzed = 0;                      // from scratch
  int reanalyzed = 0;                    // from an older analysis
  int edits = 0;                         // taken by the last reanalysis
  std::function<void()> during = [] {};  // called in every analysis: may throw, may take (fake) time
  std::function<void()> fixing = [] {};  // called when fixes are asked for
};

server::Analyzer fake_analyzer(std::shared_ptr<FakeEngine> engine);

}  // namespace surefoot::test
