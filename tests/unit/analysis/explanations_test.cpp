// Places that explain a finding: what a rule names beside the place that it reports.

#include "analysis/engine/analyze.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {
namespace {

std::shared_ptr<const engine::FileAnalysis> analyze(const std::string& code) {
  return engine::analyze({{"app/main.py", {}}, text::SourceText(code)}, std::make_shared<const engine::Config>());
}

const std::string kHead =
    "import threading\n\n"
    "a = threading.Lock()\n"
    "b = threading.Lock()\n\n\n";

}  // namespace

TEST_CASE("a finding names the places that explain it, in other functions of the file too") {
  const std::string code = kHead +
                           "def one():\n    with a:\n        two()\n\n\n"
                           "def two():\n    with b:\n        pass\n\n\n"
                           "def three():\n    with b:\n        with a:\n            pass\n";
  const auto analysis = analyze(code);
  REQUIRE(analysis->findings().size() == 2);
  const engine::Finding& first = analysis->findings().front();
  CHECK(first.code == "RT308");
  REQUIRE(first.related.size() == 2);
  CHECK(first.related.front().path.empty());
  CHECK(first.related.front().span.start == code.find("two()"));
  CHECK(first.related.front().message == "`a` is held here, where `two` runs what takes the other");
  CHECK(first.related.back().span.start == code.rfind("a:"));
  CHECK(first.related.back().message == "Here `a` is taken while `b` is held");
}

TEST_CASE("an explanation moves with the code it names") {
  const std::string code =
      kHead + "def one():\n    with a:\n        two()\n\n\ndef two():\n    with a:\n        pass\n";
  const auto before = analyze(code);
  const auto after = engine::reanalyze(*before, {{{0, 0}, "# a comment\n"}}, before->config(), before->project());
  REQUIRE(before->findings().size() == 1);
  REQUIRE(after->findings().size() == 1);
  CHECK(before->findings().front().code == "RT315");
  REQUIRE(after->findings().front().related.size() == 1);
  CHECK(after->findings().front().related.front().span.start ==
        before->findings().front().related.front().span.start + 12);
}

}  // namespace surefoot::test
