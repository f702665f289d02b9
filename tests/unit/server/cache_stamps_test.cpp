// Files that nobody has touched are not read again; any that somebody may have touched are.
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "server/cache/file_stamps.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/server/cli_run.hpp"

using namespace surefoot::server;
using surefoot::test::run;
using surefoot::test::TempFolder;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
const std::string kSlow = "import time\n\n\nasync def serve():\n    time.sleep(1)\n";
const std::string kFine = "import time\n\n\nasync def serve():\n    time.ctime(1)\n";

struct Project {
  TempFolder folder;
  TempFolder cache;

  bool finds_it() const {
    const auto cached = run(folder, {"check", "--cache-dir", cache.path()});
    const auto plain = run(folder, {"check", "--no-cache"});
    CHECK(cached.out == plain.out);
    return cached.out.find("RT101") != std::string::npos;
  }
  /// Keeps the time at which it seems to have been changed.
  void replace(const std::string& text) const {
    const auto time = std::filesystem::last_write_time(folder / "main.py");
    folder.write("main.py", text);
    std::filesystem::last_write_time(folder / "main.py", time);
  }
};

}  // namespace

TEST_CASE("a file that changes in the moment in which it was checked is checked again") {
  REQUIRE(kSlow.size() == kFine.size());
  const Project project;
  project.folder.write("main.py", kSlow);
  for (int i = 0; i < 5; ++i) {
    CHECK(project.finds_it());
    project.replace(kFine);
    CHECK_FALSE(project.finds_it());
    project.replace(kSlow);
  }
}

TEST_CASE("a file that changes and keeps its size and its time of change is checked again") {
  const Project project;
  project.folder.write("main.py", kSlow);
  project.folder.write("other.py", kFine);
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));
  for (int i = 0; i < 2; ++i) CHECK(project.finds_it());
  project.replace(kFine);
  for (int i = 0; i < 2; ++i) CHECK_FALSE(project.finds_it());
  project.folder.write("new.py", kSlow);
  std::filesystem::rename(project.folder / "new.py", project.folder / "main.py");
  for (int i = 0; i < 2; ++i) CHECK(project.finds_it());
}

TEST_CASE("a stamp is settled when no step of a file system's clock lies between it and now") {
  const FileStamp stamp{1, 2, 3, 10 * kSecond, 11 * kSecond};
  CHECK_FALSE(is_settled(stamp, 11 * kSecond));
  CHECK_FALSE(is_settled(stamp, 13 * kSecond));
  CHECK(is_settled(stamp, 13 * kSecond + 1));
  CHECK_FALSE(is_settled({1, 2, 3, 20 * kSecond, 11 * kSecond}, 15 * kSecond));
}

TEST_CASE("what is known of a file is told for the same stamp only") {
  FileStamps stamps;
  const FileStamp stamp{1, 2, 3, 4, 5};
  stamps.keep("/a.py", stamp, {6, 7});
  CHECK(stamps.find("/a.py", stamp) == ContentHash{6, 7});
  CHECK_FALSE(stamps.find("/b.py", stamp));
  for (const FileStamp& other :
       {FileStamp{9, 2, 3, 4, 5}, {1, 9, 3, 4, 5}, {1, 2, 9, 4, 5}, {1, 2, 3, 9, 5}, {1, 2, 3, 4, 9}}) {
    CHECK_FALSE(stamps.find("/a.py", other));
  }
}

TEST_CASE("stamps are read as they were written, and nothing else is") {
  FileStamps stamps;
  stamps.keep("/a.py", {1, 2, 3, -4, 5}, {6, 7});
  Writer writer;
  stamps.write(writer);
  for (std::size_t size = 0; size <= writer.bytes().size(); ++size) {
    FileStamps copy;
    Reader reader(std::string_view(writer.bytes()).substr(0, size));
    CHECK(copy.read(reader) == (size == writer.bytes().size()));
    if (size == writer.bytes().size()) CHECK(copy.find("/a.py", {1, 2, 3, -4, 5}) == ContentHash{6, 7});
  }
}

TEST_CASE("pipes, folders and what is not there have no stamp") {
  const TempFolder folder;
  folder.write("a.py", "1");
  folder.link("b.py", "a.py");
  CHECK(stamp_of(folder / "a.py"));
  CHECK(stamp_of(folder / "b.py") == stamp_of(folder / "a.py"));
  CHECK_FALSE(stamp_of(folder.path()));
  CHECK_FALSE(stamp_of(folder / "c.py"));
}
