#include "server/cli/console.hpp"

#include <unistd.h>

#include <cstdlib>

#include "server/cli/printable.hpp"

namespace surefoot::server {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

/// Source: ECMA-48, "select graphic rendition".
std::string_view escape_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::error:
      return "\x1b[1;31m";
    case Style::warning:
      return "\x1b[1;33m";
    case Style::information:
      return "\x1b[1;34m";
    case Style::hint:
      return "\x1b[1;36m";
    case Style::path:
      return "\x1b[36m";
    case Style::removed:
      return "\x1b[31m";
    case Style::added:
      return "\x1b[32m";
  }
  return "";
}

void print_problem(Console& console, std::string_view kind, Style style, std::string_view message) {
  console.err << styled("surefoot: ", Style::bold, console.colour_err) << styled(kind, style, console.colour_err)
              << ": " << printable(message) << '\n';
}

}  // namespace

std::string styled(std::string_view text, Style style, bool colour) {
  if (!colour || style == Style::plain || text.empty()) return std::string(text);
  return std::string(escape_of(style)).append(text).append("\x1b[0m");
}

void print_error(Console& console, std::string_view message) { print_problem(console, "error", Style::error, message); }

void print_warning(Console& console, std::string_view message) {
  print_problem(console, "warning", Style::warning, message);
}

bool wants_colour(int file_descriptor) {
  if (!environment("NO_COLOR").empty()) return false;
  const std::string_view force = environment("CLICOLOR_FORCE");
  if (!force.empty() && force != "0") return true;
  const std::string_view terminal = environment("TERM");
  return ::isatty(file_descriptor) == 1 && !terminal.empty() && terminal != "dumb";
}

}  // namespace surefoot::server
