#include "server/workspace/discovery.hpp"

#include <unistd.h>

#include "server/workspace/paths.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/server/temp_folder.hpp"

using namespace surefoot::server;
using surefoot::test::TempFolder;

namespace {

using Names = std::vector<std::string>;

Discovery find(const TempFolder& folder, const Names& paths, const std::string& from = "",
               NamedFiles named = NamedFiles::taken) {
  const std::string working = from.empty() ? folder.path() : folder / from;
  ConfigFiles configs(real_disk(), {working, {}, {}});
  return discover(paths, working, configs, {named, {}, nullptr});
}

Names names(const Discovery& found) {
  Names shown;
  for (const SourceFile& file : found.files) shown.push_back(file.shown);
  return shown;
}

Names problems(const Discovery& found) {
  Names told;
  for (const DiscoveryProblem& each : found.problems) {
    told.push_back((each.is_error ? "error: " : "warning: ") + each.path + ": " + each.message);
  }
  return told;
}

}  // namespace

TEST_CASE("folders are walked for Python files, in a fixed order") {
  const TempFolder folder;
  for (const char* name : {"b.py", "a/z.py", "a/b.pyw", "a.py", "README.md", "stub.pyi", "a/py", ".hidden.py"}) {
    folder.write(name);
  }
  CHECK(names(find(folder, {"."})) == Names{".hidden.py", "a.py", "a/b.pyw", "a/z.py", "b.py"});
  CHECK(names(find(folder, {"a"})) == Names{"a/b.pyw", "a/z.py"});
  CHECK(problems(find(folder, {"."})).empty());
}

TEST_CASE("each file is found once, however often it is named") {
  const TempFolder folder;
  folder.write("a/x.py");
  CHECK(names(find(folder, {".", "a", "a/x.py", "./a/../a/x.py", folder / "a/x.py"})) == Names{"a/x.py"});
}

TEST_CASE("files that are named are taken, whatever they are called and wherever they are") {
  const TempFolder folder;
  folder.write(".gitignore", "*.py\n");
  folder.write("surefoot.toml", "exclude = ['a.py']\n");
  folder.write("a.py");
  folder.write("tool");
  folder.write("build/gen.py");
  CHECK(names(find(folder, {"."})).empty());
  CHECK(names(find(folder, {"a.py", "tool", "build/gen.py"})) == Names{"a.py", "build/gen.py", "tool"});
}

TEST_CASE("files that are named can be left out where a walk would not come to them") {
  const TempFolder folder;
  folder.write(".gitignore", "made_*.py\n/out/\n");
  folder.write("surefoot.toml", "exclude = ['vendor', 'app/old_*.py']\n");
  const Names kept = {"app/a.py", "app/sub/out/b.py", "tool"};
  const Names left_out = {"app/old_a.py", "app/vendor/c.py",  "app/made_up.py",   "out/d.py",
                          "build/e.py",   "vendor/deep/f.py", "node_modules/g.py"};
  Names all = kept;
  all.insert(all.end(), left_out.begin(), left_out.end());
  for (const std::string& name : all) folder.write(name);
  folder.write("app/sub/.gitignore", "ignored.py\napp\n");
  folder.write("app/sub/ignored.py");
  all.emplace_back("app/sub/ignored.py");
  CHECK(names(find(folder, all)).size() == all.size());
  CHECK(names(find(folder, all, "", NamedFiles::as_walked)) == kept);
  CHECK(problems(find(folder, {"nope.py"}, "", NamedFiles::as_walked)).size() == 1);
}

TEST_CASE("folders that hold no code of the project are left out, unless named") {
  const TempFolder folder;
  for (const char* name : {".git", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox", ".mypy_cache",
                           "build", "dist", "site-packages", ".eggs", ".ruff_cache", ".pytest_cache"}) {
    folder.write(std::string("sub/") + name + "/x.py");
  }
  folder.write("myenv/pyvenv.cfg");
  folder.write("myenv/lib/x.py");
  folder.write("sub/builder/x.py");
  CHECK(names(find(folder, {"."})) == Names{"sub/builder/x.py"});
  CHECK(names(find(folder, {"sub/build", "myenv"})) == Names{"myenv/lib/x.py", "sub/build/x.py"});
}

TEST_CASE("the configuration's globs are relative to its folder") {
  const TempFolder folder;
  folder.write("p/surefoot.toml", "exclude = ['gen', 'app/old/*', '*_pb2.py']\n");
  for (const char* name : {"p/gen/a.py", "p/app/gen/a.py", "p/app/old/a.py", "p/app/new/a.py", "p/app/x_pb2.py"}) {
    folder.write(name);
  }
  CHECK(names(find(folder, {"."})) == Names{"p/app/new/a.py"});
  CHECK(names(find(folder, {"."}, "p/app")) == Names{"new/a.py"});
}

TEST_CASE(".gitignore files are respected, nested ones too") {
  const TempFolder folder;
  folder.make_folder(".git/info");
  folder.write(".git/info/exclude", "private.py\n");
  folder.write(".gitignore", "generated/\n*.tmp.py\n/only_here.py\n");
  folder.write("sub/.gitignore", "!keep.tmp.py\nlocal.py\n");
  for (const char* name :
       {"a.py", "generated/x.py", "sub/generated/x.py", "b.tmp.py", "sub/keep.tmp.py", "sub/local.py", "local.py",
        "only_here.py", "sub/only_here.py", "private.py", "sub/private.py"}) {
    folder.write(name);
  }
  const Names expected = {"a.py", "local.py", "sub/keep.tmp.py", "sub/only_here.py"};
  CHECK(names(find(folder, {"."})) == expected);
  CHECK(names(find(folder, {"sub"})) == Names{"sub/keep.tmp.py", "sub/only_here.py"});
  CHECK(names(find(folder, {"."}, "sub")) == Names{"keep.tmp.py", "only_here.py"});
}

TEST_CASE("what .gitignore says can be left aside") {
  const TempFolder folder;
  folder.write("surefoot.toml", "respect-gitignore = false\n");
  folder.write(".gitignore", "*.py\n");
  folder.write("a.py");
  CHECK(names(find(folder, {"."})) == Names{"a.py"});
}

TEST_CASE("a repository inside another has its own .gitignore files alone") {
  const TempFolder folder;
  folder.make_folder(".git");
  folder.write(".gitignore", "a.py\n");
  folder.write("vendored/.git", "gitdir: elsewhere\n");
  folder.write("vendored/.gitignore", "b.py\n");
  folder.write("vendored/a.py");
  folder.write("vendored/b.py");
  CHECK(names(find(folder, {"."})) == Names{"vendored/a.py"});
  CHECK(names(find(folder, {"vendored"})) == Names{"vendored/a.py"});
}

TEST_CASE("links to folders are followed once, and loops are told and left") {
  const TempFolder folder;
  folder.write("project/pkg/a.py");
  folder.write("outside/lib/b.py");
  folder.link("project/pkg/loop", "..");
  folder.link("project/self", ".");
  folder.link("project/also_pkg", "pkg");
  folder.link("project/outside", "../outside");
  folder.link("project/also_lib", "../outside/lib");
  folder.link("project/outside_again", "../outside/lib");
  folder.link("outside/lib/back", "../../project");
  const Discovery found = find(folder, {"."}, "project");
  CHECK(names(found) == Names{"also_lib/b.py", "pkg/a.py"});
  CHECK(problems(found) ==
        Names{"warning: self: not followed: the link leads back to a folder above it, " + folder / "project",
              "warning: pkg/loop: not followed: the link leads back to a folder above it, " + folder / "project"});
}

TEST_CASE("links to nowhere and to themselves are no files") {
  const TempFolder folder;
  folder.write("a.py");
  folder.link(".#a.py", "user@host.1234");
  folder.link("self.py", "self.py");
  const Discovery found = find(folder, {"."});
  CHECK(names(found) == Names{"a.py"});
  CHECK(problems(found).empty());
  CHECK(problems(find(folder, {"self.py"})).size() == 1);
}

TEST_CASE("a path that is not there is told, and the others are still found") {
  const TempFolder folder;
  folder.write("a.py");
  const Discovery found = find(folder, {"nope.py", "a.py", "nope/x.py", "a.py/x"});
  CHECK(names(found) == Names{"a.py"});
  CHECK(problems(found) == Names{"error: nope.py: no such file or folder", "error: nope/x.py: no such file or folder",
                                 "error: a.py/x: no such file or folder"});
}

TEST_CASE("a folder that cannot be listed is told") {
  if (::geteuid() == 0) return;  // root may list everything
  const TempFolder folder;
  folder.write("a.py");
  folder.make_folder("locked");
  std::filesystem::permissions(folder / "locked", std::filesystem::perms::none);
  const Discovery found = find(folder, {"."});
  CHECK(names(found) == Names{"a.py"});
  CHECK(problems(found) == Names{"error: locked: cannot be listed: permission denied"});
}

TEST_CASE("files of a broken configuration are left out, others are found") {
  const TempFolder folder;
  folder.write("good/a.py");
  folder.write("bad/pyproject.toml", "[tool.surefoot\n");
  folder.write("bad/b.py");
  folder.write("bad/sub/c.py");
  const Discovery found = find(folder, {"."});
  CHECK(names(found) == Names{"good/a.py"});
  REQUIRE(found.bad_configs.size() == 1);
  CHECK(found.bad_configs[0]->file == folder / "bad/pyproject.toml");
}

TEST_CASE("paths outside the working folder are shown as they were given") {
  const TempFolder folder;
  folder.write("a/x.py");
  folder.write("b/y.py");
  folder.make_folder("a/sub");
  CHECK(names(find(folder, {"../b"}, "a")) == Names{"../b/y.py"});
  CHECK(names(find(folder, {folder / "b"}, "a")) == Names{folder / "b/y.py"});
  CHECK(names(find(folder, {folder / "a"}, "a")) == Names{"x.py"});
}

TEST_CASE("paths are made absolute, split and joined as text") {
  CHECK(absolute_path("a/../b/./c/", "/w") == "/w/b/c");
  CHECK(absolute_path("/x//y", "/w") == "/x/y");
  CHECK(absolute_path(".", "/w") == "/w");
  CHECK(absolute_path("..", "/") == "/");
  CHECK(parent_folder("/a/b") == "/a");
  CHECK(parent_folder("/a") == "/");
  CHECK(parent_folder("/") == "/");
  CHECK(file_name("/a/b.py") == "b.py");
  CHECK(join_path("/", "a") == "/a");
  CHECK(is_within("/a/b", "/a"));
  CHECK(is_within("/a", "/a"));
  CHECK(is_within("/a", "/"));
  CHECK_FALSE(is_within("/ab", "/a"));
  CHECK(relative_path("/a/b/c", "/a") == "b/c");
  CHECK(relative_path("/a", "/a") == ".");
  CHECK(relative_path("/x", "/a") == "/x");
}
