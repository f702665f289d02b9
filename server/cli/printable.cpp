#include "server/cli/printable.hpp"

#include <algorithm>
#include <array>

#include "analysis/text/utf8.hpp"

namespace surefoot::server {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::size_t kTabCells = 4;

struct Range {
  char32_t first;
  char32_t last;
};

/// Sorted. The blocks of combining marks and of characters that are not shown; scripts in which marks are single
/// characters inside a block are given as a terminal's wcwidth() has them.
constexpr std::array<Range, 46> kZeroWidth = {{
    {0x0300, 0x036F}, {0x0483, 0x0489},   {0x0591, 0x05BD},   {0x05BF, 0x05BF},   {0x05C1, 0x05C2}, {0x05C4, 0x05C5},
    {0x0610, 0x061A}, {0x064B, 0x065F},   {0x0670, 0x0670},   {0x06D6, 0x06DC},   {0x06DF, 0x06E4}, {0x06E7, 0x06E8},
    {0x06EA, 0x06ED}, {0x0711, 0x0711},   {0x0730, 0x074A},   {0x07A6, 0x07B0},   {0x0816, 0x082D}, {0x08D3, 0x0902},
    {0x093A, 0x093A}, {0x093C, 0x093C},   {0x0941, 0x0948},   {0x094D, 0x094D},   {0x0951, 0x0957}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},   {0x0EB1, 0x0EB1},   {0x0EB4, 0x0EBC},   {0x0EC8, 0x0ECE}, {0x1160, 0x11FF},
    {0x135D, 0x135F}, {0x17B4, 0x17B5},   {0x1AB0, 0x1AFF},   {0x1DC0, 0x1DFF},   {0x200B, 0x200D}, {0x2060, 0x2064},
    {0x20D0, 0x20F0}, {0x302A, 0x302D},   {0x3099, 0x309A},   {0xA66F, 0xA672},   {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0xFEFF, 0xFEFF}, {0x1F3FB, 0x1F3FF}, {0xE0001, 0xE007F}, {0xE0100, 0xE01EF},
}};

/// Sorted. East Asian Width W and F, and emoji that are shown as pictures.
constexpr std::array<Range, 47> kWide = {{
    {0x1100, 0x115F}, {0x231A, 0x231B}, {0x2329, 0x232A}, {0x23E9, 0x23EC},   {0x23F0, 0x23F0},   {0x23F3, 0x23F3},
    {0x25FD, 0x25FE}, {0x2614, 0x2615}, {0x2648, 0x2653}, {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB}, {0x26BD, 0x26BE}, {0x26C4, 0x26C5}, {0x26CE, 0x26CE},   {0x26D4, 0x26D4},   {0x26EA, 0x26EA},
    {0x26F2, 0x26F3}, {0x26F5, 0x26F5}, {0x26FA, 0x26FA}, {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728}, {0x274C, 0x274C}, {0x274E, 0x274E}, {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},
    {0x27B0, 0x27B0}, {0x27BF, 0x27BF}, {0x2B1B, 0x2B1C}, {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0xA4CF}, {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x16FE0, 0x1B2FF}, {0x20000, 0x3FFFD},
}};

/// Sorted. Pictures above the basic plane; between them stand narrow symbols.
constexpr std::array<Range, 24> kPictures = {{
    {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A}, {0x1F1E6, 0x1F202},
    {0x1F210, 0x1F23B}, {0x1F240, 0x1F248}, {0x1F250, 0x1F251}, {0x1F260, 0x1F265}, {0x1F300, 0x1F320},
    {0x1F32D, 0x1F335}, {0x1F337, 0x1F37C}, {0x1F37E, 0x1F393}, {0x1F3A0, 0x1F3CA}, {0x1F3CF, 0x1F3D3},
    {0x1F3E0, 0x1F3F0}, {0x1F3F4, 0x1F3F4}, {0x1F3F8, 0x1F43E}, {0x1F440, 0x1F440}, {0x1F442, 0x1F4FC},
    {0x1F4FF, 0x1F53D}, {0x1F54B, 0x1F567}, {0x1F57A, 0x1F6FF}, {0x1F7E0, 0x1FAFF},
}};

template <std::size_t kSize>
bool is_in(const std::array<Range, kSize>& ranges, char32_t code_point) {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), code_point,
                                      [](char32_t value, const Range& range) { return value < range.first; });
  return after != ranges.begin() && code_point <= std::prev(after)->last;
}

bool commands_terminal(char32_t code_point) {
  const bool control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
  const bool separator = code_point == 0x2028 || code_point == 0x2029;
  const bool direction = code_point == 0x200E || code_point == 0x200F ||
                         (code_point >= 0x202A && code_point <= 0x202E) ||
                         (code_point >= 0x2066 && code_point <= 0x2069);
  return control || separator || direction;
}

/// The character as it may be printed.
std::string_view safe(std::string_view text, std::size_t at, const text::Character& character) {
  if (!character.valid || commands_terminal(character.code_point)) return kReplacement;
  return text.substr(at, character.length);
}

}  // namespace

std::size_t cell_width(char32_t code_point) {
  if (code_point < 0x300) return 1;
  if (is_in(kZeroWidth, code_point)) return 0;
  return is_in(kWide, code_point) || is_in(kPictures, code_point) ? 2 : 1;
}

std::string printable(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const text::Character character = text::character_at(text, at);
    shown += text[at] == '\t' ? std::string_view("\t") : safe(text, at, character);
    at += character.length;
  }
  return shown;
}

PrintableLine printable_line(std::string_view line) {
  PrintableLine shown;
  shown.cell_of_byte.reserve(line.size() + 1);
  std::size_t cell = 0;
  for (std::size_t at = 0; at < line.size();) {
    const text::Character character = text::character_at(line, at);
    shown.cell_of_byte.insert(shown.cell_of_byte.end(), character.length, cell);
    if (line[at] == '\t') {
      shown.text.append(kTabCells, ' ');
      cell += kTabCells;
    } else {
      const std::string_view piece = safe(line, at, character);
      shown.text += piece;
      cell += piece == kReplacement ? 1 : cell_width(character.code_point);
    }
    at += character.length;
  }
  shown.cell_of_byte.push_back(cell);
  return shown;
}

std::string cut_cells(std::string_view text, std::size_t first, std::size_t count) {
  std::string part;
  std::size_t cell = 0;
  for (std::size_t at = 0; at < text.size();) {
    const text::Character character = text::character_at(text, at);
    const std::size_t width = cell_width(character.code_point);
    if (cell >= first && cell + width <= first + count) part += text.substr(at, character.length);
    cell += width;
    at += character.length;
  }
  return part;
}

}  // namespace surefoot::server
