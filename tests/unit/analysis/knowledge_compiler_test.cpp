// The knowledge compiler: what it accepts, what it refuses and where it points.
#include <sstream>
#include <string>
#include <vector>

#include "analysis/knowledge/compiler/compile.hpp"
#include "analysis/knowledge/compiler/names.hpp"
#include "analysis/knowledge/compiler/write.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::knowledge::compiler {
namespace {

const std::string kModule = "[module]\nname = \"lib\"\nsource = \"https://lib.example/\"\n";

std::vector<std::string> problems(const std::vector<Input>& inputs) {
  std::vector<std::string> texts;
  for (const Problem& problem : compile(inputs).problems) texts.push_back(to_string(problem));
  return texts;
}

/// The one problem of a file that starts with [module] (lines 1 to 3).
std::string problem(const std::string& toml) {
  const std::vector<std::string> all = problems({{"lib.toml", kModule + toml}});
  std::string joined;
  for (const std::string& one : all) joined += (joined.empty() ? "" : "\n") + one;
  INFO(joined);
  CHECK(all.size() == 1);
  return all.empty() ? std::string() : all.front();
}

Knowledge knowledge(const std::string& toml) {
  const Compiled compiled = compile({{"lib.toml", kModule + toml}});
  for (const Problem& one : compiled.problems) FAIL(to_string(one));
  return compiled.knowledge;
}

TEST_CASE("a full callable is read") {
  const Knowledge all = knowledge(R"([[callable]]
name = ["lib.get", "lib.Session.get"]
effects = ["blocks.network", "sends"]
iterating = ["blocks.file"]
returns = "dict[str,lib.Response]|None"
item = "bytes"
async_twin = "other.get"
timeout = { parameter = "timeout", position = 2, default = "none" }
unless = [{ parameter = "dry", value = "True" }, { position = 3, missing = true }]
)");
  REQUIRE(all.callables.size() == 2);
  const CallableRecord& get = all.callables[1];
  CHECK(get.name == "lib.get");
  CHECK(static_cast<Effect>(get.effects) == (Effect::blocks_network | Effect::sends));
  CHECK(static_cast<Effect>(get.iterating) == Effect::blocks_file);
  CHECK(get.returns == "dict[str, lib.Response] | None");
  CHECK(get.timeout.position == 2);
  CHECK(get.timeout_default == TimeoutDefault::waits_for_ever);
  REQUIRE(get.unless.size() == 2);
  CHECK(get.unless[1].argument.position == 3);
  CHECK(get.unless[1].value.empty());
}

TEST_CASE("mistakes within an entry are refused with their place") {
  CHECK(problem("[[callable]]\nname = \"lib.a\"\nretruns = \"str\"\n") ==
        "lib.toml:6:11: unknown key `retruns` in [[callable]]; keys are `async`, `async_twin`, `effects`, `item`, "
        "`iterating`, `name`, `returns`, `source`, `timeout`, `unless`");
  CHECK_THAT(problem("[[callable]]\nname = \"lib.a\"\neffects = [\"blocks.netwrk\"]\n"),
             ContainsSubstring("lib.toml:6:12: unknown effect `blocks.netwrk`; effects are `blocks.sleep`"));
  CHECK(problem("[[callable]]\neffects = \"sends\"\n") == "lib.toml:4:1: `name` is missing in [[callable]]");
  CHECK(problem("[[callable]]\nname = []\n") == "lib.toml:5:8: `name` is empty");
  CHECK(problem("[[callable]]\nname = \"lib.a\"\nasync = 1\n") == "lib.toml:6:9: `async` is true or false");
  CHECK(problem("[[callable]]\nname = \"lib.a b\"\n") == "lib.toml:5:8: `lib.a b` is no qualified name");
  CHECK(problem("[[callable]]\nname = \"lob.a\"\n") ==
        "lib.toml:5:8: `lob.a` is in none of the modules that [module] names");
  CHECK(problem("[[callable]]\nname = \"open\"\n") ==
        "lib.toml:5:8: `open` is in none of the modules that [module] names");
  CHECK(problem("[[class]]\nname = \"lib.A\"\nmanager = \"sink\"\n") ==
        "lib.toml:6:11: `manager` is one of `sync`, `async`, `both`");
  CHECK(problem("[[class]]\nname = \"lib.*\"\n") == "lib.toml:5:8: `lib.*` is no qualified name");
  CHECK(problem("[[bridge]]\nname = \"lib.a\"\nto = \"process\"\n") ==
        "lib.toml:4:1: `callable` is missing in [[bridge]]");
  CHECK(problem("[[spawner]]\nname = \"lib.a\"\n") == "lib.toml:4:1: `owner` is missing in [[spawner]]");
  CHECK_THAT(problem("[[provides]]\nname = \"lib.a\"\nwhat = \"x\"\n"), ContainsSubstring(":6:8: `what` is one of"));
  CHECK_THAT(problem("[[decorator]]\nname = \"lib.a\"\ncontext = \"web\"\n"),
             ContainsSubstring(":6:11: `context` is one of `web-request`"));
  CHECK_THAT(problem("[[calable]]\nname = \"lib.a\"\n"), ContainsSubstring("unknown key `calable` in the file"));
}

TEST_CASE("arguments and conditions are checked") {
  const std::string start = "[[callable]]\nname = \"lib.a\"\n";
  CHECK_THAT(problem(start + "timeout = { parameter = \"t\", default = \"never\" }\n"),
             ContainsSubstring(":6:40: `default` is one of `none`, `finite`"));
  CHECK_THAT(problem(start + "timeout = { default = \"none\" }\n"),
             ContainsSubstring("`parameter`, `position` or both"));
  CHECK_THAT(problem(start + "timeout = \"timeout\"\n"), ContainsSubstring(":6:11: `timeout` is a table"));
  CHECK_THAT(problem(start + "unless = [{ position = 0 }]\n"), ContainsSubstring("either `value` or `missing = true`"));
  CHECK_THAT(problem(start + "unless = [{ position = 0, value = \"1\", missing = true }]\n"),
             ContainsSubstring("either `value` or `missing = true`"));
  CHECK_THAT(problem(start + "unless = [{ parameter = \"a\", position = -1, value = \"1\" }]\n"),
             ContainsSubstring("`position` is a position"));
  CHECK_THAT(problem(start + "async = true\neffects = [\"blocks.sleep\"]\n"),
             ContainsSubstring("lib.toml:4:1: an async"));
}

TEST_CASE("[module] is required and checked") {
  CHECK(problems({{"a.toml", "[[limiter]]\n"}}).front() ==
        "a.toml:1:1: [module] with its `name` and `source` is missing");
  CHECK(problems({{"a.toml", "[module]\nname = \"a\"\n"}}) ==
        std::vector<std::string>{"a.toml:1:1: `source` is missing in [module]"});
  CHECK(problems({{"a.toml", "[module]\nname = \"a\"\nsource = \"the docs\"\n"}}) ==
        std::vector<std::string>{"a.toml:3:10: `source` is an address"});
}

TEST_CASE("text that is no TOML is refused with its place") {
  CHECK_THAT(problem("[[callable]\n"), ContainsSubstring("lib.toml:4:"));
  CHECK_THAT(problem("[[callable]]\nname = \"lib.a\"\nname = \"lib.b\"\n"), ContainsSubstring("lib.toml:6:"));
}

TEST_CASE("a name given twice is refused, across files too") {
  const std::string entry = "[[callable]]\nname = \"lib.a\"\n";
  CHECK(problem(entry + entry) == "lib.toml:7:8: the callable `lib.a` is already given in lib.toml:5");
  CHECK(problems({{"a.toml", kModule + entry}, {"b.toml", kModule + entry}}) ==
        std::vector<std::string>{"b.toml:5:8: the callable `lib.a` is already given in a.toml:5"});
}

TEST_CASE("types are checked") {
  const auto returns = [](const std::string& type) {
    return problem(
        "[[callable]]\nname = [\"lib.a\", \"lib.Thing.b\"]\n[[class]]\nname = \"lib.Thing\"\n"
        "[[callable]]\nname = \"lib.c\"\nreturns = \"" +
        type + "\"\n");
  };
  CHECK_THAT(returns("Thing"), ContainsSubstring("`Thing` is no builtin type; write its qualified name (character 1)"));
  CHECK_THAT(returns("lib.thing"), ContainsSubstring("the class is spelled `lib.Thing`"));
  CHECK_THAT(returns("lib.a"), ContainsSubstring("which is a function and no class"));
  CHECK_THAT(returns("list["), ContainsSubstring("a type name is expected (character 6)"));
  CHECK_THAT(returns("list[str"), ContainsSubstring("a `]` is missing"));
  CHECK_THAT(returns("str str"), ContainsSubstring("what follows is not part of a type (character 5)"));
  CHECK_THAT(returns("list[list[list[list[list[list[list[list[list[list[str]]]]]]]]]]"),
             ContainsSubstring("nested too deeply"));
}

TEST_CASE("aliases are applied to types, bases and twins") {
  const Knowledge all = knowledge(R"([[alias]]
of = "lib.Thing"
name = ["lib.things.Thing", "lib.OldThing"]
[[class]]
name = "lib.Thing"
[[class]]
name = "lib.Other"
bases = ["lib.OldThing"]
[[callable]]
name = "lib.make"
returns = "list[lib.things.Thing]"
async_twin = "lib.things.Thing.make"
)");
  CHECK(all.callables[0].returns == "list[lib.Thing]");
  CHECK(all.callables[0].async_twin == "lib.Thing.make");
  CHECK(all.classes[0].bases == std::vector<std::string>{"lib.Thing"});
}

TEST_CASE("aliases that contradict each other or an entry are refused") {
  const std::string first = "[[alias]]\nof = \"lib.a\"\nname = \"lib.b\"\n";
  CHECK(problem(first + "[[alias]]\nof = \"lib.c\"\nname = \"lib.b\"\n") ==
        "lib.toml:9:8: `lib.b` is already an alias of `lib.a` (lib.toml:6)");
  CHECK(problem(first + "[[alias]]\nof = \"lib.b\"\nname = \"lib.c\"\n") ==
        "lib.toml:9:8: `lib.b` is itself an alias; write `lib.a`");
  CHECK(problem("[[alias]]\nof = \"lib.a.b\"\nname = \"lib.a\"\n") ==
        "lib.toml:6:8: `lib.a` stands for something below itself");
  CHECK(problem(first + "[[callable]]\nname = \"lib.b.x\"\n") ==
        "lib.toml:8:8: `lib.b.x` is an alias; write `lib.a.x`");
}

TEST_CASE("an alias within what another alias stands for is reached through both") {
  const Knowledge all = knowledge(R"([[alias]]
of = "lib.inner"
name = "lib.short"
[[alias]]
of = "lib.Thing"
name = "lib.inner.Thing"
)");
  bool found = false;
  for (const AliasRecord& alias : all.aliases)
    found = found || (alias.name == "lib.short.Thing" && alias.of == "lib.Thing");
  CHECK(found);
}

TEST_CASE("a class that is its own base is refused") {
  const std::vector<std::string> all =
      problems({{"lib.toml", kModule + "[[class]]\nname = \"lib.A\"\nbases = [\"lib.B\"]\n"
                                       "[[class]]\nname = \"lib.B\"\nbases = [\"lib.A\"]\n"}});
  CHECK(all == std::vector<std::string>{"lib.toml:5:8: the class `lib.A` is its own base",
                                        "lib.toml:8:8: the class `lib.B` is its own base"});
}

TEST_CASE("names follow the grammar") {
  CHECK(is_dotted_name("a.b_1.C"));
  CHECK_FALSE(is_dotted_name(""));
  CHECK_FALSE(is_dotted_name("a..b"));
  CHECK_FALSE(is_dotted_name("a.1b"));
  CHECK_FALSE(is_dotted_name(".a"));
  CHECK(is_wildcard("a.B.*"));
  CHECK_FALSE(is_wildcard("*"));
  CHECK_FALSE(is_wildcard("a.*.b"));
}

TEST_CASE("no tables at all make an empty source") {
  std::ostringstream out;
  CHECK(write(compile({}).knowledge, out));
  CHECK_THAT(out.str(), ContainsSubstring("std::array<CallableRow, 0> kCallables"));
}

TEST_CASE("more names than the indexes hold are not written") {
  Knowledge all;
  for (int i = 0; i < 70000; ++i) all.limiters.push_back({"lib.l" + std::to_string(i), {}});
  std::ostringstream out;
  CHECK_FALSE(write(all, out));
}

}  // namespace
}  // namespace surefoot::knowledge::compiler
