// When analyses run, and that nothing stale is ever shown.
#include "tests/unit/catch.hpp"
#include "tests/unit/server/fake_client.hpp"

using namespace surefoot;
using namespace std::chrono_literals;
using test::FakeClient;
using test::json;

namespace {

const std::string kUri = "file:///project/app.py";

FakeClient::Options held() {
  FakeClient::Options options;
  options.hold_jobs = true;
  return options;
}

json hover_params() { return {{"textDocument", {{"uri", kUri}}}, {"position", {{"line", 0}, {"character", 0}}}}; }

}  // namespace

TEST_CASE("a quick document is analysed on the strand, with no job in between", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.open(kUri, "BAD");
  CHECK(client.publications(kUri) == 0);
  client.run_jobs();
  CHECK(client.publications(kUri) == 1);
  client.change(kUri, 2, {0, 0, 0, 0}, "\n");
  CHECK(client.executor().size() == 0);
  CHECK(client.published(kUri)["version"] == 2);
}

TEST_CASE("a slow document is analysed by a worker until it is quick again", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.engine->during = [&] { client.time += 9ms; };
  client.open(kUri, "BAD");
  client.run_jobs();
  client.change(kUri, 2, {0, 0, 0, 0}, "\n");
  CHECK(client.executor().size() == 1);
  CHECK(client.published(kUri)["version"] == 1);
  client.engine->during = [&] { client.time += 1ms; };
  client.run_jobs();
  CHECK(client.published(kUri)["version"] == 2);
  client.change(kUri, 3, {0, 0, 0, 0}, "\n");
  CHECK(client.executor().size() == 0);
  CHECK(client.published(kUri)["version"] == 3);
}

TEST_CASE("one turn analyses on the strand only as long as its budget allows", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.engine->during = [&] { client.time += 7ms; };
  std::string changes;
  for (const std::string name : {"a", "b", "c"}) {
    const std::string uri = "file:///project/" + name + ".py";
    client.open(uri, "BAD");
    const json change = {
        {"jsonrpc", "2.0"},
        {"method", "textDocument/didChange"},
        {"params",
         {{"textDocument", {{"uri", uri}, {"version", 2}}}, {"contentChanges", json::array({{{"text", "BAD!"}}})}}}};
    changes += protocol::frame(change.dump());
  }
  client.run_jobs();
  client.feed(changes);
  CHECK(client.executor().size() == 2);
  client.run_jobs();
  CHECK(client.published("file:///project/c.py")["version"] == 2);
}

TEST_CASE("with more input waiting, an analysis is left to a worker, but not for ever", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.open(kUri, "BAD");
  client.run_jobs();
  client.more_input = true;
  client.change(kUri, 2, {0, 0, 0, 0}, "\n");
  CHECK(client.published(kUri)["version"] == 1);
  CHECK(client.executor().size() == 1);
  client.time += 1s;
  client.change(kUri, 3, {0, 0, 0, 0}, "\n");
  CHECK(client.published(kUri)["version"] == 3);
}

TEST_CASE("the newest version wins: older jobs do nothing, and their results are dropped", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.engine->during = [&] { client.time += 9ms; };
  client.open(kUri, "BAD");
  client.run_jobs();
  for (int version = 2; version < 6; ++version) client.change(kUri, version, {0, 0, 0, 0}, "\n");
  CHECK(client.executor().size() == 4);
  const int before = client.engine->reanalyzed;
  while (client.executor().run_newest()) client.settle();
  CHECK(client.engine->reanalyzed == before + 1);
  CHECK(client.engine->edits == 4);
  CHECK(client.publications(kUri) == 2);
  CHECK(client.published(kUri)["version"] == 5);
  CHECK(client.published(kUri)["diagnostics"][0]["range"]["start"]["line"] == 4);
}

TEST_CASE("edits during the first analysis let it finish and go on from it", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.open(kUri, "BAD");
  client.change(kUri, 2, {0, 0, 0, 0}, "\n");
  client.change(kUri, 3, {0, 0, 0, 0}, "\n");
  CHECK(client.executor().size() == 1);
  client.run_jobs();
  CHECK(client.engine->analyzed == 1);
  CHECK(client.engine->reanalyzed == 1);
  CHECK(client.publications(kUri) == 1);
  CHECK(client.published(kUri)["version"] == 3);
  CHECK(client.published(kUri)["diagnostics"][0]["range"]["start"]["line"] == 2);
}

TEST_CASE("a result for a document that was closed, or opened anew, is dropped", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.open(kUri, "BAD BAD");
  client.close(kUri);
  client.open(kUri, "BAD");
  client.run_jobs();
  CHECK(client.publications(kUri) == 1);
  CHECK(client.published(kUri)["diagnostics"].size() == 1);
  client.change(kUri, 2, {0, 0, 0, 0}, "BAD ");
  client.close(kUri);
  client.run_jobs();
  CHECK(client.published(kUri)["diagnostics"].empty());
}

TEST_CASE("very many edits before an analysis become one", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.engine->during = [&] { client.time += 9ms; };
  client.open(kUri, "BAD\n");
  client.run_jobs();
  for (int version = 2; version < 1000; ++version) client.change(kUri, version, {0, 0, 0, 0}, "x ");
  client.run_jobs();
  CHECK(client.engine->edits < 300);
  CHECK(client.published(kUri)["diagnostics"][0]["range"]["start"]["character"] == 2 * 998);
}

TEST_CASE("an analysis that throws is tried again from scratch, and the session lives", "[session]") {
  FakeClient client;
  client.initialize();
  client.open(kUri, "BAD");
  client.engine->during = [&] {
    if (client.engine->reanalyzed == 1 && client.engine->analyzed == 1) throw std::runtime_error("a rule is broken");
  };
  client.change(kUri, 2, {0, 0, 0, 0}, "\n");
  CHECK(client.engine->analyzed == 2);
  CHECK(client.published(kUri)["version"] == 2);
  CHECK(client.published(kUri)["diagnostics"].size() == 1);

  client.engine->during = [] { throw std::runtime_error("all rules are broken"); };
  client.change(kUri, 3, {0, 0, 0, 0}, "\n");
  CHECK(client.published(kUri)["diagnostics"].empty());
  CHECK(client.call("textDocument/hover", hover_params()).is_null());
  client.engine->during = [] {};
  client.change(kUri, 4, {0, 0, 0, 0}, "\n");
  CHECK(client.published(kUri)["diagnostics"].size() == 1);
  CHECK(client.session().counters().analyses_failed == 3);
}

TEST_CASE("a request after an edit sees that edit", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.open(kUri, "x");
  const int id = client.start_request("textDocument/hover", hover_params());
  CHECK(client.responses(id).empty());
  client.change(kUri, 2, {0, 0, 0, 1}, "BAD");
  client.run_jobs();
  REQUIRE(client.responses(id).size() == 1);
  CHECK(client.responses(id)[0]["result"]["range"]["end"]["character"] == 3);
}

TEST_CASE("a cancelled request is answered so, once, and its result dropped", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.open(kUri, "BAD");
  const int waiting = client.start_request("textDocument/hover", hover_params());
  client.notify("$/cancelRequest", {{"id", waiting}});
  REQUIRE(client.responses(waiting).size() == 1);
  CHECK(client.responses(waiting)[0]["error"]["code"] == -32800);
  client.run_jobs();

  const json range = {{"start", {{"line", 0}, {"character", 0}}}, {"end", {{"line", 0}, {"character", 0}}}};
  const int working = client.start_request(
      "textDocument/codeAction",
      {{"textDocument", {{"uri", kUri}}}, {"range", range}, {"context", {{"diagnostics", json::array()}}}});
  client.notify("$/cancelRequest", {{"id", working}});
  client.run_jobs();
  CHECK(client.responses(waiting).size() == 1);
  REQUIRE(client.responses(working).size() == 1);
  CHECK(client.responses(working)[0]["error"]["code"] == -32800);
  client.notify("$/cancelRequest", {{"id", working}});
  client.notify("$/cancelRequest", {{"id", "never sent"}});
  client.notify("$/cancelRequest", {{"id", nullptr}});
  CHECK(client.responses(working).size() == 1);
}

TEST_CASE("requests that wait are answered when their document closes, and at shutdown", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.open(kUri, "BAD");
  const int closing = client.start_request("textDocument/hover", hover_params());
  client.close(kUri);
  REQUIRE(client.responses(closing).size() == 1);
  CHECK(client.responses(closing)[0]["result"].is_null());
  client.open(kUri, "BAD");
  const int stopping = client.start_request("textDocument/hover", hover_params());
  client.call("shutdown");
  CHECK(client.responses(stopping).size() == 1);
}

TEST_CASE("too many requests at once are refused, not forgotten", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.open(kUri, "BAD");
  std::vector<int> ids;
  for (std::size_t i = 0; i < server::Requests::kMaxOpen + 10; ++i) {
    ids.push_back(client.start_request("textDocument/hover", hover_params()));
  }
  CHECK(client.session().core().requests.open() == server::Requests::kMaxOpen);
  CHECK(client.responses(ids.back())[0]["error"]["code"] == -32803);
  client.run_jobs();
  CHECK(client.session().core().requests.open() == 0);
  CHECK(client.responses(ids.front()).size() == 1);
}

TEST_CASE("a turn that takes long is counted", "[session]") {
  FakeClient client;
  client.initialize();
  client.open(kUri, "BAD");
  CHECK(client.session().counters().slow_turns == 0);
  client.engine->during = [&] { client.time += 25ms; };
  client.change(kUri, 2, {0, 0, 0, 0}, "\n");
  CHECK(client.session().counters().slow_turns == 1);
}

TEST_CASE("much new text, or another configuration, is left to a worker", "[session]") {
  FakeClient client(held());
  client.initialize();
  client.open(kUri, "BAD");
  client.run_jobs();
  client.change(kUri, 2, {0, 0, 0, 0}, std::string(100000, 'x'));
  CHECK(client.executor().size() == 1);
  client.run_jobs();
  client.notify("workspace/didChangeConfiguration", {{"settings", {{"ignore", {"RT101"}}}}});
  CHECK(client.executor().size() == 1);
  client.run_jobs();
  CHECK(client.published(kUri)["diagnostics"].empty());
}

TEST_CASE("work that throws is an internal error, and the session lives", "[session]") {
  FakeClient client;
  client.initialize(test::modern_capabilities());
  client.open(kUri, "BAD");
  const json nowhere = {{"line", 0}, {"character", 0}};
  const json params = {{"textDocument", {{"uri", kUri}}},
                       {"range", {{"start", nowhere}, {"end", nowhere}}},
                       {"context", {{"diagnostics", json::array()}}}};
  client.engine->fixing = [] { throw std::runtime_error("no idea"); };
  const auto failed = client.request("textDocument/codeAction", params);
  CAPTURE(failed.dump());
  REQUIRE(failed.contains("error"));
  CHECK(failed["error"]["code"] == -32603);
  CHECK_THAT(failed["error"]["message"].get<std::string>(), ContainsSubstring("no idea"));
  client.engine->fixing = [] { throw 7; };
  CHECK(client.request("textDocument/codeAction", params)["error"]["code"] == -32603);
  client.engine->fixing = [] {};
  CHECK(client.call("textDocument/codeAction", params).size() == 4);
}
