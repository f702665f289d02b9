#include "server/allocator.hpp"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace surefoot::server {

void tune_allocator() {
#ifdef __GLIBC__
  ::mallopt(M_MXFAST, 0);
#endif
}

void give_memory_back() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace surefoot::server
