#include <algorithm>

#include "protocol/json_write.hpp"
#include "protocol/types_lifecycle.hpp"

namespace surefoot::protocol {
namespace {

using nlohmann::json;

std::vector<std::string> strings(const Reader& in) {
  std::vector<std::string> out;
  if (in.value() == nullptr || !in.value()->is_array()) return out;
  for (const json& element : *in.value()) {
    if (element.is_string()) out.push_back(element.get<std::string>());
  }
  return out;
}

std::vector<std::int32_t> small_numbers(const Reader& in) {
  std::vector<std::int32_t> out;
  if (in.value() == nullptr || !in.value()->is_array()) return out;
  for (const json& element : *in.value()) {
    if (!element.is_number_unsigned() || element.get<std::uint64_t>() > 1000) continue;
    out.push_back(element.get<std::int32_t>());
  }
  return out;
}

// An older form of `tagSupport` is a plain boolean.
std::vector<std::int32_t> tags(const Reader& in) {
  return in.flag() ? std::vector{1, 2} : small_numbers(in["valueSet"]);
}

std::vector<MarkupKind> markup_kinds(const std::vector<std::string>& names) {
  std::vector<MarkupKind> out;
  for (const std::string& name : names) {
    if (name == "markdown") out.push_back(MarkupKind::kMarkdown);
    if (name == "plaintext") out.push_back(MarkupKind::kPlainText);
  }
  return out;
}

void read_code_action(const Reader& in, ClientCapabilities& out) {
  out.code_action_literals = in["codeActionLiteralSupport"].present();
  out.code_action_kinds = strings(in["codeActionLiteralSupport"]["codeActionKind"]["valueSet"]);
  out.code_action_resolve = strings(in["resolveSupport"]["properties"]);
  out.code_action_data = in["dataSupport"].flag();
  out.code_action_preferred = in["isPreferredSupport"].flag();
  out.code_action_disabled = in["disabledSupport"].flag();
}

// LSP 3.18 lets the two ways of getting diagnostics have their own set of these.
void read_diagnostic_contents(const Reader& in, ClientCapabilities& out) {
  out.diagnostic_related_information |= in["relatedInformation"].flag();
  out.diagnostic_code_description |= in["codeDescriptionSupport"].flag();
  out.diagnostic_data |= in["dataSupport"].flag();
  if (out.diagnostic_tags.empty()) out.diagnostic_tags = tags(in["tagSupport"]);
}

void read_text_document(const Reader& in, ClientCapabilities& out) {
  read_code_action(in["codeAction"], out);
  read_diagnostic_contents(in["publishDiagnostics"], out);
  out.diagnostic_version = in["publishDiagnostics"]["versionSupport"].flag();
  const Reader pull = in["diagnostic"];
  read_diagnostic_contents(pull, out);
  out.pull_diagnostics = pull.present();
  out.pull_diagnostics_dynamic_registration = pull["dynamicRegistration"].flag();
  out.pull_diagnostics_related_documents = pull["relatedDocumentSupport"].flag();
  out.hover_formats = markup_kinds(strings(in["hover"]["contentFormat"]));
}

void read_workspace(const Reader& in, ClientCapabilities& out) {
  out.apply_edit = in["applyEdit"].flag();
  out.document_changes = in["workspaceEdit"]["documentChanges"].flag();
  out.change_annotations = in["workspaceEdit"]["changeAnnotationSupport"].present();
  out.diagnostics_refresh = in["diagnostics"]["refreshSupport"].flag();
  out.inlay_hint_refresh = in["inlayHint"]["refreshSupport"].flag();
  out.code_lens_refresh = in["codeLens"]["refreshSupport"].flag();
  out.configuration = in["configuration"].flag();
  out.workspace_folders = in["workspaceFolders"].flag();
  out.configuration_registration = in["didChangeConfiguration"]["dynamicRegistration"].flag();
  out.watched_files_registration = in["didChangeWatchedFiles"]["dynamicRegistration"].flag();
  out.watched_files_relative = in["didChangeWatchedFiles"]["relativePatternSupport"].flag();
}

}  // namespace

bool ClientCapabilities::resolves_edits() const {
  return std::find(code_action_resolve.begin(), code_action_resolve.end(), "edit") != code_action_resolve.end();
}

MarkupKind ClientCapabilities::hover_format() const {
  return hover_formats.empty() ? MarkupKind::kMarkdown : hover_formats.front();
}

void read(const Reader& in, ClientCapabilities& out) {
  std::optional<DecodeError> ignored;
  const Reader all(in.value(), "capabilities", ignored);
  const Reader encodings = all["general"]["positionEncodings"];
  if (encodings.value() != nullptr && encodings.value()->is_array()) out.position_encodings = strings(encodings);
  read_text_document(all["textDocument"], out);
  read_workspace(all["workspace"], out);
  out.work_done_progress = all["window"]["workDoneProgress"].flag();
}

}  // namespace surefoot::protocol
