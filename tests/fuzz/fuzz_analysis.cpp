// Any bytes give an analysis whose positions lie inside the text, and fixes that can be applied.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "analysis/engine/analyze.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using surefoot::engine::FileAnalysis;
using surefoot::engine::Finding;
using surefoot::engine::Fix;
using surefoot::rules::Applicability;
using surefoot::text::Span;

std::shared_ptr<const surefoot::engine::Config> every_rule() {
  static const auto config = [] {
    surefoot::engine::Config all;
    all.select = {"ALL"};
    return std::make_shared<const surefoot::engine::Config>(all);
  }();
  return config;
}

/// The first byte picks what kind of module this is: rules look at the path.
std::string path_of(std::uint8_t pick) {
  static const char* const kPaths[] = {"app/main.py", "app/settings.py", "tests/test_app.py",
                                       "app/migrations/0002_x.py", "migrations/versions/0002_x.py"};
  return kPaths[pick % std::size(kPaths)];
}

void check_span(const FileAnalysis& analysis, Span span) {
  SUREFOOT_REQUIRE(span.start <= span.end);
  SUREFOOT_REQUIRE(span.end <= analysis.text().size());
}

void check_fix(const FileAnalysis& analysis, const Fix& fix) {
  SUREFOOT_REQUIRE(!fix.title.empty());
  for (const auto& file : fix.files) {
    SUREFOOT_REQUIRE(file.path.empty());
    for (const auto& edit : file.edits) check_span(analysis, edit.span);
    surefoot::text::apply_edits(analysis.text().bytes(), file.edits);
  }
}

void check_finding(const FileAnalysis& analysis, const Finding& finding) {
  check_span(analysis, finding.span);
  for (const auto& related : finding.related) {
    if (related.path.empty()) check_span(analysis, related.span);
  }
  for (const Fix& fix : analysis.fixes(finding).offered) check_fix(analysis, fix);
  check_fix(analysis, analysis.suppression(finding));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string bytes(data + 1, data + size);
  const auto analysis =
      surefoot::engine::analyze({{path_of(data[0]), {}}, surefoot::text::SourceText(std::move(bytes))}, every_rule());
  SUREFOOT_REQUIRE(analysis != nullptr);
  for (const Finding& finding : analysis->findings()) check_finding(*analysis, finding);
  surefoot::engine::fix_all(*analysis, Applicability::unsafe);
  return 0;
}
