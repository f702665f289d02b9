// LSP 3.17 "Code Action", "WorkspaceEdit" and "Execute Command".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/types_base.hpp"
#include "protocol/types_diagnostic.hpp"
#include "protocol/types_document.hpp"

namespace surefoot::protocol {

inline constexpr std::string_view kQuickFix = "quickfix";
inline constexpr std::string_view kRefactorRewrite = "refactor.rewrite";
inline constexpr std::string_view kSourceFixAll = "source.fixAll";

// True if a client that asks for `wanted` is to get actions of `kind`: kinds are hierarchical, and their parts are
// divided by dots, so `source` wants `source.fixAll` but `sour` does not. The empty kind wants everything.
bool kind_matches(std::string_view wanted, std::string_view kind);

struct TextEdit {
  Range range;
  std::string new_text;
  std::optional<std::string> annotation_id;  // a key of WorkspaceEdit::change_annotations; only in `document_changes`
  bool operator==(const TextEdit&) const = default;
};

struct TextDocumentEdit {
  std::string uri;
  std::optional<std::int32_t> version;  // written as null if none: the document is not open
  std::vector<TextEdit> edits;
  bool operator==(const TextDocumentEdit&) const = default;
};

struct ChangeAnnotation {
  std::string label;
  bool needs_confirmation = false;
  std::optional<std::string> description;
  bool operator==(const ChangeAnnotation&) const = default;
};

// Fill `document_changes` for clients with ClientCapabilities::document_changes, else `changes`. Both may be read.
// Creating, renaming and deleting files is not among what we write, and is an error when read.
struct WorkspaceEdit {
  std::map<std::string, std::vector<TextEdit>> changes;  // by URI
  std::vector<TextDocumentEdit> document_changes;
  std::map<std::string, ChangeAnnotation> change_annotations;
  bool operator==(const WorkspaceEdit&) const = default;
};

enum class CodeActionTriggerKind { kInvoked = 1, kAutomatic = 2 };

struct CodeActionContext {
  std::vector<Diagnostic> diagnostics;
  std::optional<std::vector<std::string>> only;  // none: every kind is wanted
  CodeActionTriggerKind trigger_kind = CodeActionTriggerKind::kInvoked;

  // True if `only` lets actions of this kind through.
  bool wants(std::string_view kind) const;
};

struct CodeActionParams {
  TextDocumentIdentifier text_document;
  Range range;
  CodeActionContext context;
};

struct CodeAction {
  std::string title;
  std::optional<std::string> kind;
  std::vector<Diagnostic> diagnostics;
  bool is_preferred = false;
  std::optional<std::string> disabled_reason;  // only with ClientCapabilities::code_action_disabled
  std::optional<WorkspaceEdit> edit;
  std::optional<Command> command;
  JsonValue data;  // given back to us in `codeAction/resolve`; never to be trusted
  bool operator==(const CodeAction&) const = default;
};

struct ExecuteCommandParams {
  std::string command;
  std::vector<JsonValue> arguments;
  std::optional<ProgressToken> work_done_token;
};

// A request of ours, `workspace/applyEdit`.
struct ApplyWorkspaceEditParams {
  std::optional<std::string> label;
  WorkspaceEdit edit;
};

struct ApplyWorkspaceEditResult {
  bool applied = false;
  std::optional<std::string> failure_reason;
};

void read(const Reader& in, TextEdit& out);
void read(const Reader& in, TextDocumentEdit& out);
void read(const Reader& in, ChangeAnnotation& out);
void read(const Reader& in, WorkspaceEdit& out);
void read(const Reader& in, CodeActionContext& out);
void read(const Reader& in, CodeActionParams& out);
void read(const Reader& in, CodeAction& out);
void read(const Reader& in, ExecuteCommandParams& out);
void read(const Reader& in, ApplyWorkspaceEditResult& out);

void to_json(nlohmann::json& out, const TextEdit& value);
void to_json(nlohmann::json& out, const TextDocumentEdit& value);
void to_json(nlohmann::json& out, const ChangeAnnotation& value);
void to_json(nlohmann::json& out, const WorkspaceEdit& value);
void to_json(nlohmann::json& out, const CodeAction& value);
void to_json(nlohmann::json& out, const ApplyWorkspaceEditParams& value);

}  // namespace surefoot::protocol
