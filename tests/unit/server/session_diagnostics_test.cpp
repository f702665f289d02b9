// What diagnostics and hovers hold, and diagnostics that are pulled.
#include "tests/unit/catch.hpp"
#include "tests/unit/server/fake_client.hpp"

using namespace surefoot;
using test::FakeClient;
using test::json;

namespace {

const std::string kUri = "file:///project/app.py";

json pull(FakeClient& client, const json& previous = nullptr) {
  json params = {{"textDocument", {{"uri", kUri}}}};
  if (!previous.is_null()) params["previousResultId"] = previous;
  return client.call("textDocument/diagnostic", params);
}

json hover(FakeClient& client, int line, int character) {
  return client.call("textDocument/hover",
                     {{"textDocument", {{"uri", kUri}}}, {"position", {{"line", line}, {"character", character}}}});
}

}  // namespace

TEST_CASE("a diagnostic holds what the client can show", "[session]") {
  FakeClient client;
  client.initialize(test::modern_capabilities());
  client.open(kUri, "x\nCHAIN\n");
  const auto diagnostic = client.published(kUri)["diagnostics"][0];
  CHECK(diagnostic["message"] == "found CHAIN");
  REQUIRE(diagnostic["relatedInformation"].size() == 1);
  CHECK(diagnostic["relatedInformation"][0]["message"] == "it began here");
  CHECK(diagnostic["relatedInformation"][0]["location"]["uri"] == kUri);
  CHECK(diagnostic["relatedInformation"][0]["location"]["range"]["end"]["character"] == 1);
  CHECK(diagnostic["data"] == json{{"v", 1}, {"rule", "RT401"}, {"fingerprint", "0000000000000007"}});
}

TEST_CASE("what the client cannot show stays out, or goes into the message", "[session]") {
  FakeClient client;
  client.initialize();
  client.open(kUri, "x\nCHAIN\n");
  const auto diagnostic = client.published(kUri)["diagnostics"][0];
  CHECK(diagnostic["message"] == "found CHAIN\nline 1: it began here");
  for (const char* member : {"relatedInformation", "data", "codeDescription"}) CHECK_FALSE(diagnostic.contains(member));
}

TEST_CASE("diagnostics name the page of their rule", "[session]") {
  FakeClient client;
  client.initialize(test::modern_capabilities());
  client.open(kUri, "BAD\n");
  const auto diagnostic = client.published(kUri)["diagnostics"][0];
  CHECK_THAT(diagnostic["codeDescription"]["href"].get<std::string>(), ContainsSubstring("http"));
}

TEST_CASE("a client that can refresh pulls, and is not pushed to", "[session]") {
  FakeClient client;
  client.initialize(test::pulling_capabilities());
  client.open(kUri, "BAD\n");
  CHECK(client.publications(kUri) == 0);
  const auto first = pull(client);
  CHECK(first["kind"] == "full");
  CHECK(first["items"].size() == 1);

  const auto again = pull(client, first["resultId"]);
  CHECK(again["kind"] == "unchanged");
  CHECK(again["resultId"] == first["resultId"]);
  CHECK_FALSE(again.contains("items"));
  CHECK(pull(client, "made up")["kind"] == "full");

  client.change(kUri, 2, {0, 0, 0, 0}, "\n");
  const auto moved = pull(client, first["resultId"]);
  CHECK(moved["kind"] == "full");
  CHECK(moved["items"][0]["range"]["start"]["line"] == 1);
  client.change(kUri, 3, {2, 0, 2, 0}, "x");
  CHECK(pull(client, moved["resultId"])["kind"] == "unchanged");
  client.close(kUri);
  CHECK(client.publications(kUri) == 0);
  CHECK(pull(client)["items"].empty());
}

TEST_CASE("a pull waits for the analysis of the version it asks about", "[session]") {
  FakeClient::Options options;
  options.hold_jobs = true;
  FakeClient client(options);
  client.initialize(test::pulling_capabilities());
  client.open(kUri, "x\n");
  const int id = client.start_request("textDocument/diagnostic", {{"textDocument", {{"uri", kUri}}}});
  client.change(kUri, 2, {0, 0, 0, 1}, "BAD");
  CHECK(client.responses(id).empty());
  client.run_jobs();
  REQUIRE(client.responses(id).size() == 1);
  CHECK(client.responses(id)[0]["result"]["items"].size() == 1);
}

TEST_CASE("a hover on a finding shows its rule's page, and nothing elsewhere", "[session]") {
  FakeClient client;
  client.initialize(test::modern_capabilities());
  client.open(kUri, "x = BAD\n");
  const auto shown = hover(client, 0, 5);
  CHECK(shown["contents"]["kind"] == "markdown");
  CHECK_THAT(shown["contents"]["value"].get<std::string>(), ContainsSubstring("RT101"));
  CHECK(shown["range"]["start"]["character"] == 4);
  CHECK(shown["range"]["end"]["character"] == 7);
  CHECK(hover(client, 0, 7) == shown);
  CHECK(hover(client, 0, 1).is_null());
  CHECK(hover(client, 9, 9).is_null());
}

TEST_CASE("a hover on the code of a suppression shows that rule's page", "[session]") {
  FakeClient client;
  client.initialize(test::modern_capabilities());
  client.open(kUri,
              "x = 1  # surefoot: ignore[RT101, blocking-call-in-async]\ny = 1  # noqa: RT101\nRT101 = '# RT101'\n");
  CHECK(hover(client, 0, 26)["range"]["start"]["character"] == 26);
  CHECK(hover(client, 0, 28)["range"]["end"]["character"] == 31);
  CHECK(hover(client, 0, 40)["range"]["start"]["character"] == 33);
  CHECK_FALSE(hover(client, 1, 16).is_null());
  CHECK(hover(client, 0, 12).is_null());
  CHECK(hover(client, 2, 2).is_null());
  CHECK(hover(client, 2, 12).is_null());
}

TEST_CASE("clients that take plain text first get plain text", "[session]") {
  auto capabilities = test::modern_capabilities();
  capabilities["textDocument"]["hover"]["contentFormat"] = {"plaintext", "markdown"};
  FakeClient client;
  client.initialize(capabilities);
  client.open(kUri, "BAD\n");
  const auto contents = hover(client, 0, 0)["contents"];
  CHECK(contents["kind"] == "plaintext");
  const std::string text = contents["value"];
  CHECK(text.find("```") == std::string::npos);
  CHECK(text.front() != '#');
  CHECK_THAT(text, ContainsSubstring("RT101"));
}
