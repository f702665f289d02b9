// The engine around the rules: suppressions, selection, severities, fix-all, hostile input.

#include "analysis/engine/analyze.hpp"
#include "analysis/engine/suppress.hpp"
#include "analysis/syntax/kind.hpp"
#include "analysis/syntax/tree.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {
namespace {

std::shared_ptr<const engine::FileAnalysis> analyze(const std::string& code, engine::Config config = {},
                                                    const std::string& path = "app/main.py") {
  return engine::analyze({{path, {}}, text::SourceText(code)},
                         std::make_shared<const engine::Config>(std::move(config)));
}

std::string codes(const engine::FileAnalysis& analysis) {
  std::string all;
  for (const engine::Finding& finding : analysis.findings()) all += (all.empty() ? "" : " ") + finding.code;
  return all;
}

const std::string kHead = "import time\n\n\nasync def f():\n";

}  // namespace

TEST_CASE("a suppression silences the codes it names on its line") {
  const std::pair<const char*, const char*> cases[] = {
      {"    time.sleep(1)\n", "RT101"},
      {"    time.sleep(1)  # surefoot: ignore[RT101]\n", ""},
      {"    time.sleep(1)  # surefoot: ignore[blocking-call-in-async] on purpose\n", ""},
      {"    time.sleep(1)  # surefoot: ignore\n", ""},
      {"    time.sleep(1)  # noqa: RT101\n", ""},
      {"    time.sleep(1)  # noqa: ASYNC251\n", ""},
      {"    time.sleep(1)  # NOQA\n", ""},
      {"    time.sleep(1)  # noqa: E501\n", "RT101"},
      {"    time.sleep(1)  # noqa: E501  # surefoot: ignore[RT101]\n", ""},
      {"    time.sleep(1)  # surefoot: ignore[CEL111]\n", "RT101 SF101"},
      {"    time.sleep(1)  # surefoot: ignore[RT101, CEL111]\n", "SF101"},
      {"    time.sleep(1)  # surefoot: ignored\n", "RT101"},
      {"    time.sleep(  # surefoot: ignore[RT101]\n        1)\n", ""},
      {"    time.sleep(\n        1)  # surefoot: ignore[RT101]\n", ""},
      {"    # surefoot: ignore[RT101]\n    time.sleep(1)\n", "RT101 SF101"},
  };
  for (const auto& [line, expected] : cases) {
    INFO(line);
    std::string found = codes(*analyze(kHead + line));
    if (found == "SF101 RT101") found = "RT101 SF101";
    CHECK(found == expected);
  }
  CHECK(codes(*analyze("# surefoot: ignore-file[RT101]\n" + kHead + "    time.sleep(1)\n")).empty());
}

TEST_CASE("a suppression at a cause silences it for all callers") {
  const std::string tail = "\n\nasync def f():\n    load()\n";
  const std::pair<const char*, const char*> cases[] = {
      {"    time.sleep(1)\n", "RT102"},
      {"    time.sleep(1)  # surefoot: ignore[RT101]\n", ""},
      {"    time.sleep(1)  # surefoot: ignore[RT102] done at start-up only\n", ""},
      {"    time.sleep(1)  # noqa: ASYNC251\n", ""},
      {"    time.sleep(\n        1\n    )  # surefoot: ignore\n", ""},
      {"    time.sleep(1)  # surefoot: ignore[RT103]\n", "SF101 RT102"},
      {"    pass  # surefoot: ignore[RT102]\n    time.sleep(1)\n", "SF101 RT102"},
  };
  for (const auto& [line, expected] : cases) {
    INFO(line);
    CHECK(codes(*analyze(std::string("import time\n\n\ndef load():\n") + line + tail)) == expected);
  }
}

TEST_CASE("the action that suppresses a finding silences it") {
  const char* bodies[] = {"    time.sleep(1)\n",
                          "    time.sleep(\n        1)\n",
                          "    x = '''a\nb''', time.sleep(1)\n",
                          "    y = time.sleep(1), '''a\nb'''\n",
                          "    z = \\\n        time.sleep(1)\n",
                          "    time.sleep(1)  # surefoot: ignore[CEL111]\n",
                          "    time.sleep(1)  # because\n"};
  for (const char* body : bodies) {
    const auto before = analyze(kHead + body);
    for (const engine::Finding& finding : before->findings()) {
      if (finding.code != "RT101") continue;
      const auto fix = before->suppression(finding);
      const std::string text = text::apply_edits(before->text().bytes(), fix.files.front().edits);
      INFO(text);
      CHECK(codes(*analyze(text)).find("RT101") == std::string::npos);
    }
  }
}

TEST_CASE("selection follows profile, select, ignore and paths") {
  const std::string code = kHead + "    time.sleep(1)\n";
  engine::Config config;
  config.ignore = {"RT1"};
  CHECK(codes(*analyze(code, config)).empty());
  config.select = {"RT101"};
  CHECK(codes(*analyze(code, config)) == "RT101");
  config = {};
  config.select = {"CEL"};
  CHECK(codes(*analyze(code, config)).empty());
  config = {};
  config.per_file_ignores = {{"app/*", {"RT101"}}};
  CHECK(codes(*analyze(code, config)).empty());
  config = {};
  config.severity = {{"RT101", rules::Severity::error}};
  CHECK(analyze(code, config)->findings().front().severity == rules::Severity::error);
  CHECK(codes(*analyze(code, {}, "tests/test_app.py")).empty());
}

TEST_CASE("fix-all applies safe fixes, is idempotent and keeps the file parseable") {
  const std::string code =
      "import time\nimport requests\n\n\nasync def f(u):\n    time.sleep(1); time.sleep(2)\n    return "
      "requests.get(u)\n";
  const auto safe = engine::fix_all(*analyze(code), rules::Applicability::safe, {"RT101"});
  CHECK(safe.fixed == 2);
  CHECK(safe.text ==
        "import asyncio\nimport time\nimport requests\n\n\nasync def f(u):\n    await asyncio.sleep(1); await "
        "asyncio.sleep(2)\n    return requests.get(u)\n");
  const auto all = engine::fix_all(*analyze(code), rules::Applicability::unsafe, {"RT101"});
  CHECK(all.text.find("await asyncio.to_thread(requests.get, u)") != std::string::npos);
  const auto again = engine::fix_all(*analyze(all.text), rules::Applicability::unsafe, {"RT101"});
  CHECK(again.fixed == 0);
  CHECK(again.text == all.text);
}

TEST_CASE("a syntax error costs its statement and no more") {
  CHECK(codes(*analyze(kHead + "    time.sleep(1)\n    x = foo(\n\n\nasync def g():\n    time.sleep(2)\n")) ==
        "RT101 RT101");
  CHECK(codes(*analyze(kHead + "    x.\n    y = 1\n\n\nasync def g():\n    time.sleep(2)\n")) == "RT101");
  CHECK(codes(*analyze(kHead + "    x = 1 +\n    time.sleep(1)\n")) == "RT101");
  CHECK(codes(*analyze(kHead + "    time.sleep(1)\n    def\n")) == "RT101");
}

TEST_CASE("any bytes give an analysis") {
  const std::string brackets(100'000, '(');
  const std::string nested = "async def f():\n    x = " + brackets + std::string(100'000, ')') + "\n";
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "if x:\n";
  std::string chain = "async def f():\n    a";
  for (int i = 0; i < 50'000; ++i) chain += ".b()";
  std::string sum = "x = 1";
  for (int i = 0; i < 50'000; ++i) sum += " + 1";
  for (const std::string& code : {brackets, nested, deep, chain + "\n", sum + "\n", std::string("\0\xff\xfe", 3),
                                  std::string(), std::string("\xEF\xBB\xBFx = 1\r\n"), std::string("\\")}) {
    const auto analysis = analyze(code);
    for (const engine::Finding& finding : analysis->findings()) CHECK(finding.span.end <= code.size());
  }
}

TEST_CASE("the kinds and fields are the grammar's") {
  for (int kind = 3; kind < 256; ++kind) {
    const auto one = static_cast<syntax::Kind>(kind);
    if (kind > static_cast<int>(syntax::Kind::yield)) break;
    CHECK(syntax::kind_from_name(syntax::kind_name(one)) == one);
    CHECK(syntax::grammar_has_kind(syntax::kind_name(one)));
  }
}

}  // namespace surefoot::test
