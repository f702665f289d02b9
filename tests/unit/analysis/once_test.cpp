#include "analysis/text/once.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/unit/catch.hpp"

using surefoot::text::Once;

TEST_CASE("what several threads ask for first is found out by one of them") {
  for (int round = 0; round < 50; ++round) {
    Once once;
    std::atomic<int> runs = 0, right = 0;
    int found = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        once.run([&] { found = ++runs; });
        if (found == 1) ++right;  // CHECK is for one thread
      });
    }
    threads.clear();
    CHECK(runs == 1);
    CHECK(right == 4);
  }
}

TEST_CASE("what failed is tried again") {
  Once once;
  CHECK_THROWS(once.run([] { throw std::runtime_error("out of memory"); }));
  int runs = 0;
  for (int i = 0; i < 2; ++i) once.run([&] { ++runs; });
  CHECK(runs == 1);
}
