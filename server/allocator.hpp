#pragma once

namespace surefoot::server {

/// Sets the C library's allocator up for what an analysis does: many small blocks, and now and then one of a few
/// kilobytes. glibc joins all its small free blocks ("fast bins") before it gives out such a larger one, which takes a
/// tenth of the time of an analysis; without fast bins it joins each as it is freed (mallopt(3), M_MXFAST). Does
/// nothing with other libraries. Call it before other threads start.
void tune_allocator();

/// Gives memory that was freed back to the system, which glibc does by itself only where it ends the heap
/// (malloc_trim(3)). Takes milliseconds; any thread.
void give_memory_back();

}  // namespace surefoot::server
