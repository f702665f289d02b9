#include "analysis/engine/config_glob.hpp"

#include <string>

#include "tests/unit/catch.hpp"

using surefoot::engine::glob_covers;
using surefoot::engine::Star;
using surefoot::engine::wildcard_match;

namespace {

bool git(std::string_view pattern, std::string_view text) {
  return wildcard_match(pattern, text, Star::stops_at_slash);
}
bool free(std::string_view pattern, std::string_view text) {
  return wildcard_match(pattern, text, Star::crosses_slash);
}

}  // namespace

TEST_CASE("wildcards match whole texts") {
  CHECK(git("", ""));
  CHECK_FALSE(git("", "a"));
  CHECK(git("abc", "abc"));
  CHECK_FALSE(git("abc", "abcd"));
  CHECK_FALSE(git("abcd", "abc"));
  CHECK(git("a?c", "abc"));
  CHECK_FALSE(git("a?c", "a/c"));
  CHECK(free("a?c", "a/c"));
  CHECK(git("*", ""));
  CHECK(git("*.py", "a.py"));
  CHECK(git("a*b*c", "aXbXbYc"));
  CHECK_FALSE(git("a*b*c", "aXbXbYcd"));
}

TEST_CASE("a star stops at a slash or crosses it") {
  CHECK_FALSE(git("a*c", "a/c"));
  CHECK(free("a*c", "a/b/c"));
  CHECK_FALSE(git("tests/*.py", "tests/unit/a.py"));
  CHECK(free("tests/*.py", "tests/unit/a.py"));
}

TEST_CASE("two stars stand for any number of folders") {
  CHECK(git("**/a", "a"));
  CHECK(git("**/a", "x/y/a"));
  CHECK_FALSE(git("**/a", "x/ya"));
  CHECK(git("a/**", "a/b/c"));
  CHECK_FALSE(git("a/**", "a"));
  CHECK_FALSE(git("a/**", "ab"));
  CHECK(git("a/**/b", "a/b"));
  CHECK(git("a/**/b", "a/x/y/b"));
  CHECK_FALSE(git("a/**/b", "a/xb"));
  CHECK(git("**", "a/b"));
  CHECK(git("**/*.py", "a/b.py"));
  CHECK(git("a/**/b/*.py", "a/x/b/y/b/z.py"));
  CHECK_FALSE(git("a/**/b/*.py", "a/x/b/y/z.py"));
  CHECK_FALSE(git("a**b", "a/b"));  // not alone between slashes: an ordinary star
  CHECK(git("a**b", "axxb"));
}

TEST_CASE("brackets hold characters, ranges and classes") {
  CHECK(git("[abc]", "b"));
  CHECK_FALSE(git("[abc]", "d"));
  CHECK(git("[a-c]x", "bx"));
  CHECK(git("[!a-c]", "d"));
  CHECK(git("[^a-c]", "d"));
  CHECK_FALSE(git("[!a-c]", "b"));
  CHECK(git("[]a]", "]"));
  CHECK(git("[!]a]", "b"));
  CHECK(git("[a-]", "-"));
  CHECK(git("[[:digit:]]", "7"));
  CHECK_FALSE(git("[[:digit:]]", "x"));
  CHECK(git("[[:alpha:]_]", "_"));
  CHECK(git("[\\]]", "]"));
  CHECK_FALSE(git("[!a]", "/"));
  CHECK(git("[abc", "[abc"));  // never closed: itself
  CHECK(git("a[", "a["));
}

TEST_CASE("a backslash takes the next character as it is") {
  CHECK(git("\\*", "*"));
  CHECK_FALSE(git("\\*", "a"));
  CHECK(git("a\\?b", "a?b"));
  CHECK(git("a\\", "a\\"));
}

TEST_CASE("many stars do not take for ever") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  CHECK_FALSE(git(pattern + "b", std::string(4000, 'a')));
  std::string folders;
  for (int i = 0; i < 50; ++i) folders += "**/a/";
  std::string path;
  for (int i = 0; i < 500; ++i) path += "a/";
  CHECK_FALSE(git(folders + "b", path + "c"));
}

TEST_CASE("a glob of the configuration covers files and folders by path or by name") {
  for (const char* glob : {"tests", "tests/", "./tests", "/tests", "tests/*", "tests/**", "tests/*.py", "**/tests/**",
                           "test_*.py", "*.py", "**/unit", "tests/unit/test_a.py"}) {
    CAPTURE(glob);
    CHECK(glob_covers(glob, "tests/unit/test_a.py"));
  }
  for (const char* glob : {"", "test", "unit/test_a.py", "tests/unit/test_b.py", "*.pyi", "/unit", "ests/**"}) {
    CAPTURE(glob);
    CHECK_FALSE(glob_covers(glob, "tests/unit/test_a.py"));
  }
}

TEST_CASE("braces stand for alternatives") {
  CHECK(glob_covers("**/{tests,docs}/*", "app/docs/conf.py"));
  CHECK(glob_covers("{a,b{c,d}}.py", "bd.py"));
  CHECK(glob_covers("x{,_test}.py", "x.py"));
  CHECK_FALSE(glob_covers("{a,b}.py", "c.py"));
  CHECK(glob_covers("{a", "{a"));
  std::string many;
  for (int i = 0; i < 64; ++i) many += "{a,b}";
  CHECK_FALSE(glob_covers(many, "c"));  // bounded
}

TEST_CASE("a glob that starts with an exclamation mark covers what the rest does not") {
  CHECK(glob_covers("!tests/*", "app/main.py"));
  CHECK_FALSE(glob_covers("!tests/*", "tests/main.py"));
}
