// What a client may do in which order, and how the process ends.
#include "tests/unit/catch.hpp"
#include "tests/unit/server/fake_client.hpp"

using namespace surefoot;
using test::FakeClient;
using test::json;

namespace {

int error_of(const json& response) { return response.contains("error") ? response["error"]["code"].get<int>() : 0; }

json hover_params() {
  return {{"textDocument", {{"uri", "file:///a.py"}}}, {"position", {{"line", 0}, {"character", 0}}}};
}

}  // namespace

TEST_CASE("before initialize, requests are refused and notifications dropped", "[session]") {
  FakeClient client;
  CHECK(error_of(client.request("textDocument/hover", hover_params())) == -32002);
  CHECK(error_of(client.request("shutdown")) == -32002);
  CHECK(error_of(client.request("no/such")) == -32002);
  client.open("file:///a.py", "BAD");
  CHECK(client.received("textDocument/publishDiagnostics").empty());
  CHECK_FALSE(client.session().finished());
}

TEST_CASE("exit before initialize ends the session with 1", "[session]") {
  FakeClient client;
  client.notify("exit");
  CHECK(client.session().finished());
  CHECK(client.session().exit_code() == 1);
}

TEST_CASE("a second initialize is an invalid request", "[session]") {
  FakeClient client;
  client.initialize();
  CHECK(error_of(client.request("initialize", {{"capabilities", json::object()}})) == -32600);
  client.open("file:///a.py", "BAD");
  CHECK(client.published("file:///a.py")["diagnostics"].size() == 1);
}

TEST_CASE("an initialize that does not decode may be tried again", "[session]") {
  FakeClient client;
  const auto refused = client.request("initialize", {{"processId", "seven"}, {"capabilities", json::object()}});
  CHECK(error_of(refused) == -32602);
  CHECK_THAT(refused["error"]["message"].get<std::string>(), ContainsSubstring("params.processId"));
  CHECK(client.initialize()["serverInfo"]["name"] == "surefoot");
}

TEST_CASE("after shutdown, requests are invalid, and exit ends the session with 0", "[session]") {
  FakeClient client;
  client.initialize();
  CHECK(client.call("shutdown").is_null());
  CHECK(error_of(client.request("textDocument/hover", hover_params())) == -32600);
  CHECK(error_of(client.request("initialize", {{"capabilities", json::object()}})) == -32600);
  CHECK(error_of(client.request("shutdown")) == -32600);
  client.open("file:///a.py", "BAD");
  CHECK(client.received("textDocument/publishDiagnostics").empty());
  client.notify("exit");
  CHECK(client.session().finished());
  CHECK(client.session().exit_code() == 0);
}

TEST_CASE("shutdown takes parameters of any shape, and none", "[session]") {
  for (const json& params : {json(nullptr), json::object(), json::array(), json("x")}) {
    FakeClient client;
    client.initialize();
    client.send({{"jsonrpc", "2.0"}, {"id", 99}, {"method", "shutdown"}, {"params", params}});
    CHECK(client.responses(99).size() == 1);
    CHECK(client.responses(99)[0]["result"].is_null());
  }
}

TEST_CASE("exit without shutdown, and the end of the input, end the session with 1", "[session]") {
  FakeClient exiting;
  exiting.initialize();
  exiting.notify("exit");
  CHECK(exiting.session().exit_code() == 1);

  FakeClient hanging_up;
  hanging_up.initialize();
  hanging_up.hang_up();
  CHECK(hanging_up.session().finished());
  CHECK(hanging_up.session().exit_code() == 1);
}

TEST_CASE("the end of the input after shutdown is a clean end", "[session]") {
  FakeClient client;
  client.initialize();
  client.call("shutdown");
  client.hang_up();
  CHECK(client.session().exit_code() == 0);
}

TEST_CASE("nothing is sent after exit", "[session]") {
  FakeClient client;
  client.initialize();
  client.notify("exit");
  const auto before = client.inbox().size();
  client.start_request("textDocument/hover", hover_params());
  client.open("file:///a.py", "BAD");
  CHECK(client.inbox().size() == before);
}

TEST_CASE("unknown requests are answered, unknown notifications ignored", "[session]") {
  FakeClient client;
  client.initialize();
  const auto response = client.request("no/such", {{"x", 1}});
  CHECK(error_of(response) == -32601);
  CHECK_THAT(response["error"]["message"].get<std::string>(), ContainsSubstring("no/such"));
  CHECK(error_of(client.request("$/unknown")) == -32601);
  const auto before = client.inbox().size();
  client.notify("$/unknown", {{"x", 1}});
  client.notify("no/such");
  CHECK(client.inbox().size() == before);
}

TEST_CASE("bad parameters are named by their JSON path", "[session]") {
  FakeClient client;
  client.initialize();
  auto params = hover_params();
  params["position"]["line"] = -1;
  const auto response = client.request("textDocument/hover", params);
  CHECK(error_of(response) == -32602);
  CHECK_THAT(response["error"]["message"].get<std::string>(), ContainsSubstring("params.position.line"));
  CHECK(error_of(client.request("textDocument/hover")) == -32602);
}

TEST_CASE("what is no JSON is answered with a null id, and the session goes on", "[session]") {
  FakeClient client;
  client.initialize();
  client.feed(protocol::frame("{\"jsonrpc\": \"2.0\", "));
  REQUIRE(client.responses(nullptr).size() == 1);
  CHECK(error_of(client.responses(nullptr)[0]) == -32700);
  client.feed(protocol::frame("[]"));
  CHECK(error_of(client.responses(nullptr).back()) == -32600);
  client.feed("garbage without a header\r\n\r\n");
  client.open("file:///a.py", "BAD");
  CHECK(client.published("file:///a.py")["diagnostics"].size() == 1);
}

TEST_CASE("ids are given back as they came: strings, big and negative numbers", "[session]") {
  FakeClient client;
  client.initialize();
  for (const json& id : {json("x y"), json(9007199254740993), json(-5), json("")}) {
    client.send({{"jsonrpc", "2.0"}, {"id", id}, {"method", "no/such"}});
    CHECK(client.responses(id).size() == 1);
  }
}

TEST_CASE("the client's process is watched, unless it names none", "[session]") {
  FakeClient with;
  with.initialize(json::object(), {{"processId", 4242}});
  CHECK(with.watched == std::vector<std::int64_t>{4242});
  FakeClient without;
  without.initialize();
  CHECK(without.watched.empty());
}

TEST_CASE("one byte at a time is as good as all at once", "[session]") {
  const std::vector<json> messages = {
      {{"jsonrpc", "2.0"}, {"id", 1}, {"method", "initialize"}, {"params", {{"capabilities", json::object()}}}},
      {{"jsonrpc", "2.0"}, {"method", "initialized"}, {"params", json::object()}},
      {{"jsonrpc", "2.0"},
       {"method", "textDocument/didOpen"},
       {"params",
        {{"textDocument",
          {{"uri", "file:///a.py"}, {"languageId", "python"}, {"version", 1}, {"text", "é BAD\r\n𝒳 BAD"}}}}}},
      {{"jsonrpc", "2.0"}, {"id", 2}, {"method", "textDocument/hover"}, {"params", hover_params()}},
      {{"jsonrpc", "2.0"}, {"id", 3}, {"method", "no/such"}},
  };
  std::string stream;
  for (const auto& message : messages) stream += protocol::frame(message.dump());

  FakeClient whole;
  whole.feed(stream);
  CHECK(whole.published("file:///a.py")["diagnostics"].size() == 2);
  for (const std::size_t size : {1U, 7U, 4096U}) {
    FakeClient pieces;
    for (std::size_t at = 0; at < stream.size(); at += size) pieces.feed(std::string_view(stream).substr(at, size));
    CHECK(pieces.published("file:///a.py") == whole.published("file:///a.py"));
    for (const int id : {1, 2, 3}) CHECK(pieces.responses(id) == whole.responses(id));
  }
}

TEST_CASE("the capabilities offered follow the client's", "[session]") {
  FakeClient plain;
  const auto offered = plain.initialize()["capabilities"];
  CHECK(offered["positionEncoding"] == "utf-16");
  CHECK(offered["textDocumentSync"]["change"] == 2);
  CHECK(offered["hoverProvider"] == true);
  CHECK_FALSE(offered.contains("diagnosticProvider"));
  CHECK_FALSE(offered["codeActionProvider"].contains("resolveProvider"));

  FakeClient modern;
  const auto more = modern.initialize(test::pulling_capabilities())["capabilities"];
  CHECK(more["positionEncoding"] == "utf-8");
  CHECK(more["codeActionProvider"]["resolveProvider"] == true);
  CHECK(more["diagnosticProvider"]["workspaceDiagnostics"] == true);

  auto pull_without_refresh = test::pulling_capabilities();
  pull_without_refresh["workspace"].erase("diagnostics");
  FakeClient pushed;
  CHECK_FALSE(pushed.initialize(pull_without_refresh)["capabilities"].contains("diagnosticProvider"));
}

TEST_CASE("traces go to the client as it asked, and follow $/setTrace", "[session]") {
  FakeClient client;
  client.initialize(json::object(), {{"trace", "messages"}});
  client.call("shutdown");
  const auto traces = client.received("$/logTrace");
  REQUIRE_FALSE(traces.empty());
  CHECK_FALSE(traces.back()["params"].contains("verbose"));

  FakeClient verbose;
  verbose.initialize();
  CHECK(verbose.received("$/logTrace").empty());
  verbose.notify("$/setTrace", {{"value", "verbose"}});
  verbose.request("no/such", {{"needle", 1}});
  const auto last = verbose.received("$/logTrace");
  REQUIRE(last.size() >= 2);
  CHECK_THAT(last[last.size() - 2]["params"]["verbose"].get<std::string>(), ContainsSubstring("needle"));
  verbose.notify("$/setTrace", {{"value", "off"}});
  const auto count = verbose.received("$/logTrace").size();
  verbose.request("no/such");
  CHECK(verbose.received("$/logTrace").size() == count);
}
