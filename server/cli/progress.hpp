#pragma once
// "12/345 files" on the last line of a terminal while a long check runs.

#include <cstddef>

#include "server/cli/check.hpp"
#include "server/cli/console.hpp"

namespace surefoot::server {

class Progress {
 public:
  /// Automatic: where standard error is a terminal and there is much to do.
  Progress(Console& console, ProgressMode mode, std::size_t total)
      : console_(console),
        total_(total),
        shown_(mode == ProgressMode::always ||
               (mode == ProgressMode::automatic && console.live_err && total >= kMany)) {}

  /// Takes the line away, so that other output can be written in its place.
  void hide();
  void show(std::size_t done);

 private:
  static constexpr std::size_t kMany = 100;

  Console& console_;
  std::size_t total_;
  bool shown_;
  bool on_screen_ = false;
};

}  // namespace surefoot::server
