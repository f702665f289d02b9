#include "protocol/types_action.hpp"

#include <algorithm>

#include "protocol/json_write.hpp"

namespace surefoot::protocol {
namespace {

using nlohmann::json;

CodeActionTriggerKind read_trigger(const Reader& in) {
  const auto known =
      enumerator(in.value_or(std::int32_t{1}), CodeActionTriggerKind::kInvoked, CodeActionTriggerKind::kAutomatic);
  return known.value_or(CodeActionTriggerKind::kInvoked);
}

}  // namespace

bool kind_matches(std::string_view wanted, std::string_view kind) {
  if (wanted.empty()) return true;
  if (kind.substr(0, wanted.size()) != wanted) return false;
  return kind.size() == wanted.size() || kind[wanted.size()] == '.';
}

bool CodeActionContext::wants(std::string_view kind) const {
  return !only ||
         std::any_of(only->begin(), only->end(), [&](const auto& wanted) { return kind_matches(wanted, kind); });
}

void read(const Reader& in, TextEdit& out) {
  out.range = in["range"].as<Range>();
  out.new_text = in["newText"].as<std::string>();
  out.annotation_id = in["annotationId"].optional<std::string>();
}

void read(const Reader& in, TextDocumentEdit& out) {
  if (in["kind"].present()) return in["kind"].fail("must be absent: files are not created, renamed or deleted here");
  out.uri = in["textDocument"]["uri"].as<std::string>();
  out.version = in["textDocument"]["version"].optional<std::int32_t>();
  out.edits = in["edits"].list<TextEdit>();
}

void read(const Reader& in, ChangeAnnotation& out) {
  out.label = in["label"].as<std::string>();
  out.needs_confirmation = in["needsConfirmation"].value_or(false);
  out.description = in["description"].optional<std::string>();
}

void read(const Reader& in, WorkspaceEdit& out) {
  const Reader changes = in["changes"];
  if (changes.present()) {
    for (const std::string& uri : changes.keys()) out.changes[uri] = changes[uri].list<TextEdit>();
  }
  out.document_changes = in["documentChanges"].list_or_empty<TextDocumentEdit>();
  const Reader annotations = in["changeAnnotations"];
  if (annotations.present()) {
    for (const std::string& id : annotations.keys())
      out.change_annotations[id] = annotations[id].as<ChangeAnnotation>();
  }
}

void read(const Reader& in, CodeActionContext& out) {
  out.diagnostics = in["diagnostics"].list_or_empty<Diagnostic>();
  out.only = in["only"].optional_list<std::string>();
  out.trigger_kind = read_trigger(in["triggerKind"]);
}

void read(const Reader& in, CodeActionParams& out) {
  out.text_document = in["textDocument"].as<TextDocumentIdentifier>();
  out.range = in["range"].as<Range>();
  out.context = in["context"].as<CodeActionContext>();
}

void read(const Reader& in, CodeAction& out) {
  out.title = in["title"].as<std::string>();
  out.kind = in["kind"].optional<std::string>();
  out.diagnostics = in["diagnostics"].list_or_empty<Diagnostic>();
  out.is_preferred = in["isPreferred"].value_or(false);
  out.disabled_reason = in["disabled"]["reason"].optional<std::string>();
  out.edit = in["edit"].optional<WorkspaceEdit>();
  out.command = in["command"].optional<Command>();
  out.data = in["data"].raw();
}

void read(const Reader& in, ExecuteCommandParams& out) {
  out.command = in["command"].as<std::string>();
  out.arguments = in["arguments"].list_or_empty<JsonValue>();
  out.work_done_token = in["workDoneToken"].optional<ProgressToken>();
}

void read(const Reader& in, ApplyWorkspaceEditResult& out) {
  out.applied = in["applied"].as<bool>();
  out.failure_reason = in["failureReason"].optional<std::string>();
}

void to_json(json& out, const TextEdit& value) {
  out = {{"range", value.range}, {"newText", value.new_text}};
  put(out, "annotationId", value.annotation_id);
}

void to_json(json& out, const TextDocumentEdit& value) {
  json document = {{"uri", value.uri}, {"version", nullptr}};
  put(document, "version", value.version);
  out = {{"textDocument", std::move(document)}, {"edits", value.edits}};
}

void to_json(json& out, const ChangeAnnotation& value) {
  out = {{"label", value.label}};
  put_if_true(out, "needsConfirmation", value.needs_confirmation);
  put(out, "description", value.description);
}

void to_json(json& out, const WorkspaceEdit& value) {
  out = json::object();
  put_if_any(out, "changes", value.changes);
  put_if_any(out, "documentChanges", value.document_changes);
  put_if_any(out, "changeAnnotations", value.change_annotations);
}

void to_json(json& out, const CodeAction& value) {
  out = {{"title", value.title}};
  put(out, "kind", value.kind);
  put_if_any(out, "diagnostics", value.diagnostics);
  put_if_true(out, "isPreferred", value.is_preferred);
  if (value.disabled_reason) out["disabled"] = {{"reason", *value.disabled_reason}};
  put(out, "edit", value.edit);
  put(out, "command", value.command);
  put_if_present(out, "data", value.data);
}

void to_json(json& out, const ApplyWorkspaceEditParams& value) {
  out = {{"edit", value.edit}};
  put(out, "label", value.label);
}

}  // namespace surefoot::protocol
