#include "analysis/engine/silencers.hpp"

#include <algorithm>

#include "analysis/engine/raise.hpp"
#include "analysis/engine/selection.hpp"
#include "analysis/engine/unit_check.hpp"
#include "analysis/rules/registry.hpp"

namespace surefoot::engine {
namespace {

// The statement around a node, up to its body when it has one: where a suppression comment may stand.
text::Span statement_span(syntax::Node node) {
  while (node.parent() && !syntax::is_statement(node.kind())) node = node.parent();
  text::Span span = node.span();
  for (const syntax::Field field : {syntax::Field::body, syntax::Field::consequence}) {
    if (const syntax::Node body = node.child(field)) span.end = std::min(span.end, body.start());
  }
  if (const syntax::Node body = node.child(syntax::Kind::block)) span.end = std::min(span.end, body.start());
  return span;
}

}  // namespace

Lines lines_of(const rules::Report& report, const fixes::FileView& file, std::size_t unit) {
  const std::uint32_t offset = file.units.units[unit].offset;
  const text::Span statement = statement_span(file.models[unit]->unit->ast.node(report.node));
  return {file.text.line_of(report.span.start + offset),
          file.text.line_of(std::max(report.span.end, statement.end) + offset)};
}

bool may_have_suppressions(std::string_view text) {
  for (std::size_t start = text.find('#'); start != std::string_view::npos; start = text.find('#', start)) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (!parse_suppressions(text.substr(start, end - start), 0).empty()) return true;
    start = end;
  }
  return false;
}

Silencers::Silencers(const fixes::FileView& file, const Units& units, const Config& config) : config_(config) {
  const auto add = [&](Suppression one, std::uint32_t offset) {
    one.comment.start += offset;
    one.comment.end += offset;
    const std::uint32_t line = file.text.line_of(one.comment.start);
    all_.push_back({std::move(one), line});
  };
  for (const text::Span comment : file.units.comments) {
    for (Suppression& one : parse_suppressions(file.text.slice(comment), comment.start)) add(std::move(one), 0);
  }
  for (std::size_t i = 0; i < units.size(); ++i) {
    for (const Suppression& one : units[i]->suppressions) add(one, file.units.units[i].offset);
  }
}

bool Silencers::silence(const rules::Rule& rule, Lines lines) {
  bool silent = false;
  for (One& one : all_) {
    const bool here =
        one.suppression.scope == Suppression::Scope::file || (lines.first <= one.line && one.line <= lines.last);
    if (here && use(one, rule)) silent = true;
  }
  return silent;
}

bool Silencers::silence_effect(const rules::Rule& rule, Lines lines) {
  const bool own = silence(rule, lines);
  return (rule.code == "RT101" && silence(through_helper_rule(), lines)) || own;
}

bool Silencers::use(One& one, const rules::Rule& rule) const {
  const std::vector<std::string>& codes = one.suppression.codes;
  if (codes.empty()) return one.everything_used = true;
  bool any = false;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (!means(one, codes[i], rule)) continue;
    one.used[i] = true;
    any = true;
  }
  return any;
}

bool Silencers::means(const One& one, const std::string& code, const rules::Rule& rule) const {
  if (code == rule.code || code == rule.name) return true;
  if (!one.suppression.is_noqa || !config_.respect_ruff_noqa) return false;
  const auto twins = twins_of(code);
  return std::find(twins.begin(), twins.end(), rule.code) != twins.end();
}

std::vector<Silencers::Unused> Silencers::unused(const Selection& selection) const {
  std::vector<Unused> result;
  for (const One& one : all_) {
    std::vector<std::string> codes = unused_codes(one, selection);
    if (!codes.empty()) result.push_back({one.suppression.comment, std::move(codes)});
  }
  return result;
}

std::vector<std::string> Silencers::unused_codes(const One& one, const Selection& selection) const {
  std::vector<std::string> result;
  const Suppression& suppression = one.suppression;
  if (suppression.codes.empty()) {
    const bool sure = !suppression.is_noqa && config_.select.empty() && config_.ignore.empty();
    if (sure && !one.everything_used) result.emplace_back();
  }
  for (std::size_t i = 0; i < suppression.codes.size(); ++i) {
    if (one.used[i]) continue;
    const std::string& code = suppression.codes[i];
    for (const rules::Rule* rule : rules::all_rules()) {
      if ((rule->code == code || rule->name == code) && selection.is_enabled(*rule)) result.push_back(code);
    }
  }
  return result;
}

}  // namespace surefoot::engine
