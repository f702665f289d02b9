// LSP 3.17 "Workspace Features", "Window Features", hover and dynamic registration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/types_base.hpp"
#include "protocol/types_lifecycle.hpp"

namespace surefoot::protocol {

struct Hover {
  MarkupContent contents;
  std::optional<Range> range;
};

enum class MessageType { kError = 1, kWarning = 2, kInfo = 3, kLog = 4 };

// `window/showMessage` and `window/logMessage`.
struct MessageParams {
  MessageType type = MessageType::kInfo;
  std::string message;
};

struct DidChangeConfigurationParams {
  JsonValue settings;  // often null: the client wants to be asked by `workspace/configuration`
};

enum class FileChangeType { kCreated = 1, kChanged = 2, kDeleted = 3 };

struct FileEvent {
  std::string uri;
  FileChangeType type = FileChangeType::kChanged;
};

struct DidChangeWatchedFilesParams {
  std::vector<FileEvent> changes;
};

struct DidChangeWorkspaceFoldersParams {
  std::vector<WorkspaceFolder> added;
  std::vector<WorkspaceFolder> removed;
};

// A request of ours, `workspace/configuration`; the answer is an array with one value for each item.
struct ConfigurationItem {
  std::optional<std::string> scope_uri;
  std::string section;
};

struct ConfigurationParams {
  std::vector<ConfigurationItem> items;
};

// `client/registerCapability` and `client/unregisterCapability`.
struct Registration {
  std::string id;
  std::string method;
  JsonValue options;
};

struct RegistrationParams {
  std::vector<Registration> registrations;
};

struct UnregistrationParams {
  std::vector<Registration> registrations;  // options are not written
};

struct FileSystemWatcher {
  std::string glob;                     // such as `**/pyproject.toml`
  std::optional<std::string> base_uri;  // a folder; only with ClientCapabilities::watched_files_relative
};

// Options of a Registration of `workspace/didChangeWatchedFiles`.
struct DidChangeWatchedFilesOptions {
  std::vector<FileSystemWatcher> watchers;
};

// `window/workDoneProgress/create`.
struct WorkDoneProgressCreateParams {
  ProgressToken token;
};

enum class ProgressStage { kBegin, kReport, kEnd };

// `$/progress` with a work-done value.
struct WorkDoneProgressParams {
  ProgressToken token;
  ProgressStage stage = ProgressStage::kBegin;
  std::string title;  // written for kBegin only
  std::optional<std::string> message;
  std::optional<std::uint32_t> percentage;  // 0 to 100; not written for kEnd
  bool cancellable = false;                 // not written for kEnd
};

// `window/workDoneProgress/cancel`.
struct WorkDoneProgressCancelParams {
  ProgressToken token;
};

// `$/progress` with a part of the result of a request that carried a partialResultToken.
struct PartialResultParams {
  ProgressToken token;
  JsonValue value;
};

void read(const Reader& in, Hover& out);  // markup content only, as we write it
void read(const Reader& in, MessageParams& out);
void read(const Reader& in, DidChangeConfigurationParams& out);
void read(const Reader& in, FileEvent& out);
void read(const Reader& in, DidChangeWatchedFilesParams& out);
void read(const Reader& in, DidChangeWorkspaceFoldersParams& out);
void read(const Reader& in, WorkDoneProgressCancelParams& out);

void to_json(nlohmann::json& out, const Hover& value);
void to_json(nlohmann::json& out, const MessageParams& value);
void to_json(nlohmann::json& out, const ConfigurationParams& value);
void to_json(nlohmann::json& out, const RegistrationParams& value);
void to_json(nlohmann::json& out, const UnregistrationParams& value);
void to_json(nlohmann::json& out, const DidChangeWatchedFilesOptions& value);
void to_json(nlohmann::json& out, const WorkDoneProgressCreateParams& value);
void to_json(nlohmann::json& out, const WorkDoneProgressParams& value);
void to_json(nlohmann::json& out, const PartialResultParams& value);

}  // namespace surefoot::protocol
