#include "server/cli/progress.hpp"

#include <fmt/format.h>

namespace surefoot::server {

void Progress::hide() {
  if (!on_screen_) return;
  console_.err << "\r\x1b[K" << std::flush;
  on_screen_ = false;
}

void Progress::show(std::size_t done) {
  if (!shown_) return;
  console_.out << std::flush;
  console_.err << fmt::format("\r{}/{} files", done, total_) << std::flush;
  on_screen_ = true;
}

}  // namespace surefoot::server
