#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "server/cli/xml.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/server/cli_run.hpp"

using surefoot::server::xml_escaped;
using surefoot::test::Outcome;
using surefoot::test::run;
using surefoot::test::TempFolder;
using Json = nlohmann::json;

namespace {

/// One finding with a safe fix of two edits at most.
const std::string kSleeps = "import asyncio\nimport time\n\n\nasync def pause():\n    time.sleep(1)\n";
/// An error, whose range is more than one line long.
const std::string kDangles = "import asyncio\n\n\nasync def f(g):\n    asyncio.create_task(\n        g()\n    )\n";

Outcome check(const TempFolder& folder, const std::string& format, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"check", "--output-format", format});
  return run(folder, more);
}

/// An environment variable for the length of a test.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("SARIF names the rule, the place, the fingerprint and the fix") {
  const TempFolder folder;
  folder.write("an app/a.py", "s = '\xF0\x9F\x98\x80'\n" + kSleeps);
  const Outcome outcome = check(folder, "sarif");
  CHECK(outcome.status == 1);
  const Json log = Json::parse(outcome.out);
  CHECK(log["version"] == "2.1.0");
  const Json& run = log["runs"][0];
  CHECK(run["columnKind"] == "unicodeCodePoints");
  CHECK(run["originalUriBaseIds"]["%SRCROOT%"]["uri"] == "file://" + folder.path() + "/");
  CHECK(run["invocations"][0]["executionSuccessful"] == true);
  REQUIRE(run["results"].size() == 1);
  const Json& result = run["results"][0];
  CHECK(result["ruleId"] == "RT101");
  CHECK(result["ruleIndex"] == 0);
  CHECK(result["level"] == "warning");
  CHECK(result["partialFingerprints"]["surefoot/v1"].get<std::string>().size() == 16);
  const Json& place = result["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"] == Json{{"uri", "an%20app/a.py"}, {"uriBaseId", "%SRCROOT%"}});
  CHECK(place["region"] == Json{{"startLine", 7}, {"startColumn", 5}, {"endLine", 7}, {"endColumn", 15}});
  const Json& fix = result["fixes"][0];
  CHECK(fix["properties"]["applicability"] == "safe");
  CHECK(fix["artifactChanges"].size() == 1);
  CHECK_FALSE(fix["artifactChanges"][0]["replacements"].empty());
}

TEST_CASE("SARIF explains the rules it speaks of, each once") {
  const TempFolder folder;
  folder.write("a.py", kSleeps + kSleeps);
  folder.write("b.py", kDangles);
  const Json run = Json::parse(check(folder, "sarif").out)["runs"][0];
  const Json& rules = run["tool"]["driver"]["rules"];
  REQUIRE(rules.size() == 2);
  CHECK(rules[0]["id"] == "RT101");
  CHECK(rules[0]["name"] == "blocking-call-in-async");
  CHECK(rules[0]["helpUri"].get<std::string>().ends_with("/RT101"));
  CHECK(rules[0]["help"]["markdown"].get<std::string>().starts_with("# RT101 blocking-call-in-async\n"));
  CHECK(rules[0]["help"]["text"].get<std::string>().starts_with("RT101 blocking-call-in-async\n"));
  CHECK(rules[0]["defaultConfiguration"] == Json{{"enabled", true}, {"level", "warning"}});
  for (const Json& result : run["results"])
    CHECK(rules[result["ruleIndex"].get<std::size_t>()]["id"] == result["ruleId"]);
}

TEST_CASE("SARIF tells what could not be checked, and is whole without findings") {
  const TempFolder folder;
  folder.write("a.py", std::string_view("\0", 1));
  const Json broken = Json::parse(check(folder, "sarif").out)["runs"][0];
  CHECK(broken["results"].empty());
  CHECK(broken["invocations"][0]["executionSuccessful"] == false);
  CHECK_THAT(broken["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].get<std::string>(),
             ContainsSubstring("a.py: is a binary file"));
  folder.write("a.py", "x = 1\n");
  CHECK(Json::parse(check(folder, "sarif").out)["runs"][0]["results"] == Json::array());
}

TEST_CASE("GitHub gets a workflow command a finding") {
  const TempFolder folder;
  const Environment outside("GITHUB_WORKSPACE", "");
  folder.write("a.py", kSleeps);
  CHECK(check(folder, "github").out ==
        "::warning file=a.py,line=6,col=5,endLine=6,endColumn=15,title=RT101 blocking-call-in-async"
        "::`time.sleep` sleeps and blocks the event loop\nFound 1 finding (1 fixable with --fix).\n");
  folder.write("a.py", kDangles);
  CHECK_THAT(check(folder, "github").out, ContainsSubstring("::warning file=a.py,line=5,"));
}

TEST_CASE("what means something in a workflow command is escaped") {
  const TempFolder folder;
  const Environment outside("GITHUB_WORKSPACE", "");
  folder.write("50%,a:b.py", kSleeps);
  CHECK_THAT(check(folder, "github").out, ContainsSubstring("::warning file=50%25%2Ca%3Ab.py,line=6,"));
  folder.write("a\nb.py", std::string_view("\0", 1));
  const Outcome outcome = check(folder, "github", {"a\nb.py"});
  CHECK(outcome.status == 2);
  CHECK(
      outcome.out.starts_with("::error title=surefoot::a\xEF\xBF\xBD"
                              "b.py: is a binary file"));
}

TEST_CASE("GitHub and GitLab get names from the top of the checkout") {
  const TempFolder folder;
  folder.write("service/a.py", kSleeps);
  const Environment github("GITHUB_WORKSPACE", folder.path());
  const Environment gitlab("CI_PROJECT_DIR", folder.path() + "/");
  const std::string inside = folder / "service";
  CHECK_THAT(run(inside, {"check", "--output-format", "github"}).out, ContainsSubstring(" file=service/a.py,"));
  const Json issues = Json::parse(run(inside, {"check", "--output-format", "gitlab"}).out);
  CHECK(issues[0]["location"]["path"] == "service/a.py");
}

TEST_CASE("GitLab gets an array of issues with fingerprints of their own") {
  const TempFolder folder;
  const Environment outside("CI_PROJECT_DIR", "");
  folder.write("a.py", "import asyncio, time\nasync def f():\n    time.sleep(1)\n    time.sleep(1)\n");
  const Outcome outcome = check(folder, "gitlab");
  CHECK(outcome.status == 1);
  const Json issues = Json::parse(outcome.out);
  REQUIRE(issues.size() == 2);
  CHECK(issues[0]["fingerprint"] != issues[1]["fingerprint"]);
  CHECK(issues[0]["check_name"] == "RT101");
  CHECK(issues[0]["severity"] == "major");
  CHECK(issues[0]["description"] == "RT101: `time.sleep` sleeps and blocks the event loop");
  CHECK(issues[0]["categories"] == Json::array({"Bug Risk"}));
  CHECK(issues[1]["location"] == Json{{"path", "a.py"}, {"lines", {{"begin", 4}, {"end", 4}}}});
  folder.write("a.py", "x = 1\n");
  CHECK(check(folder, "gitlab").out == "[]\n");
}

TEST_CASE("JUnit has a failed test a finding") {
  const TempFolder folder;
  folder.write("app/a&b.py", kSleeps);
  const Outcome outcome = check(folder, "junit");
  CHECK(outcome.status == 1);
  CHECK(outcome.out ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites name=\"surefoot\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\">\n"
        "  <testsuite name=\"app/a&amp;b.py\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\">\n"
        "    <testcase name=\"6:5 RT101 blocking-call-in-async\" classname=\"app.a&amp;b\" file=\"app/a&amp;b.py\" "
        "line=\"6\">\n"
        "      <failure type=\"RT101\" message=\"`time.sleep` sleeps and blocks the event loop\">"
        "app/a&amp;b.py:6:5: warning RT101: `time.sleep` sleeps and blocks the event loop\n"
        "https://surefoot.dev/rules/RT101\n</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n");
}

TEST_CASE("JUnit agrees with the exit status") {
  const TempFolder folder;
  folder.write("a.py", kSleeps);
  const Outcome lenient = check(folder, "junit", {"--fail-on", "error"});
  CHECK(lenient.status == 0);
  CHECK_THAT(lenient.out, ContainsSubstring("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\""));
  CHECK_THAT(lenient.out, ContainsSubstring("<skipped message="));
  const Outcome missing = check(folder, "junit", {"nope", "a.py"});
  CHECK(missing.status == 2);
  CHECK_THAT(missing.out, ContainsSubstring("tests=\"2\" failures=\"1\" errors=\"1\" skipped=\"0\""));
  CHECK_THAT(missing.out, ContainsSubstring("message=\"nope: no such file or folder\"/>"));
  folder.write("a.py", "x = 1\n");
  CHECK_THAT(check(folder, "junit").out, ContainsSubstring("<testcase name=\"No findings in 1 file.\""));
}

TEST_CASE("counts have no place in the formats of services") {
  const TempFolder folder;
  for (const char* format : {"sarif", "github", "gitlab", "junit"}) {
    const Outcome outcome = check(folder, format, {"--statistics"});
    CHECK(outcome.status == 2);
    CHECK_THAT(outcome.err, ContainsSubstring(std::string("--statistics cannot be printed as ") + format));
  }
}

TEST_CASE("text is harmless inside XML") {
  CHECK(xml_escaped("<a href=\"x\">'&'\n\t</a>") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;\n\t&lt;/a&gt;");
  CHECK(xml_escaped("\x1b[0m \xFF \xEF\xBF\xBF \xF0\x9F\x98\x80") ==
        "\xEF\xBF\xBD[0m \xEF\xBF\xBD \xEF\xBF\xBD \xF0\x9F\x98\x80");
}
