#pragma once
// Memory for a process that does one piece of work and ends: a check of many files takes tens of megabytes in small
// blocks and frees few of them. Blocks of one size stand side by side in pages that the system gives many at a time,
// where it can (madvise(2), MADV_POPULATE_WRITE, and MADV_HUGEPAGE for the first of them): a page fault for each four
// kilobytes costs a quarter of such a check. Nothing goes back to the system, and blocks that one thread frees and
// another one took are used again by the first alone, so a process that lives on keeps to the C library's allocator.
// operator_new.cpp, which is linked into the program alone, puts `new` and `delete` on this heap.

#include <cstddef>

namespace surefoot::server::one_shot_heap {

/// From now on allocate() takes from this heap; before, and where the system does not give it the room, from malloc().
/// Call it once, before other threads start.
void open();

/// Aligned for everything but over-aligned types. Null when there is no memory. Any thread.
void* allocate(std::size_t size);

/// Of whatever allocate() gave, on whichever thread; not null.
void release(void* block);

/// Sizes are rounded up to those of classes: multiples of 16 up to a kilobyte, then four to each doubling up to
/// kLargest. What is larger is malloc's.
inline constexpr std::size_t kLargest = std::size_t{16} << 10U;
std::size_t class_of(std::size_t size);
std::size_t size_of_class(std::size_t number);

}  // namespace surefoot::server::one_shot_heap
