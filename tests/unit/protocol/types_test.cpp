#include <nlohmann/json.hpp>

#include "protocol/types_action.hpp"
#include "protocol/types_diagnostic.hpp"
#include "protocol/types_document.hpp"
#include "protocol/types_workspace.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::protocol {
namespace {

using nlohmann::json;

template <class T>
Decoded<T> decode_text(const char* text) {
  return decode<T>(JsonValue(json::parse(text)));
}

template <class T>
std::string error_of(const char* text) {
  const auto result = decode_text<T>(text);
  return result ? "" : result.error().message();
}

template <class T>
std::string written(const T& value) {
  return json(value).dump();
}

// Written and read again.
template <class T>
T again(const T& value) {
  const auto result = decode<T>(JsonValue(json(value)));
  REQUIRE(result);
  return *result;
}

const Range kRange = {{1, 2}, {3, 4}};
const std::string kRangeText = R"({"end":{"character":4,"line":3},"start":{"character":2,"line":1}})";

TEST_CASE("types: basic structures") {
  CHECK(written(kRange) == kRangeText);
  CHECK(again(kRange) == kRange);
  const Location location{"file:///a", kRange};
  CHECK(again(location) == location);
  const Command command{"Title", "do", {JsonValue(json(1)), JsonValue(json{{"a", nullptr}})}};
  CHECK(written(command) == R"({"arguments":[1,{"a":null}],"command":"do","title":"Title"})");
  CHECK(again(command) == command);
  CHECK(written(Command{"T", "c", {}}) == R"({"command":"c","title":"T"})");
  const MarkupContent plain{MarkupKind::kPlainText, "x"};
  CHECK(written(plain) == R"({"kind":"plaintext","value":"x"})");
  CHECK(again(plain) == plain);
  CHECK(Position{1, 9} < Position{2, 0});
}

TEST_CASE("types: opening a document") {
  const auto open = decode_text<DidOpenTextDocumentParams>(
      R"({"textDocument":{"uri":"file:///c%3A/x.py","languageId":"python","version":7,"text":"a\n"},"unknown":[{}]})");
  REQUIRE(open);
  CHECK(open->text_document.uri == "file:///c%3A/x.py");
  CHECK(open->text_document.language_id == "python");
  CHECK(open->text_document.version == 7);
  CHECK(open->text_document.text == "a\n");
  CHECK(decode_text<DidOpenTextDocumentParams>(R"({"textDocument":{"uri":"u","text":"","version":null}})"));
  CHECK(error_of<DidOpenTextDocumentParams>(R"({"textDocument":{"uri":"u"}})") ==
        "params.textDocument.text is missing");
  CHECK_THAT(error_of<DidOpenTextDocumentParams>(R"({"textDocument":{"uri":"u","text":"","version":2147483648}})"),
             ContainsSubstring("params.textDocument.version must be a whole number"));
}

TEST_CASE("types: changing, saving and closing a document") {
  const auto change = decode_text<DidChangeTextDocumentParams>(
      R"({"textDocument":{"uri":"u","version":-1},"contentChanges":[{"text":"all"},{"range":{"start":{"line":1,"character":2},
      "end":{"line":3,"character":4}},"rangeLength":5,"text":"part"},{"range":null,"text":""}]})");
  REQUIRE(change);
  CHECK(change->text_document == VersionedTextDocumentIdentifier{"u", -1});
  REQUIRE(change->content_changes.size() == 3);
  CHECK(!change->content_changes[0].range);
  CHECK(change->content_changes[1].range == kRange);
  CHECK(change->content_changes[1].text == "part");
  CHECK(!change->content_changes[2].range);
  const auto unversioned =
      decode_text<DidChangeTextDocumentParams>(R"({"textDocument":{"uri":"u","version":null},"contentChanges":[]})");
  REQUIRE(unversioned);
  CHECK(!unversioned->text_document.version);

  CHECK(decode_text<DidCloseTextDocumentParams>(R"({"textDocument":{"uri":"u"}})")->text_document.uri == "u");
  CHECK(decode_text<DidSaveTextDocumentParams>(R"({"textDocument":{"uri":"u"},"text":"t"})")->text == "t");
  CHECK(!decode_text<DidSaveTextDocumentParams>(R"({"textDocument":{"uri":"u"}})")->text);
  CHECK(error_of<DidCloseTextDocumentParams>("[]") == "params.textDocument is missing");
  const auto hover =
      decode_text<TextDocumentPositionParams>(R"({"textDocument":{"uri":"u"},"position":{"line":3,"character":9}})");
  REQUIRE(hover);
  CHECK(hover->position == Position{3, 9});
}

Diagnostic full_diagnostic() {
  Diagnostic out;
  out.range = kRange;
  out.severity = DiagnosticSeverity::kWarning;
  out.code = "RT101";
  out.code_description_href = "https://example.org/RT101";
  out.source = "surefoot";
  out.message = "blocks";
  out.tags = {DiagnosticTag::kUnnecessary, DiagnosticTag::kDeprecated};
  out.related_information = {{{"file:///b", kRange}, "called here"}};
  out.data = JsonValue(json{{"v", 1}});
  return out;
}

TEST_CASE("types: a diagnostic") {
  CHECK(again(full_diagnostic()) == full_diagnostic());
  Diagnostic small;
  small.message = "m";
  CHECK(written(small) ==
        R"({"message":"m","range":{"end":{"character":0,"line":0},"start":{"character":0,"line":0}}})");
  CHECK(again(small) == small);
  CHECK(json(full_diagnostic())["codeDescription"]["href"] == "https://example.org/RT101");
  CHECK(json(full_diagnostic())["tags"] == json({1, 2}));
  CHECK(json(full_diagnostic())["severity"] == 2);
}

TEST_CASE("types: diagnostics of other servers are read as far as we know them") {
  const auto other = decode_text<Diagnostic>(
      R"({"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}},"severity":9,"code":-5,"source":null,
      "message":"m","tags":[1,77],"relatedInformation":null,"codeDescription":null,"data":null,"extra":{}})");
  REQUIRE(other);
  CHECK(!other->severity);
  CHECK(other->code == std::variant<std::int64_t, std::string>(std::int64_t{-5}));
  CHECK(other->tags == std::vector{DiagnosticTag::kUnnecessary});
  CHECK(!other->code_description_href);
  CHECK(error_of<Diagnostic>(
            R"({"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":4294967295}},"message":"m"})") ==
        "params.range.end.character must be a whole number from 0 to 2147483647, is 4294967295");
}

TEST_CASE("types: published diagnostics") {
  CHECK(written(PublishDiagnosticsParams{"u", 3, {}}) == R"({"diagnostics":[],"uri":"u","version":3})");
  CHECK(written(PublishDiagnosticsParams{"u", {}, {}}) == R"({"diagnostics":[],"uri":"u"})");
  Diagnostic odd = full_diagnostic();
  odd.message = "a \"quote\", a line\nand \xc3\xa9";
  odd.code = std::int64_t{-7};
  odd.data = {};
  for (const auto& params : {PublishDiagnosticsParams{"u", 3, {}}, PublishDiagnosticsParams{"u", {}, {Diagnostic()}},
                             PublishDiagnosticsParams{"file:///a b", 1, {full_diagnostic(), odd}}}) {
    CHECK(to_text(params) == written(params));
  }
  CHECK(again(PublishDiagnosticsParams{"u", 3, {full_diagnostic()}}).diagnostics == std::vector{full_diagnostic()});
}

TEST_CASE("types: pulled diagnostics") {
  const auto params = decode_text<DocumentDiagnosticParams>(
      R"({"textDocument":{"uri":"u"},"identifier":"i","previousResultId":"r1","partialResultToken":4})");
  REQUIRE(params);
  CHECK(params->uri == "u");
  CHECK(params->previous_result_id == "r1");
  CHECK(params->partial_result_token == ProgressToken(std::int64_t{4}));

  const DiagnosticReport unchanged = UnchangedDocumentDiagnosticReport{"r1"};
  const DiagnosticReport full = FullDocumentDiagnosticReport{"r2", {}};
  CHECK(written(DocumentDiagnosticReport{full, {}}) == R"({"items":[],"kind":"full","resultId":"r2"})");
  CHECK(written(DocumentDiagnosticReport{FullDocumentDiagnosticReport{{}, {}}, {}}) == R"({"items":[],"kind":"full"})");
  CHECK(written(DocumentDiagnosticReport{unchanged, {{"v", full}}}) ==
        R"({"kind":"unchanged","relatedDocuments":{"v":{"items":[],"kind":"full","resultId":"r2"}},"resultId":"r1"})");

  const auto workspace = decode_text<WorkspaceDiagnosticParams>(
      R"({"previousResultIds":[{"uri":"u","value":"r"}],"partialResultToken":"p"})");
  REQUIRE(workspace);
  CHECK(workspace->previous_result_ids.at(0).value == "r");
  CHECK(workspace->partial_result_token == ProgressToken("p"));
  CHECK(written(WorkspaceDiagnosticReport{{{"u", {}, full}, {"v", 2, unchanged}}}) ==
        R"({"items":[{"items":[],"kind":"full","resultId":"r2","uri":"u","version":null},)"
        R"({"kind":"unchanged","resultId":"r1","uri":"v","version":2}]})");
  CHECK(written(WorkspaceDiagnosticReport{}) == R"({"items":[]})");
}

TEST_CASE("types: kinds of code actions are hierarchical at the dots") {
  CHECK(kind_matches("", "quickfix"));
  CHECK(kind_matches("quickfix", "quickfix"));
  CHECK(kind_matches("source", "source.fixAll"));
  CHECK(kind_matches("source.fixAll", "source.fixAll.surefoot"));
  CHECK(!kind_matches("sour", "source.fixAll"));
  CHECK(!kind_matches("source.fixAll.surefoot", "source.fixAll"));
  CHECK(!kind_matches("source.fix", "source.fixAll"));

  CodeActionContext context;
  CHECK(context.wants("anything"));
  context.only = std::vector<std::string>{};
  CHECK(!context.wants("quickfix"));
  context.only = {"refactor", "source"};
  CHECK(context.wants("source.fixAll"));
  CHECK(!context.wants("quickfix"));
}

TEST_CASE("types: asking for code actions") {
  const auto params = decode_text<CodeActionParams>(
      R"({"textDocument":{"uri":"u"},"range":{"start":{"line":1,"character":2},"end":{"line":3,"character":4}},
      "context":{"diagnostics":[],"only":["quickfix"],"triggerKind":2}})");
  REQUIRE(params);
  CHECK(params->range == kRange);
  CHECK(params->context.only == std::vector<std::string>{"quickfix"});
  CHECK(params->context.trigger_kind == CodeActionTriggerKind::kAutomatic);
  CHECK(decode_text<CodeActionContext>(R"({"diagnostics":[],"only":null,"triggerKind":17})")->trigger_kind ==
        CodeActionTriggerKind::kInvoked);
  CHECK(error_of<CodeActionParams>(R"({"textDocument":{"uri":"u"},"range":{"start":{"line":1,"character":2},
      "end":{"line":3,"character":4}},"context":{"diagnostics":[{"range":5}]}})") ==
        "params.context.diagnostics[0].range must be an object, is 5");
}

TEST_CASE("types: a code action with versioned, annotated edits") {
  CodeAction action;
  action.title = "Run in a thread";
  action.kind = std::string(kQuickFix);
  action.diagnostics = {full_diagnostic()};
  action.is_preferred = true;
  action.edit = WorkspaceEdit{{}, {{"u", 4, {{kRange, "new", "a"}}}}, {{"a", {"Label", true, "why"}}}};
  action.data = JsonValue(json(1));
  CHECK(again(action) == action);
  CHECK(json(action)["edit"].dump() ==
        R"({"changeAnnotations":{"a":{"description":"why","label":"Label","needsConfirmation":true}},)"
        R"("documentChanges":[{"edits":[{"annotationId":"a","newText":"new","range":)" +
            kRangeText + R"(}],"textDocument":{"uri":"u","version":4}}]})");
  CHECK(json(action)["isPreferred"] == true);

  CodeAction disabled;
  disabled.title = "t";
  disabled.disabled_reason = "asyncio is shadowed";
  disabled.command = Command{"T", "c", {}};
  CHECK(written(disabled) ==
        R"({"command":{"command":"c","title":"T"},"disabled":{"reason":"asyncio is shadowed"},"title":"t"})");
  CHECK(again(disabled) == disabled);
}

TEST_CASE("types: workspace edits in their two forms") {
  const WorkspaceEdit simple{{{"file:///a.b", {{kRange, "x", {}}}}}, {}, {}};
  CHECK(written(simple) == R"({"changes":{"file:///a.b":[{"newText":"x","range":)" + kRangeText + "}]}}");
  CHECK(again(simple) == simple);
  CHECK(written(TextDocumentEdit{"u", {}, {}}) == R"({"edits":[],"textDocument":{"uri":"u","version":null}})");
  CHECK(written(WorkspaceEdit{}) == "{}");
  CHECK(again(WorkspaceEdit{}) == WorkspaceEdit{});
  CHECK(error_of<WorkspaceEdit>(R"({"changes":{"file:///a.b":[{"newText":"x"}]}})") ==
        R"(params.changes["file:///a.b"][0].range is missing)");
  CHECK_THAT(error_of<WorkspaceEdit>(R"({"documentChanges":[{"kind":"delete","uri":"u"}]})"),
             ContainsSubstring("params.documentChanges[0].kind must be absent"));
  CHECK(written(ApplyWorkspaceEditParams{"Fix all", {}}) == R"({"edit":{},"label":"Fix all"})");
  CHECK(decode_text<ApplyWorkspaceEditResult>(R"({"applied":false,"failureReason":"no"})")->failure_reason == "no");
}

TEST_CASE("types: executing a command") {
  const auto params = decode_text<ExecuteCommandParams>(R"({"command":"c","arguments":[1,null,{"a":[]}]})");
  REQUIRE(params);
  CHECK(params->arguments.size() == 3);
  CHECK(params->arguments[1].present());
  CHECK(decode_text<ExecuteCommandParams>(R"({"command":"c"})")->arguments.empty());
}

TEST_CASE("types: hover and messages") {
  CHECK(written(Hover{{MarkupKind::kMarkdown, "**x**"}, kRange}) ==
        R"({"contents":{"kind":"markdown","value":"**x**"},"range":)" + kRangeText + "}");
  CHECK(!again(Hover{{MarkupKind::kPlainText, "x"}, {}}).range);
  CHECK(written(MessageParams{MessageType::kError, "m"}) == R"({"message":"m","type":1})");
  CHECK(again(MessageParams{MessageType::kLog, "m"}).type == MessageType::kLog);
  CHECK(decode_text<MessageParams>(R"({"type":5,"message":"debug"})")->type == MessageType::kLog);
}

TEST_CASE("types: what happens in a workspace") {
  const auto files = decode_text<DidChangeWatchedFilesParams>(
      R"({"changes":[{"uri":"a","type":1},{"uri":"b","type":3},{"uri":"c","type":8}]})");
  REQUIRE(files);
  CHECK(files->changes.at(0).type == FileChangeType::kCreated);
  CHECK(files->changes.at(1).type == FileChangeType::kDeleted);
  CHECK(files->changes.at(2).type == FileChangeType::kChanged);
  const auto folders =
      decode_text<DidChangeWorkspaceFoldersParams>(R"({"event":{"added":[{"uri":"a","name":"A"}],"removed":[]}})");
  REQUIRE(folders);
  CHECK(folders->added == std::vector<WorkspaceFolder>{{"a", "A"}});
  CHECK(error_of<DidChangeWorkspaceFoldersParams>("{}") == "params.event is missing");
  CHECK(decode_text<DidChangeConfigurationParams>(R"({"settings":{"surefoot":{}}})")
            ->settings.get()
            .contains("surefoot"));
  CHECK(decode_text<DidChangeConfigurationParams>(R"({"settings":null})")->settings.get().is_null());
  CHECK(decode<DidChangeConfigurationParams>(JsonValue()));
}

TEST_CASE("types: what we ask of the client") {
  CHECK(written(ConfigurationParams{{{"file:///w", "surefoot"}, {{}, "x"}}}) ==
        R"({"items":[{"scopeUri":"file:///w","section":"surefoot"},{"section":"x"}]})");
  CHECK(written(RegistrationParams{{{"1", "m", JsonValue(json{{"a", 1}})}, {"2", "n", {}}}}) ==
        R"({"registrations":[{"id":"1","method":"m","registerOptions":{"a":1}},{"id":"2","method":"n"}]})");
  CHECK(written(UnregistrationParams{{{"1", "m", JsonValue(json(1))}}}) ==
        R"({"unregisterations":[{"id":"1","method":"m"}]})");
  CHECK(written(DidChangeWatchedFilesOptions{{{"**/*.py", {}}, {"*.toml", "file:///w"}}}) ==
        R"({"watchers":[{"globPattern":"**/*.py"},{"globPattern":{"baseUri":"file:///w","pattern":"*.toml"}}]})");
}

TEST_CASE("types: progress") {
  CHECK(written(WorkDoneProgressCreateParams{"t"}) == R"({"token":"t"})");
  CHECK(written(WorkDoneProgressParams{std::int64_t{1}, ProgressStage::kBegin, "Indexing", "0/9", 0, true}) ==
        R"({"token":1,"value":{"cancellable":true,"kind":"begin","message":"0/9","percentage":0,"title":"Indexing"}})");
  CHECK(written(WorkDoneProgressParams{"t", ProgressStage::kReport, "Indexing", {}, 50, false}) ==
        R"({"token":"t","value":{"kind":"report","percentage":50}})");
  CHECK(written(WorkDoneProgressParams{"t", ProgressStage::kEnd, "Indexing", "done", 100, true}) ==
        R"({"token":"t","value":{"kind":"end","message":"done"}})");
  CHECK(decode_text<WorkDoneProgressCancelParams>(R"({"token":7})")->token == ProgressToken(std::int64_t{7}));
  CHECK(written(PartialResultParams{"t", JsonValue(json::array())}) == R"({"token":"t","value":[]})");
}

}  // namespace
}  // namespace surefoot::protocol
