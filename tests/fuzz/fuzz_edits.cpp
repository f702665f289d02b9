// Analysing after edits gives what analysing the new text from scratch gives: findings, fixes and all.
// The last bytes of an input are a script of edits; the text they edit stands before them.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/engine/analyze.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using surefoot::engine::Config;
using surefoot::engine::FileAnalysis;
using surefoot::text::SourceText;
using surefoot::text::TextEdit;

constexpr std::size_t kScriptBytes = 64;
constexpr int kMaxSteps = 6;
constexpr int kMaxEdits = 3;
constexpr std::size_t kMaxCut = 40;

/// What people type and editors paste, beside arbitrary bytes: pieces that open, close and move blocks.
constexpr const char* kPieces[] = {
    "",  "\n",   "    ",           "\"\"\"",  "'",    "(",         ")", "async ",           "await ",
    "#", "\\\n", "def f():\n    ", "return ", "\r\n", "import x ", "=", "\xf0\x9f\x98\x80", "time.sleep(1)\n"};

std::shared_ptr<const Config> every_rule() {
  static const auto config = [] {
    Config all;
    all.select = {"ALL"};
    return std::make_shared<const Config>(all);
  }();
  return config;
}

TextEdit next_edit(FuzzedDataProvider& in, const SourceText& text) {
  const auto start = in.ConsumeIntegralInRange<std::uint32_t>(0, text.size());
  const auto cut = in.ConsumeIntegralInRange<std::uint32_t>(0, kMaxCut);
  TextEdit edit{{start, std::min(start + cut, text.size())}, in.PickValueInArray(kPieces)};
  if (in.ConsumeBool()) edit.content += in.ConsumeBytesAsString(4);
  return edit;
}

void require_same(const FileAnalysis& incremental, const FileAnalysis& whole) {
  SUREFOOT_REQUIRE(incremental.text().bytes() == whole.text().bytes());
  SUREFOOT_REQUIRE(incremental.findings() == whole.findings());
  for (const auto& finding : whole.findings()) {
    SUREFOOT_REQUIRE(incremental.fixes(finding).offered == whole.fixes(finding).offered);
    SUREFOOT_REQUIRE(incremental.fixes(finding).reason == whole.fixes(finding).reason);
    SUREFOOT_REQUIRE(incremental.suppression(finding) == whole.suppression(finding));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kScriptBytes) return 0;
  FuzzedDataProvider in(data, size);
  SourceText text(in.ConsumeBytesAsString(size - kScriptBytes));
  auto analysis = surefoot::engine::analyze({{"app/main.py", {}}, text}, every_rule());
  for (int step = 0; step < kMaxSteps && in.remaining_bytes() > 0; ++step) {
    std::vector<TextEdit> edits;
    for (int count = in.ConsumeIntegralInRange(1, kMaxEdits); count > 0; --count) {
      edits.push_back(next_edit(in, text));
      text = text.with_edit(edits.back());
    }
    analysis = surefoot::engine::reanalyze(*analysis, edits, every_rule());
    require_same(*analysis, *surefoot::engine::analyze({{"app/main.py", {}}, text}, every_rule()));
  }
  return 0;
}
