#include "protocol/types_workspace.hpp"

#include "protocol/json_write.hpp"

namespace surefoot::protocol {
namespace {

using nlohmann::json;

json registration_to_json(const Registration& value) {
  json out = {{"id", value.id}, {"method", value.method}};
  put_if_present(out, "registerOptions", value.options);
  return out;
}

json watcher_to_json(const FileSystemWatcher& value) {
  if (!value.base_uri) return {{"globPattern", value.glob}};
  return {{"globPattern", {{"baseUri", *value.base_uri}, {"pattern", value.glob}}}};
}

json progress_to_json(const WorkDoneProgressParams& value) {
  json out = json::object();
  put(out, "message", value.message);
  if (value.stage == ProgressStage::kEnd) {
    out["kind"] = "end";
    return out;
  }
  const bool begin = value.stage == ProgressStage::kBegin;
  out["kind"] = begin ? "begin" : "report";
  if (begin) out["title"] = value.title;
  put_if_true(out, "cancellable", value.cancellable);
  put(out, "percentage", value.percentage);
  return out;
}

}  // namespace

void read(const Reader& in, Hover& out) {
  out.contents = in["contents"].as<MarkupContent>();
  out.range = in["range"].optional<Range>();
}

void read(const Reader& in, MessageParams& out) {
  const auto type = in["type"].as<std::int32_t>();
  out.type = enumerator(type, MessageType::kError, MessageType::kLog).value_or(MessageType::kLog);
  out.message = in["message"].as<std::string>();
}

void read(const Reader& in, DidChangeConfigurationParams& out) { out.settings = in["settings"].raw(); }

void read(const Reader& in, FileEvent& out) {
  out.uri = in["uri"].as<std::string>();
  const auto type = in["type"].as<std::int32_t>();
  out.type = enumerator(type, FileChangeType::kCreated, FileChangeType::kDeleted).value_or(FileChangeType::kChanged);
}

void read(const Reader& in, DidChangeWatchedFilesParams& out) { out.changes = in["changes"].list<FileEvent>(); }

void read(const Reader& in, DidChangeWorkspaceFoldersParams& out) {
  const Reader event = in["event"];
  out.added = event["added"].list<WorkspaceFolder>();
  out.removed = event["removed"].list<WorkspaceFolder>();
}

void read(const Reader& in, WorkDoneProgressCancelParams& out) { out.token = in["token"].as<ProgressToken>(); }

void to_json(json& out, const Hover& value) {
  out = {{"contents", value.contents}};
  put(out, "range", value.range);
}

void to_json(json& out, const MessageParams& value) {
  out = {{"type", number(value.type)}, {"message", value.message}};
}

void to_json(json& out, const ConfigurationParams& value) {
  out = {{"items", json::array()}};
  for (const ConfigurationItem& item : value.items) {
    json entry = {{"section", item.section}};
    put(entry, "scopeUri", item.scope_uri);
    out["items"].push_back(std::move(entry));
  }
}

void to_json(json& out, const RegistrationParams& value) {
  out = {{"registrations", json::array()}};
  for (const Registration& entry : value.registrations) out["registrations"].push_back(registration_to_json(entry));
}

// The misspelt member is the specification's own.
void to_json(json& out, const UnregistrationParams& value) {
  out = {{"unregisterations", json::array()}};
  for (const Registration& entry : value.registrations) {
    out["unregisterations"].push_back({{"id", entry.id}, {"method", entry.method}});
  }
}

void to_json(json& out, const DidChangeWatchedFilesOptions& value) {
  out = {{"watchers", json::array()}};
  for (const FileSystemWatcher& watcher : value.watchers) out["watchers"].push_back(watcher_to_json(watcher));
}

void to_json(json& out, const WorkDoneProgressCreateParams& value) { out = {{"token", token_to_json(value.token)}}; }

void to_json(json& out, const WorkDoneProgressParams& value) {
  out = {{"token", token_to_json(value.token)}, {"value", progress_to_json(value)}};
}

void to_json(json& out, const PartialResultParams& value) {
  out = {{"token", token_to_json(value.token)}, {"value", value.value}};
}

}  // namespace surefoot::protocol
