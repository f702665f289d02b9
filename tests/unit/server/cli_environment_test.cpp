#include "tests/unit/catch.hpp"
#include "tests/unit/server/cli_run.hpp"

using surefoot::test::Outcome;
using surefoot::test::run;
using surefoot::test::TempFolder;

namespace {

/// A project whose environment holds a package that blocks, by way of another one.
struct Project {
  TempFolder folder;

  Project() {
    folder.write("pyproject.toml", "[project]\nname = 'shop'\n[tool.surefoot]\nfollow-imports = \"environment\"\n");
    folder.write("app/__init__.py");
    folder.write("app/main.py", "from stocks.client import fetch\n\n\nasync def serve():\n    fetch('x')\n");
    folder.write(".venv/pyvenv.cfg", "home = /usr/bin\n");
    package("stocks/__init__.py", "");
    package("stocks/client.py", "from wires import send\n\n\ndef fetch(name):\n    return send(name)\n");
    package("wires.py", "import time\n\n\ndef send(name):\n    time.sleep(1)\n\n\nasync def own():\n    send(1)\n");
  }
  void package(const std::string& name, const std::string& text) const {
    folder.write(".venv/lib/python3.12/site-packages/" + name, text);
  }
  std::string found(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"check", "--output-format", "concise"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(folder, arguments).out;
  }
};

}  // namespace

TEST_CASE("blocking calls inside the packages of the environment are seen where that is wanted") {
  const Project project;
  const std::string found = project.found();
  CHECK(found.find("app/main.py:5:5: RT102") != std::string::npos);
  CHECK(found.find("time.sleep") != std::string::npos);
}

TEST_CASE("nothing is reported in the packages themselves") {
  const Project project;
  CHECK(project.found().find("site-packages") == std::string::npos);
}

TEST_CASE("packages are not looked at where nobody asks for it") {
  const Project project;
  project.folder.write("pyproject.toml", "[project]\nname = 'shop'\n");
  CHECK(project.found() == "No findings in 2 files.\n");
}

TEST_CASE("a package that changes is noticed with a cache, too") {
  const Project project;
  const TempFolder cache;
  const std::vector<std::string> cached{"--cache-dir", cache.path()};
  CHECK(project.found(cached) == project.found());
  CHECK(project.found(cached) == project.found());
  project.package("wires.py", "def send(name):\n    pass\n");
  CHECK(project.found(cached) == "No findings in 2 files.\n");
}

TEST_CASE("packages that import each other in a circle are no harm") {
  const Project project;
  project.package("wires.py", "from stocks.client import fetch\n\n\ndef send(name):\n    fetch(name)\n");
  CHECK(project.found() == "No findings in 2 files.\n");
}

TEST_CASE("packages are followed for a text from standard input, too") {
  const Project project;
  const Outcome outcome =
      run(project.folder, {"check", "--output-format", "concise", "--stdin-filename", "app/main.py", "-"},
          {"from stocks.client import fetch\n\n\nasync def other():\n    fetch('x')\n"});
  CHECK(outcome.out.find("app/main.py:5:5: RT102") != std::string::npos);
}

TEST_CASE("what packages do is explained and drawn") {
  const Project project;
  CHECK(run(project.folder, {"explain", "app/main.py:5"}).out.find("time.sleep") != std::string::npos);
  CHECK(run(project.folder, {"graph"}).out.find("time.sleep") != std::string::npos);
}
