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

const std::string kImports = "import asyncio, time, requests\n\n\n";
const std::string kSleeps = "async def pause():\n    time.sleep(1)\n\n\n";
const std::string kFetches = "async def load():\n    requests.get('u', timeout=3)\n";

Outcome check(const TempFolder& folder, std::vector<std::string> more = {}) {
  const std::vector<std::string> base = {"check", "--output-format", "concise", "--baseline", "known.json"};
  more.insert(more.begin(), base.begin(), base.end());
  return run(folder, more);
}

Outcome write(const TempFolder& folder, std::vector<std::string> more = {}) {
  more.emplace_back("--write-baseline");
  return check(folder, more);
}

}  // namespace

TEST_CASE("what is in the baseline is neither reported nor counted") {
  const TempFolder folder;
  folder.write("app/a.py", kImports + kSleeps);
  const Outcome written = write(folder);
  CHECK(written.status == 0);
  CHECK(written.err == "Wrote 1 finding to known.json.\n");
  CHECK(written.out == "No findings in 1 file. 1 more is in the baseline.\n");
  const Outcome again = check(folder);
  CHECK(again.status == 0);
  CHECK(again.err.empty());
  CHECK(again.out == "No findings in 1 file. 1 more is in the baseline.\n");
  folder.write("app/a.py", kImports + kSleeps + kFetches);
  const Outcome more = check(folder);
  CHECK(more.status == 1);
  CHECK_THAT(more.out, ContainsSubstring("app/a.py:9:5: RT101 `requests.get`"));
  CHECK_THAT(more.out,
             ContainsSubstring("Found 1 finding (1 fixable with --fix --unsafe-fixes). 1 more is in the baseline."));
}

TEST_CASE("the baseline knows findings by what they are, not by their lines") {
  const TempFolder folder;
  folder.write("a.py", kImports + kSleeps);
  write(folder);
  const std::string before = folder.read("known.json");
  folder.write("a.py", "\"\"\"Moved.\"\"\"\n\n" + kImports + "X = 1\n\n\n" + kSleeps);
  CHECK(check(folder).status == 0);
  write(folder);
  CHECK(folder.read("known.json") == before);
  folder.write("a.py", kImports + "async def pause():\n    time.sleep(1)\n    time.sleep(1)\n");
  CHECK_THAT(check(folder).out, ContainsSubstring("Found 1 finding"));
}

TEST_CASE("the baseline is one finding a line, with files relative to it") {
  const TempFolder folder;
  folder.write("pyproject.toml", "[project]\nname = 'shop'\n");
  folder.write("app/b.py", kImports + kSleeps + kFetches);
  folder.write("app/a.py", kImports + kSleeps);
  write(folder);
  const std::string text = folder.read("known.json");
  CHECK(std::count(text.begin(), text.end(), '\n') == 8);
  const Json json = Json::parse(text);
  CHECK(json["version"] == 1);
  REQUIRE(json["findings"].size() == 3);
  const Json& first = json["findings"][0];
  CHECK(first["file"] == "app/a.py");
  CHECK(first["code"] == "RT101");
  CHECK(first["fingerprint"].get<std::string>().size() == 16);
  CHECK(first["message"] == "`time.sleep` sleeps and blocks the event loop");
  CHECK(run(folder / "app", {"check", "--baseline", "../known.json"}).status == 0);
  CHECK(run(folder / "app", {"check", "--baseline", folder / "known.json", "a.py"}).err.empty());
}

TEST_CASE("what is gone from the code is told, and taken out when the baseline is written") {
  const TempFolder folder;
  folder.write("a.py", kImports + kSleeps + kFetches);
  folder.write("b.py", kImports + kSleeps);
  folder.write("c.py", kImports + kSleeps);
  write(folder);
  folder.write("a.py", kImports + kFetches);
  std::filesystem::remove(folder / "b.py");
  const Outcome outcome = check(folder);
  CHECK(outcome.status == 0);
  CHECK(outcome.err == "2 findings of known.json are gone; --write-baseline takes them out.\n");
  CHECK(check(folder, {"a.py"}).err == outcome.err);
  CHECK(check(folder, {"c.py", "--select", "RT2"}).err ==
        "1 finding of known.json is gone; --write-baseline takes it out.\n");
  CHECK(write(folder, {"c.py"}).err == "Wrote 3 findings to known.json.\n");
  CHECK(write(folder).err == "Wrote 2 findings to known.json.\n");
  CHECK(check(folder).err.empty());
}

TEST_CASE("a broken baseline is one clear error that names the place") {
  const TempFolder folder;
  folder.write("a.py", kImports + kSleeps);
  const auto error_for = [&](const std::string& text) {
    folder.write("known.json", text);
    const Outcome outcome = check(folder);
    CHECK(outcome.status == 2);
    CHECK(outcome.out.empty());
    CHECK(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1);
    CHECK(write(folder).status == 2);
    CHECK(folder.read("known.json") == text);
    return outcome.err;
  };
  const std::string start = "surefoot: error: known.json";
  CHECK_THAT(error_for(""), ContainsSubstring(start + ":1:1: invalid JSON: unexpected end of input"));
  CHECK_THAT(error_for("{\n  \"version\": 1,\n<<<<<<< ours\n"), ContainsSubstring(start + ":3:1: invalid JSON: "));
  CHECK(error_for("[]") == start + ": is not a baseline: there is no `version`\n");
  CHECK(error_for("[tool.surefoot]\n").starts_with(start + ":1:"));
  CHECK(error_for("{\"version\": 2}") == start + ": version: expected 1, found 2\n");
  CHECK(error_for("{\"version\": 1}") == start + ": findings: expected an array\n");
  CHECK(error_for("{\"version\": 1, \"findings\": [3]}") == start + ": findings[0]: expected an object\n");
  CHECK(error_for("{\"version\": 1, \"findings\": [{\"file\": \"a.py\", \"fingerprint\": \"12\"}]}") ==
        start + ": findings[0].fingerprint: expected 16 hexadecimal digits\n");
  CHECK(error_for("{\"version\": 1, \"findings\": [{\"fingerprint\": \"0123456789abcdef\"}]}") ==
        start + ": findings[0].file: expected a string\n");
}

TEST_CASE("a missing baseline is an error, and written when asked for") {
  const TempFolder folder;
  folder.write("a.py", kImports + kSleeps);
  const Outcome missing = check(folder);
  CHECK(missing.status == 2);
  CHECK(missing.err == "surefoot: error: known.json: no such file; --write-baseline makes it\n");
  CHECK(run(folder, {"check", "--baseline", ".", "a.py"}).err ==
        "surefoot: error: .: cannot be read: Is a directory\n");
  const Outcome nowhere = run(folder, {"check", "--baseline", "no/such/folder.json", "--write-baseline"});
  CHECK(nowhere.status == 2);
  CHECK_THAT(nowhere.err, ContainsSubstring("surefoot: error: no/such/folder.json: cannot be written"));
}

TEST_CASE("a baseline is not written when something could not be checked") {
  const TempFolder folder;
  folder.write("a.py", kImports + kSleeps);
  const Outcome outcome = write(folder, {"nope", "a.py"});
  CHECK(outcome.status == 2);
  CHECK_THAT(outcome.err, ContainsSubstring("known.json: is not written, because of the errors above"));
  CHECK_FALSE(std::filesystem::exists(folder / "known.json"));
}

TEST_CASE("an empty baseline is one") {
  const TempFolder folder;
  folder.write("a.py", "x = 1\n");
  CHECK(write(folder).err == "Wrote 0 findings to known.json.\n");
  CHECK(folder.read("known.json") == "{\n  \"version\": 1,\n  \"findings\": []\n}\n");
  CHECK(check(folder).status == 0);
}

TEST_CASE("the option --write-baseline needs a file, and no --diff") {
  const TempFolder folder;
  CHECK(run(folder, {"check", "--write-baseline"}).err == "surefoot: error: --write-baseline needs --baseline FILE\n");
  CHECK(write(folder, {"--diff"}).err == "surefoot: error: --write-baseline and --diff cannot be used together\n");
}
