#pragma once
// Timing two things by turns, in the time that this thread had the processor: a busy machine changes little.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>
#include <vector>

namespace surefoot::bench {

inline double processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

inline double seconds(const auto& work) {
  const double begin = processor_time();
  work();
  return processor_time() - begin;
}

inline double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

inline void report(benchmark::State& state, const std::vector<double>& bare, const std::vector<double>& work) {
  const double bare_median = median(bare);
  const double work_median = median(work);
  state.counters["bare_us"] = bare_median * 1e6;
  state.counters["median_us"] = work_median * 1e6;
  state.counters["ratio"] = bare_median > 0 ? work_median / bare_median : 0;
}

/// Runs the loop of a benchmark that uses manual time: `bare` and `work` in turn. Reports the medians and their ratio.
void compare(benchmark::State& state, const auto& bare, const auto& work) {
  std::vector<double> bare_times;
  std::vector<double> work_times;
  for ([[maybe_unused]] auto _ : state) {
    bare_times.push_back(seconds(bare));
    work_times.push_back(seconds(work));
    state.SetIterationTime(work_times.back());
  }
  report(state, bare_times, work_times);
}

/// The same with the time for all `values`, `bare` and `work` in turn for each.
void compare_sums(benchmark::State& state, const auto& values, const auto& bare, const auto& work) {
  std::vector<double> bare_times;
  std::vector<double> work_times;
  for ([[maybe_unused]] auto _ : state) {
    bare_times.push_back(0);
    work_times.push_back(0);
    for (const auto& value : values) {
      bare_times.back() += seconds([&] { bare(value); });
      work_times.back() += seconds([&] { work(value); });
    }
    state.SetIterationTime(work_times.back());
  }
  report(state, bare_times, work_times);
}

}  // namespace surefoot::bench
