#include "server/actions/make_async_action.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "analysis/engine/make_async.hpp"
#include "server/convert.hpp"
#include "server/text_diff.hpp"
#include "server/workspace/project_search.hpp"

namespace surefoot::server {
namespace {

using engine::AsyncPlan;
using engine::AsyncWish;
using protocol::CodeAction;

/// Rounds of finding callers in more files; each one goes a call further up.
constexpr int kMostRounds = 20;

std::uint32_t start_of(const Snapshot& snapshot, const protocol::CodeActionParams& params) {
  return to_span(snapshot.analysis->text(), params.range, snapshot.client->encoding).start;
}

bool is_call_that_blocks(const engine::Finding& finding, std::uint32_t offset) {
  return finding.code == "RT102" && finding.span.start <= offset && offset <= finding.span.end;
}

/// The function whose name stands behind `def` in the line of the offset, else the one that is called there.
std::optional<std::uint32_t> function_at(const GraphView& view, std::uint32_t offset) {
  const auto& text = view.text();
  for (const std::uint32_t number : view.graph->functions_of(view.module)) {
    const project::CallGraph::Function function = view.graph->function(number);
    const bool has_name = !function.is_code_of_module() && text.slice(function.site.span) != "lambda";
    if (has_name && text.line_of(function.site.span.start) == text.line_of(offset)) return number;
  }
  const auto& findings = view.snapshot->analysis->findings();
  const bool reported = std::any_of(findings.begin(), findings.end(),
                                    [&](const auto& finding) { return is_call_that_blocks(finding, offset); });
  return reported ? view.graph->named_at(view.module, offset) : std::nullopt;
}

/// Reads callers, and their callers, until nothing is missing.
AsyncPlan plan_over_project(const GraphView& view, const AsyncWish& wish) {
  ProjectSearch search(wish.sinks.front().module->place.root, view.program());
  std::set<std::string> searched;
  for (int round = 0; round < kMostRounds; ++round) {
    AsyncPlan plan = engine::plan_async(wish, *search.program(), view.config());
    if (!plan.obstacle.empty() || plan.names == searched) return plan;
    searched = plan.names;
    if (std::string why = search.read(searched); !why.empty()) return {{}, {}, std::move(why)};
  }
  return {{}, {}, "too many functions would change"};
}

/// Of each file with the version that the plan was made from; the obstacle when there is none.
std::string add_edits(const GraphView& view, const AsyncPlan& plan, protocol::WorkspaceEdit& out) {
  for (const AsyncPlan::File& file : plan.files) {
    const auto* open = view.uris.open(file.module->place.location());
    if (open != nullptr && open->module != file.module) return "a document is being read";
    if (open == nullptr && !ProjectSearch::is_current(*file.module)) {
      return fmt::format("`{}` has changed on the disk", file.module->place.path);
    }
    const auto edits = line_edits(file.module->text.bytes(), file.text);
    out.document_changes.push_back({view.uris.of(file.module->place.location()),
                                    open == nullptr ? std::nullopt : open->version,
                                    to_text_edits(file.module->text, edits, view.client().encoding)});
  }
  return {};
}

}  // namespace

bool may_make_async(const Snapshot& snapshot, const protocol::CodeActionParams& params) {
  const auto& client = snapshot.client->capabilities;
  const bool automatic = params.context.trigger_kind == protocol::CodeActionTriggerKind::kAutomatic;
  if (automatic || !client.code_action_literals || !client.document_changes || snapshot.config_broken) return false;
  if (!params.context.wants(protocol::kRefactorRewrite)) return false;
  const auto& text = snapshot.analysis->text();
  const std::uint32_t offset = start_of(snapshot, params);
  const auto& findings = snapshot.analysis->findings();
  return text.slice(text.line_span(text.line_of(offset))).find("def ") != std::string_view::npos ||
         std::any_of(findings.begin(), findings.end(),
                     [&](const auto& finding) { return is_call_that_blocks(finding, offset); });
}

std::optional<CodeAction> make_async_action(const GraphView& view, const protocol::CodeActionParams& params) {
  const auto function = function_at(view, start_of(*view.snapshot, params));
  if (!function) return std::nullopt;
  const auto wish = engine::wish_for(*view.graph, *function, *view.program(), view.config());
  if (!wish) return std::nullopt;
  AsyncPlan plan = plan_over_project(view, *wish);
  CodeAction action;
  action.kind = protocol::kRefactorRewrite;
  protocol::WorkspaceEdit edit;
  if (plan.obstacle.empty()) plan.obstacle = add_edits(view, plan, edit);
  if (plan.obstacle.empty()) {
    action.title =
        fmt::format("Make `{}` async ({} file{})", wish->name, plan.files.size(), plan.files.size() == 1 ? "" : "s");
    action.edit = std::move(edit);
    return action;
  }
  if (!params.context.only || !view.client().capabilities.code_action_disabled) return std::nullopt;
  action.title = fmt::format("Make `{}` async", wish->name);
  action.disabled_reason = std::move(plan.obstacle);
  return action;
}

}  // namespace surefoot::server
