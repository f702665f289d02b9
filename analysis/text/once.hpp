#pragma once
// Something that is found out when it is asked for first.

#include <atomic>
#include <cstdint>

namespace surefoot::text {

/// Any thread: one runs what is to be run, and the others wait for it.
class Once {
 public:
  template <typename Run>
  void run(const Run& run) {
    State state = State::open;
    if (state_.load(std::memory_order_acquire) == State::done) return;
    if (state_.compare_exchange_strong(state, State::running, std::memory_order_acquire)) {
      const Settle settle{*this};
      run();
      settle.ran = true;
    } else {
      for (; state == State::running; state = state_.load(std::memory_order_acquire)) state_.wait(State::running);
      if (state == State::open) this->run(run);  // whoever ran it failed
    }
  }

 private:
  enum class State : std::uint8_t { open, running, done };

  struct Settle {
    Once& once;
    mutable bool ran = false;
    ~Settle() {
      once.state_.store(ran ? State::done : State::open, std::memory_order_release);
      once.state_.notify_all();
    }
  };

  std::atomic<State> state_ = State::open;
};

}  // namespace surefoot::text
