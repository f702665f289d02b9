#include "server/workspace/config_files.hpp"

#include <map>

#include "tests/unit/catch.hpp"

using surefoot::engine::Config;
using surefoot::engine::PythonVersion;
using surefoot::rules::Profile;
using namespace surefoot::server;

namespace {

using Texts = std::vector<std::string>;

/// A disk of a few files, which counts how often it is read.
struct FakeDisk {
  std::map<std::string, std::string> files;
  int reads = 0;

  Disk disk() {
    return {[this](const std::string& path) -> ReadResult {
              ++reads;
              const auto found = files.find(path);
              if (found == files.end()) return {};
              if (found->second == "unreadable") return {ReadStatus::unreadable, {}, "Permission denied", 0};
              return {ReadStatus::found, found->second, {}, found->second.size()};
            },
            [this](const std::string& path) {
              const auto found = files.lower_bound(path);
              return found != files.end() && (found->first == path || found->first.starts_with(path + "/"));
            }};
  }
};

ConfigFiles::Options rooted(std::string root) { return {std::move(root), {}, {}}; }

}  // namespace

TEST_CASE("the nearest configuration above a file is in force") {
  FakeDisk disk;
  disk.files["/shop/surefoot.toml"] = "profile = 'strict'\n";
  disk.files["/shop/api/pyproject.toml"] = "[tool.surefoot]\nignore = ['RT101']\n";
  ConfigFiles configs(disk.disk(), {});
  const auto outer = configs.for_file("/shop/lib/deep/er/x.py").config;
  CHECK(outer->file == "/shop/surefoot.toml");
  CHECK(outer->root == "/shop");
  CHECK(outer->config->profile == Profile::strict);
  CHECK(outer->origins.at("profile") == ConfigOrigin{"/shop/surefoot.toml", 0, ""});
  const auto inner = configs.for_file("/shop/api/app/x.py").config;
  CHECK(inner->root == "/shop/api");
  CHECK(inner->config->ignore == Texts{"RT101"});
  CHECK(inner->config->profile == Profile::standard);  // no inheritance
  CHECK(configs.for_file("/shop/x.py").config == outer);
}

TEST_CASE("surefoot.toml comes before pyproject.toml of the same folder") {
  FakeDisk disk;
  disk.files["/p/surefoot.toml"] = "";
  disk.files["/p/pyproject.toml"] = "[tool.surefoot]\nprofile = 'strict'\n";
  CHECK(ConfigFiles(disk.disk(), {}).for_file("/p/x.py").config->file == "/p/surefoot.toml");
}

TEST_CASE("a pyproject.toml without our table is passed over") {
  FakeDisk disk;
  disk.files["/p/surefoot.toml"] = "profile = 'strict'\n";
  disk.files["/p/sub/pyproject.toml"] = "[tool.ruff]\n";
  const auto config = ConfigFiles(disk.disk(), {}).for_file("/p/sub/x.py").config;
  CHECK(config->root == "/p");
  CHECK(config->config->profile == Profile::strict);
}

TEST_CASE("requires-python of the nearest pyproject.toml gives the target version") {
  FakeDisk disk;
  disk.files["/p/pyproject.toml"] = "[project]\nrequires-python = '>=3.9'\n";
  CHECK(ConfigFiles(disk.disk(), {}).for_file("/p/a/x.py").config->config->target() == PythonVersion{3, 9});
  disk.files["/p/surefoot.toml"] = "profile = 'strict'\n";
  const auto config = ConfigFiles(disk.disk(), {}).for_file("/p/a/x.py").config;
  CHECK(config->config->target() == PythonVersion{3, 9});
  CHECK(config->origins.at("target-version") == ConfigOrigin{"/p/pyproject.toml", 1, ""});
  disk.files["/p/surefoot.toml"] = "target-version = 'py313'\n";
  CHECK(ConfigFiles(disk.disk(), {}).for_file("/p/a/x.py").config->config->target() == PythonVersion{3, 13});
}

TEST_CASE("setup.cfg and setup.py say what Python is needed where pyproject.toml does not") {
  FakeDisk disk;
  disk.files["/p/setup.py"] = "from setuptools import setup\n\nsetup(\n    python_requires='>=3.7',  # or more\n)\n";
  const auto of_setup = ConfigFiles(disk.disk(), {}).for_file("/p/a/x.py").config;
  CHECK(of_setup->config->target() == PythonVersion{3, 7});
  CHECK(of_setup->origins.at("target-version") == ConfigOrigin{"/p/setup.py", 3, ""});
  disk.files["/p/setup.cfg"] = "[options]\n# python_requires = >=3.6\npython_requires = >=3.8\n";
  CHECK(ConfigFiles(disk.disk(), {}).for_file("/p/a/x.py").config->config->target() == PythonVersion{3, 8});
  disk.files["/p/pyproject.toml"] = "[tool.poetry.dependencies]\npython = '^3.10'\n";
  CHECK(ConfigFiles(disk.disk(), {}).for_file("/p/a/x.py").config->config->target() == PythonVersion{3, 10});
  disk.files["/q/setup.py"] = "setup(python_requires=NEEDED)\n";
  CHECK_FALSE(ConfigFiles(disk.disk(), {}).for_file("/q/x.py").config->config->target_version);
}

TEST_CASE("without a configuration the project is where its signs are, else the fallback, else the folder") {
  FakeDisk disk;
  disk.files["/repo/.git/HEAD"] = "";
  disk.files["/repo/service/setup.py"] = "";
  ConfigFiles configs(disk.disk(), rooted("/cwd"));
  CHECK(configs.for_file("/repo/lib/a/x.py").config->root == "/repo");
  CHECK(configs.for_file("/repo/service/app/x.py").config->root == "/repo/service");
  CHECK(configs.for_file("/cwd/app/x.py").config->root == "/cwd");
  CHECK(configs.for_file("/else/a/x.py").config->root == "/else/a");
  CHECK(configs.for_file("/else/b/x.py").config->root == "/else/b");
  CHECK(configs.for_file("/else/x.py").config->root == "/else");
  CHECK(configs.for_file("/x.py").config->root == "/");
  CHECK(configs.for_file("/repo/x.py").config->file.empty());
}

TEST_CASE("a fallback inside a project does not cut it in two") {
  FakeDisk disk;
  disk.files["/repo/.git/HEAD"] = "";
  ConfigFiles configs(disk.disk(), rooted("/repo/app"));
  CHECK(configs.for_file("/repo/app/x.py").config->root == "/repo");
}

TEST_CASE("answers are kept for each folder until forgotten") {
  FakeDisk disk;
  disk.files["/p/surefoot.toml"] = "";
  ConfigFiles configs(disk.disk(), {});
  configs.for_file("/p/a/x.py");
  const int reads = disk.reads;
  configs.for_file("/p/a/y.py");
  configs.for_folder("/p/a");
  CHECK(disk.reads == reads);
  disk.files["/p/surefoot.toml"] = "profile = 'strict'\n";
  CHECK(configs.for_file("/p/a/x.py").config->config->profile == Profile::standard);
  configs.forget();
  CHECK(configs.for_file("/p/a/x.py").config->config->profile == Profile::strict);
}

TEST_CASE("a broken file is a problem with its place, and the last good one stays in force") {
  FakeDisk disk;
  disk.files["/p/surefoot.toml"] = "profile = 'strict'\n";
  ConfigFiles configs(disk.disk(), {});
  const auto good = configs.for_file("/p/x.py").config;
  disk.files["/p/surefoot.toml"] = "profile = 'strickt'\n";
  configs.forget();
  const ConfigAnswer answer = configs.for_file("/p/x.py");
  REQUIRE(answer.problem);
  CHECK(answer.config == good);
  CHECK(answer.problem->file == "/p/surefoot.toml");
  CHECK(answer.problem->text.slice(answer.problem->span) == "'strickt'");
  CHECK_THAT(answer.problem->message, ContainsSubstring("did you mean `strict`"));
  disk.files["/p/surefoot.toml"] = "";
  configs.forget();
  CHECK_FALSE(configs.for_file("/p/x.py").problem);
}

TEST_CASE("a file that was never good gives no configuration") {
  FakeDisk disk;
  disk.files["/p/pyproject.toml"] = "[tool.surefoot\n";
  const ConfigAnswer answer = ConfigFiles(disk.disk(), {}).for_file("/p/sub/x.py");
  CHECK(answer.problem);
  CHECK_FALSE(answer.config);
}

TEST_CASE("a file that cannot be read is a problem") {
  FakeDisk disk;
  disk.files["/p/surefoot.toml"] = "unreadable";
  const ConfigAnswer answer = ConfigFiles(disk.disk(), {}).for_file("/p/x.py");
  REQUIRE(answer.problem);
  CHECK(answer.problem->message == "cannot read: Permission denied");
}

TEST_CASE("one file can be named for everything") {
  FakeDisk disk;
  disk.files["/conf/strict.toml"] = "profile = 'strict'\n";
  disk.files["/p/surefoot.toml"] = "profile = 'default'\n";
  ConfigFiles configs(disk.disk(), {"/", {}, "/conf/strict.toml"});
  CHECK(configs.for_file("/p/x.py").config->config->profile == Profile::strict);
  CHECK(configs.for_file("/p/x.py").config == configs.for_file("/q/y.py").config);
  ConfigFiles none(disk.disk(), {"/", {}, "/conf/none.toml"});
  CHECK(none.for_file("/p/x.py").problem);
}

TEST_CASE("overrides are laid over what the file says") {
  FakeDisk disk;
  disk.files["/p/surefoot.toml"] = "select = ['FLK113']\nextend-select = ['RT104']\nignore = ['RT101']\n";
  ConfigFiles replaced(disk.disk(), {"/", {{"select", "RT1", false, "command line"}}, {}});
  const auto afresh = replaced.for_file("/p/x.py").config;
  REQUIRE(afresh);
  CHECK(afresh->config->select == Texts{"RT1"});
  CHECK(afresh->config->extend_select.empty());
  CHECK(afresh->config->ignore.empty());
  CHECK(afresh->origins.at("select") == ConfigOrigin{"", 0, "command line"});
  ConfigFiles added(disk.disk(), {"/", {{"ignore", "FLK113", true, "command line"}}, {}});
  REQUIRE(added.for_file("/p/x.py").config);
  CHECK(added.for_file("/p/x.py").config->config->ignore == Texts{"RT101", "FLK113"});
  CHECK(added.for_file("/elsewhere/x.py").config->config->ignore == Texts{"FLK113"});
}

TEST_CASE("new overrides count at once") {
  FakeDisk disk;
  ConfigFiles configs(disk.disk(), {});
  CHECK(configs.for_file("/p/x.py").config->config->profile == Profile::standard);
  configs.set_overrides({{"profile", "strict", false, "editor settings"}});
  CHECK(configs.for_file("/p/x.py").config->config->profile == Profile::strict);
}

TEST_CASE("wrong overrides change nothing and say why") {
  Config config;
  CHECK_THAT(apply_overrides(config, {{"profile", "strict", false, ""}, {"select", "NOPE9", false, ""}}),
             ContainsSubstring("unknown rule `NOPE9`"));
  CHECK(config == Config{});
}

TEST_CASE("the names of configuration files are known to whoever watches them") {
  CHECK(ConfigFiles::is_config_name("surefoot.toml"));
  CHECK(ConfigFiles::is_config_name("pyproject.toml"));
  CHECK_FALSE(ConfigFiles::is_config_name("ruff.toml"));
}
