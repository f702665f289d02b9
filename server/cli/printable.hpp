#pragma once
// Text as a terminal shows it: how wide characters are, and nothing in it that could command the terminal. Any thread.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace surefoot::server {

/// The cells a character takes: 0 for those that combine with the one before, 2 for East Asian wide ones and emoji.
/// Source: Unicode 15 (EastAsianWidth.txt, general categories Mn, Me and Cf).
std::size_t cell_width(char32_t code_point);

/// `text` on one line, valid UTF-8 and harmless: control characters, characters that turn the reading direction round
/// and bytes that are no UTF-8 become U+FFFD. A tab stays a tab.
std::string printable(std::string_view text);

/// A source line ready to print. Tabs are four spaces.
struct PrintableLine {
  std::string text;
  /// For each byte of the source line, and one past it: the cell it starts at.
  std::vector<std::size_t> cell_of_byte;
};
PrintableLine printable_line(std::string_view line);

/// The part of a line that the cells [first, first + count) show; a wide character that is cut is left out.
std::string cut_cells(std::string_view text, std::size_t first, std::size_t count);

}  // namespace surefoot::server
