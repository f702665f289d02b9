#pragma once
// Many independent pieces of work on several threads, with results in order.

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace surefoot::server {

/// Calls produce(0) … produce(count - 1) on up to `jobs` threads, and consume(i, result) in the order of i on the
/// calling thread, each as soon as its turn has come. Neither may throw. With one job everything runs on the calling
/// thread.
template <typename Result>
void produce_in_order(std::size_t count, std::size_t jobs, const std::function<Result(std::size_t)>& produce,
                      const std::function<void(std::size_t, Result)>& consume) {
  if (jobs <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) consume(i, produce(i));
    return;
  }
  std::mutex mutex;  // guards next, awaited and results
  std::condition_variable ready;
  std::size_t next = 0;
  std::size_t awaited = 0;
  std::vector<std::optional<Result>> results(count);
  const auto work = [&] {
    for (std::unique_lock lock(mutex); next < count;) {
      const std::size_t mine = next++;
      lock.unlock();
      Result result = produce(mine);
      lock.lock();
      results[mine] = std::move(result);
      if (mine == awaited) ready.notify_one();
    }
  };
  std::vector<std::jthread> workers;
  for (std::size_t i = 0; i < std::min(jobs, count); ++i) workers.emplace_back(work);
  for (std::size_t i = 0; i < count; ++i) {
    std::unique_lock lock(mutex);
    awaited = i;
    ready.wait(lock, [&] { return results[i].has_value(); });
    Result result = *std::move(results[i]);
    results[i].reset();
    lock.unlock();
    consume(i, std::move(result));
  }
}

}  // namespace surefoot::server
