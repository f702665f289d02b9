// The heap of a process that ends soon (server/one_shot_heap.hpp). The tests ask it directly: their own `new` is not
// its.
#include "server/one_shot_heap.hpp"

#include <cstdint>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#include "tests/unit/catch.hpp"

namespace surefoot::server {
namespace {

namespace heap = one_shot_heap;

void open_once() {
  [[maybe_unused]] static const bool is_open = [] {
    heap::open();
    return true;
  }();
}

struct Filled {
  unsigned char* bytes;
  std::size_t size;
  unsigned char with;
};

Filled filled(std::size_t size, std::size_t number) {
  const Filled block{static_cast<unsigned char*>(heap::allocate(size)), size, static_cast<unsigned char>(number)};
  std::memset(block.bytes, block.with, size);
  return block;
}

bool is_whole(const Filled& block) {
  for (std::size_t i = 0; i < block.size; ++i) {
    if (block.bytes[i] != block.with) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("one-shot heap: the class of a size is the smallest that holds it") {
  for (std::size_t size = 1; size <= heap::kLargest; ++size) {
    const std::size_t number = heap::class_of(size);
    REQUIRE(heap::size_of_class(number) >= size);
    REQUIRE(heap::size_of_class(number) % 16 == 0);
    if (number > 0) REQUIRE(heap::size_of_class(number - 1) < size);
  }
}

TEST_CASE("one-shot heap: blocks of all sizes keep what is written to them, and are aligned") {
  open_once();
  std::vector<Filled> blocks;
  for (std::size_t i = 0; i < 20'000; ++i) blocks.push_back(filled(i * 37 % (2 * heap::kLargest), i));
  for (const Filled& block : blocks) {
    CHECK(reinterpret_cast<std::uintptr_t>(block.bytes) % 16 == 0);
    CHECK(is_whole(block));
    heap::release(block.bytes);
  }
}

TEST_CASE("one-shot heap: what is freed is used again, by the thread that freed it") {
  open_once();
  std::set<void*> freed;
  for (int i = 0; i < 1000; ++i) freed.insert(heap::allocate(48));
  std::size_t used_again = 0;
  std::thread([&] {
    for (void* block : freed) heap::release(block);
    for (int i = 0; i < 1000; ++i) used_again += freed.count(heap::allocate(48));
  }).join();
  CHECK(used_again == freed.size());
}

TEST_CASE("one-shot heap: a thread goes on where one that has ended left off") {
  open_once();
  void* block = nullptr;
  void* next = nullptr;
  std::thread([&] { heap::release(block = heap::allocate(8000)); }).join();
  std::thread([&] { next = heap::allocate(8000); }).join();
  CHECK(next == block);
}

TEST_CASE("one-shot heap: threads take and free beside each other") {
  open_once();
  std::vector<char> whole(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t number = 0; number < whole.size(); ++number) {
    threads.emplace_back([&, number] {
      bool all = true;
      std::vector<Filled> blocks;
      for (std::size_t i = 0; i < 20'000; ++i) {
        blocks.push_back(filled(1 + i * 13 % 700, number * 50 + i % 50));
        if (i % 3 != 0) continue;
        const Filled last = blocks.back();
        blocks.pop_back();
        all = all && is_whole(last);
        heap::release(last.bytes);
      }
      for (const Filled& block : blocks) all = all && is_whole(block);
      whole[number] = all ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(whole == std::vector<char>(4, 1));
}

}  // namespace surefoot::server
