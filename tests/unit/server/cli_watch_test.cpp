#include <functional>
#include <sstream>
#include <thread>

#include "server/cli/watch.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/server/cli_run.hpp"

using namespace surefoot::server;
using surefoot::test::run;
using surefoot::test::TempFolder;

namespace {

const std::string kSleeps = "import asyncio, time\n\n\nasync def pause():\n    time.sleep(1)\n";

/// Acts out a list of changes, one a wait, and then gives up.
class Script final : public Watcher {
 public:
  explicit Script(std::vector<std::function<void()>> changes) : changes_(std::move(changes)) {}

  bool watch(const WatchedPaths& paths) override {
    const bool is_new = last.folders != paths.folders;
    last = paths;
    ++watched;
    return is_new;
  }
  bool wait() override {
    if (next_ == changes_.size()) return false;
    changes_[next_++]();
    return true;
  }

  WatchedPaths last;
  int watched = 0;

 private:
  std::vector<std::function<void()>> changes_;
  std::size_t next_ = 0;
};

CheckOptions options_for(const TempFolder& folder) {
  CheckOptions options;
  options.working_folder = folder.path();
  options.file.working_folder = folder.path();
  options.output_format = "concise";
  options.watch = true;
  return options;
}

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::vector<std::unique_ptr<Watcher>> all_watchers() {
  std::vector<std::unique_ptr<Watcher>> watchers;
  watchers.push_back(make_polling_watcher(std::chrono::milliseconds(20)));
  if (auto watcher = make_system_watcher()) watchers.push_back(std::move(watcher));
  return watchers;
}

}  // namespace

TEST_CASE("what a check reads is watched") {
  const TempFolder folder;
  folder.write("pyproject.toml", "[tool.surefoot]\n");
  folder.write("app/inner/a.py");
  folder.write("app/.venv/pyvenv.cfg");
  folder.write("other/b.py");
  CheckOptions options = options_for(folder);
  options.paths = {"app", "other/b.py", "to/come.py"};
  options.baseline = "known/baseline.json";
  const WatchedPaths paths = paths_to_watch(options);
  CHECK(paths.folders ==
        std::vector<std::string>{folder.path(), folder / "app", folder / "app/inner", folder / "other"});
  for (const char* file : {"pyproject.toml", "app/inner/a.py", "other/b.py", "to/come.py", "known/baseline.json",
                           "app/inner/surefoot.toml", "app/.gitignore"}) {
    INFO(file);
    CHECK(has(paths.files, folder / file));
  }
}

TEST_CASE("a change is followed by another check") {
  const TempFolder folder;
  folder.write("a.py", "x = 1\n");
  Script script({[&] { folder.write("new/b.py", kSleeps); },
                 [&] { folder.write("surefoot.toml", "select = ['RT999']\n"); },
                 [&] { folder.write("surefoot.toml", "ignore = ['RT101']\n"); }});
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Console console{in, out, err};
  CHECK(check_and_watch(options_for(folder), console, script) == 0);
  CHECK(out.str() ==
        "No findings in 1 file.\n"
        "new/b.py:5:5: RT101 `time.sleep` sleeps and blocks the event loop\n"
        "Found 1 finding (1 fixable with --fix).\n"
        "No findings in 0 files.\n"
        "No findings in 2 files.\n");
  CHECK_THAT(err.str(), ContainsSubstring("surefoot.toml:1:11: `select`: unknown rule `RT999`"));
  CHECK(has(script.last.folders, folder / "new"));
  CHECK(script.watched == 6);  // twice where a folder is new
}

TEST_CASE("changes end the wait, however files are written") {
  for (const auto& watcher : all_watchers()) {
    const TempFolder folder;
    folder.write("a.py", "x = 1\n");
    folder.write("script", "x = 1\n");
    const WatchedPaths paths{{folder.path()}, {folder / "a.py", folder / "script"}};
    CHECK(watcher->watch(paths));
    CHECK_FALSE(watcher->watch(paths));
    const auto ends_wait = [&](const std::function<void()>& change) {
      change();
      CHECK(watcher->wait());
      watcher->watch(paths);
    };
    ends_wait([&] { folder.write("a.py", "x = 12\n"); });
    ends_wait([&] { folder.write("script", "x = 12\n"); });
    ends_wait([&] { folder.write("new.py", ""); });
    ends_wait([&] { std::filesystem::rename(folder / "new.py", folder / "a.py"); });
    ends_wait([&] { std::filesystem::remove(folder / "a.py"); });
    ends_wait([&] { folder.make_folder("package"); });
    std::jthread later([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      folder.write("later.py", "x = 1\n");
    });
    CHECK(watcher->wait());
  }
}

TEST_CASE("a folder that comes again is watched again") {
  for (const auto& watcher : all_watchers()) {
    const TempFolder folder;
    folder.write("app/a.py", "x = 1\n");
    const WatchedPaths paths{{folder.path(), folder / "app"}, {folder / "app/a.py"}};
    watcher->watch(paths);
    std::filesystem::rename(folder / "app", folder / "gone");
    CHECK(watcher->wait());
    folder.write("app/a.py", "x = 1\n");
    watcher->watch(paths);
    CHECK(watcher->wait());
    watcher->watch(paths);
    folder.write("app/b.py", "x = 1\n");
    CHECK(watcher->wait());
  }
}

TEST_CASE("the option --watch cannot be used where there is nothing to watch") {
  const TempFolder folder;
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"-"}, {"--diff"}, {"--baseline", "b.json", "--write-baseline"}}) {
    std::vector<std::string> arguments = {"check", "--watch"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    CHECK(run(folder, arguments).err ==
          "surefoot: error: --watch cannot be used with standard input, --diff or --write-baseline\n");
  }
}
