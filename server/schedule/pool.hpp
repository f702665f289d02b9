#pragma once
// A fixed set of threads that takes jobs by priority, then in order; and one more for long work, made when there is
// some.

#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "server/schedule/executor.hpp"

namespace surefoot::server {

class Pool final : public Executor {
 public:
  explicit Pool(std::size_t threads);
  /// Drops the jobs that have not started and waits for those that have.
  ~Pool() override;

  /// Drops the jobs that have not started and takes no more; false if one that has started is not done in time.
  bool finish(std::chrono::milliseconds limit);

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void run(Priority priority, std::function<void()> job) override;

  /// One thread less than the machine has, for the strand's sake; at least one.
  static std::size_t default_size();

 private:
  using Queue = std::deque<std::function<void()>>;
  void work();
  void work_long();
  void run_one(std::unique_lock<std::mutex>& lock, Queue& queue);
  Queue* next();
  Queue& long_work() { return queues_[static_cast<std::size_t>(Priority::long_work)]; }
  void drop_queued();

  std::mutex mutex_;  // guards queues_, stopping_, busy_ and the making of long_thread_
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::array<Queue, kPriorities> queues_;
  bool stopping_ = false;
  std::size_t busy_ = 0;  // threads that run a job
  std::vector<std::thread> threads_;
  std::thread long_thread_;
};

}  // namespace surefoot::server
