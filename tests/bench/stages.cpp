// The stages of an analysis, each beside the bare parser reading the same text in the same run.
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "analysis/engine/analyze.hpp"
#include "analysis/syntax/tree.hpp"
#include "analysis/syntax/units.hpp"
#include "server/allocator.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/sample.hpp"

namespace surefoot::bench {
namespace {

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1'000)->Arg(10'000)->Arg(50'000)->UseManualTime()->Unit(benchmark::kMicrosecond);
}

const auto kConfig = std::make_shared<const engine::Config>();

void whole_parse(benchmark::State& state) {
  const std::string& text = python_of(state.range(0));
  BareParser bare;
  compare(
      state, [&] { bare.parse(text); },
      [&] { benchmark::DoNotOptimize(syntax::Parser::of_this_thread().parse(text)); });
}
BENCHMARK(whole_parse)->Apply(sizes);

void whole_reading(benchmark::State& state) {
  const std::string& bytes = python_of(state.range(0));
  const text::SourceText text(bytes);
  BareParser bare;
  compare(
      state, [&] { bare.parse(bytes); }, [&] { benchmark::DoNotOptimize(syntax::read_units(text)); });
}
BENCHMARK(whole_reading)->Apply(sizes);

void whole_analysis(benchmark::State& state) {
  const std::string& bytes = python_of(state.range(0));
  const text::SourceText text(bytes);
  BareParser bare;
  compare(
      state, [&] { bare.parse(bytes); },
      [&] {
        benchmark::DoNotOptimize(engine::analyze({{"app/main.py", {}}, text}, kConfig));
      });
  state.counters["findings"] =
      static_cast<double>(engine::analyze({{"app/main.py", {}}, text}, kConfig)->findings().size());
}
BENCHMARK(whole_analysis)->Apply(sizes);

/// Each file of a folder by itself; where none is named, nothing.
void each_file(benchmark::State& state, const auto& work) {
  const char* folder = std::getenv("SUREFOOT_BENCH_FOLDER");
  if (folder == nullptr) return state.SkipWithError("SUREFOOT_BENCH_FOLDER names no folder");
  std::vector<text::SourceText> texts;
  for (std::string& bytes : python_below(folder)) texts.emplace_back(std::move(bytes));
  compare_sums(
      state, texts,
      [bare = std::make_shared<BareParser>()](const text::SourceText& text) { bare->parse(text.bytes()); }, work);
}

void reading_of_files(benchmark::State& state) {
  each_file(state, [](const text::SourceText& text) { benchmark::DoNotOptimize(syntax::read_units(text)); });
}
BENCHMARK(reading_of_files)->UseManualTime()->Unit(benchmark::kMillisecond);

void analysis_of_files(benchmark::State& state) {
  each_file(state, [](const text::SourceText& text) {
    benchmark::DoNotOptimize(engine::analyze({{"app/main.py", {}}, text}, kConfig));
  });
}
BENCHMARK(analysis_of_files)->UseManualTime()->Unit(benchmark::kMillisecond);

/// A letter goes in, and out again at the next turn.
struct Typing {
  explicit Typing(const std::string& bytes) : place(typing_place(bytes)), plain(bytes) {
    typed = plain.with_edit(insertion());
  }
  text::TextEdit insertion() const { return {{place, place}, "x"}; }
  text::TextEdit removal() const { return {{place, place + 1}, ""}; }

  std::uint32_t place;
  text::SourceText plain;
  text::SourceText typed;
};

void one_character_edit(benchmark::State& state) {
  const std::string& bytes = python_of(state.range(0));
  const Typing typing(bytes);
  BareParser bare;
  bare.parse(bytes);
  auto analysis = engine::analyze({{"app/main.py", {}}, typing.plain}, kConfig);
  bool there = false;
  compare(
      state,
      [&] {
        if (there) {
          bare.reparse(typing.removal(), typing.typed, typing.plain);
        } else {
          bare.reparse(typing.insertion(), typing.plain, typing.typed);
        }
      },
      [&] {
        analysis = engine::reanalyze(*analysis, {there ? typing.removal() : typing.insertion()}, kConfig);
        benchmark::DoNotOptimize(analysis->findings().data());
        there = !there;
      });
  state.counters["units_rechecked"] = static_cast<double>(analysis->counters().units_rechecked);
}
BENCHMARK(one_character_edit)->Apply(sizes);

}  // namespace
}  // namespace surefoot::bench

int main(int argc, char** argv) {
  surefoot::server::tune_allocator();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
