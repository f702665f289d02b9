#include <nlohmann/json.hpp>

#include "protocol/types_lifecycle.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::protocol {
namespace {

using nlohmann::json;

Decoded<InitializeParams> initialize(const char* text) {
  return decode<InitializeParams>(JsonValue(json::parse(text)));
}

ClientCapabilities capabilities(const char* text) { return *decode<ClientCapabilities>(JsonValue(json::parse(text))); }

TEST_CASE("lifecycle: everything a client can say") {
  const auto params = initialize(R"({"processId":42,"clientInfo":{"name":"editor","version":"1.2"},"locale":"en",
      "rootPath":"/w","rootUri":"file:///w","workspaceFolders":[{"uri":"file:///w","name":"w"}],
      "capabilities":{"window":{"workDoneProgress":true}},"initializationOptions":{"a":[1]},"trace":"verbose","workDoneToken":"t"})");
  REQUIRE(params);
  CHECK(params->process_id == 42);
  CHECK(params->client_info->name == "editor");
  CHECK(params->client_info->version == "1.2");
  CHECK(params->folders() == std::vector<WorkspaceFolder>{{"file:///w", "w"}});
  CHECK(params->capabilities.work_done_progress);
  CHECK(params->initialization_options.get() == json{{"a", {1}}});
  CHECK(params->trace == TraceValue::kVerbose);
  CHECK(params->work_done_token == ProgressToken("t"));
}

TEST_CASE("lifecycle: everything a client can leave out") {
  for (const char* text :
       {"{}", R"({"processId":null,"clientInfo":null,"rootPath":null,"rootUri":null,"workspaceFolders":null,
      "capabilities":null,"initializationOptions":null,"trace":null})"}) {
    const auto params = initialize(text);
    REQUIRE(params);
    CHECK(!params->process_id);
    CHECK(!params->client_info);
    CHECK(params->folders().empty());
    CHECK(params->trace == TraceValue::kOff);
    CHECK(!params->capabilities.position_encodings);
  }
  CHECK(decode<InitializeParams>(JsonValue()));
  CHECK(initialize(R"({"capabilities":[]})"));
}

TEST_CASE("lifecycle: what is wrong is named") {
  CHECK(initialize(R"({"processId":1.5})").error().path == "params.processId");
  CHECK(initialize(R"({"rootUri":5})").error().message() == "params.rootUri must be a string, is 5");
  CHECK(initialize(R"({"workspaceFolders":[{"name":"w"}]})").error().message() ==
        "params.workspaceFolders[0].uri is missing");
  CHECK(initialize("[1]").error().message() == "params must be an object, is an array");
  CHECK(initialize(R"({"trace":"loud"})")->trace == TraceValue::kOff);
  CHECK(initialize(R"({"trace":"messages"})")->trace == TraceValue::kMessages);
}

TEST_CASE("lifecycle: folders, then the root's URI, then its path") {
  using Folders = std::vector<WorkspaceFolder>;
  CHECK(initialize(R"({"rootUri":"file:///a/my%20app/","rootPath":"/b","workspaceFolders":null})")->folders() ==
        Folders{{"file:///a/my%20app/", "my app"}});
  CHECK(initialize(R"({"rootUri":"file:///a","workspaceFolders":[]})")->folders() == Folders{{"file:///a", "a"}});
  CHECK(initialize(R"({"rootUri":null,"rootPath":"/b c"})")->folders() == Folders{{"file:///b%20c", "b c"}});
  CHECK(initialize(R"({"rootUri":"","rootPath":""})")->folders().empty());
  CHECK(initialize(R"({"workspaceFolders":[{"uri":"untitled:x"}]})")->folders() == Folders{{"untitled:x", ""}});
}

TEST_CASE("lifecycle: capabilities that are there") {
  const auto caps = capabilities(R"({"general":{"positionEncodings":["utf-16","utf-8"]},
    "textDocument":{
      "codeAction":{"codeActionLiteralSupport":{"codeActionKind":{"valueSet":["quickfix",""]}},
        "resolveSupport":{"properties":["edit"]},"dataSupport":true,"isPreferredSupport":true,"disabledSupport":true},
      "publishDiagnostics":{"relatedInformation":true,"versionSupport":true,"codeDescriptionSupport":true,"dataSupport":true,
        "tagSupport":{"valueSet":[1,2]}},
      "diagnostic":{"dynamicRegistration":true,"relatedDocumentSupport":true},
      "hover":{"contentFormat":["plaintext","html","markdown"]}},
    "workspace":{"applyEdit":true,"configuration":true,"workspaceFolders":true,
      "workspaceEdit":{"documentChanges":true,"changeAnnotationSupport":{"groupsOnLabel":true}},
      "diagnostics":{"refreshSupport":true},"inlayHint":{"refreshSupport":true},"codeLens":{"refreshSupport":true},
      "didChangeConfiguration":{"dynamicRegistration":true},
      "didChangeWatchedFiles":{"dynamicRegistration":true,"relativePatternSupport":true}},
    "window":{"workDoneProgress":true}})");
  CHECK(caps.position_encodings == std::vector<std::string>{"utf-16", "utf-8"});
  CHECK(caps.code_action_literals);
  CHECK(caps.code_action_kinds == std::vector<std::string>{"quickfix", ""});
  CHECK(caps.resolves_edits());
  CHECK((caps.code_action_data && caps.code_action_preferred && caps.code_action_disabled));
  CHECK((caps.document_changes && caps.change_annotations));
  CHECK((caps.diagnostic_related_information && caps.diagnostic_version));
  CHECK((caps.diagnostic_code_description && caps.diagnostic_data));
  CHECK(caps.diagnostic_tags == std::vector<std::int32_t>{1, 2});
  CHECK(
      (caps.pull_diagnostics && caps.pull_diagnostics_dynamic_registration && caps.pull_diagnostics_related_documents));
  CHECK((caps.diagnostics_refresh && caps.inlay_hint_refresh && caps.code_lens_refresh));
  CHECK((caps.apply_edit && caps.configuration && caps.workspace_folders && caps.configuration_registration));
  CHECK((caps.watched_files_registration && caps.watched_files_relative && caps.work_done_progress));
  CHECK(caps.hover_formats == std::vector{MarkupKind::kPlainText, MarkupKind::kMarkdown});
  CHECK(caps.hover_format() == MarkupKind::kPlainText);
}

TEST_CASE("lifecycle: odd capabilities only mean that the client cannot") {
  for (const char* text :
       {"{}", "[]", "5", "null", "\"all\"", R"({"general":7,"textDocument":[1],"workspace":"x","window":null})",
        R"({"general":{"positionEncodings":"utf-8"},"textDocument":{"codeAction":true,"hover":{"contentFormat":{}},
                           "publishDiagnostics":{"relatedInformation":"yes","tagSupport":{"valueSet":[-1,1.5,"x",4294967296]}}},
                           "workspace":{"workspaceEdit":{"documentChanges":1},"diagnostics":{"refreshSupport":{}}},
                           "window":{"workDoneProgress":null}})"}) {
    INFO(text);
    const auto caps = capabilities(text);
    CHECK(!caps.position_encodings);
    CHECK((!caps.code_action_literals && !caps.resolves_edits() && !caps.document_changes && !caps.change_annotations));
    CHECK((!caps.diagnostic_related_information && caps.diagnostic_tags.empty() && !caps.pull_diagnostics));
    CHECK((!caps.inlay_hint_refresh && !caps.code_lens_refresh));
    CHECK((!caps.diagnostics_refresh && !caps.configuration && !caps.work_done_progress));
    CHECK(caps.hover_format() == MarkupKind::kMarkdown);
  }
  CHECK(capabilities(R"({"general":{"positionEncodings":["utf-8",5,null]}})").position_encodings ==
        std::vector<std::string>{"utf-8"});
  CHECK(capabilities(R"({"textDocument":{"publishDiagnostics":{"tagSupport":true}}})").diagnostic_tags.size() == 2);
  CHECK(capabilities(R"({"textDocument":{"diagnostic":{"relatedInformation":true}}})").diagnostic_related_information);
}

TEST_CASE("lifecycle: what we offer") {
  InitializeResult result{{}, "surefoot", "0.1.0"};
  CHECK(json(result).dump() ==
        R"({"capabilities":{"positionEncoding":"utf-16","textDocumentSync":{"change":2,"openClose":true,)"
        R"("save":{"includeText":false}}},"serverInfo":{"name":"surefoot","version":"0.1.0"}})");

  ServerCapabilities& offer = result.capabilities;
  offer.position_encoding = PositionEncoding::kUtf8;
  offer.hover = true;
  offer.call_hierarchy = offer.inlay_hint = offer.code_lens = true;
  offer.code_action = true;
  offer.commands = {"surefoot.x"};
  offer.diagnostics = DiagnosticOptions{"surefoot", true, false};
  offer.workspace_folders = true;
  const json written = json(result)["capabilities"];
  CHECK(written["positionEncoding"] == "utf-8");
  CHECK(written["hoverProvider"] == true);
  CHECK((written["callHierarchyProvider"] == true && written["inlayHintProvider"] == true));
  CHECK(written["codeLensProvider"] == json::object());
  CHECK(written["codeActionProvider"] == true);
  CHECK(written["executeCommandProvider"].dump() == R"({"commands":["surefoot.x"]})");
  CHECK(written["diagnosticProvider"].dump() ==
        R"({"identifier":"surefoot","interFileDependencies":true,"workspaceDiagnostics":false})");
  CHECK(written["workspace"].dump() == R"({"workspaceFolders":{"changeNotifications":true,"supported":true}})");

  offer.code_action_kinds = {"quickfix"};
  offer.code_action_resolve = true;
  CHECK(json(offer)["codeActionProvider"].dump() == R"({"codeActionKinds":["quickfix"],"resolveProvider":true})");
}

TEST_CASE("lifecycle: tracing and cancelling") {
  CHECK(json(LogTraceParams{"m", {}}).dump() == R"({"message":"m"})");
  CHECK(json(LogTraceParams{"m", "v"}).dump() == R"({"message":"m","verbose":"v"})");
  CHECK(decode<SetTraceParams>(JsonValue(json{{"value", "messages"}}))->value == TraceValue::kMessages);
  using Id = std::variant<std::int64_t, std::string>;
  CHECK(decode<CancelParams>(JsonValue(json{{"id", 7}}))->id == Id(std::int64_t{7}));
  CHECK(decode<CancelParams>(JsonValue(json{{"id", "7"}}))->id == Id("7"));
  CHECK(decode<CancelParams>(JsonValue(json{{"id", nullptr}})).error().message() == "params.id is missing");
}

}  // namespace
}  // namespace surefoot::protocol
