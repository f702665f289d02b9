// `new` and `delete` of the program, as [new.delete.single] of the C++ standard asks for them; the forms for arrays,
// and those that do not throw, are made from these by the standard library.

#include <cstdlib>
#include <new>

#include "server/one_shot_heap.hpp"

namespace heap = surefoot::server::one_shot_heap;

void* operator new(std::size_t size) {
  for (;;) {
    if (void* block = heap::allocate(size)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

void operator delete(void* block) noexcept {
  if (block != nullptr) heap::release(block);
}

void operator delete(void* block, std::size_t /*size*/) noexcept {
  if (block != nullptr) heap::release(block);
}
