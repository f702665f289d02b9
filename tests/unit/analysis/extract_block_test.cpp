// Moving a block to a thread: what pages cannot show. The rest is in blocking_file_io_in_async.md.

#include "analysis/engine/analyze.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {
namespace {

// The text after the first fix of the first finding; empty when there is none.
std::string fixed(const std::string& code) {
  auto config = std::make_shared<engine::Config>();
  config->select = {"RT103"};
  const auto analysis = engine::analyze({{"app/example.py", {}}, text::SourceText(code)}, config);
  if (analysis->findings().empty()) return "";
  const engine::Fixes fixes = analysis->fixes(analysis->findings().front());
  return fixes.offered.empty() ? fixes.reason : text::apply_edits(code, fixes.offered.front().files.front().edits);
}

const std::string kHead = "import asyncio\n\n\nasync def f(path, items):\n";

}  // namespace

TEST_CASE("a block that moves keeps its line endings and the end of the file") {
  CHECK(
      fixed("import asyncio\r\n\r\n\r\nasync def f(path):\r\n    with open(path) as g:\r\n        x = g.read()\r\n    "
            "return x\r\n") ==
      "import asyncio\r\n\r\n\r\nasync def f(path):\r\n    def use_file():\r\n        with open(path) as g:\r\n        "
      "  "
      "  x = g.read()\r\n        return x\r\n\r\n    x = await asyncio.to_thread(use_file)\r\n    return x\r\n");
  CHECK(fixed(kHead + "    with open(path) as g:\n        return g.read()") ==
        kHead +
            "    def use_file():\n        with open(path) as g:\n            return g.read()\n\n    return await "
            "asyncio.to_thread(use_file)");
}

TEST_CASE("a block whose names may not be set does not move, and says why") {
  CHECK_THAT(
      fixed(kHead +
            "    if items:\n        n = 1\n    with open(path) as g:\n        n += len(g.read())\n    return n\n"),
      ContainsSubstring("`n` may not be set"));
  CHECK_THAT(fixed(kHead + "    with open(path) as g:\n        for n in g:\n            pass\n    return n\n"),
             ContainsSubstring("`n` may not be set"));
  CHECK_THAT(fixed(kHead + "    with open(path) as g:\n        if items:\n            n = g.read()\n        else:\n    "
                           "        n = 1\n    return n\n"),
             ContainsSubstring("def use_file():"));
  CHECK_THAT(fixed(kHead + "    with open(path) as g:\n        try:\n            n = g.read()\n        except "
                           "OSError:\n            return 0\n    return n\n"),
             ContainsSubstring("a `return` leaves the block"));
  CHECK_THAT(fixed(kHead + "    with open(path) as g:\n        try:\n            n = g.read()\n        except "
                           "OSError:\n            n = 0\n    return n\n"),
             ContainsSubstring("n = await asyncio.to_thread(use_file)"));
}

TEST_CASE("what nested functions see of a block's names comes back") {
  CHECK_THAT(fixed(kHead + "    def late():\n        return n\n\n    with open(path) as g:\n        n = g.read()\n    "
                           "items.append(late)\n"),
             ContainsSubstring("n = await asyncio.to_thread(use_file)"));
  CHECK_THAT(
      fixed(kHead +
            "    with open(path) as g:\n        n = [n for n in g]\n    return sorted(items, key=lambda n: n)\n"),
      ContainsSubstring("    await asyncio.to_thread(use_file)\n"));
}

}  // namespace surefoot::test
