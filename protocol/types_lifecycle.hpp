// LSP 3.17 "Lifecycle Messages": what the two sides tell each other about themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/position_encoding.hpp"
#include "protocol/types_base.hpp"

namespace surefoot::protocol {

// Those of the client's capabilities that we act on, flattened. Whatever is missing, or is not what the specification
// says, counts as "cannot": reading capabilities never fails.
struct ClientCapabilities {
  std::optional<std::vector<std::string>> position_encodings;  // general.positionEncodings; see negotiate()

  // textDocument.codeAction
  bool code_action_literals = false;             // codeActionLiteralSupport; without it only Commands may be sent
  std::vector<std::string> code_action_kinds;    // codeActionLiteralSupport.codeActionKind.valueSet
  std::vector<std::string> code_action_resolve;  // resolveSupport.properties, such as "edit"
  bool code_action_data = false;                 // dataSupport
  bool code_action_preferred = false;            // isPreferredSupport
  bool code_action_disabled = false;             // disabledSupport

  // True if edits may be left out of code actions and asked for later.
  bool resolves_edits() const;

  // workspace.workspaceEdit
  bool document_changes = false;    // documentChanges: versioned edits
  bool change_annotations = false;  // changeAnnotationSupport

  // textDocument.publishDiagnostics; those of textDocument.diagnostic (3.18) count too
  bool diagnostic_related_information = false;  // relatedInformation
  bool diagnostic_version = false;              // versionSupport
  bool diagnostic_code_description = false;     // codeDescriptionSupport
  bool diagnostic_data = false;                 // dataSupport
  std::vector<std::int32_t> diagnostic_tags;    // tagSupport.valueSet; values of DiagnosticTag, and others

  // textDocument.diagnostic and workspace.diagnostics
  bool pull_diagnostics = false;                       // textDocument.diagnostic is there
  bool pull_diagnostics_dynamic_registration = false;  // dynamicRegistration
  bool pull_diagnostics_related_documents = false;     // relatedDocumentSupport
  bool diagnostics_refresh = false;                    // workspace.diagnostics.refreshSupport

  bool inlay_hint_refresh = false;  // workspace.inlayHint.refreshSupport
  bool code_lens_refresh = false;   // workspace.codeLens.refreshSupport

  // workspace
  bool apply_edit = false;                  // applyEdit
  bool configuration = false;               // configuration
  bool workspace_folders = false;           // workspaceFolders
  bool configuration_registration = false;  // didChangeConfiguration.dynamicRegistration
  bool watched_files_registration = false;  // didChangeWatchedFiles.dynamicRegistration
  bool watched_files_relative = false;      // didChangeWatchedFiles.relativePatternSupport

  // window
  bool work_done_progress = false;  // workDoneProgress

  // textDocument.hover.contentFormat, the client's favourite first; empty: the client says nothing
  std::vector<MarkupKind> hover_formats;

  // The format to write hovers in: the client's favourite, or markdown if it says nothing.
  MarkupKind hover_format() const;
};

struct WorkspaceFolder {
  std::string uri;
  std::string name;
  bool operator==(const WorkspaceFolder&) const = default;
};

enum class TraceValue { kOff, kMessages, kVerbose };

struct ClientInfo {
  std::string name;
  std::optional<std::string> version;
};

struct InitializeParams {
  std::optional<std::int64_t> process_id;  // none: do not watch
  std::optional<ClientInfo> client_info;
  std::optional<std::string> root_path;  // a path; deprecated in favour of root_uri
  std::optional<std::string> root_uri;   // deprecated in favour of workspace_folders
  std::optional<std::vector<WorkspaceFolder>> workspace_folders;
  ClientCapabilities capabilities;
  JsonValue initialization_options;
  TraceValue trace = TraceValue::kOff;
  std::optional<ProgressToken> work_done_token;

  // The folders to work in: workspace_folders, else root_uri, else root_path, else none.
  std::vector<WorkspaceFolder> folders() const;
};

enum class TextDocumentSyncKind { kNone = 0, kFull = 1, kIncremental = 2 };

struct DiagnosticOptions {
  std::optional<std::string> identifier;
  bool inter_file_dependencies = true;
  bool workspace_diagnostics = false;
};

// What we offer. Members that are off or empty are left out when written.
struct ServerCapabilities {
  PositionEncoding position_encoding = PositionEncoding::kUtf16;
  TextDocumentSyncKind sync = TextDocumentSyncKind::kIncremental;  // with open, close and save (without text)
  bool hover = false;
  bool call_hierarchy = false;
  bool inlay_hint = false;
  bool code_lens = false;
  bool code_action = false;
  std::vector<std::string> code_action_kinds;
  bool code_action_resolve = false;
  std::vector<std::string> commands;
  std::optional<DiagnosticOptions> diagnostics;  // leave it out for clients that are pushed to
  bool workspace_folders = false;                // with change notifications
};

struct InitializeResult {
  ServerCapabilities capabilities;
  std::string server_name;
  std::string server_version;
};

struct SetTraceParams {
  TraceValue value = TraceValue::kOff;
};

struct LogTraceParams {
  std::string message;
  std::optional<std::string> verbose;  // only when the trace is verbose
};

// The id of `$/cancelRequest`.
struct CancelParams {
  std::variant<std::int64_t, std::string> id;
};

void read(const Reader& in, ClientCapabilities& out);
void read(const Reader& in, WorkspaceFolder& out);
void read(const Reader& in, TraceValue& out);  // "off", "messages", "verbose"; any other string is off
void read(const Reader& in, InitializeParams& out);
void read(const Reader& in, SetTraceParams& out);
void read(const Reader& in, CancelParams& out);

void to_json(nlohmann::json& out, const ServerCapabilities& value);
void to_json(nlohmann::json& out, const InitializeResult& value);
void to_json(nlohmann::json& out, const LogTraceParams& value);

}  // namespace surefoot::protocol
