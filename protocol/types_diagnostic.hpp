// LSP 3.17 "Diagnostic", "Publish Diagnostics" and "Pull Diagnostics".
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/types_base.hpp"

namespace surefoot::protocol {

enum class DiagnosticSeverity { kError = 1, kWarning = 2, kInformation = 3, kHint = 4 };
enum class DiagnosticTag { kUnnecessary = 1, kDeprecated = 2 };

struct DiagnosticRelatedInformation {
  Location location;
  std::string message;
  bool operator==(const DiagnosticRelatedInformation&) const = default;
};

// Empty vectors and strings of optional members are left out when written. In diagnostics that a client sends back,
// severities and tags that we do not know are dropped.
struct Diagnostic {
  Range range;
  std::optional<DiagnosticSeverity> severity;
  std::optional<std::variant<std::int64_t, std::string>> code;
  std::optional<std::string> code_description_href;  // only with ClientCapabilities::diagnostic_code_description
  std::optional<std::string> source;
  std::string message;
  std::vector<DiagnosticTag> tags;
  std::vector<DiagnosticRelatedInformation> related_information;
  JsonValue data;  // given back to us in code action requests; never to be trusted
  bool operator==(const Diagnostic&) const = default;
};

struct PublishDiagnosticsParams {
  std::string uri;
  std::optional<std::int32_t> version;  // of the text that the diagnostics are about
  std::vector<Diagnostic> diagnostics;
};

struct DocumentDiagnosticParams {
  std::string uri;
  std::optional<std::string> identifier;
  std::optional<std::string> previous_result_id;
  std::optional<ProgressToken> partial_result_token;
};

struct FullDocumentDiagnosticReport {
  std::optional<std::string> result_id;
  std::vector<Diagnostic> items;
};

// Only in answer to a previous result id.
struct UnchangedDocumentDiagnosticReport {
  std::string result_id;
};

using DiagnosticReport = std::variant<FullDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport>;

// The answer to `textDocument/diagnostic`.
struct DocumentDiagnosticReport {
  DiagnosticReport report;
  std::map<std::string, DiagnosticReport> related_documents;  // by URI; only for clients with relatedDocumentSupport
};

struct PreviousResultId {
  std::string uri;
  std::string value;
};

struct WorkspaceDiagnosticParams {
  std::optional<std::string> identifier;
  std::vector<PreviousResultId> previous_result_ids;
  std::optional<ProgressToken> work_done_token;
  std::optional<ProgressToken> partial_result_token;
};

struct WorkspaceDocumentDiagnosticReport {
  std::string uri;
  std::optional<std::int32_t> version;  // written as null for a document that is not open
  DiagnosticReport report;
};

// The answer to `workspace/diagnostic`, or one part of it.
struct WorkspaceDiagnosticReport {
  std::vector<WorkspaceDocumentDiagnosticReport> items;
};

void read(const Reader& in, DiagnosticRelatedInformation& out);
void read(const Reader& in, Diagnostic& out);
void read(const Reader& in, PublishDiagnosticsParams& out);
void read(const Reader& in, DocumentDiagnosticParams& out);
void read(const Reader& in, PreviousResultId& out);
void read(const Reader& in, WorkspaceDiagnosticParams& out);

void to_json(nlohmann::json& out, const DiagnosticRelatedInformation& value);
void to_json(nlohmann::json& out, const Diagnostic& value);
void to_json(nlohmann::json& out, const PublishDiagnosticsParams& value);
void to_json(nlohmann::json& out, const FullDocumentDiagnosticReport& value);
void to_json(nlohmann::json& out, const UnchangedDocumentDiagnosticReport& value);
void to_json(nlohmann::json& out, const DocumentDiagnosticReport& value);
void to_json(nlohmann::json& out, const WorkspaceDocumentDiagnosticReport& value);
void to_json(nlohmann::json& out, const WorkspaceDiagnosticReport& value);

// What dump_json gives for these, written without a tree of values in between: they are sent at every keystroke.
std::string to_text(const PublishDiagnosticsParams& params);

}  // namespace surefoot::protocol
