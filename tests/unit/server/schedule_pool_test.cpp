#include <future>

#include "server/schedule/pool.hpp"
#include "tests/unit/catch.hpp"

using namespace surefoot::server;

TEST_CASE("a pool takes urgent jobs first, and jobs of one priority in order") {
  std::vector<int> order;
  std::promise<void> started;
  std::promise<void> gate;
  std::promise<void> done;
  Pool pool(1);
  pool.run(Priority::background, [&, opened = gate.get_future().share()] {
    started.set_value();
    opened.wait();
  });
  started.get_future().wait();
  pool.run(Priority::background, [&] { order.push_back(5); });
  pool.run(Priority::open_file, [&] { order.push_back(3); });
  pool.run(Priority::open_file, [&] { order.push_back(4); });
  pool.run(Priority::interactive, [&] { order.push_back(1); });
  pool.run(Priority::interactive, [&] { order.push_back(2); });
  pool.run(Priority::background, [&] { done.set_value(); });
  gate.set_value();
  done.get_future().wait();
  CHECK(order == std::vector<int>{1, 2, 3, 4, 5});
}

TEST_CASE("a pool that ends drops what has not started and waits for the rest") {
  std::atomic<int> ran = 0;
  std::promise<void> started;
  std::promise<void> gate;
  {
    Pool pool(1);
    pool.run(Priority::interactive, [&, opened = gate.get_future().share()] {
      started.set_value();
      opened.wait();
      ++ran;
    });
    started.get_future().wait();
    pool.run(Priority::interactive, [&] { ++ran; });
    CHECK_FALSE(pool.finish(std::chrono::milliseconds(0)));
    gate.set_value();
    CHECK(pool.finish(std::chrono::minutes(1)));
    pool.run(Priority::interactive, [&] { ++ran; });
  }
  CHECK(ran == 1);
}

TEST_CASE("jobs of many threads all run") {
  std::atomic<int> ran = 0;
  std::promise<void> done;
  Pool pool(4);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int job = 0; job < 250; ++job) {
        pool.run(static_cast<Priority>(job % 3), [&] {
          if (++ran == 1000) done.set_value();
        });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  done.get_future().wait();
  CHECK(ran == 1000);
}
