#include "server/workspace/gitignore.hpp"
#include "tests/unit/catch.hpp"

using surefoot::server::Gitignore;
using surefoot::server::IgnoreScope;
using surefoot::server::is_ignored;

namespace {

bool file(std::string_view rules, std::string_view path) {
  return Gitignore(rules).ignores(path, false).value_or(false);
}
bool folder(std::string_view rules, std::string_view path) {
  return Gitignore(rules).ignores(path, true).value_or(false);
}

}  // namespace

TEST_CASE("a name is ignored at any depth") {
  CHECK(file("a.py", "a.py"));
  CHECK(file("a.py", "x/y/a.py"));
  CHECK_FALSE(file("a.py", "x/ba.py"));
  CHECK(file("*.gen.py", "x/y.gen.py"));
  CHECK(folder("gen", "x/gen"));
}

TEST_CASE("a slash at the start or inside ties a pattern to the file's folder") {
  CHECK(file("/a.py", "a.py"));
  CHECK_FALSE(file("/a.py", "x/a.py"));
  CHECK(file("x/a.py", "x/a.py"));
  CHECK_FALSE(file("x/a.py", "y/x/a.py"));
  CHECK(file("x/*.py", "x/a.py"));
  CHECK_FALSE(file("x/*.py", "x/y/a.py"));
}

TEST_CASE("a slash at the end means folders only") {
  CHECK(folder("gen/", "x/gen"));
  CHECK_FALSE(file("gen/", "x/gen"));
  CHECK(folder("/gen/", "gen"));
  CHECK_FALSE(folder("/gen/", "x/gen"));
}

TEST_CASE("the last pattern that matches decides") {
  CHECK_FALSE(file("*.py\n!keep.py\n", "keep.py"));
  CHECK(file("*.py\n!keep.py\nkeep.py\n", "keep.py"));
  CHECK(file("!keep.py\n*.py\n", "keep.py"));
  CHECK(Gitignore("!keep.py").ignores("keep.py", false) == false);
  CHECK_FALSE(Gitignore("a.py").ignores("keep.py", false));
}

TEST_CASE("two stars cross folders") {
  CHECK(file("**/gen/*.py", "a/b/gen/x.py"));
  CHECK(file("**/gen/*.py", "gen/x.py"));
  CHECK(file("a/**/x.py", "a/x.py"));
  CHECK(file("a/**/x.py", "a/b/c/x.py"));
  CHECK(file("a/**", "a/b/c.py"));
  CHECK_FALSE(folder("a/**", "a"));
}

TEST_CASE("comments, blank lines and trailing spaces do not count unless escaped") {
  CHECK_FALSE(file("# a.py\n", "# a.py"));
  CHECK(file("\\# a.py\n", "# a.py"));
  CHECK(file("\\!a.py\n", "!a.py"));
  CHECK(file("\n\n   \na.py   \n", "a.py"));
  CHECK(file("a\\ \n", "a "));
  CHECK_FALSE(file("a\\ \n", "a"));
  CHECK(file("a\\  \n", "a "));
  CHECK_FALSE(file("/\n!\n!/\n", "a"));
  CHECK(Gitignore("# only a comment\n\n").empty());
}

TEST_CASE("CRLF, a missing last line end and a byte order mark are read") {
  CHECK(file("a.py\r\nb.py\r\n", "a.py"));
  CHECK(file("a.py\r\nb.py", "b.py"));
  CHECK(
      file("\xEF\xBB\xBF"
           "a.py\n",
           "a.py"));
}

TEST_CASE("character classes") {
  CHECK(file("[ab].py", "a.py"));
  CHECK_FALSE(file("[!ab].py", "a.py"));
  CHECK(file("test[0-9].py", "test7.py"));
  CHECK(file("[[:upper:]].py", "X.py"));
}

TEST_CASE("the innermost file that says something decides") {
  const auto outer = std::make_shared<const IgnoreScope>(IgnoreScope{nullptr, "/p", Gitignore("*.py\n/b.txt\n")});
  const IgnoreScope inner{outer, "/p/sub", Gitignore("!keep.py\n/local.txt\n")};
  CHECK(is_ignored(&inner, "/p/sub/a.py", false));
  CHECK_FALSE(is_ignored(&inner, "/p/sub/keep.py", false));
  CHECK_FALSE(is_ignored(&inner, "/p/sub/deep/keep.py", false));
  CHECK(is_ignored(&inner, "/p/sub/local.txt", false));
  CHECK_FALSE(is_ignored(&inner, "/p/sub/deep/local.txt", false));
  CHECK_FALSE(is_ignored(&inner, "/p/sub/b.txt", false));
  CHECK_FALSE(is_ignored(nullptr, "/p/a.py", false));
}
