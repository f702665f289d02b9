// From reports to findings: positions in the file, suppressions, order, fingerprints.

#include <algorithm>
#include <map>
#include <tuple>

#include "analysis/engine/file_analysis.hpp"
#include "analysis/engine/selection.hpp"
#include "analysis/engine/silencers.hpp"
#include "analysis/rules/registry.hpp"
#include "analysis/text/hash.hpp"

namespace surefoot::engine {
namespace {

constexpr std::size_t kMaxFindings = 5000;
constexpr std::size_t kNoUnit = static_cast<std::size_t>(-1);

const rules::Rule* unused_rule() {
  static const rules::Rule* const rule = [] {
    for (const rules::Rule* one : rules::all_rules()) {
      if (one->name == "unused-suppression") return one;
    }
    return static_cast<const rules::Rule*>(nullptr);
  }();
  return rule;
}

std::string unused_message(const std::vector<std::string>& codes) {
  std::string list;
  for (const std::string& code : codes) {
    if (!code.empty()) list += (list.empty() ? "`" : ", `") + code + "`";
  }
  return list.empty() ? "This comment suppresses nothing" : "This comment suppresses nothing for " + list;
}

}  // namespace

namespace {

// What a rule sees in the file itself it does not learn by asking as well.
template <typename Candidates>
bool is_said(const rules::Report& report, std::size_t unit, const Candidates& kept, std::uint32_t offset) {
  return report.variant == rules::kAnswered && std::any_of(kept.begin(), kept.end(), [&](const auto& one) {
           return one.source.unit == unit && one.finding.code == report.rule->code &&
                  one.finding.span.start == report.span.start + offset;
         });
}

}  // namespace

void AnalyzedFile::collect(const Selection& selection) {
  const fixes::FileView file = view();
  std::vector<Candidate> kept;
  for (std::size_t unit = 0; unit < reports_.size(); ++unit) {
    for (std::size_t number = 0; number < reports_[unit]->reports.size() + raised_count(unit); ++number) {
      const rules::Report& report = report_at({unit, number});
      const bool own = number < reports_[unit]->reports.size();
      if (own && (!verdicts_.hold(unit, number) || is_said_of_block(unit, report))) continue;
      if (is_said(report, unit, kept, module_->units.units[unit].offset)) continue;
      if (silencers_->silence(*report.rule, lines_of(report, file, unit))) continue;
      Candidate& one = kept.emplace_back(candidate(unit, number));
      one.finding.severity = selection.severity(*report.rule).value_or(one.finding.severity);
      if (own) add_explanations(one.finding, verdicts_.explanations(unit, number));
    }
  }
  add_unused(selection, kept);
  silencers_.reset();
  finish(std::move(kept));
}

void AnalyzedFile::add_unused(const Selection& selection, std::vector<Candidate>& kept) const {
  if (unused_rule() == nullptr || !selection.is_enabled(*unused_rule())) return;
  for (const Silencers::Unused& unused : silencers_->unused(selection)) {
    Candidate& one = kept.emplace_back();
    one.source = {kNoUnit, 0};
    one.finding.code = unused_rule()->code;
    one.finding.name = unused_rule()->name;
    one.finding.severity = selection.severity(*unused_rule()).value_or(unused_rule()->severity);
    one.finding.span = unused.comment;
    one.finding.message = unused_message(unused.codes);
  }
}

void AnalyzedFile::add_explanations(Finding& finding, const std::vector<Explained>& places) const {
  for (const Explained& place : places) {
    const auto& models = module_->models;
    const auto found =
        std::find_if(models.begin(), models.end(), [&](const auto& model) { return model.get() == place.unit; });
    if (found == models.end()) continue;
    const std::uint32_t offset = module_->units.units[static_cast<std::size_t>(found - models.begin())].offset;
    finding.related.push_back({{}, {place.span.start + offset, place.span.end + offset}, place.message});
  }
}

void AnalyzedFile::finish(std::vector<Candidate> kept) {
  std::stable_sort(kept.begin(), kept.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.finding.span.start, a.finding.span.end, a.finding.code) <
           std::tie(b.finding.span.start, b.finding.span.end, b.finding.code);
  });
  if (kept.size() > kMaxFindings) kept.resize(kMaxFindings);
  std::map<std::uint64_t, std::uint64_t> seen;
  findings_.reserve(kept.size());
  sources_.reserve(kept.size());
  for (Candidate& one : kept) {
    text::Hasher hash;
    hash.add(one.finding.code).add(path()).add(module_->text.slice(one.finding.span));
    if (one.source.unit < module_->models.size()) hash.add(module_->models[one.source.unit]->container);
    const std::uint64_t base = hash.value();
    one.finding.fingerprint = text::Hasher().add(base).add(seen[base]++).value();
    findings_.push_back(std::move(one.finding));
    sources_.push_back(one.source);
  }
}

// Takes the whole comment away, or only the codes without effect.
Fixes AnalyzedFile::unused_fix(const Finding& finding) const {
  const std::string_view comment = module_->text.slice(finding.span);
  const auto parsed = parse_suppressions(comment, finding.span.start);
  if (parsed.empty()) return {};
  std::vector<std::string> left = parsed.front().codes;
  std::erase_if(left,
                [&](const std::string& code) { return finding.message.find("`" + code + "`") != std::string::npos; });
  text::TextEdit edit{finding.span, {}};
  if (left.empty()) {
    const std::string_view before = module_->text.bytes().substr(0, finding.span.start);
    const std::size_t keep = before.find_last_not_of(" \t");
    if (finding.span.end == module_->text.size() || comment.find('#', 1) == std::string_view::npos) {
      edit.span.start = keep == std::string_view::npos ? 0 : static_cast<std::uint32_t>(keep + 1);
    }
  } else {
    const bool noqa = parsed.front().is_noqa;
    edit.content = noqa ? "# noqa: " : "# surefoot: ignore[";
    for (std::size_t i = 0; i < left.size(); ++i) edit.content += (i != 0 ? ", " : "") + left[i];
    if (!noqa) edit.content += "]";
  }
  return {{{"Remove the unused suppression", fixes::Applicability::safe, {{"", {std::move(edit)}}}}}, ""};
}

// After the code of the finding's first line, or where that line ends inside a string or is continued, of its last.
Fix AnalyzedFile::suppression(const Finding& finding) const {
  const std::uint32_t offset = comment_place(finding);
  const std::string_view line = module_->text.slice(module_->text.line_span(module_->text.line_of(offset)));
  const std::size_t hash = line.rfind("# surefoot: ignore[");
  const std::size_t close = hash == std::string_view::npos ? hash : line.find(']', hash);
  text::TextEdit edit{{offset, offset}, "  # surefoot: ignore[" + finding.code + "]"};
  if (close != std::string_view::npos) {
    const std::uint32_t at =
        module_->text.line_start(module_->text.line_of(offset)) + static_cast<std::uint32_t>(close);
    edit = {{at, at}, ", " + finding.code};
  }
  return {"Suppress " + finding.code + " on this line", fixes::Applicability::safe, {{"", {std::move(edit)}}}};
}

}  // namespace surefoot::engine
