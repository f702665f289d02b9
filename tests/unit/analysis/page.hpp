#pragma once
// A rule's page read as a test. Fenced `python` blocks are analysed; markers say what must be found:
//     code()  # RT101                      a finding of this rule on this line
//     #   ^^^^ RT101 part of the message   under a line: exactly these columns (a comment on a line of its own)
// Markers are taken out before the analysis, so fixes see the code alone. A `python fixed` block is what the block
// before it becomes when the first fix of each finding is applied, `fixed=2` when the second is. Words after `python`:
// `strict` (profile), `target=py38`, `path=app/settings.py`. A `toml` block configures the blocks after it. A line
// `# file: app/db.py` begins a file of the same project.

#include <cstdint>
#include <string>
#include <vector>

namespace surefoot::test {

struct Marker {
  std::uint32_t line = 0;  // 0-based
  bool exact = false;
  std::uint32_t column = 0, end_column = 0;  // bytes, when exact
  std::string code;
  std::string message;
};

struct ExampleFile {
  std::string path = "app/example.py";
  std::string code;
  std::vector<Marker> markers;
};

/// The file that the block is about: its last one.
struct Example : ExampleFile {
  std::vector<ExampleFile> others;
  std::uint32_t page_line = 0;  // 1-based, of the fence
  bool strict = false;
  std::string target;
  std::string config;
  struct Fixed {
    std::size_t choice = 0;
    std::string code;
  };
  std::vector<Fixed> fixed;
};

std::vector<Example> read_examples(std::string_view page);

}  // namespace surefoot::test
