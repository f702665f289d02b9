#pragma once
// The streams of a command and what may be done on them. Tests give it string streams.

#include <cstddef>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>

namespace surefoot::server {

/// What is said about a piece of text by colour.
enum class Style : unsigned char { plain, bold, dim, error, warning, information, hint, path, removed, added };

struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool colour_out = false;
  bool colour_err = false;
  /// Standard error is a terminal that can rewrite a line.
  bool live_err = false;
  /// In character cells; long source lines are cut to it.
  std::size_t width = 160;
  /// The process ends after the command: it need not give back its memory piece by piece.
  bool ends_process = false;
};

/// `text` in its style, or as it is when `colour` is off.
std::string styled(std::string_view text, Style style, bool colour);

/// "surefoot: error: …" on standard error, on one line.
void print_error(Console& console, std::string_view message);
void print_warning(Console& console, std::string_view message);

/// Whether to colour what goes to the stream with this file descriptor: a terminal that knows how (TERM), unless
/// NO_COLOR is set; always with CLICOLOR_FORCE. Sources: no-color.org, bixense.com/clicolors.
bool wants_colour(int file_descriptor);

}  // namespace surefoot::server
