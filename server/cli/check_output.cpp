#include "server/cli/check_output.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/cli/printable.hpp"
#include "server/cli/unified_diff.hpp"

namespace surefoot::server {
namespace {

std::unique_ptr<Reporter> make_reporter(const CheckOptions& options, Console& console, std::ostream& out) {
  const ReportFormat& format = format_of(options);
  const ReportTarget target{console, out, options.working_folder, options.fail_on};
  return options.statistics ? format.make_statistics(target) : format.make(target);
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

const ReportFormat& format_of(const CheckOptions& options) {
  const auto& formats = report_formats();
  const auto named = std::find_if(formats.begin(), formats.end(),
                                  [&](const ReportFormat& format) { return format.name == options.output_format; });
  return named == formats.end() ? formats.front() : *named;
}

CheckOutput::CheckOutput(const CheckOptions& options, Console& console, std::ostream& report, Baseline* baseline)
    : options_(options), console_(console), reporter_(make_reporter(options, console, report)), baseline_(baseline) {}

void CheckOutput::error(const std::string& message) {
  print_error(console_, message);
  if (options_.file.fix != FixMode::diff) reporter_->problem(message);
  ++summary_.errors;
}

void CheckOutput::take(const SourceFile& file, const FileResult& result) {
  if (!result.error.empty()) return error(file.shown + ": " + result.error);
  ++summary_.files;
  summary_.fixed += result.fixed;
  summary_.changed_files += result.changed() ? 1 : 0;
  if (options_.file.fix == FixMode::diff) return print_diff(file, result);
  for (const ReportedFinding& finding : result.findings) {
    if (is_known(file, finding)) continue;
    count(finding);
    reporter_->finding(finding);
  }
  if (baseline_ != nullptr) baseline_->looked_at(file);
}

int CheckOutput::finish() {
  if (options_.file.fix == FixMode::diff) return finish_diff();
  if (options_.write_baseline) write_baseline();
  reporter_->finish(summary_);
  if (baseline_ != nullptr && !options_.write_baseline) tell_vanished();
  if (summary_.errors > 0) return kFailed;
  return failing_ ? kFindings : kClean;
}

bool CheckOutput::is_known(const SourceFile& file, const ReportedFinding& finding) {
  if (baseline_ == nullptr) return false;
  if (options_.write_baseline) {
    baseline_->add(file, finding);
  } else if (!baseline_->holds(file, finding)) {
    return false;
  }
  ++summary_.known;
  return true;
}

void CheckOutput::count(const ReportedFinding& finding) {
  ++summary_.findings;
  failing_ = failing_ || (options_.fail_on && finding.severity <= *options_.fail_on);
  if (finding.fixes.empty()) return;
  const bool taken = finding.has_safe_fix() || options_.file.up_to == rules::Applicability::unsafe;
  ++(taken ? summary_.fixable : summary_.unsafe_fixable);
}

void CheckOutput::print_diff(const SourceFile& file, const FileResult& result) {
  const std::string diff = unified_diff(file.shown, result.before, result.after);
  console_.out << (console_.colour_out ? colour_diff(diff) : diff);
}

int CheckOutput::finish_diff() {
  console_.out.flush();
  if (summary_.errors > 0) return kFailed;
  if (summary_.fixed == 0) {
    console_.err << "Nothing to fix.\n";
    return kClean;
  }
  console_.err << fmt::format("Would fix {} in {}.\n", counted(summary_.fixed, "finding"),
                              counted(summary_.changed_files, "file"));
  return kFindings;
}

void CheckOutput::write_baseline() {
  // What could not be checked would be missing in it.
  if (summary_.errors > 0) return error(options_.baseline + ": is not written, because of the errors above");
  baseline_->forget_vanished();
  if (const std::string why = baseline_->save(); !why.empty()) return error(options_.baseline + ": " + why);
  console_.err << fmt::format("Wrote {} to {}.\n", counted(baseline_->size(), "finding"), printable(options_.baseline));
}

void CheckOutput::tell_vanished() {
  const std::size_t gone = baseline_->vanished();
  if (gone == 0) return;
  console_.out.flush();
  console_.err << fmt::format("{} of {} {} gone; --write-baseline takes {} out.\n", counted(gone, "finding"),
                              printable(options_.baseline), gone == 1 ? "is" : "are", gone == 1 ? "it" : "them");
}

}  // namespace surefoot::server
