#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/unit/catch.hpp"
#include "tests/unit/server/cli_run.hpp"

using surefoot::test::Outcome;
using surefoot::test::run;
using surefoot::test::TempFolder;
using Json = nlohmann::json;

namespace {

/// One finding with a safe fix.
const std::string kSleeps = "import asyncio\nimport time\n\n\nasync def pause():\n    time.sleep(1)\n";
const std::string kSleepsFixed = "import asyncio\nimport time\n\n\nasync def pause():\n    await asyncio.sleep(1)\n";
/// One finding with an unsafe fix.
const std::string kFetches =
    "import asyncio\n\nimport requests\n\n\nasync def load():\n    requests.get('u', timeout=3)\n";

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a clean folder is clean") {
  const TempFolder folder;
  folder.write("a.py", "x = 1\n");
  const Outcome outcome = run(folder, {"check"});
  CHECK(outcome.status == 0);
  CHECK(outcome.out == "No findings in 1 file.\n");
  CHECK(outcome.err.empty());
}

TEST_CASE("findings are listed in order and make the exit status 1") {
  const TempFolder folder;
  folder.write("b.py", kSleeps);
  folder.write("a/c.py", kSleeps);
  const Outcome outcome = run(folder, {"check", "--output-format", "concise"});
  CHECK(outcome.status == 1);
  CHECK(outcome.out ==
        "a/c.py:6:5: RT101 `time.sleep` sleeps and blocks the event loop\n"
        "b.py:6:5: RT101 `time.sleep` sleeps and blocks the event loop\n"
        "Found 2 findings (2 fixable with --fix).\n");
  CHECK(outcome.err.empty());
}

TEST_CASE("the full report shows the source, underlined, and the fixes") {
  const TempFolder folder;
  folder.write(
      "a.py", "import asyncio\nimport time\n\n\nasync def pause():\n\ts = '\xE6\x97\xA5\xE6\x9C\xAC'; time.sleep(1)\n");
  const Outcome outcome = run(folder, {"check"});
  CHECK(outcome.out ==
        "warning[RT101]: `time.sleep` sleeps and blocks the event loop\n"
        " --> a.py:6:12\n"
        "  |\n"
        "6 |     s = '\xE6\x97\xA5\xE6\x9C\xAC'; time.sleep(1)\n"
        "  |                 ^^^^^^^^^^\n"
        "  = fix: Replace with `await asyncio.sleep(\xE2\x80\xA6)` (safe: --fix)\n"
        "\n"
        "Found 1 finding (1 fixable with --fix).\n");
}

TEST_CASE("colour is there when asked for, and only then") {
  const TempFolder folder;
  folder.write("a.py", kSleeps);
  for (const char* format : {"full", "concise"}) {
    CHECK_THAT(run(folder, {"check", "--output-format", format}, {"", true}).out, ContainsSubstring("\x1b["));
    CHECK(run(folder, {"check", "--output-format", format}).out.find('\x1b') == std::string::npos);
  }
  CHECK(run(folder, {"check", "--output-format", "json"}, {"", true}).out.find('\x1b') == std::string::npos);
}

TEST_CASE("JSON has exactly the promised keys") {
  const TempFolder folder;
  folder.write("p/a.py", "s = '\xF0\x9F\x98\x80'\n" + kSleeps);
  const Outcome outcome = run(folder, {"check", "--output-format", "json"});
  CHECK(outcome.status == 1);
  const Json findings = Json::parse(outcome.out);
  REQUIRE(findings.size() == 1);
  const Json& finding = findings[0];
  std::vector<std::string> keys;
  for (const auto& [key, value] : finding.items()) keys.push_back(key);
  CHECK(keys == std::vector<std::string>{"code", "end_location", "filename", "fingerprint", "fixes", "location",
                                         "message", "name", "related", "severity", "url"});
  CHECK(finding["code"] == "RT101");
  CHECK(finding["name"] == "blocking-call-in-async");
  CHECK(finding["severity"] == "warning");
  CHECK(finding["filename"] == "p/a.py");
  CHECK(finding["location"] == Json{{"row", 7}, {"column", 5}});
  CHECK(finding["end_location"] == Json{{"row", 7}, {"column", 15}});
  CHECK(finding["related"].is_array());
  CHECK(finding["fingerprint"].get<std::string>().size() == 16);
  const Json& fix = finding["fixes"][0];
  CHECK(fix["applicability"] == "safe");
  CHECK(fix["title"].is_string());
  for (const Json& edit : fix["edits"]) {
    CHECK(edit.size() == 4);
    CHECK(edit["filename"] == "p/a.py");
    CHECK(edit["content"].is_string());
    CHECK(edit["location"]["row"].is_number());
    CHECK(edit["end_location"]["column"].is_number());
  }
  folder.write("p/a.py", "x = 1\n");
  CHECK(run(folder, {"check", "--output-format", "json"}).out == "[]\n");
}

TEST_CASE("columns count code points") {
  const TempFolder folder;
  folder.write("a.py",
               "import asyncio\nimport time\nasync def f():\n    s = '\xF0\x9F\x98\x80\xC3\xA9'; time.sleep(1)\n");
  const Json findings = Json::parse(run(folder, {"check", "--output-format", "json"}).out);
  CHECK(findings[0]["location"]["column"] == 15);
  folder.write("a.py", "\xEF\xBB\xBFimport asyncio, time\nasync def f(): time.sleep(1)\n");
  CHECK(Json::parse(run(folder, {"check", "--output-format", "json"}).out)[0]["location"]["column"] == 16);
}

TEST_CASE("check --fix applies safe fixes and tells what remains") {
  const TempFolder folder;
  folder.write("a.py", kSleeps);
  folder.write("b.py", kFetches);
  std::filesystem::permissions(folder / "a.py", std::filesystem::perms(0640));
  const Outcome outcome = run(folder, {"check", "--fix", "--output-format", "concise"});
  CHECK(outcome.status == 1);
  CHECK(folder.read("a.py") == kSleepsFixed);
  CHECK(folder.read("b.py") == kFetches);
  CHECK((std::filesystem::status(folder / "a.py").permissions() & std::filesystem::perms::mask) ==
        std::filesystem::perms(0640));
  CHECK_THAT(outcome.out,
             ContainsSubstring("Fixed 1 finding in 1 file; 1 remains (1 fixable with --fix --unsafe-fixes)."));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
}

TEST_CASE("check --unsafe-fixes applies the others, too") {
  const TempFolder folder;
  folder.write("b.py", kFetches);
  const Outcome outcome = run(folder, {"check", "--fix", "--unsafe-fixes"});
  CHECK(outcome.status == 0);
  CHECK_THAT(folder.read("b.py"), ContainsSubstring("await asyncio.to_thread(requests.get, 'u', timeout=3)"));
  CHECK(outcome.out == "Fixed 1 finding in 1 file; none remain.\n");
}

TEST_CASE("a fix follows a link and leaves it one") {
  const TempFolder folder;
  folder.write("real/a.py", kSleeps);
  folder.link("link.py", "real/a.py");
  CHECK(run(folder, {"check", "link.py", "--fix"}).status == 0);
  CHECK(folder.read("real/a.py") == kSleepsFixed);
  CHECK(std::filesystem::is_symlink(folder / "link.py"));
}

TEST_CASE("a fix keeps the byte order mark and the line endings") {
  const TempFolder folder;
  folder.write("a.py", "\xEF\xBB\xBFimport asyncio\r\nimport time\r\nasync def f():\r\n    time.sleep(1)\r\n");
  run(folder, {"check", "--fix"});
  CHECK(folder.read("a.py") ==
        "\xEF\xBB\xBFimport asyncio\r\nimport time\r\nasync def f():\r\n    await asyncio.sleep(1)\r\n");
}

TEST_CASE("check --diff prints what --fix would do and writes nothing") {
  const TempFolder folder;
  folder.write("a.py", kSleeps);
  folder.write("b.py", "x = 1\n");
  const Outcome outcome = run(folder, {"check", "--diff"});
  CHECK(outcome.status == 1);
  CHECK(folder.read("a.py") == kSleeps);
  CHECK(outcome.out ==
        "--- a.py\n+++ a.py\n@@ -3,4 +3,4 @@\n \n \n async def pause():\n-    time.sleep(1)\n+    await "
        "asyncio.sleep(1)\n");
  CHECK(outcome.err == "Would fix 1 finding in 1 file.\n");
  CHECK(run(folder, {"check", "--diff", "b.py"}).status == 0);
  CHECK(run(folder, {"check", "--diff", "--fix", "a.py"}).out == outcome.out);
}

TEST_CASE("standard input is checked under the name it is given") {
  const TempFolder folder;
  folder.write("surefoot.toml", "[per-file-ignores]\n'tests/*' = ['RT101']\n");
  const Outcome outcome = run(folder, {"check", "--output-format", "concise", "-"}, {kSleeps, false});
  CHECK(outcome.status == 1);
  CHECK_THAT(outcome.out, ContainsSubstring("-:6:5: RT101"));
  const Outcome named =
      run(folder, {"check", "--output-format", "concise", "--stdin-filename", "app/x.py", "-"}, {kSleeps, false});
  CHECK_THAT(named.out, ContainsSubstring("app/x.py:6:5: RT101"));
  CHECK(run(folder, {"check", "--stdin-filename", "tests/x.py", "-"}, {kSleeps, false}).status == 0);
}

TEST_CASE("fixed standard input goes to standard output, alone") {
  const TempFolder folder;
  const Outcome fixed = run(folder, {"check", "--fix", "-"}, {kSleeps, false});
  CHECK(fixed.status == 0);
  CHECK(fixed.out == kSleepsFixed);
  const Outcome unchanged = run(folder, {"check", "--fix", "-"}, {kFetches, false});
  CHECK(unchanged.status == 1);
  CHECK(unchanged.out == kFetches);
  CHECK_THAT(unchanged.err, ContainsSubstring("RT101"));
  const std::string binary("a\0b", 3);
  const Outcome refused = run(folder, {"check", "--fix", "-"}, {binary, false});
  CHECK(refused.status == 2);
  CHECK(refused.out == binary);
}

TEST_CASE("check --fail-on decides which findings make the exit status 1") {
  const TempFolder folder;
  folder.write("a.py", kSleeps);
  CHECK(run(folder, {"check", "--fail-on", "error"}).status == 0);
  CHECK(run(folder, {"check", "--fail-on", "warning"}).status == 1);
  CHECK(run(folder, {"check", "--fail-on", "information"}).status == 1);
  CHECK(run(folder, {"check", "--fail-on", "never"}).status == 0);
  folder.write("surefoot.toml", "severity = { RT101 = 'hint' }\n");
  CHECK(run(folder, {"check"}).status == 0);
  CHECK(run(folder, {"check", "--fail-on", "information"}).status == 0);
}

TEST_CASE("rules are selected by the command line over the configuration") {
  const TempFolder folder;
  folder.write("a.py", kSleeps);
  CHECK(run(folder, {"check", "--ignore", "RT101"}).status == 0);
  CHECK(run(folder, {"check", "--ignore", "RT1,SF101"}).status == 0);
  CHECK(run(folder, {"check", "--select", "SF101"}).status == 0);
  CHECK(run(folder, {"check", "--select", "SF101", "--select", "RT"}).status == 1);
  CHECK(run(folder, {"check", "--select", "SF101", "--extend-select", "blocking-call-in-async"}).status == 1);
  folder.write("surefoot.toml", "ignore = ['RT101']\n");
  CHECK(run(folder, {"check"}).status == 0);
  CHECK(run(folder, {"check", "--select", "RT101"}).status == 1);
  folder.write("other.toml", "select = ['SF101']\n");
  CHECK(run(folder, {"check", "--config", "other.toml"}).status == 0);
}

TEST_CASE("check --statistics counts by rule") {
  const TempFolder folder;
  folder.write("a.py", kSleeps + kFetches);
  folder.write("b.py", "x = 1  # surefoot: ignore[RT101]\n");
  const Outcome text = run(folder, {"check", "--statistics"});
  CHECK(text.status == 1);
  CHECK(text.out ==
        "2  RT101    blocking-call-in-async (1 fixable)\n"
        "1  SF101    unused-suppression (1 fixable)\n"
        "Found 3 findings (2 fixable with --fix, 1 more with --unsafe-fixes).\n");
  const Json json = Json::parse(run(folder, {"check", "--statistics", "--output-format", "json"}).out);
  CHECK(json[0] == Json{{"code", "RT101"}, {"name", "blocking-call-in-async"}, {"count", 2}, {"fixable", 1}});
}

TEST_CASE("the same is said with one job and with many") {
  const TempFolder folder;
  for (int i = 0; i < 40; ++i) folder.write("f" + std::to_string(i) + ".py", i % 3 == 0 ? kSleeps : kFetches);
  for (const char* format : {"full", "concise", "json"}) {
    const Outcome one = run(folder, {"check", "--jobs", "1", "--output-format", format});
    CHECK(run(folder, {"check", "--jobs", "8", "--output-format", format}).out == one.out);
  }
}

TEST_CASE("progress is shown on standard error when asked for") {
  const TempFolder folder;
  folder.write("a.py", "x = 1\n");
  CHECK_THAT(run(folder, {"check", "--progress", "always"}).err, ContainsSubstring("1/1 files"));
  CHECK(run(folder, {"check", "--progress", "never"}).err.empty());
}

TEST_CASE("bad input is one clear line each, and the others are still checked") {
  const TempFolder folder;
  folder.write("good.py", kSleeps);
  folder.write("binary.py", std::string_view("\x7f"
                                             "ELF\0\0",
                                             6));
  folder.write("latin.py", "x = '\xE9'\n");
  folder.write("declared.py", "# coding: latin-1\nimport time\nasync def f():\n    s = '\xE9'; time.sleep(1)\n");
  folder.write("deep.py", "x = " + std::string(100000, '[') + std::string(100000, ']') + "\n");
  folder.write("big.py", std::string(3U << 20U, '#'));
  const Outcome outcome = run(folder, {"check", "--output-format", "concise", "--max-file-size", "2", ".", "nope"});
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.out, ContainsSubstring("good.py:6:5: RT101"));
  CHECK_THAT(outcome.out, ContainsSubstring("declared.py:4:14: RT101"));
  CHECK(lines(outcome.err) == 5);
  for (const char* line : {
           "surefoot: error: nope: no such file or folder\n",
           "surefoot: error: big.py: is too large to check (3.0 MB; the limit is 2.0 MB, see --max-file-size)\n",
           "surefoot: error: binary.py: is a binary file (there is a NUL byte on line 1)\n",
           "surefoot: error: deep.py: is nested too deeply (more than 1000 brackets are open on line 1)\n",
           "surefoot: error: latin.py: is not valid UTF-8 (byte 0xE9 on line 1) and declares no other encoding\n",
       }) {
    CHECK_THAT(outcome.err, ContainsSubstring(line));
  }
}

TEST_CASE("other encodings than UTF-8 survive JSON and fixes") {
  const TempFolder folder;
  const std::string before = "# coding: latin-1\nimport asyncio, time\nasync def f():\n    s = '\xE9'; time.sleep(1)\n";
  folder.write("a.py", before);
  CHECK(Json::parse(run(folder, {"check", "--output-format", "json"}).out).size() == 1);
  run(folder, {"check", "--fix"});
  CHECK_THAT(folder.read("a.py"), ContainsSubstring("s = '\xE9'; await asyncio.sleep(1)"));
}

TEST_CASE("a broken configuration is one clear line with its place") {
  const TempFolder folder;
  folder.write("bad/pyproject.toml", "[tool.surefoot]\nselect = ['RT999']\n");
  folder.write("bad/a.py", kSleeps);
  folder.write("good/a.py", kSleeps);
  const Outcome outcome = run(folder, {"check", "--output-format", "concise"});
  CHECK(outcome.status == 2);
  CHECK(outcome.err == "surefoot: error: bad/pyproject.toml:2:11: `select`: unknown rule `RT999`\n");
  CHECK_THAT(outcome.out, ContainsSubstring("good/a.py:6:5: RT101"));
  CHECK(outcome.out.find("bad/a.py") == std::string::npos);
  CHECK(run(folder, {"check", "--config", "none.toml"}).err ==
        "surefoot: error: none.toml: cannot read: No such file or directory\n");
}

TEST_CASE("wrong usage is one clear line and a hint") {
  const TempFolder folder;
  const auto first_line = [&](const std::vector<std::string>& arguments) {
    const Outcome outcome = run(folder, arguments);
    CHECK(outcome.status == 2);
    CHECK(outcome.out.empty());
    return outcome.err.substr(0, outcome.err.find('\n'));
  };
  CHECK(first_line({"chek"}) == "surefoot: error: unexpected argument `chek` (did you mean `check`?)");
  CHECK(first_line({"check", "--selct=RT"}) ==
        "surefoot: error: unexpected argument `--selct=RT` (did you mean `--select`?)");
  CHECK_THAT(first_line({"check", "--output-format", "xml"}), ContainsSubstring("--output-format"));
  CHECK_THAT(first_line({"check", "--jobs", "0"}), ContainsSubstring("--jobs"));
  CHECK(first_line({"check", "--select", "RT10l"}) ==
        "surefoot: error: --select: unknown rule `RT10l` (did you mean `RT101`?)");
  CHECK_THAT(first_line({"check", "--target-version", "py2"}), ContainsSubstring("--target-version: expected"));
  CHECK_THAT(first_line({"check", "--profile", "lax"}), ContainsSubstring("--profile: expected one of"));
  CHECK_THAT(first_line({"check", "-", "a.py"}), ContainsSubstring("standard input"));
  CHECK_THAT(first_line({"server", "--pipe", "/x", "--listen", "1"}), ContainsSubstring("--listen"));
  CHECK(run(folder, {}).status == 2);
}

TEST_CASE("a folder without Python files is told") {
  const TempFolder folder;
  const Outcome outcome = run(folder, {"check"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err == "surefoot: warning: no Python files found under the given paths\n");
}

TEST_CASE("the option --force-exclude leaves out named files that are excluded") {
  const TempFolder folder;
  folder.write("surefoot.toml", "exclude = ['vendor']\n");
  folder.write("vendor/a.py", kSleeps);
  CHECK(run(folder, {"check", "vendor/a.py"}).status == 1);
  const Outcome outcome = run(folder, {"check", "--force-exclude", "vendor/a.py"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out == "No findings in 0 files.\n");
}

TEST_CASE("a notebook is refused with a reason") {
  const TempFolder folder;
  folder.write("a.ipynb", "{}");
  CHECK(run(folder, {"check", "a.ipynb"}).err ==
        "surefoot: error: a.ipynb: is a notebook, and those are not supported\n");
}

TEST_CASE("names and source cannot command the terminal") {
  const TempFolder folder;
  folder.write("a\x1b[31m.py", "import asyncio, time\nasync def f():\n    '\x1b]0;x\x07'; time.sleep(1)\n");
  for (const char* format : {"full", "concise"}) {
    const Outcome outcome = run(folder, {"check", "--output-format", format});
    CHECK(outcome.status == 1);
    CHECK(outcome.out.find('\x1b') == std::string::npos);
  }
  CHECK(run(folder, {"check", "no\x1bsuch\nfile"}).err.find('\x1b') == std::string::npos);
}
