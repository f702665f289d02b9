// `surefoot explain` and `surefoot graph`: what they print, and how they refuse.
#include <nlohmann/json.hpp>

#include "tests/unit/catch.hpp"
#include "tests/unit/server/cli_run.hpp"

using surefoot::test::Outcome;
using surefoot::test::run;
using surefoot::test::TempFolder;
using Json = nlohmann::json;

namespace {

struct Shop : TempFolder {
  Shop() {
    write("pyproject.toml", "[project]\nname = 'shop'\n");
    write("app/__init__.py");
    write("app/client.py", "import requests\n\n\ndef fetch(url):\n    return requests.get(url, timeout=3)\n");
    write("app/service.py",
          "from app.client import fetch\n\n\n# orders\ndef load(number):\n    # one\n    return fetch(number)\n");
    write("app/api.py", "from app.service import load\n\n\nasync def view(number):\n    return load(number)\n");
  }
};

}  // namespace

TEST_CASE("explain tells what a function does and who reaches it, over the whole project") {
  const Shop shop;
  const Outcome outcome = run(shop, {"explain", "app/service.py:6"});
  CHECK(outcome.err.empty());
  CHECK(outcome.status == 0);
  CHECK(outcome.out ==
        "load (app/service.py:5)\n"
        "sync · blocks: requests.get at app/client.py:5 · reached from the event loop by 1 coroutine\n"
        "\n"
        "requests.get waits for the network\n"
        "  app/service.py:7  `load` calls `fetch`\n"
        "  app/client.py:5   `requests.get` waits for the network in `fetch`\n"
        "\n"
        "reached by\n"
        "  coroutine `view` (app/api.py:4)\n"
        "    app/api.py:5  `view` calls `load`\n");
  CHECK(run(shop, {"explain", "app/service.py:7:12"}).out == outcome.out);
  CHECK(run(shop, {"explain", shop / "app/service.py:5"}).out == outcome.out);
  CHECK(run(shop, {"explain", "app/service.py:1"}).out ==
        "app/service.py (app/service.py:1)\nimport · no effect known\n");
}

TEST_CASE("explain prints one JSON object") {
  const Shop shop;
  const Json json = Json::parse(run(shop, {"explain", "app/service.py:6", "--output-format", "json"}).out);
  CHECK(json["function"] == "load");
  CHECK(json["kind"] == "sync");
  CHECK(json["filename"] == "app/service.py");
  CHECK(json["location"] == Json{{"row", 5}, {"column", 5}});
  CHECK(json["end_location"] == Json{{"row", 5}, {"column", 9}});
  CHECK(json["effects"].size() == 1);
  CHECK(json["effects"][0]["code"] == "RT101");
  CHECK(json["effects"][0]["blocks"] == true);
  CHECK(json["effects"][0]["chain"][1]["filename"] == "app/client.py");
  CHECK(json["reached_by"].size() == 1);
  CHECK(json["reached_by"][0]["context"] == "event-loop");
  CHECK(json["reached_by"][0]["function"] == "view");
  CHECK(json["reached_by"][0]["chain"][0]["message"] == "`view` calls `load`");
}

TEST_CASE("a place that there is not is one line of error") {
  const Shop shop;
  shop.write("empty.py");
  shop.write("bad.ipynb", "{}");
  const auto refused = [&](const char* place) {
    const Outcome outcome = run(shop, {"explain", place});
    CHECK(outcome.status == 2);
    CHECK(outcome.out.empty());
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
    return outcome.err;
  };
  for (const char* place : {"app/service.py", "app/service.py:", "app/service.py:x", ":3", "app/service.py:0", "3"}) {
    CHECK(refused(place) ==
          "surefoot: error: `" + std::string(place) + "` is no FILE:LINE, such as app/service.py:42\n");
  }
  CHECK(refused("app/service.py:99") == "surefoot: error: app/service.py has no line 99, only 7\n");
  CHECK_THAT(refused("app/none.py:3"), ContainsSubstring("app/none.py: cannot be read"));
  CHECK_THAT(refused("app:3"), ContainsSubstring("app: cannot be read"));
  CHECK_THAT(refused("bad.ipynb:1"), ContainsSubstring("is a notebook"));
  CHECK(refused("empty.py:1") == "surefoot: error: empty.py is empty\n");
  shop.write("surefoot.toml", "selec = 1\n");
  CHECK_THAT(refused("app/service.py:3"), ContainsSubstring("surefoot.toml:1:1"));
}

TEST_CASE("the graph shows the calls that matter, in both languages") {
  const Shop shop;
  const Outcome mermaid = run(shop, {"graph"});
  CHECK(mermaid.err.empty());
  CHECK(mermaid.status == 0);
  CHECK(mermaid.out ==
        "flowchart LR\n"
        "  f1[\"view<br/>app/api.py:4\"]:::coroutine\n"
        "  f2[\"fetch<br/>app/client.py:4\"]:::function\n"
        "  f3[\"load<br/>app/service.py:5\"]:::function\n"
        "  e1([\"requests.get<br/>waits for the network\"]):::network\n"
        "  f1 --> f3\n"
        "  f3 --> f2\n"
        "  f2 --> e1\n"
        "  classDef coroutine fill:#dbeafe,stroke:#1d4ed8,color:#111827\n"
        "  classDef function fill:#f3f4f6,stroke:#4b5563,color:#111827\n"
        "  classDef network fill:#fed7aa,stroke:#c2410c,color:#111827\n");
  const Outcome dot = run(shop, {"graph", ".", "--format", "dot"});
  CHECK_THAT(dot.out, ContainsSubstring("digraph surefoot {\n"));
  CHECK_THAT(dot.out, ContainsSubstring("f1 [label=\"view\\napp/api.py:4\", class=\"coroutine\", shape=box, "));
  CHECK_THAT(dot.out, ContainsSubstring("  f2 -> e1;\n}\n"));
}

TEST_CASE("tests are no reason to worry, but where there is nothing else") {
  const Shop shop;
  const std::string test = "from app.service import load\n\n\nasync def test_load():\n    assert load(1)\n";
  shop.write("tests/test_service.py", test);
  const std::string text = run(shop, {"explain", "app/service.py:6"}).out;
  CHECK_THAT(text, ContainsSubstring("reached from the event loop by 1 coroutine\n"));
  CHECK(text.ends_with("    app/api.py:5  `view` calls `load`\n  1 test\n"));
  const Json json = Json::parse(run(shop, {"explain", "app/service.py:6", "--output-format", "json"}).out);
  CHECK(json["reached_by"][0]["in_tests"] == false);
  CHECK(json["reached_by"][1]["in_tests"] == true);
  CHECK_THAT(run(shop, {"explain", "tests/test_service.py:5"}).out, ContainsSubstring("async · blocks: requests.get"));
  CHECK_THAT(run(shop, {"graph"}).out, !ContainsSubstring("test_load"));
  CHECK_THAT(run(shop, {"graph", "tests"}).out, ContainsSubstring("test_load"));
}

TEST_CASE("the graph can be made smaller: by where ways start, and by a function on them") {
  const Shop shop;
  shop.write("app/other.py", "from app.service import load\n\n\nasync def other():\n    load(1)\n");
  CHECK_THAT(run(shop, {"graph"}).out, ContainsSubstring("\"other<br/>"));
  CHECK_THAT(run(shop, {"graph", "app/api.py"}).out, !ContainsSubstring("\"other<br/>"));
  CHECK_THAT(run(shop, {"graph", "app/api.py"}).out, ContainsSubstring("\"fetch<br/>"));
  CHECK_THAT(run(shop, {"graph", "app/client.py"}).out, ContainsSubstring("nothing[\"nothing that blocks"));
  const std::string through = run(shop, {"graph", "--function", "view"}).out;
  CHECK_THAT(through, ContainsSubstring("\"fetch<br/>"));
  CHECK_THAT(through, !ContainsSubstring("\"other<br/>"));
  CHECK(run(shop, {"graph", "--function", "app.api.view"}).out == through);

  const Outcome unknown = run(shop, {"graph", "--function", "fetsh"});
  CHECK(unknown.status == 2);
  CHECK(unknown.err == "surefoot: error: no function is called `fetsh` (did you mean `fetch`?)\n");
  CHECK(run(shop, {"graph", "nowhere"}).status == 2);
  CHECK(run(shop, {"graph", "--format", "png"}).status == 2);
}
