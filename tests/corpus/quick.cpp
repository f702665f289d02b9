// Reads every piece of every Python file below the folders given in both ways: what the quick one gives must be what
// the parser gives. Then again with each piece broken at random: what is wrong, too, must be left to the parser or be
// read the same. The same each time; surefoot_corpus_quick SEED FOLDER… for others.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

#include "tests/unit/analysis/same_units.hpp"

using namespace surefoot;

namespace {

constexpr std::size_t kLargestBroken = 3000;
constexpr int kTimesBroken = 3;

struct Counts {
  std::size_t pieces = 0, left = 0, wrong = 0;
};

// The piece of a text that begins at `start`; gives its end.
std::size_t compare(const std::string& path, std::string_view text, std::size_t start, Counts& counts) {
  ++counts.pieces;
  const test::PieceInFile in_file(text, start);
  const std::string_view piece = text.substr(start, in_file.end - start);
  const test::BothWays ways(piece);
  if (!ways.is_read_quickly) ++counts.left;
  if (ways.difference.empty() && in_file.difference.empty()) return in_file.end;
  ++counts.wrong;
  std::printf("%s: %s%s\n<<<%s>>>\n", path.c_str(), ways.difference.c_str(), in_file.difference.c_str(),
              std::string(piece.substr(0, 2000)).c_str());
  return in_file.end;
}

constexpr std::array kBits = {
    "(",        ")",       ":",        ",",        "*",      "**",      "=",      "\n",     "\n    ",     "\n  ",
    "\n\t",     "\"",      "'",        "\"\"\"",   "#",      "\\",      "\\\n",   " as ",   " in ",       " if ",
    " else ",   " for ",   ".",        "[",        "]",      " not ",   "await ", "{",      "}",          "lambda ",
    "lambda: ", "def ",    "del ",     "print ",   "print",  "match ",  "type ",  ";",      ":=",         "yield ",
    " from ",   "import ", "async ",   " and ",    " or ",   "is ",     "-",      "~",      "+",          "@",
    " ",        "\n#c\n",  "\n  #c\n", "f'",       "f\"{",   "{x}",     "!r",     "b'",     "rb'",        "ur'",
    "1",        "0x",      "1.",       "e5",       "_",      "...",     "->",     "==",     "!=",         "<>",
    "<",        ">>",      "+=",       "|",        "&",      "^",       "%",      "//",     "None",       "global ",
    "with ",    "try:",    "except ",  "finally:", "raise ", "return ", "class ", "while ", "pass",       "assert ",
    "case _:",  "exec ",   "print(",   "\xC3\xA9", "$",      "?",       "!",      "`",      "\t",         "elif ",
    "[T]",      "*,",      "/,",       "0",        "j",      "{{",      "}}",     "\\N{",   "yield from "};
constexpr std::string_view kLetters = "()[]{}:,.=+-*/%@&|^~<>;#'\"\\ \n\tabcx01_fr";

// NOLINTBEGIN(clang-analyzer-security.insecureAPI.rand)
void break_once(std::string& text, std::mt19937& random) {
  const std::size_t at = random() % (text.size() + 1);
  switch (random() % 5) {
    case 0:
      text.erase(at, 1 + random() % 6);
      return;
    case 1:
      text.erase(at, random() % 6);
      text.insert(at, kBits[random() % kBits.size()]);
      return;
    case 2:
      text.insert(at, kBits[random() % kBits.size()]);
      return;
    case 3:
      text.insert(at, text.substr(random() % (text.size() + 1), 1 + random() % 20));
      return;
    default:
      if (at < text.size()) text[at] = kLetters[random() % kLetters.size()];
  }
}
// NOLINTEND(clang-analyzer-security.insecureAPI.rand)

// Cut into pieces again, as a file would be.
void compare_broken(const std::string& path, std::string text, std::mt19937& random, Counts& counts) {
  break_once(text, random);
  if (random() % 3 == 0) break_once(text, random);
  for (std::size_t at = 0; at < text.size();) at = compare(path + " (broken)", text, at, counts);
}

}  // namespace

int main(int argc, char** argv) {
  Counts whole;
  Counts broken;
  const bool has_seed = argc > 2 && std::atoi(argv[1]) != 0;
  std::mt19937 random(has_seed ? static_cast<unsigned>(std::atoi(argv[1])) : 1);
  for (int i = has_seed ? 2 : 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.path().extension() != ".py" || !entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(file), {});
      for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = compare(entry.path().string(), bytes, at, whole);
        const std::string piece = bytes.substr(at, end - at);
        at = end;
        if (piece.size() > kLargestBroken) continue;
        for (int time = 0; time < kTimesBroken; ++time) {
          compare_broken(entry.path().string(), piece, random, broken);
        }
      }
    }
  }
  std::printf("%zu pieces, %zu left to the parser, %zu wrong; broken: %zu, %zu, %zu\n", whole.pieces, whole.left,
              whole.wrong, broken.pieces, broken.left, broken.wrong);
  const bool few_left = whole.left * 50 < whole.pieces;
  if (!few_left) std::printf("too much is left to the parser\n");
  return whole.wrong + broken.wrong == 0 && few_left ? 0 : 1;
}
