#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "server/handlers/handlers.hpp"
#include "server/handlers/workspace.hpp"

namespace surefoot::server {
namespace {

using protocol::InitializeParams;

protocol::ServerCapabilities capabilities_for(const ClientView& client) {
  protocol::ServerCapabilities out;
  out.position_encoding = client.encoding;
  out.hover = true;
  out.call_hierarchy = true;
  out.inlay_hint = true;  // nothing, until a setting asks for it
  out.code_lens = true;
  out.code_action = true;
  out.code_action_kinds = {"quickfix", "refactor.rewrite", "source.fixAll", "source.fixAll.surefoot"};
  out.code_action_resolve = client.capabilities.resolves_edits();
  out.commands = {"surefoot.applyFix", "surefoot.debugInformation"};
  if (client.pulls()) out.diagnostics = protocol::DiagnosticOptions{"surefoot", true, true};
  out.workspace_folders = true;
  return out;
}

std::string name_of(const InitializeParams& params) {
  if (!params.client_info) return "a client";
  return params.client_info->name + " " + params.client_info->version.value_or("");
}

void on_initialize(Core& core, const InitializeParams& params, Reply reply) {
  ClientView view{params.capabilities, protocol::negotiate(params.capabilities.position_encodings)};
  core.view = std::make_shared<const ClientView>(std::move(view));
  core.client.set_trace(params.trace);
  for (const auto& folder : params.folders()) core.folders.add(folder);
  take_initial_settings(core, params.initialization_options.get());
  core.phase = Phase::running;
  log::info("serving " + name_of(params) + ", positions in " + std::string(to_string(core.view->encoding)));
  reply.result(protocol::InitializeResult{capabilities_for(*core.view), "surefoot", SUREFOOT_VERSION});
  if (params.process_id) core.host.watch_parent(*params.process_id);
}

void on_initialized(Core& core, const NoParams&) {
  register_capabilities(core);
  request_settings(core);
  refresh_configuration(core);
}

void on_shutdown(Core& core, const NoParams&, Reply reply) {
  core.phase = Phase::after_shutdown;
  core.analyses.stop_all();
  core.workspace_check.stop();
  reply.result(nullptr);
}

void on_exit(Core& core, const NoParams&) {
  const bool asked = core.phase == Phase::after_shutdown;
  log::info(asked ? "the client said exit" : "the client said exit without shutdown");
  core.end(asked ? 0 : 1);
}

void on_set_trace(Core& core, const protocol::SetTraceParams& params) { core.client.set_trace(params.value); }

void on_cancel(Core& core, const protocol::CancelParams& params) { core.requests.cancel(params.id); }

}  // namespace

void route_lifecycle(Router& router) {
  router.request<InitializeParams>("initialize", on_initialize);
  router.notification<NoParams>("initialized", on_initialized);
  router.request<NoParams>("shutdown", on_shutdown);
  router.notification<NoParams>("exit", on_exit);
  router.notification<protocol::SetTraceParams>("$/setTrace", on_set_trace);
  router.notification<protocol::CancelParams>("$/cancelRequest", on_cancel);
}

}  // namespace surefoot::server
