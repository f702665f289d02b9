#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "analysis/rules/catalogue.hpp"
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

namespace {

namespace rules = surefoot::rules;

/// The word after `mark` in a fence's words ("path=" in "python path=app/settings.py"), or `otherwise`.
std::string word_after(const std::string& words, const std::string& mark, const std::string& otherwise) {
  const std::size_t at = words.find(" " + mark);
  if (at == std::string::npos) return otherwise;
  const std::size_t start = at + 1 + mark.size();
  return words.substr(start, words.find(' ', start) - start);
}

/// Writes each Python example of a page that is not a cured one into a folder of its own.
void write_examples(const TempFolder& folder, const rules::RuleInfo& rule) {
  std::istringstream page{std::string(rule.page)};
  int number = 0;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("```python")) continue;
    const std::string words = line.substr(3);
    std::string code;
    while (std::getline(page, line) && !line.starts_with("```")) code += line + "\n";
    if (words.find(" fixed") != std::string::npos) continue;
    const std::string project = std::string(rule.code) + "/" + std::to_string(++number) + "/";
    folder.write(project + "surefoot.toml", "target-version = '" + word_after(words, "target=", "py312") + "'\n");
    folder.write(project + word_after(words, "path=", "app/example.py"), code);
  }
}

}  // namespace

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

TEST_CASE("the list of rules says what the head of each page says") {
  const TempFolder folder;
  for (const Json& rule : Json::parse(run(folder, {"rules", "--output-format", "json"}).out)) {
    const auto* info = rules::find_rule(rule["code"].get<std::string>());
    REQUIRE(info != nullptr);
    INFO(info->code);
    const std::string page(info->page);
    const std::string facts = page.substr(page.find("\n**") + 1, page.find('\n', page.find("\n**") + 1));
    CHECK(facts.starts_with("**" + rule["severity"].get<std::string>() + "** \xC2\xB7 " +
                            (rule["profile"] == "strict" ? "strict" : "on by default") + " \xC2\xB7 fix: "));
    CHECK(rule["fixes"].empty() == (facts.find("fix: none\n") != std::string::npos));
  }
}

TEST_CASE("rules offer the kinds of fix that their pages promise") {
  const TempFolder folder;
  for (const rules::RuleInfo& rule : rules::catalogue()) write_examples(folder, rule);
  std::map<std::string, std::set<std::string>> offered;
  const Outcome outcome = run(folder, {"check", "--profile", "strict", "--output-format", "json"});
  CHECK(outcome.err.empty());
  for (const Json& finding : Json::parse(outcome.out)) {
    auto& kinds = offered[finding["code"].get<std::string>()];
    for (const Json& fix : finding["fixes"]) kinds.insert(fix["applicability"].get<std::string>());
  }
  for (const rules::RuleInfo& rule : rules::catalogue()) {
    INFO(rule.code << " " << rule.name);
    const Fixes promised = fixes_of_page(rule.page);
    const auto& kinds = offered[std::string(rule.code)];
    CHECK(promised.empty() == kinds.empty());
    for (const std::string& kind : kinds) {
      INFO("a fix is " << kind << ", and the page promises none");
      CHECK(std::find(promised.begin(), promised.end(), kind) != promised.end());
    }
  }
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
