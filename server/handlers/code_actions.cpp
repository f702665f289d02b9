#include <nlohmann/json.hpp>

#include "server/actions/cures.hpp"
#include "server/actions/make_async_action.hpp"
#include "server/actions/offer.hpp"
#include "server/handlers/graph_question.hpp"
#include "server/handlers/handlers.hpp"

namespace surefoot::server {
namespace {

using nlohmann::json;
using protocol::CodeAction;
using protocol::ErrorCode;
using protocol::JsonValue;

/// For clients from before code action literals: commands that apply the edit through us.
json as_commands(const std::vector<CodeAction>& actions) {
  json out = json::array();
  for (const auto& action : actions) {
    out.push_back(protocol::Command{action.title, "surefoot.applyFix", {action.data}});
  }
  return out;
}

Outcome offered(const SnapshotPtr& snapshot, const Analyzer& analyzer, const protocol::CodeActionParams& params,
                std::stop_token stop) {
  const auto& client = snapshot->client->capabilities;
  if (!client.code_action_literals && !client.apply_edit) return JsonValue(json::array());
  const auto actions = offer_actions(snapshot, analyzer, params, std::move(stop));
  return JsonValue(client.code_action_literals ? json(actions) : as_commands(actions));
}

/// What is offered with no look at other files, and the refactoring that needs one.
Outcome offered_with_refactoring(const GraphView& view, const Analyzer& analyzer,
                                 const protocol::CodeActionParams& params) {
  auto actions = offer_actions(view.snapshot, analyzer, params, {});
  if (auto action = make_async_action(view, params)) actions.push_back(*std::move(action));
  return JsonValue(json(actions));
}

void on_code_action(Core& core, const protocol::CodeActionParams& params, Reply reply) {
  Document* document = core.documents.find(params.text_document.uri);
  if (document == nullptr) return reply.result(json::array());
  const auto held = std::make_shared<Reply>(std::move(reply));
  core.analyses.when_ready(*document, [&core, held, params](const SnapshotPtr& snapshot) {
    if (snapshot == nullptr) return held->result(json::array());
    Document* current = core.documents.find(snapshot->uri);
    if (current != nullptr && may_make_async(*snapshot, params)) {
      return ask_graph(core, *current, std::move(*held),
                       [params, analyzer = core.host.analyzer](const GraphView& view) {
                         return offered_with_refactoring(view, analyzer, params);
                       });
    }
    core.answer_from_worker(std::move(*held), [snapshot, params, analyzer = core.host.analyzer](std::stop_token stop) {
      return offered(snapshot, analyzer, params, std::move(stop));
    });
  });
}

/// The action with its edit; without, if that is not possible any more.
Outcome resolved(CodeAction action, const SnapshotPtr& snapshot, const Analyzer& analyzer, const ActionData& data) {
  const auto cure = edits_for(*snapshot, analyzer, data);
  if (!cure.edits.empty()) {
    action.edit = to_workspace_edit(*snapshot, cure);
    return JsonValue(json(action));
  }
  if (!snapshot->client->capabilities.code_action_disabled) return Failure{ErrorCode::kContentModified, cure.reason};
  action.edit.reset();
  action.disabled_reason = cure.reason;
  return JsonValue(json(action));
}

void on_resolve(Core& core, const CodeAction& action, Reply reply) {
  if (!action.data.present()) return reply.result(action);
  const auto data = protocol::decode<ActionData>(action.data, "params.data");
  if (!data) return reply.error(ErrorCode::kInvalidParams, data.error().message());
  Document* document = core.documents.find(data->uri);
  if (document == nullptr) return reply.error(ErrorCode::kContentModified, "the document is not open");
  const auto held = std::make_shared<Reply>(std::move(reply));
  core.analyses.when_ready(*document, [&core, held, action, data = *data](const SnapshotPtr& snapshot) {
    if (snapshot == nullptr) return held->error(ErrorCode::kContentModified, "the document has no analysis");
    core.answer_from_worker(std::move(*held),
                            [snapshot, action, data, analyzer = core.host.analyzer](const std::stop_token&) {
                              return resolved(action, snapshot, analyzer, data);
                            });
  });
}

}  // namespace

void route_code_actions(Router& router) {
  router.request<protocol::CodeActionParams>("textDocument/codeAction", on_code_action);
  router.request<CodeAction>("codeAction/resolve", on_resolve);
}

}  // namespace surefoot::server
