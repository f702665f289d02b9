// The scan before a parse (engine/scan.hpp) over every Python file below the folders given: where it says that nothing
// can be found, nothing may be found by the whole analysis with all rules.

#include "analysis/engine/scan.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "analysis/engine/analyze.hpp"

using namespace surefoot;

int main(int argc, char** argv) {
  auto config = std::make_shared<engine::Config>();
  config->profile = rules::Profile::strict;
  std::size_t files = 0, left_out = 0, wrong = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.path().extension() != ".py" || !entry.is_regular_file()) continue;
      ++files;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(file), {});
      if (engine::may_have_findings(bytes)) continue;
      ++left_out;
      const auto analysis = engine::analyze({{entry.path().string(), {}}, text::SourceText(bytes)}, config);
      if (analysis->findings().empty()) continue;
      ++wrong;
      std::printf("%s: %s\n", entry.path().c_str(), analysis->findings().front().message.c_str());
    }
  }
  std::printf("%zu files, %zu left out, %zu wrong\n", files, left_out, wrong);
  return wrong == 0 && left_out > 0 ? 0 : 1;
}
