#pragma once
// Tells the client how far long work has come, if it wants to know and the work takes longer than a moment. Strand
// only. LSP 3.17 "Server Initiated Progress".

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "protocol/types_base.hpp"
#include "server/session/host.hpp"

namespace surefoot::server {

struct Core;

class WorkProgress {
 public:
  /// Work that is done sooner is not spoken of.
  static constexpr std::chrono::milliseconds kPatience{400};

  /// `cancel`: called when the user wants the work to stop.
  WorkProgress(Core& core, std::string title, std::function<void()> cancel);
  /// Ends what was begun.
  ~WorkProgress();
  WorkProgress(const WorkProgress&) = delete;
  WorkProgress& operator=(const WorkProgress&) = delete;

  void report(std::size_t done, std::size_t all);
  /// The user has pressed "cancel" on some progress.
  void cancelled(const protocol::ProgressToken& token);

 private:
  enum class State : std::uint8_t { silent, asked, begun };
  void create();
  void send_state(bool first);

  Core& core_;
  std::string title_;
  std::function<void()> cancel_;
  Clock::time_point started_;
  std::shared_ptr<State> state_ = std::make_shared<State>(State::silent);  // answers may come when we are gone
  std::string token_;
  std::uint32_t percentage_ = 0;
};

}  // namespace surefoot::server
