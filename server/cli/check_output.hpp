#pragma once
// What a check says: findings through a reporter, errors, totals, and what the baseline has to do with them. One
// thread.

#include <memory>
#include <ostream>
#include <string>

#include "server/cli/baseline.hpp"
#include "server/cli/check.hpp"
#include "server/cli/reporter.hpp"

namespace surefoot::server {

/// The format that the options name; the first one when there is no such format.
const ReportFormat& format_of(const CheckOptions& options);

/// Prints results as they come, in order, and keeps the totals. What is given to it outlives it; `baseline` may be
/// null.
class CheckOutput {
 public:
  CheckOutput(const CheckOptions& options, Console& console, std::ostream& report, Baseline* baseline);

  /// Something could not be checked: "app/a.py: cannot be read: …".
  void error(const std::string& message);
  void take(const SourceFile& file, const FileResult& result);
  /// Last: the totals, or the baseline written. The exit status.
  int finish();

 private:
  bool is_known(const SourceFile& file, const ReportedFinding& finding);
  void count(const ReportedFinding& finding);
  void print_diff(const SourceFile& file, const FileResult& result);
  int finish_diff();
  void write_baseline();
  void tell_vanished();

  const CheckOptions& options_;
  Console& console_;
  std::unique_ptr<Reporter> reporter_;
  Baseline* baseline_;
  Summary summary_;
  bool failing_ = false;
};

}  // namespace surefoot::server
