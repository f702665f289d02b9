#include <nlohmann/json.hpp>

#include "server/cli/markdown.hpp"
#include "server/cli/rule_command.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/server/cli_run.hpp"

using surefoot::server::fixes_of_page;
using surefoot::server::markdown_for_terminal;
using surefoot::test::Outcome;
using surefoot::test::run;
using surefoot::test::TempFolder;
using Json = nlohmann::json;
using Fixes = std::vector<std::string_view>;

TEST_CASE("a rule's page is printed, by code or name in any case") {
  const TempFolder folder;
  const Outcome by_code = run(folder, {"rule", "RT101"});
  CHECK(by_code.status == 0);
  CHECK(by_code.out.starts_with("# RT101 blocking-call-in-async\n"));
  CHECK(run(folder, {"rule", "blocking-call-in-async"}).out == by_code.out);
  CHECK(run(folder, {"rule", "rt101"}).out == by_code.out);
  CHECK(run(folder, {"rule", "Blocking-Call-In-Async"}).out == by_code.out);
  CHECK_THAT(run(folder, {"rule", "RT101"}, {"", true}).out,
             ContainsSubstring("\x1b[1mRT101 blocking-call-in-async\x1b[0m"));
}

TEST_CASE("an unknown rule is an error that names the nearest") {
  const TempFolder folder;
  const Outcome near = run(folder, {"rule", "RT10"});
  CHECK(near.status == 2);
  CHECK(near.out.empty());
  CHECK_THAT(near.err, ContainsSubstring("surefoot: error: unknown rule `RT10`; did you mean `RT101`"));
  CHECK_THAT(run(folder, {"rule", "blocking-call"}).err, ContainsSubstring("unknown rule `blocking-call`"));
  CHECK(run(folder, {"rule", "qqqqqq"}).err ==
        "surefoot: error: unknown rule `qqqqqq`; `surefoot rules` lists them all\n");
  CHECK(run(folder, {"rule"}).status == 2);
}

TEST_CASE("all rules are listed as a table and as JSON") {
  const TempFolder folder;
  const Outcome table = run(folder, {"rules"});
  CHECK(table.status == 0);
  CHECK_THAT(table.out, ContainsSubstring("\nRT101    blocking-call-in-async"));
  const Json rules = Json::parse(run(folder, {"rules", "--output-format", "json"}).out);
  std::string last;
  bool found = false;
  for (const Json& rule : rules) {
    CHECK(rule.size() == 7);
    const auto code = rule["code"].get<std::string>();
    CHECK(last < code);
    last = code;
    if (code != "RT101") continue;
    found = true;
    CHECK(rule["name"] == "blocking-call-in-async");
    CHECK(rule["severity"] == "warning");
    CHECK(rule["profile"] == "default");
    CHECK(rule["fixes"] == Json{"safe", "unsafe"});
    CHECK_FALSE(rule["summary"].get<std::string>().empty());
  }
  CHECK(found);
}

TEST_CASE("the kinds of fix are read from the page's line of facts") {
  CHECK(fixes_of_page("# X1 y\n\n**error** \xC2\xB7 on by default \xC2\xB7 fix: safe\n\nAn unsafe thing.\n") ==
        Fixes{"safe"});
  CHECK(fixes_of_page("# X1 y\n\n**error** \xC2\xB7 strict \xC2\xB7 fix: unsafe\n") == Fixes{"unsafe"});
  CHECK(fixes_of_page("**hint** \xC2\xB7 fix: safe for `a`, unsafe otherwise\n") == Fixes{"safe", "unsafe"});
  CHECK(fixes_of_page("**hint** \xC2\xB7 fix: none\n").empty());
  CHECK(fixes_of_page("no facts, fix: safe").empty());
}

TEST_CASE("Markdown is dressed lightly for a terminal") {
  CHECK(markdown_for_terminal("## Why\n") == "\x1b[1mWhy\x1b[0m\n");
  CHECK(markdown_for_terminal("a `b` **c** d\n") == "a \x1b[36mb\x1b[0m \x1b[1mc\x1b[0m d\n");
  CHECK(markdown_for_terminal("```python\nx = '`a`'\n\n```\n") == "    \x1b[2mx = '`a`'\x1b[0m\n\n");
  CHECK(markdown_for_terminal("- item\n") == "  \xE2\x80\xA2 item\n");
  CHECK(markdown_for_terminal("an `unpaired mark, #not a heading") == "an `unpaired mark, #not a heading\n");
}

TEST_CASE("every command has help with examples, and the program a version") {
  const TempFolder folder;
  for (const char* command : {"check", "server", "rule", "rules", "config"}) {
    const Outcome help = run(folder, {command, "--help"});
    CHECK(help.status == 0);
    CHECK(help.err.empty());
    CHECK_THAT(help.out, ContainsSubstring("Usage: surefoot " + std::string(command)));
    CHECK_THAT(help.out, ContainsSubstring("Examples:\n  surefoot " + std::string(command)));
  }
  CHECK_THAT(run(folder, {"--help"}).out, ContainsSubstring("check"));
  CHECK(run(folder, {"--version"}).out == "surefoot " SUREFOOT_VERSION "\n");
}

TEST_CASE("the configuration is shown with the origin of each value") {
  const TempFolder folder;
  folder.write("p/pyproject.toml",
               "[project]\nrequires-python = '>=3.10'\n[tool.surefoot]\nprofile = 'strict'\nignore = ['RT104']\n"
               "exclude = ['a\"b']\n[tool.surefoot.per-file-ignores]\n'tests/*' = ['RT101']\n");
  folder.write("p/app/x.py");
  const Outcome outcome = run(folder, {"config", "p/app/x.py", "--ignore", "RT101"});
  CHECK(outcome.status == 0);
  const auto has = [&](const std::string& line, const std::string& origin) {
    const std::size_t at = outcome.out.find("\n" + line + " ");
    INFO(outcome.out);
    REQUIRE(at != std::string::npos);
    const std::string found = outcome.out.substr(at + 1, outcome.out.find('\n', at + 1) - at - 1);
    CHECK(found.ends_with("  # " + origin));
  };
  CHECK_THAT(outcome.out, ContainsSubstring("# project: " + folder / "p" + "\n# file: p/pyproject.toml\n"));
  has("profile = \"strict\"", "p/pyproject.toml:4");
  has("ignore = [\"RT104\", \"RT101\"]", "command line");
  has("target-version = \"py310\"", "p/pyproject.toml:2");
  has("exclude = [\"a\\\"b\"]", "p/pyproject.toml:6");
  has("per-file-ignores = { \"tests/*\" = [\"RT101\"] }", "p/pyproject.toml:7");
  has("select = []", "default");
  has("# workers is not set", "default");
}

TEST_CASE("the configuration of a place without one is the default") {
  const TempFolder folder;
  CHECK_THAT(run(folder, {"config"}).out, ContainsSubstring("# file: none\nprofile = \"default\""));
  CHECK(run(folder, {"config", "nope"}).err == "surefoot: error: nope: no such file or folder\n");
  folder.write("surefoot.toml", "profile = 3\n");
  const Outcome broken = run(folder, {"config"});
  CHECK(broken.status == 2);
  CHECK(broken.err.starts_with("surefoot: error: surefoot.toml:1:11: `profile`: expected"));
}
