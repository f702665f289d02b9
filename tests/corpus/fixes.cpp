// fixes CORPUS OUT: applies fixes to every Python file below CORPUS. A fix must not break the syntax, and the file that
// all safe ones together leave must be stable. What they leave is also written below OUT, for Python itself to parse.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/engine/analyze.hpp"
#include "analysis/syntax/tree.hpp"

namespace {

namespace fs = std::filesystem;
using namespace surefoot;
using rules::Applicability;

std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool parses(std::string_view text) { return !syntax::Parser::of_this_thread().parse(text).has_error(); }

class FixedFiles {
 public:
  explicit FixedFiles(fs::path folder) : folder_(std::move(folder)) { fs::create_directories(folder_); }

  void keep(std::string_view text) {
    std::ofstream file(folder_ / (std::to_string(count_++) + ".py"), std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
  }
  std::size_t count() const { return count_; }

 private:
  fs::path folder_;
  std::size_t count_ = 0;
};

struct Tally {
  std::size_t files = 0;
  std::size_t findings = 0;
  std::size_t broken = 0;
};

void complain(Tally& tally, const std::string& file, const std::string& what) {
  ++tally.broken;
  std::cout << file << ": " << what << "\n";
}

void try_each_fix(const engine::FileAnalysis& analysis, Tally& tally, FixedFiles& fixed) {
  for (const engine::Finding& finding : analysis.findings()) {
    const std::string where = finding.code + " at byte " + std::to_string(finding.span.start);
    auto fixes = analysis.fixes(finding).offered;
    fixes.push_back(analysis.suppression(finding));
    for (const engine::Fix& fix : fixes) {
      if (fix.files.empty()) continue;
      const std::string text = text::apply_edits(analysis.text().bytes(), fix.files.front().edits);
      if (!parses(text)) complain(tally, analysis.path(), where + ": `" + fix.title + "` breaks the syntax");
      fixed.keep(text);
    }
  }
}

void try_all_fixes(const engine::FileAnalysis& analysis, Applicability up_to, Tally& tally, FixedFiles& fixed) {
  const auto result = engine::fix_all(analysis, up_to);
  if (!parses(result.text)) complain(tally, analysis.path(), "the fixes together break the syntax");
  const auto after = engine::analyze({{analysis.path(), {}}, text::SourceText(result.text)}, analysis.config());
  if (engine::fix_all(*after, up_to).text != result.text) {
    complain(tally, analysis.path(), "fixing a second time changes the file again");
  }
  if (result.fixed > 0) fixed.keep(result.text);
}

void try_file(const fs::path& path, const std::string& name, Tally& tally, FixedFiles& fixed) {
  const std::string bytes = slurp(path);
  if (!parses(bytes)) return;
  ++tally.files;
  const auto config = std::make_shared<const engine::Config>();
  const auto analysis = engine::analyze({{name, {}}, text::SourceText(bytes)}, config);
  tally.findings += analysis->findings().size();
  if (analysis->findings().empty()) return;
  try_each_fix(*analysis, tally, fixed);
  try_all_fixes(*analysis, Applicability::safe, tally, fixed);
  try_all_fixes(*analysis, Applicability::unsafe, tally, fixed);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: fixes CORPUS OUT\n";
    return 2;
  }
  const fs::path corpus = argv[1];
  fs::remove_all(argv[2]);
  FixedFiles fixed(argv[2]);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(corpus)) {
    if (entry.is_regular_file() && entry.path().extension() == ".py") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  Tally tally;
  for (const fs::path& path : files) try_file(path, fs::relative(path, corpus).string(), tally, fixed);
  std::cout << tally.files << " files, " << tally.findings << " findings, " << fixed.count() << " fixed texts, "
            << tally.broken << " of them wrong\n";
  return tally.broken == 0 && tally.files > 0 ? 0 : 1;
}
