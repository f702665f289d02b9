#include "protocol/types_diagnostic.hpp"

#include "protocol/json_write.hpp"

namespace surefoot::protocol {
namespace {

using nlohmann::json;

std::vector<DiagnosticTag> read_tags(const Reader& in) {
  std::vector<DiagnosticTag> out;
  for (const std::int32_t tag : in.list_or_empty<std::int32_t>()) {
    const auto known = enumerator(tag, DiagnosticTag::kUnnecessary, DiagnosticTag::kDeprecated);
    if (known) out.push_back(*known);
  }
  return out;
}

json report_to_json(const DiagnosticReport& report) {
  return std::visit([](const auto& held) { return json(held); }, report);
}

}  // namespace

void read(const Reader& in, DiagnosticRelatedInformation& out) {
  out.location = in["location"].as<Location>();
  out.message = in["message"].as<std::string>();
}

void read(const Reader& in, Diagnostic& out) {
  out.range = in["range"].as<Range>();
  if (const auto severity = in["severity"].optional<std::int32_t>()) {
    out.severity = enumerator(*severity, DiagnosticSeverity::kError, DiagnosticSeverity::kHint);
  }
  out.code = in["code"].optional<std::variant<std::int64_t, std::string>>();
  out.code_description_href = in["codeDescription"]["href"].optional<std::string>();
  out.source = in["source"].optional<std::string>();
  out.message = in["message"].as<std::string>();
  out.tags = read_tags(in["tags"]);
  out.related_information = in["relatedInformation"].list_or_empty<DiagnosticRelatedInformation>();
  out.data = in["data"].raw();
}

void read(const Reader& in, PublishDiagnosticsParams& out) {
  out.uri = in["uri"].as<std::string>();
  out.version = in["version"].optional<std::int32_t>();
  out.diagnostics = in["diagnostics"].list<Diagnostic>();
}

void read(const Reader& in, DocumentDiagnosticParams& out) {
  out.uri = in["textDocument"]["uri"].as<std::string>();
  out.identifier = in["identifier"].optional<std::string>();
  out.previous_result_id = in["previousResultId"].optional<std::string>();
  out.partial_result_token = in["partialResultToken"].optional<ProgressToken>();
}

void read(const Reader& in, PreviousResultId& out) {
  out.uri = in["uri"].as<std::string>();
  out.value = in["value"].as<std::string>();
}

void read(const Reader& in, WorkspaceDiagnosticParams& out) {
  out.identifier = in["identifier"].optional<std::string>();
  out.previous_result_ids = in["previousResultIds"].list_or_empty<PreviousResultId>();
  out.work_done_token = in["workDoneToken"].optional<ProgressToken>();
  out.partial_result_token = in["partialResultToken"].optional<ProgressToken>();
}

void to_json(json& out, const DiagnosticRelatedInformation& value) {
  out = {{"location", value.location}, {"message", value.message}};
}

void to_json(json& out, const Diagnostic& value) {
  out = {{"range", value.range}, {"message", value.message}};
  if (value.severity) out["severity"] = number(*value.severity);
  if (value.code) out["code"] = token_to_json(*value.code);
  if (value.code_description_href) out["codeDescription"] = {{"href", *value.code_description_href}};
  put(out, "source", value.source);
  for (const DiagnosticTag tag : value.tags) out["tags"].push_back(number(tag));
  put_if_any(out, "relatedInformation", value.related_information);
  put_if_present(out, "data", value.data);
}

void to_json(json& out, const PublishDiagnosticsParams& value) {
  out = {{"uri", value.uri}, {"diagnostics", value.diagnostics}};
  put(out, "version", value.version);
}

void to_json(json& out, const FullDocumentDiagnosticReport& value) {
  out = {{"kind", "full"}, {"items", value.items}};
  put(out, "resultId", value.result_id);
}

void to_json(json& out, const UnchangedDocumentDiagnosticReport& value) {
  out = {{"kind", "unchanged"}, {"resultId", value.result_id}};
}

void to_json(json& out, const DocumentDiagnosticReport& value) {
  out = report_to_json(value.report);
  for (const auto& [uri, report] : value.related_documents) out["relatedDocuments"][uri] = report_to_json(report);
}

void to_json(json& out, const WorkspaceDocumentDiagnosticReport& value) {
  out = report_to_json(value.report);
  out["uri"] = value.uri;
  out["version"] = value.version ? json(*value.version) : json(nullptr);
}

void to_json(json& out, const WorkspaceDiagnosticReport& value) { out = {{"items", value.items}}; }

}  // namespace surefoot::protocol
