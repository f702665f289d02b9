#include "analysis/engine/config.hpp"

#include <string>

#include "tests/unit/catch.hpp"

using surefoot::engine::apply_setting;
using surefoot::engine::Config;
using surefoot::engine::ConfigFile;
using surefoot::engine::ConfigProblem;
using surefoot::engine::has_surefoot_table;
using surefoot::engine::LoadedConfig;
using surefoot::engine::parse_config;
using surefoot::engine::PerFileIgnore;
using surefoot::engine::PythonVersion;
using surefoot::rules::Profile;
using surefoot::rules::Severity;

namespace {

using Texts = std::vector<std::string>;

LoadedConfig load(const std::string& toml, ConfigFile kind = ConfigFile::surefoot) {
  const auto result = parse_config(toml, kind);
  if (const auto* problem = std::get_if<ConfigProblem>(&result)) FAIL(problem->message);
  return std::get<LoadedConfig>(result);
}

/// The problem as "bytes it points at|message".
std::string problem(const std::string& toml, ConfigFile kind = ConfigFile::surefoot) {
  const auto result = parse_config(toml, kind);
  const auto* found = std::get_if<ConfigProblem>(&result);
  if (found == nullptr) return "no problem";
  return toml.substr(found->span.start, found->span.size()) + "|" + found->message;
}

}  // namespace

TEST_CASE("an empty file is the default configuration") {
  const LoadedConfig loaded = load("");
  CHECK(loaded.config == Config{});
  CHECK(loaded.set_on_line.empty());
}

TEST_CASE("every key is read") {
  const Config config = load(R"(
profile = "strict"
select = ["RT", "blocking-call-in-async"]
extend-select = ["FLK113"]
ignore = ["RT1"]
exclude = ["build/", "*_pb2.py"]
respect-gitignore = false
src = ["src", "lib"]
target-version = "py312"
respect-ruff-noqa = false
only-what-ruff-misses = true
blocking = ["company.db.query"]
non-blocking = ["company.cache.get"]
offload = ["company.run_blocking"]
spawn = ["company.background"]
frameworks = ["fastapi", "sqlalchemy"]
workers = 4
max-connections = 100
follow-imports = "environment"

[per-file-ignores]
"tests/*" = ["ALL"]
"scripts/*" = ["RT101", "RT104"]

[severity]
RT101 = "error"
blocking-subprocess-in-async = "hint"
)")
                            .config;
  CHECK(config.profile == Profile::strict);
  CHECK(config.select == Texts{"RT", "blocking-call-in-async"});
  CHECK(config.extend_select == Texts{"FLK113"});
  CHECK(config.ignore == Texts{"RT1"});
  CHECK(config.exclude == Texts{"build/", "*_pb2.py"});
  CHECK_FALSE(config.respect_gitignore);
  CHECK(config.src == Texts{"src", "lib"});
  CHECK(config.target_version == PythonVersion{3, 12});
  CHECK_FALSE(config.respect_ruff_noqa);
  CHECK(config.only_what_ruff_misses);
  CHECK(config.blocking == Texts{"company.db.query"});
  CHECK(config.non_blocking == Texts{"company.cache.get"});
  CHECK(config.offload == Texts{"company.run_blocking"});
  CHECK(config.spawn == Texts{"company.background"});
  CHECK(config.frameworks == Texts{"fastapi", "sqlalchemy"});
  CHECK(config.workers == 4U);
  CHECK(config.max_connections == 100U);
  CHECK(config.follow_imports == "environment");
  CHECK(config.per_file_ignores == std::vector<PerFileIgnore>{{"scripts/*", {"RT101", "RT104"}}, {"tests/*", {"ALL"}}});
  CHECK(config.severity ==
        std::map<std::string, Severity>{{"RT101", Severity::error}, {"blocking-subprocess-in-async", Severity::hint}});
}

TEST_CASE("the line of each key is kept") {
  const auto lines = load("ignore = []\n\nselect = [\n  'RT101',\n]\n[severity]\nRT101 = 'hint'\n").set_on_line;
  CHECK(lines == std::map<std::string, std::uint32_t>{{"ignore", 0}, {"select", 2}, {"severity", 5}});
}

TEST_CASE("pyproject.toml speaks in its own table, dotted or not") {
  CHECK(load("[tool.surefoot]\nprofile = 'strict'\n", ConfigFile::pyproject).config.profile == Profile::strict);
  CHECK(load("tool.surefoot.profile = 'strict'\n", ConfigFile::pyproject).config.profile == Profile::strict);
  CHECK(load("[tool.ruff]\nselect = ['XYZ']\n", ConfigFile::pyproject).config == Config{});
}

TEST_CASE("requires-python gives the target version unless one is set") {
  const std::string project = "[project]\nname = 'x'\nrequires-python = '>=3.9,<4'\n";
  const LoadedConfig loaded = load(project, ConfigFile::pyproject);
  CHECK(loaded.config.target_version == PythonVersion{3, 9});
  CHECK(loaded.set_on_line.at("target-version") == 2);
  const std::string both = project + "[tool.surefoot]\ntarget-version = 'py313'\n";
  CHECK(load(both, ConfigFile::pyproject).config.target_version == PythonVersion{3, 13});
  CHECK(load(both, ConfigFile::pyproject).set_on_line.at("target-version") == 4);
  const auto poetry = [](const std::string& python) {
    return load("[tool.poetry.dependencies]\npython = '" + python + "'\n", ConfigFile::pyproject).config.target_version;
  };
  CHECK(poetry("^3.8") == PythonVersion{3, 8});
  CHECK(poetry("~3.9") == PythonVersion{3, 9});
  CHECK(poetry(">=3.10,<4.0") == PythonVersion{3, 10});
  CHECK_FALSE(poetry("*"));
  CHECK_FALSE(load("[project]\nrequires-python = 'nonsense'\n", ConfigFile::pyproject).config.target_version);
  CHECK_FALSE(load("[project]\nrequires-python = 39\n", ConfigFile::pyproject).config.target_version);
  CHECK_FALSE(load("project = 3\n", ConfigFile::pyproject).config.target_version);
}

TEST_CASE("an unknown key is named, with the nearest one") {
  CHECK(problem("selct = []\n") == "selct|unknown key `selct` (did you mean `select`?)");
  CHECK(problem("ignore = []\nzzzzzzzz = 1\n") == "zzzzzzzz|unknown key `zzzzzzzz`");
  CHECK(problem("[tool.surefoot]\nextend_select = []\n", ConfigFile::pyproject) ==
        "extend_select|unknown key `extend_select` (did you mean `extend-select`?)");
}

TEST_CASE("a value of the wrong type is named with what was expected") {
  CHECK(problem("select = 'RT101'\n") ==
        "'RT101'|`select`: expected a list of rule codes, prefixes or names, found a string");
  CHECK(problem("select = ['RT101', 7]\n") ==
        "7|`select`: expected a list of rule codes, prefixes or names, found a whole number");
  CHECK(problem("profile = true\n") == "true|`profile`: expected `default` or `strict`, found true or false");
  CHECK(problem("workers = 'many'\n") == "'many'|`workers`: expected a whole number from 1 on, found a string");
  CHECK(problem("workers = 0\n") == "0|`workers`: expected a whole number from 1 on, found 0");
  CHECK(problem("workers = -9223372036854775808\n") ==
        "-9223372036854775808|`workers`: expected a whole number from 1 on, found -9223372036854775808");
  CHECK(problem("severity = ['RT101']\n") ==
        "['RT101']|`severity`: expected a table of rules, each with its severity, found a list");
  CHECK(problem("target-version = 3.12\n") ==
        "3.12|`target-version`: expected a Python version such as `py312`, found a number");
  CHECK(problem("[tool]\nsurefoot = 3\n", ConfigFile::pyproject) ==
        "3|`tool.surefoot`: expected a table, found a whole number");
}

TEST_CASE("an unknown rule is named where it stands") {
  CHECK(problem("select = ['RT101', 'RT10l']\n") == "'RT10l'|`select`: unknown rule `RT10l` (did you mean `RT101`?)");
  CHECK(problem("ignore = ['blocking-call-in-asinc']\n") ==
        "'blocking-call-in-asinc'|`ignore`: unknown rule `blocking-call-in-asinc` (did you mean "
        "`blocking-call-in-async`?)");
  CHECK(problem("[per-file-ignores]\n'tests/*' = ['QQQ']\n") == "'QQQ'|`per-file-ignores`: unknown rule `QQQ`");
  CHECK(problem("[severity]\nQQQQ = 'hint'\n") == "QQQQ|`severity`: unknown rule `QQQQ`");
}

TEST_CASE("a value that is not one of the known ones is named") {
  CHECK(problem("[severity]\nRT101 = 'warn'\n") ==
        "'warn'|`severity`: expected one of `error`, `warning`, `information`, `hint`; found `warn`");
  CHECK(problem("profile = 'strickt'\n") ==
        "'strickt'|`profile`: expected one of `default`, `strict`; found `strickt` (did you mean `strict`?)");
  CHECK(problem("target-version = 'py2'\n") ==
        "'py2'|`target-version`: expected a Python version such as `py312` or `3.12`, found `py2`");
  CHECK(problem("blocking = ['a..b']\n") ==
        "'a..b'|`blocking`: expected a dotted name such as `package.module.function`, found `a..b`");
  CHECK(problem("exclude = ['']\n") == "''|`exclude`: expected a path, found an empty string");
  CHECK_THAT(problem("frameworks = ['fast-api']\n"), ContainsSubstring("did you mean `fastapi`"));
  CHECK_THAT(problem("follow-imports = 'all'\n"), ContainsSubstring("`environment`, `project`"));
}

TEST_CASE("of several problems the first in the text is told") {
  CHECK_THAT(problem("zz = 1\naa = 2\n"), ContainsSubstring("`zz`"));
}

TEST_CASE("the place of a problem counts bytes, after a byte order mark and characters outside ASCII") {
  CHECK(problem("\xEF\xBB\xBF"
                "selct = 1\n") == "selct|unknown key `selct` (did you mean `select`?)");
  CHECK(problem("exclude = ['\xC3\xA9\xF0\x9F\x98\x80', '']\n") ==
        "''|`exclude`: expected a path, found an empty string");
  CHECK(problem("# \xF0\x9F\x98\x80\r\nselct = 1\r\n") == "selct|unknown key `selct` (did you mean `select`?)");
}

TEST_CASE("broken TOML is one problem on one line, at its place") {
  const std::string broken = "[tool.surefoot]\nselect = [\"RT101\"\nignore = 3\n";
  const auto result = parse_config(broken, ConfigFile::pyproject);
  const auto& found = std::get<ConfigProblem>(result);
  CHECK_THAT(found.message, ContainsSubstring("invalid TOML: "));
  CHECK(found.message.find('\n') == std::string::npos);
  CHECK(found.span.start >= broken.find("ignore"));
  CHECK(found.span.start < found.span.end);
  CHECK_THAT(problem("a = \n"), ContainsSubstring("invalid TOML"));
  CHECK_THAT(problem("a = 1\na = 2\n"), ContainsSubstring("invalid TOML"));
  CHECK_THAT(problem("a = \"\xFF\"\n"), ContainsSubstring("invalid TOML"));
  CHECK_THAT(problem(std::string("a = \"\0\"\n", 8)), ContainsSubstring("invalid TOML"));
  CHECK_THAT(problem("\xEF\xBB\xBF="), ContainsSubstring("invalid TOML"));
}

TEST_CASE("what nests without end is refused, not followed") {
  CHECK_THAT(problem("a = " + std::string(100000, '[')), ContainsSubstring("invalid TOML"));
  std::string dotted = "a";
  for (int i = 0; i < 100000; ++i) dotted += ".a";
  CHECK_THAT(problem(dotted + " = 1\n"), ContainsSubstring("too many parts"));
  CHECK_THAT(problem("[" + dotted + "]\n"), ContainsSubstring("too many parts"));
}

TEST_CASE("a pyproject.toml is ours when it has our table, or cannot be read") {
  CHECK(has_surefoot_table("[tool.surefoot]\n"));
  CHECK(has_surefoot_table("[tool.surefoot.severity]\n"));
  CHECK(has_surefoot_table("tool = { surefoot = { profile = 'strict' } }\n"));
  CHECK_FALSE(has_surefoot_table(""));
  CHECK_FALSE(has_surefoot_table("[tool.ruff]\n# [tool.surefoot]\n"));
  CHECK_FALSE(has_surefoot_table("[surefoot]\n"));
  CHECK(has_surefoot_table("[tool.surefoot\n"));
}

TEST_CASE("settings of the command line take the same keys as text") {
  Config config;
  CHECK(apply_setting(config, "select", "RT1, FLK113,") == "");
  CHECK(config.select == Texts{"RT1", "FLK113"});
  CHECK(apply_setting(config, "select", "") == "");
  CHECK(config.select.empty());
  CHECK(apply_setting(config, "profile", "strict") == "");
  CHECK(config.profile == Profile::strict);
  CHECK(apply_setting(config, "respect-gitignore", "false") == "");
  CHECK_FALSE(config.respect_gitignore);
  CHECK(apply_setting(config, "workers", "8") == "");
  CHECK(config.workers == 8U);
  CHECK(apply_setting(config, "target-version", "3.10") == "");
  CHECK(config.target() == PythonVersion{3, 10});
  CHECK(apply_setting(config, "per-file-ignores", "tests/*:RT101, tests/*:RT104") == "");
  CHECK(config.per_file_ignores == std::vector<PerFileIgnore>{{"tests/*", {"RT101", "RT104"}}});
  CHECK(apply_setting(config, "severity", "RT101=error") == "");
  CHECK(config.severity.at("RT101") == Severity::error);
}

TEST_CASE("a refused setting changes nothing and says why") {
  Config config;
  const Config before = config;
  CHECK(apply_setting(config, "selct", "RT1") == "unknown setting `selct` (did you mean `select`?)");
  CHECK(apply_setting(config, "select", "RT101,NOPE99") == "`select`: unknown rule `NOPE99`");
  CHECK(apply_setting(config, "workers", "8x") == "`workers`: expected a whole number from 1 on, found `8x`");
  CHECK(apply_setting(config, "respect-gitignore", "yes") ==
        "`respect-gitignore`: expected true or false, found `yes`");
  CHECK(apply_setting(config, "severity", "RT101") == "`severity`: expected NAME:VALUE, found `RT101`");
  CHECK(config == before);
}
