#include "protocol/types_lifecycle.hpp"

#include "protocol/json_write.hpp"
#include "protocol/uri.hpp"

namespace surefoot::protocol {
namespace {

using nlohmann::json;

json sync_to_json(TextDocumentSyncKind kind) {
  return {{"openClose", true}, {"change", number(kind)}, {"save", {{"includeText", false}}}};
}

json code_action_to_json(const ServerCapabilities& value) {
  if (value.code_action_kinds.empty() && !value.code_action_resolve) return true;
  json out = json::object();
  put_if_any(out, "codeActionKinds", value.code_action_kinds);
  put_if_true(out, "resolveProvider", value.code_action_resolve);
  return out;
}

json diagnostics_to_json(const DiagnosticOptions& value) {
  json out = {{"interFileDependencies", value.inter_file_dependencies},
              {"workspaceDiagnostics", value.workspace_diagnostics}};
  put(out, "identifier", value.identifier);
  return out;
}

void read(const Reader& in, ClientInfo& out) {
  out.name = in["name"].value_or(std::string());
  out.version = in["version"].optional<std::string>();
}

std::string last_segment(const std::string& uri) {
  const std::size_t end = uri.find_last_not_of('/');
  if (end == std::string::npos) return "";
  const std::size_t slash = uri.rfind('/', end);
  const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
  return percent_decode(std::string_view(uri).substr(begin, end - begin + 1));
}

}  // namespace

std::vector<WorkspaceFolder> InitializeParams::folders() const {
  if (workspace_folders && !workspace_folders->empty()) return *workspace_folders;
  if (root_uri && !root_uri->empty()) return {{*root_uri, last_segment(*root_uri)}};
  if (!root_path || root_path->empty()) return {};
  const std::string uri = path_to_file_uri(*root_path);
  return {{uri, last_segment(uri)}};
}

void read(const Reader& in, WorkspaceFolder& out) {
  out.uri = in["uri"].as<std::string>();
  out.name = in["name"].value_or(std::string());
}

void read(const Reader& in, TraceValue& out) {
  const auto name = in.as<std::string>();
  out = name == "messages" ? TraceValue::kMessages : name == "verbose" ? TraceValue::kVerbose : TraceValue::kOff;
}

void read(const Reader& in, InitializeParams& out) {
  out.process_id = in["processId"].optional<std::int64_t>();
  if (const Reader info = in["clientInfo"]; info.present()) read(info, out.client_info.emplace());
  out.root_path = in["rootPath"].optional<std::string>();
  out.root_uri = in["rootUri"].optional<std::string>();
  out.workspace_folders = in["workspaceFolders"].optional_list<WorkspaceFolder>();
  read(in["capabilities"], out.capabilities);
  out.initialization_options = in["initializationOptions"].raw();
  out.trace = in["trace"].value_or(TraceValue::kOff);
  out.work_done_token = in["workDoneToken"].optional<ProgressToken>();
}

void read(const Reader& in, SetTraceParams& out) { out.value = in["value"].as<TraceValue>(); }

void read(const Reader& in, CancelParams& out) { out.id = in["id"].as<std::variant<std::int64_t, std::string>>(); }

void to_json(json& out, const ServerCapabilities& value) {
  out = {{"positionEncoding", to_string(value.position_encoding)}, {"textDocumentSync", sync_to_json(value.sync)}};
  put_if_true(out, "hoverProvider", value.hover);
  put_if_true(out, "callHierarchyProvider", value.call_hierarchy);
  put_if_true(out, "inlayHintProvider", value.inlay_hint);
  if (value.code_lens) out["codeLensProvider"] = json::object();
  if (value.code_action) out["codeActionProvider"] = code_action_to_json(value);
  if (!value.commands.empty()) out["executeCommandProvider"] = {{"commands", value.commands}};
  if (value.diagnostics) out["diagnosticProvider"] = diagnostics_to_json(*value.diagnostics);
  if (value.workspace_folders) {
    out["workspace"] = {{"workspaceFolders", {{"supported", true}, {"changeNotifications", true}}}};
  }
}

void to_json(json& out, const InitializeResult& value) {
  out = {{"capabilities", value.capabilities},
         {"serverInfo", {{"name", value.server_name}, {"version", value.server_version}}}};
}

void to_json(json& out, const LogTraceParams& value) {
  out = {{"message", value.message}};
  put(out, "verbose", value.verbose);
}

}  // namespace surefoot::protocol
