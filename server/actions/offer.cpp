#include "server/actions/offer.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "server/actions/cures.hpp"
#include "server/convert.hpp"

namespace surefoot::server {
namespace {

using protocol::CodeAction;

constexpr std::string_view kFixAllKind = "source.fixAll.surefoot";

bool touches(text::Span a, text::Span b) { return a.start <= b.end && b.start <= a.end; }

class Offer {
 public:
  Offer(SnapshotPtr snapshot, const Analyzer& analyzer, const protocol::CodeActionParams& params, std::stop_token stop)
      : snapshot_(std::move(snapshot)), analyzer_(analyzer), params_(params), stop_(std::move(stop)) {}

  std::vector<CodeAction> make() {
    if (params_.context.wants(protocol::kQuickFix)) {
      const auto findings = findings_here();
      for (const auto* finding : findings) add_fixes(*finding);
      for (const auto* finding : findings) add_fix_all_of_rule(*finding);
      for (const auto* finding : findings) add_suppression(*finding);
    }
    if (params_.context.wants(kFixAllKind) && (params_.context.only || !automatic())) add_fix_all();
    return std::move(actions_);
  }

 private:
  const protocol::ClientCapabilities& client() const { return snapshot_->client->capabilities; }
  const engine::FileAnalysis& analysis() const { return *snapshot_->analysis; }
  bool automatic() const { return params_.context.trigger_kind == protocol::CodeActionTriggerKind::kAutomatic; }

  /// Those exactly at the range come first.
  std::vector<const engine::Finding*> findings_here() const {
    const auto& text = analysis().text();
    const auto exact = to_span(text, params_.range, snapshot_->client->encoding);
    auto wide = exact;
    if (exact.empty()) wide = text.line_span(text.line_of(exact.start));
    std::vector<const engine::Finding*> out;
    for (const auto& finding : analysis().findings()) {
      if (touches(finding.span, wide)) out.push_back(&finding);
    }
    std::stable_partition(out.begin(), out.end(), [&](const auto* finding) { return touches(finding->span, exact); });
    return out;
  }

  CodeAction action_for(const engine::Finding& finding, std::string title) const {
    CodeAction out;
    out.title = std::move(title);
    out.kind = protocol::kQuickFix;
    out.diagnostics = {to_diagnostic(finding, analysis(), snapshot_->uri, *snapshot_->client)};
    return out;
  }

  /// Adds the edit, or what the client gives back to get it.
  void add(CodeAction action, const CureEdits& cure, const ActionData& data) {
    if (client().resolves_edits() || !client().code_action_literals) {
      action.data = to_json_value(data);
    } else {
      action.edit = to_workspace_edit(*snapshot_, cure);
    }
    actions_.push_back(std::move(action));
  }

  void add_disabled(CodeAction action, std::string reason) {
    if (reason.empty() || !client().code_action_disabled || automatic()) return;
    action.disabled_reason = std::move(reason);
    actions_.push_back(std::move(action));
  }

  void add_fixes(const engine::Finding& finding) {
    if (stop_.stop_requested()) return;
    const auto fixes = analysis().fixes(finding);
    const auto safe = std::count_if(fixes.offered.begin(), fixes.offered.end(), is_safe);
    for (const auto& fix : fixes.offered) {
      auto edits = own_edits(fix);
      if (!edits || edits->empty()) continue;
      auto action = action_for(finding, fix.title);
      action.is_preferred = safe == 1 && is_safe(fix);
      auto data = name_finding(*snapshot_, finding);
      data.title = fix.title;
      add(std::move(action), {*std::move(edits), !is_safe(fix), {}}, data);
    }
    if (fixes.offered.empty()) add_disabled(action_for(finding, "Fix " + finding.code), fixes.reason);
  }

  /// Worth offering only where there is more than this one, and only lazily: it is work.
  void add_fix_all_of_rule(const engine::Finding& finding) {
    if (automatic() || !client().resolves_edits() || !obstacle_to_fix_all(*snapshot_).empty()) return;
    if (!first_fix_is_safe(finding) || !rules_offered_.insert(finding.code).second) return;
    const auto& all = analysis().findings();
    const bool another = std::any_of(all.begin(), all.end(), [&](const engine::Finding& other) {
      return other.code == finding.code && &other != &finding && !stop_.stop_requested() && first_fix_is_safe(other);
    });
    if (!another) return;
    ActionData data{snapshot_->uri, Cure::fix_all, finding.code, {}, 0, {}};
    add(action_for(finding, "Apply all safe fixes of " + finding.code + " in this file"), {}, data);
  }

  /// Two findings of one rule on one line need one comment.
  void add_suppression(const engine::Finding& finding) {
    const auto line = analysis().text().line_of(finding.span.start);
    if (stop_.stop_requested() || !suppressed_.emplace(line, finding.code).second) return;
    auto edits = own_edits(analysis().suppression(finding));
    if (!edits || edits->empty()) return;
    auto data = name_finding(*snapshot_, finding);
    data.cure = Cure::suppress;
    add(action_for(finding, "Suppress " + finding.code + " on this line"), {*std::move(edits), false, {}}, data);
  }

  void add_fix_all() {
    CodeAction action;
    action.title = "Apply all safe fixes in this file";
    action.kind = kFixAllKind;
    const auto& all = analysis().findings();
    const bool any = std::any_of(all.begin(), all.end(), [&](const auto& finding) {
      return !stop_.stop_requested() && first_fix_is_safe(finding);
    });
    if (!any) return;
    const auto obstacle = obstacle_to_fix_all(*snapshot_);
    if (!obstacle.empty()) return add_disabled(std::move(action), obstacle);
    CureEdits cure;
    if (!client().resolves_edits() && client().code_action_literals) {
      cure = fix_all_edits(*snapshot_, analyzer_, {});
      if (cure.edits.empty()) return;
    }
    add(std::move(action), cure, {snapshot_->uri, Cure::fix_all, {}, {}, 0, {}});
  }

  static bool is_safe(const engine::Fix& fix) { return fix.applicability == rules::Applicability::safe; }

  bool first_fix_is_safe(const engine::Finding& finding) const {
    const auto fixes = analysis().fixes(finding);
    return !fixes.offered.empty() && is_safe(fixes.offered.front());
  }

  SnapshotPtr snapshot_;
  const Analyzer& analyzer_;
  const protocol::CodeActionParams& params_;
  std::stop_token stop_;
  std::vector<CodeAction> actions_;
  std::set<std::string> rules_offered_;
  std::set<std::pair<std::uint32_t, std::string>> suppressed_;
};

}  // namespace

std::vector<CodeAction> offer_actions(const SnapshotPtr& snapshot, const Analyzer& analyzer,
                                      const protocol::CodeActionParams& params, std::stop_token stop) {
  return Offer(snapshot, analyzer, params, std::move(stop)).make();
}

}  // namespace surefoot::server
