#pragma once
// Tells when the process that our life is tied to (LSP 3.17 "initialize", processId) is gone. The end of the input is
// the usual sign; this is for clients that die and leave the pipe open elsewhere.

#include <cstdint>
#include <functional>

#include "server/transport/event_loop.hpp"

namespace surefoot::server {

/// `gone` is called once on the loop. Nothing is watched if the process cannot be seen at the start: it lives in
/// another container or on another machine, and would seem dead.
void watch_process(EventLoop& loop, std::int64_t process_id, std::function<void()> gone);

}  // namespace surefoot::server
