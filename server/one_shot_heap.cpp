#include "server/one_shot_heap.hpp"

#include <cstdlib>

#ifdef __linux__
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <mutex>
#include <new>
#endif

namespace surefoot::server::one_shot_heap {

#ifdef __linux__
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10U;  // what a thread takes at once
constexpr std::size_t kHugePage = std::size_t{2} << 20U;
constexpr std::size_t kSlab = std::size_t{16} << 10U;    // blocks of one class fill one, or four if they are large
constexpr std::size_t kRegion = std::size_t{16} << 30U;  // of addresses, not of memory
constexpr std::size_t kInHugePages = std::size_t{64} << 20U;
constexpr std::size_t kStep = 16;
constexpr std::size_t kLargestEven = 1024;  // up to here classes are kStep apart
constexpr std::size_t kEvenClasses = kLargestEven / kStep;
constexpr std::size_t kDoublings = std::bit_width(kLargest / kLargestEven) - 1;
constexpr std::size_t kClasses = kEvenClasses + 4 * kDoublings;
static_assert(kClasses <= UINT8_MAX);

struct Block {
  Block* next;
};

/// What one thread allocates from.
struct Heap {
  struct Class {
    Block* freed = nullptr;
    char* unused = nullptr;  // of the slab that is in use
    std::size_t left = 0;    // bytes there
  };
  std::array<Class, kClasses> classes;
  char* chunk = nullptr;
  std::size_t chunk_left = 0;
  Heap* next = nullptr;  // among those that nobody uses
};

char* region = nullptr;
std::size_t region_size = 0;  // none before open()
std::uint8_t* class_of_slab = nullptr;
std::atomic<std::size_t> taken{0};  // bytes of the region

std::mutex idle_mutex;
Heap* idle = nullptr;

thread_local Heap* own_heap = nullptr;
thread_local bool has_left = false;

void* reserve(std::size_t size) {
  void* place = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return place == MAP_FAILED ? nullptr : place;
}

/// Leaves the thread's heap to threads that come later.
struct AtThreadEnd {
  ~AtThreadEnd() {
    has_left = true;
    if (own_heap == nullptr) return;
    const std::lock_guard lock(idle_mutex);
    own_heap->next = idle;
    idle = own_heap;
    own_heap = nullptr;
  }
};

Heap* idle_heap() {
  const std::lock_guard lock(idle_mutex);
  Heap* heap = idle;
  if (heap != nullptr) idle = heap->next;
  return heap;
}

/// Null for a thread that ends, and when there is no memory.
Heap* heap_of_thread() {
  if (own_heap != nullptr || has_left || region_size == 0) return own_heap;
  thread_local const AtThreadEnd at_end;
  own_heap = idle_heap();
  if (own_heap == nullptr) {
    if (void* room = std::malloc(sizeof(Heap))) own_heap = new (room) Heap;
  }
  return own_heap;
}

bool take_chunk(Heap& heap) {
  const std::size_t at = taken.fetch_add(kChunk);
  if (at + kChunk > kRegion) return false;
  heap.chunk = region + at;
  heap.chunk_left = kChunk;
#ifdef MADV_POPULATE_WRITE
  ::madvise(heap.chunk, kChunk, MADV_POPULATE_WRITE);  // may be refused: the pages then come one by one
#endif
  return true;
}

bool take_slabs(Heap& heap, std::size_t number) {
  const std::size_t count = number < kEvenClasses ? 1 : 4;
  const std::size_t bytes = count * kSlab;
  if (heap.chunk_left < bytes && !take_chunk(heap)) return false;
  heap.classes[number].unused = heap.chunk;
  heap.classes[number].left = bytes;
  const std::size_t first = static_cast<std::size_t>(heap.chunk - region) / kSlab;
  std::fill_n(class_of_slab + first, count, static_cast<std::uint8_t>(number));
  heap.chunk += bytes;
  heap.chunk_left -= bytes;
  return true;
}

/// Null when the class has neither a block that came back nor room in its slab.
void* take_block(Heap::Class& blocks, std::size_t bytes) {
  if (Block* freed = blocks.freed) {
    blocks.freed = freed->next;
    return freed;
  }
  if (blocks.left < bytes) return nullptr;
  char* block = blocks.unused;
  blocks.unused += bytes;
  blocks.left -= bytes;
  return block;
}

}  // namespace

void open() {
  void* room = reserve(kRegion + kHugePage);
  void* classes = reserve(kRegion / kSlab);
  if (room == nullptr || classes == nullptr) return;
  char* start = static_cast<char*>(room);
  start += kHugePage - reinterpret_cast<std::uintptr_t>(room) % kHugePage;
  // Not for all: a virtual machine is often given the memory behind its large free blocks anew, which takes longer than
  // small pages do.
  ::madvise(start, kInHugePages, MADV_HUGEPAGE);
  class_of_slab = static_cast<std::uint8_t*>(classes);
  region = start;
  region_size = kRegion;
}

std::size_t class_of(std::size_t size) {
  if (size <= kStep) return 0;
  const std::size_t last = size - 1;
  if (size <= kLargestEven) return last / kStep;
  const std::size_t doubling = std::bit_width(last) - std::bit_width(kLargestEven);
  const std::size_t quarter = (last >> (std::bit_width(last) - 3)) & 3U;
  return kEvenClasses + 4 * doubling + quarter;
}

std::size_t size_of_class(std::size_t number) {
  if (number < kEvenClasses) return (number + 1) * kStep;
  const std::size_t below = kLargestEven << ((number - kEvenClasses) / 4);
  return below + ((number - kEvenClasses) % 4 + 1) * (below / 4);
}

namespace {

// Apart from the code that each allocation goes through, which needs no registers to be saved then.
[[gnu::noinline]] void* allocate_rarely(std::size_t size) {
  Heap* heap = size > kLargest ? nullptr : heap_of_thread();
  if (heap == nullptr) return std::malloc(size);
  const std::size_t number = class_of(size);
  const std::size_t bytes = size_of_class(number);
  Heap::Class& blocks = heap->classes[number];
  if (void* block = take_block(blocks, bytes)) return block;
  return take_slabs(*heap, number) ? take_block(blocks, bytes) : std::malloc(size);
}

void put_back(void* block, std::size_t at, Heap& heap) {
  Heap::Class& blocks = heap.classes[class_of_slab[at / kSlab]];
  blocks.freed = new (block) Block{blocks.freed};
}

[[gnu::noinline]] void release_rarely(void* block, std::size_t at) {
  if (at >= region_size) return std::free(block);
  if (Heap* heap = heap_of_thread()) put_back(block, at, *heap);
}

}  // namespace

void* allocate(std::size_t size) {
  Heap* heap = own_heap;
  if (heap != nullptr && size <= kLargestEven) [[likely]] {  // what nearly all calls are
    const std::size_t number = (size - (size != 0 ? 1 : 0)) / kStep;
    if (void* block = take_block(heap->classes[number], (number + 1) * kStep)) return block;
  }
  return allocate_rarely(size);
}

void release(void* block) {
  const std::size_t at = reinterpret_cast<std::uintptr_t>(block) - reinterpret_cast<std::uintptr_t>(region);
  Heap* heap = own_heap;
  if (at >= region_size || heap == nullptr) [[unlikely]]
    return release_rarely(block, at);
  put_back(block, at, *heap);
}

#else

void open() {}
void* allocate(std::size_t size) { return std::malloc(size); }
void release(void* block) { std::free(block); }

#endif

}  // namespace surefoot::server::one_shot_heap
