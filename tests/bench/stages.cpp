// The stages of an analysis, each beside the bare parser reading the same text in the same run.
#include <memory>
#include <utility>

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
