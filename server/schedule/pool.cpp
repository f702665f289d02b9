#include "server/schedule/pool.hpp"

#include <algorithm>
#include <utility>

#ifdef __linux__
#include <sys/resource.h>
#endif

namespace surefoot::server {
namespace {

/// Of this thread, in the eyes of the system.
void lower_priority() {
#ifdef __linux__
  constexpr int kNice = 10;
  // Of the calling thread alone. Source: Linux, setpriority(2), "C library/kernel differences".
  ::setpriority(PRIO_PROCESS, 0, kNice);
#endif
}

}  // namespace

Pool::Pool(std::size_t threads) {
  for (std::size_t i = 0; i < std::max<std::size_t>(threads, 1); ++i) threads_.emplace_back([this] { work(); });
}

Pool::~Pool() {
  drop_queued();
  for (auto& thread : threads_) thread.join();
  if (long_thread_.joinable()) long_thread_.join();
}

bool Pool::finish(std::chrono::milliseconds limit) {
  drop_queued();
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, limit, [this] { return busy_ == 0; });
}

void Pool::drop_queued() {
  std::array<Queue, kPriorities> dropped;  // destroyed outside the lock: a job may own anything
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(queues_);
  }
  wake_.notify_all();
}

std::size_t Pool::default_size() {
  const std::size_t cores = std::thread::hardware_concurrency();
  return cores > 2 ? cores - 1 : 1;
}

void Pool::run(Priority priority, std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    queues_[static_cast<std::size_t>(priority)].push_back(std::move(job));
    if (priority == Priority::long_work && !long_thread_.joinable())
      long_thread_ = std::thread([this] { work_long(); });
  }
  // Two kinds of threads wait for it.
  wake_.notify_all();
}

Pool::Queue* Pool::next() {
  Queue* const end = &long_work();
  Queue* const filled = std::find_if(queues_.data(), end, [](const Queue& queue) { return !queue.empty(); });
  return filled == end ? nullptr : filled;
}

void Pool::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || next() != nullptr; });
    if (stopping_) return;
    run_one(lock, *next());
  }
}

void Pool::work_long() {
  lower_priority();
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !long_work().empty(); });
    if (stopping_) return;
    run_one(lock, long_work());
  }
}

void Pool::run_one(std::unique_lock<std::mutex>& lock, Queue& queue) {
  std::function<void()> job = std::move(queue.front());
  queue.pop_front();
  ++busy_;
  lock.unlock();
  job();
  job = nullptr;
  lock.lock();
  if (--busy_ == 0) idle_.notify_all();
}

}  // namespace surefoot::server
