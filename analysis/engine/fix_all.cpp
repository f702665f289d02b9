#include <algorithm>

#include "analysis/engine/analyze.hpp"
#include "analysis/project/module.hpp"
#include "analysis/syntax/tree.hpp"

namespace surefoot::engine {
namespace {

constexpr int kMaxPasses = 20;

bool overlaps_any(const std::vector<text::TextEdit>& taken, const std::vector<text::TextEdit>& edits) {
  return std::any_of(edits.begin(), edits.end(), [&](const text::TextEdit& edit) {
    return std::any_of(taken.begin(), taken.end(), [&](const text::TextEdit& other) {
      return edit.span.overlaps(other.span) || (edit.span == other.span && edit.content != other.content) ||
             (!edit.span.empty() && edit.span.start < other.span.start && other.span.start < edit.span.end) ||
             (!other.span.empty() && other.span.start < edit.span.start && edit.span.start < other.span.end);
    });
  });
}

// Two fixes may both need the same import: one insertion serves both.
void merge(std::vector<text::TextEdit>& taken, const std::vector<text::TextEdit>& edits) {
  for (const text::TextEdit& edit : edits) {
    if (std::find(taken.begin(), taken.end(), edit) == taken.end()) taken.push_back(edit);
  }
}

const Fix* best(const Fixes& fixes, rules::Applicability up_to) {
  for (const Fix& fix : fixes.offered) {
    if (fix.applicability != rules::Applicability::safe && up_to == rules::Applicability::safe) continue;
    if (fix.files.size() == 1 && fix.files.front().path.empty()) return &fix;
  }
  return nullptr;
}

bool is_wanted(const Finding& finding, const std::vector<std::string>& codes) {
  return codes.empty() || std::find(codes.begin(), codes.end(), finding.code) != codes.end();
}

bool parses(const std::string& text) { return !syntax::Parser::of_this_thread().parse(text).has_error(); }

}  // namespace

FixAllResult fix_all(const FileAnalysis& analysis, rules::Applicability up_to, const std::vector<std::string>& codes) {
  FixAllResult result{std::string(analysis.text().bytes()), 0};
  const bool was_clean = parses(result.text);
  const project::Place place =
      analysis.module() == nullptr ? project::Place{analysis.path(), {}} : analysis.module()->place;
  std::shared_ptr<const FileAnalysis> current;
  std::vector<std::uint64_t> tried;  // fixes that would have broken the syntax
  for (int pass = 0; pass < kMaxPasses; ++pass) {
    const FileAnalysis& now = current ? *current : analysis;
    std::vector<text::TextEdit> taken;
    std::uint32_t fixed = 0;
    for (const Finding& finding : now.findings()) {
      if (!is_wanted(finding, codes)) continue;
      if (std::find(tried.begin(), tried.end(), finding.fingerprint) != tried.end()) continue;
      const Fixes fixes = now.fixes(finding);
      const Fix* fix = best(fixes, up_to);
      if (fix == nullptr || overlaps_any(taken, fix->files.front().edits)) continue;
      if (was_clean && !parses(text::apply_edits(now.text().bytes(), fix->files.front().edits))) {
        tried.push_back(finding.fingerprint);
        continue;
      }
      merge(taken, fix->files.front().edits);
      ++fixed;
    }
    if (fixed == 0) break;
    std::string text = text::apply_edits(now.text().bytes(), taken);
    if (was_clean && !parses(text)) break;
    result.text = text;
    result.fixed += fixed;
    current = analyze({place, text::SourceText(std::move(text))}, analysis.config(), analysis.project());
  }
  return result;
}

}  // namespace surefoot::engine
