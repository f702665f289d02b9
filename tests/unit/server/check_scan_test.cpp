#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "server/check/check_run.hpp"
#include "server/workspace/discovery.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/server/temp_folder.hpp"

using namespace surefoot::server;
using surefoot::test::TempFolder;

namespace {

std::vector<std::string> findings_in(const std::string& folder, bool scans) {
  ConfigFiles configs(real_disk(), {folder, {}, {}});
  const Discovery found = discover({"."}, folder, configs);
  CheckRunOptions options;
  options.file.working_folder = folder;
  options.scans = scans;
  std::vector<std::string> told;
  CheckRun(options, found.files).run([&](std::size_t i, const FileResult& result) {
    told.push_back(found.files[i].shown + ": " + result.error);
    for (const ReportedFinding& one : result.findings) told.push_back(one.code + " " + one.message);
  });
  return told;
}

}  // namespace

TEST_CASE("a check that leaves files unparsed in which nothing can be found finds the same") {
  for (const auto& entry : std::filesystem::directory_iterator(SUREFOOT_SOURCE_DIR "/tests/projects")) {
    if (!entry.is_directory()) continue;
    INFO(entry.path());
    CHECK(findings_in(entry.path().string(), true) == findings_in(entry.path().string(), false));
  }
}

TEST_CASE("what a file says that is left unparsed is known to those who ask") {
  const TempFolder folder;
  folder.write("shop/__init__.py", "from .rates import load_rates\n");
  folder.write("shop/rates.py", "import requests\n\n\ndef load_rates():\n    return requests.get(\"https://x\")\n");
  folder.write("shop/limits.py", "LIMIT = 3\n");
  folder.write("app.py", "from shop import load_rates\n\n\nasync def handler():\n    return load_rates()\n");
  folder.write("bad.py", "\xff\xfe\x00 = 1\n");
  const auto told = findings_in(folder.path(), true);
  CHECK(told == findings_in(folder.path(), false));
  CHECK(std::any_of(told.begin(), told.end(), [](const std::string& one) { return one.starts_with("RT102 "); }));
}
