// Folders to which nothing has come are not listed again; all that comes and goes is seen.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "server/cache/folder_cache.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/server/cli_run.hpp"

using namespace surefoot::server;
using surefoot::test::run;
using surefoot::test::TempFolder;

namespace {

const std::string kSlow = "import time\n\n\nasync def serve():\n    time.sleep(1)\n";

std::vector<std::string> names_in(FolderCache& folders, const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (const FolderEntry& entry : folders.entries_of(folder, error)) {
    names.push_back(entry.name + (entry.is_folder ? "/" : ""));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> names_of(const std::string& file, const std::string& folder) {
  FolderCache folders(file);
  std::vector<std::string> names = names_in(folders, folder);
  folders.save();
  return names;
}

void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(2100)); }

}  // namespace

TEST_CASE("a folder is listed again when something in it came, went or has another name") {
  const TempFolder folder;
  const TempFolder cache;
  const std::string file = cache / "folders.cache";
  const auto names = [&] { return names_of(file, folder.path()); };
  using Names = std::vector<std::string>;
  folder.write("one.py", "");
  folder.write("deep/two.py", "");
  for (int i = 0; i < 2; ++i) CHECK(names() == Names{"deep/", "one.py"});
  settle();
  for (int i = 0; i < 2; ++i) CHECK(names() == Names{"deep/", "one.py"});
  CHECK(std::filesystem::exists(file));
  folder.write("three.py", "");
  for (int i = 0; i < 2; ++i) CHECK(names() == Names{"deep/", "one.py", "three.py"});
  std::filesystem::remove(folder / "one.py");
  CHECK(names() == Names{"deep/", "three.py"});
  settle();
  CHECK(names() == Names{"deep/", "three.py"});
  std::filesystem::rename(folder / "three.py", folder / "four.py");
  CHECK(names() == Names{"deep/", "four.py"});
  std::filesystem::remove(folder / "four.py");
  std::filesystem::create_directory(folder / "four.py");
  CHECK(names() == Names{"deep/", "four.py/"});
  std::filesystem::remove_all(folder.path());
  CHECK(names().empty());
}

TEST_CASE("a folder with a link in it is listed each time") {
  const TempFolder folder;
  const TempFolder cache;
  const TempFolder elsewhere;
  std::filesystem::create_symlink(elsewhere / "target", folder / "link");
  settle();
  CHECK(names_of(cache / "folders.cache", folder.path()) == std::vector<std::string>{"link"});
  std::filesystem::create_directory(elsewhere / "target");
  CHECK(names_of(cache / "folders.cache", folder.path()) == std::vector<std::string>{"link/"});
}

TEST_CASE("a check with a cache finds files that came to folders that were listed before") {
  const TempFolder folder;
  const TempFolder cache;
  const auto findings = [&] {
    const auto cached = run(folder, {"check", "--cache-dir", cache.path()});
    CHECK(cached.out == run(folder, {"check", "--no-cache"}).out);
    return std::count(cached.out.begin(), cached.out.end(), 'R') == 0 ? std::string() : cached.out;
  };
  folder.write("app/main.py", "x = 1\n");
  settle();
  for (int i = 0; i < 2; ++i) CHECK(findings().empty());
  folder.write("app/slow.py", kSlow);
  for (int i = 0; i < 2; ++i) CHECK_FALSE(findings().empty());
  for (const auto& entry : std::filesystem::directory_iterator(cache.path())) {
    std::ofstream(entry.path(), std::ios::binary | std::ios::trunc) << "surefoot cache 1\nand no more";
  }
  CHECK_FALSE(findings().empty());
  std::filesystem::remove(folder / "app/slow.py");
  CHECK(findings().empty());
}
