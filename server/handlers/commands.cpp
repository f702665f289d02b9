#include <nlohmann/json.hpp>

#include "server/actions/cures.hpp"
#include "server/handlers/handlers.hpp"

namespace surefoot::server {
namespace {

using nlohmann::json;
using protocol::ErrorCode;
using protocol::ExecuteCommandParams;
using protocol::JsonValue;

/// The edit cannot be applied after an answer that the client waits for, so the answer comes first.
void apply(Core& core, Reply reply, const Outcome& outcome) {
  if (const auto* failure = std::get_if<Failure>(&outcome)) return reply.error(failure->code, failure->message);
  if (!reply.wanted()) return;
  reply.result(nullptr);
  core.client.request("workspace/applyEdit", std::get<JsonValue>(outcome).get(), [](const protocol::Response& answer) {
    const auto result = protocol::decode<protocol::ApplyWorkspaceEditResult>(answer.result, "result");
    if (!answer.error && result && !result->applied) {
      log::warn("the client did not apply a fix: " + result->failure_reason.value_or("it gave no reason"));
    }
  });
}

Outcome edit_for(const SnapshotPtr& snapshot, const Analyzer& analyzer, const ActionData& data) {
  const auto cure = edits_for(*snapshot, analyzer, data);
  if (cure.edits.empty()) return Failure{ErrorCode::kRequestFailed, cure.reason};
  return JsonValue(json(protocol::ApplyWorkspaceEditParams{data.title, to_workspace_edit(*snapshot, cure)}));
}

void apply_fix(Core& core, const ExecuteCommandParams& params, Reply reply) {
  const auto argument = params.arguments.empty() ? JsonValue() : params.arguments.front();
  const auto data = protocol::decode<ActionData>(argument, "params.arguments[0]");
  if (!data) return reply.error(ErrorCode::kInvalidParams, data.error().message());
  if (!core.view->capabilities.apply_edit) {
    return reply.error(ErrorCode::kRequestFailed, "the client cannot apply edits");
  }
  Document* document = core.documents.find(data->uri);
  if (document == nullptr) return reply.error(ErrorCode::kRequestFailed, "the document is not open");
  const auto held = std::make_shared<Reply>(std::move(reply));
  core.analyses.when_ready(*document, [&core, held, data = *data](const SnapshotPtr& snapshot) {
    if (snapshot == nullptr) return held->error(ErrorCode::kRequestFailed, "the document has no analysis");
    const auto work = [snapshot, data, analyzer = core.host.analyzer](const std::stop_token&) {
      return edit_for(snapshot, analyzer, data);
    };
    core.answer_from_worker(std::move(*held), work, apply);
  });
}

json describe(const Document& document) {
  json out = {{"uri", document.uri}, {"analysed", document.snapshot != nullptr}, {"desynced", document.desynced}};
  if (document.version) out["version"] = *document.version;
  if (!document.python) return {{"uri", document.uri}, {"language", "other"}};
  out["bytes"] = document.text.size();
  out["excluded"] = document.placement.excluded;
  out["path"] = document.placement.place.path;
  if (document.snapshot) out["findings"] = document.snapshot->analysis->findings().size();
  return out;
}

json describe(const Counters& counters) {
  return {{"turns", counters.turns},
          {"slowTurns", counters.slow_turns},
          {"requests", counters.requests},
          {"notifications", counters.notifications},
          {"analyses", counters.analyses},
          {"analysesOnStrand", counters.analyses_inline},
          {"analysesDropped", counters.analyses_dropped},
          {"analysesFailed", counters.analyses_failed},
          {"published", counters.published}};
}

void debug_information(Core& core, const ExecuteCommandParams&, Reply reply) {
  json documents = json::array();
  for (const auto& [identity, document] : core.documents.all()) documents.push_back(describe(document));
  json folders = json::array();
  for (const auto& folder : core.folders.all()) folders.push_back(folder.uri);
  const json out = {{"name", "surefoot"},
                    {"version", SUREFOOT_VERSION},
                    {"positionEncoding", protocol::to_string(core.view->encoding)},
                    {"pull", core.view->pulls()},
                    {"folders", folders},
                    {"documents", documents},
                    {"counters", describe(core.counters)},
                    {"requestsOpen", core.requests.open()},
                    {"requestsToClient", core.client.waiting()}};
  reply.result(out.dump(2, ' ', false, json::error_handler_t::replace));
}

void on_execute(Core& core, const ExecuteCommandParams& params, Reply reply) {
  if (params.command == "surefoot.applyFix") return apply_fix(core, params, std::move(reply));
  if (params.command == "surefoot.debugInformation") return debug_information(core, params, std::move(reply));
  reply.error(ErrorCode::kInvalidParams, "params.command is not a command of this server: " + params.command);
}

}  // namespace

void route_commands(Router& router) { router.request<ExecuteCommandParams>("workspace/executeCommand", on_execute); }

}  // namespace surefoot::server
