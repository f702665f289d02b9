// Reads every Python file below the folders given in both ways: what the quick one gives must be what the parser gives.
// With a second look at each file in which a few bytes were changed: code that is wrong, too, must be left to the
// parser or be read the same.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "analysis/syntax/quick_parser.hpp"
#include "tests/unit/analysis/same_units.hpp"

using namespace surefoot;

namespace {

struct Counts {
  std::size_t files = 0, left = 0, wrong = 0;
};

bool compare(const std::string& path, const std::string& bytes, Counts& counts) {
  const text::SourceText text(bytes);
  ++counts.files;
  const auto quick = syntax::read_quickly(text);
  if (!quick) {
    ++counts.left;
    return false;
  }
  const std::string where = test::difference(syntax::read_units(text), *quick);
  if (where.empty()) return true;
  ++counts.wrong;
  std::printf("%s: %s\n", path.c_str(), where.c_str());
  return true;
}

std::string changed(std::string bytes, std::mt19937& random) {
  static constexpr const char* kBits[] = {"(",   ")",   ":",     ",",      "*",      "=",    "\n",     "\n    ",
                                          "\"",  "#",   "\\",    " as ",   " in ",   " if ", " else ", " for ",
                                          ".",   "[",   "]",     " not ",  "await ", "{",    "}",      "lambda ",
                                          "def", "del", "print", "match ", "type ",  ";",    ":=",     "yield "};
  const std::size_t at = random() % (bytes.size() + 1);
  if (random() % 2 == 0) bytes.erase(at, random() % 6);
  bytes.insert(std::min(at, bytes.size()), kBits[random() % std::size(kBits)]);
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  Counts whole;
  Counts broken;
  std::mt19937 random(1);  // NOLINT: the same each time
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.path().extension() != ".py" || !entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(file), {});
      if (compare(entry.path().string(), bytes, whole) && bytes.size() < (1U << 15U)) {
        compare(entry.path().string() + " (changed)", changed(bytes, random), broken);
      }
    }
  }
  std::printf("%zu files, %zu left to the parser, %zu wrong; changed: %zu, %zu, %zu\n", whole.files, whole.left,
              whole.wrong, broken.files, broken.left, broken.wrong);
  const bool few_left = whole.left * 20 < whole.files;
  if (!few_left) std::printf("too many files are left to the parser\n");
  return whole.wrong + broken.wrong == 0 && few_left && whole.files > 0 ? 0 : 1;
}
