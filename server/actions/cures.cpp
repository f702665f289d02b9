#include "server/actions/cures.hpp"

#include <algorithm>
#include <utility>

#include "server/convert.hpp"
#include "server/text_diff.hpp"

namespace surefoot::server {
namespace {

constexpr std::string_view kGone = "the code has changed, and this problem is no longer there";
constexpr std::string_view kNoFix = "the code has changed, and this fix no longer applies";

bool is_called(const engine::Finding& finding, const std::string& rule, const std::string& fingerprint) {
  return finding.code == rule && fingerprint_text(finding.fingerprint) == fingerprint;
}

const engine::Finding* find_finding(const Snapshot& snapshot, const ActionData& data) {
  std::uint32_t seen = 0;
  for (const auto& finding : snapshot.analysis->findings()) {
    if (is_called(finding, data.rule, data.fingerprint) && seen++ == data.nth) return &finding;
  }
  return nullptr;
}

CureEdits no_cure(std::string_view reason) {
  CureEdits out;
  out.reason = reason;
  return out;
}

CureEdits from_fix(const engine::Fix& fix, bool changes_behaviour) {
  auto edits = own_edits(fix);
  if (!edits || edits->empty()) return no_cure(kNoFix);
  return {*std::move(edits), changes_behaviour, {}};
}

}  // namespace

std::optional<std::vector<text::TextEdit>> own_edits(const engine::Fix& fix) {
  std::vector<text::TextEdit> out;
  for (const auto& file : fix.files) {
    if (!file.path.empty()) return std::nullopt;
    out.insert(out.end(), file.edits.begin(), file.edits.end());
  }
  return out;
}

std::string obstacle_to_fix_all(const Snapshot& snapshot) {
  return snapshot.config_broken ? "the project's configuration cannot be read" : "";
}

CureEdits fix_all_edits(const Snapshot& snapshot, const Analyzer& analyzer, const std::string& rule) {
  if (auto obstacle = obstacle_to_fix_all(snapshot); !obstacle.empty()) return no_cure(obstacle);
  const auto codes = rule.empty() ? std::vector<std::string>() : std::vector<std::string>{rule};
  const auto result = analyzer.fix_all(*snapshot.analysis, rules::Applicability::safe, codes);
  CureEdits out;
  out.edits = line_edits(snapshot.analysis->text().bytes(), result.text);
  if (out.edits.empty()) out.reason = "there is nothing that can be fixed safely";
  return out;
}

CureEdits edits_for(const Snapshot& snapshot, const Analyzer& analyzer, const ActionData& data) {
  if (data.cure == Cure::fix_all) return fix_all_edits(snapshot, analyzer, data.rule);
  const auto* finding = find_finding(snapshot, data);
  if (finding == nullptr) return no_cure(kGone);
  if (data.cure == Cure::suppress) return from_fix(snapshot.analysis->suppression(*finding), false);
  for (const auto& fix : snapshot.analysis->fixes(*finding).offered) {
    if (fix.title == data.title) return from_fix(fix, fix.applicability == rules::Applicability::unsafe);
  }
  return no_cure(kNoFix);
}

ActionData name_finding(const Snapshot& snapshot, const engine::Finding& finding) {
  ActionData out;
  out.uri = snapshot.uri;
  out.rule = finding.code;
  out.fingerprint = fingerprint_text(finding.fingerprint);
  for (const auto& other : snapshot.analysis->findings()) {
    if (other == finding) break;
    if (is_called(other, out.rule, out.fingerprint)) ++out.nth;
  }
  return out;
}

protocol::WorkspaceEdit to_workspace_edit(const Snapshot& snapshot, const CureEdits& cure) {
  const auto& client = *snapshot.client;
  protocol::WorkspaceEdit out;
  auto edits = to_text_edits(snapshot.analysis->text(), cure.edits, client.encoding);
  if (!client.capabilities.document_changes) {
    out.changes[snapshot.uri] = std::move(edits);
    return out;
  }
  if (cure.changes_behaviour && client.capabilities.change_annotations) {
    out.change_annotations["unsafe"] = {"Changes behaviour", false, "This fix may change what the program does."};
    for (auto& edit : edits) edit.annotation_id = "unsafe";
  }
  out.document_changes.push_back({snapshot.uri, snapshot.version, std::move(edits)});
  return out;
}

}  // namespace surefoot::server
