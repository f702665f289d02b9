// Any body is classified, every decoder takes any parameters, and what decodes survives being written and read again.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/jsonrpc.hpp"
#include "protocol/types_action.hpp"
#include "protocol/types_workspace.hpp"
#include "protocol/uri.hpp"
#include "tests/fuzz/require.hpp"

namespace {

namespace protocol = surefoot::protocol;
using protocol::JsonValue;

template <class T>
void check_read(const JsonValue& value) {
  const auto decoded = protocol::decode<T>(value);
  if (!decoded) SUREFOOT_REQUIRE(!decoded.error().path.empty() && !decoded.error().why.empty());
}

template <class T>
void check_round_trip(const JsonValue& value) {
  const auto decoded = protocol::decode<T>(value);
  if (!decoded) return;
  const auto again = protocol::decode<T>(JsonValue(nlohmann::json(*decoded)));
  SUREFOOT_REQUIRE(again && *again == *decoded);
}

void check_params(const JsonValue& value) {
  check_read<protocol::InitializeParams>(value);
  check_read<protocol::DidOpenTextDocumentParams>(value);
  check_read<protocol::DidChangeTextDocumentParams>(value);
  check_read<protocol::DidSaveTextDocumentParams>(value);
  check_read<protocol::TextDocumentPositionParams>(value);
  check_read<protocol::CodeActionParams>(value);
  check_read<protocol::ExecuteCommandParams>(value);
  check_read<protocol::DocumentDiagnosticParams>(value);
  check_read<protocol::WorkspaceDiagnosticParams>(value);
  check_read<protocol::PublishDiagnosticsParams>(value);
  check_read<protocol::DidChangeConfigurationParams>(value);
  check_read<protocol::DidChangeWatchedFilesParams>(value);
  check_read<protocol::DidChangeWorkspaceFoldersParams>(value);
  check_read<protocol::SetTraceParams>(value);
  check_read<protocol::CancelParams>(value);
  check_round_trip<protocol::Range>(value);
  check_round_trip<protocol::Diagnostic>(value);
  check_round_trip<protocol::CodeAction>(value);
  check_round_trip<protocol::WorkspaceEdit>(value);
}

void check_uri(const std::string& text) {
  const std::string identity = protocol::uri_identity(text);
  SUREFOOT_REQUIRE(protocol::uri_identity(identity) == identity);
  const auto path = protocol::file_uri_to_path(text);
  if (path) SUREFOOT_REQUIRE(protocol::file_uri_to_path(protocol::path_to_file_uri(*path)) == path);
}

void check_message(const protocol::Request& message) {
  const auto again = protocol::parse_message(protocol::request_body(message.id, message.method, message.params.get()));
  const auto* request = std::get_if<protocol::Request>(&again);
  SUREFOOT_REQUIRE(request != nullptr && request->id == message.id && request->method == message.method);
  SUREFOOT_REQUIRE(request->params.get() == message.params.get());
  check_params(message.params);
}

void check_message(const protocol::Notification& message) {
  check_uri(message.method);
  check_params(message.params);
}

void check_message(const protocol::Response& message) {
  check_read<protocol::ApplyWorkspaceEditResult>(message.result);
}

void check_message(const protocol::Invalid& message) {
  const auto again = protocol::parse_message(protocol::error_body(message.id, message.code, message.why));
  const auto* response = std::get_if<protocol::Response>(&again);
  SUREFOOT_REQUIRE(response != nullptr && response->error && response->error->code == message.code &&
                   response->id == message.id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::visit([](const auto& message) { check_message(message); }, protocol::parse_message(bytes));
  check_uri(std::string(bytes));
  const auto parsed = protocol::parse_json(bytes);
  if (const auto* value = std::get_if<nlohmann::json>(&parsed)) check_params(JsonValue(*value));
  return 0;
}
