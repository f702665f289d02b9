#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "server/cache/result_store.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/server/cli_run.hpp"

using surefoot::test::Outcome;
using surefoot::test::run;
using surefoot::test::TempFolder;

namespace {

const std::string kHelper = "import time\n\n\ndef wait():\n    time.sleep(1)\n";
const std::string kCaller = "from app.helper import wait\n\n\nasync def serve():\n    wait()\n";

struct Shop {
  TempFolder folder;
  TempFolder cache;

  Shop() {
    folder.write("pyproject.toml", "[project]\nname = 'shop'\n");
    folder.write("app/__init__.py", "");
    folder.write("app/helper.py", kHelper);
    folder.write("app/main.py", kCaller);
    folder.write("app/fetch.py", "import asyncio\nimport time\n\n\nasync def pause():\n    time.sleep(1)\n");
  }
  Outcome check(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"check", "--output-format", "json"});
    return run(folder, more);
  }
  Outcome cached(std::vector<std::string> more = {}) const {
    more.insert(more.end(), {"--cache-dir", cache.path()});
    return check(std::move(more));
  }
  std::string only_file() const {
    for (const auto& entry : std::filesystem::directory_iterator(cache.path())) return entry.path().string();
    return {};
  }
};

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

void agrees(const Shop& shop) {
  const Outcome plain = shop.check();
  for (int i = 0; i < 2; ++i) {
    const Outcome cached = shop.cached();
    CHECK(cached.out == plain.out);
    CHECK(cached.err == plain.err);
    CHECK(cached.status == plain.status);
  }
}

}  // namespace

TEST_CASE("a check with a cache says what one without says") {
  const Shop shop;
  agrees(shop);
  CHECK(shop.check().out.find("RT102") != std::string::npos);
  CHECK_FALSE(shop.only_file().empty());
}

TEST_CASE("without a folder for the cache nothing is kept") {
  const Shop shop;
  shop.cached({"--no-cache"});
  CHECK(std::filesystem::is_empty(shop.cache.path()));
}

TEST_CASE("a helper that changes in another file changes what is found at its caller") {
  Shop shop;
  agrees(shop);
  shop.folder.write("app/helper.py", "def wait():\n    pass\n");
  agrees(shop);
  CHECK(shop.cached().out.find("RT102") == std::string::npos);
  shop.folder.write("app/helper.py", kHelper);
  agrees(shop);
  shop.folder.write("app/helper.py", "\n\n" + kHelper);  // the places of what explains it
  agrees(shop);
}

TEST_CASE("a file that appears changes what an import means") {
  Shop shop;
  shop.folder.write("app/late_caller.py", "from app.late import wait\n\n\nasync def serve():\n    wait()\n");
  agrees(shop);
  shop.folder.write("app/late.py", kHelper);
  agrees(shop);
  shop.folder.write("app/late/__init__.py", "def wait():\n    pass\n");  // comes before the module
  agrees(shop);
  std::filesystem::remove_all(shop.folder.path() + "/app/late");
  std::filesystem::remove(shop.folder.path() + "/app/late.py");
  agrees(shop);
}

TEST_CASE("a file that cannot be read is told each time") {
  Shop shop;
  shop.folder.write("app/helper.py", std::string("x = 1\0", 6));
  agrees(shop);
  shop.folder.write("app/helper.py", kHelper);
  agrees(shop);
}

TEST_CASE("the configuration decides which entries count") {
  Shop shop;
  agrees(shop);
  CHECK(shop.cached({"--select", "RT101"}).out == shop.check({"--select", "RT101"}).out);
  CHECK(shop.cached({"--ignore", "RT101"}).out == shop.check({"--ignore", "RT101"}).out);
  shop.folder.write("surefoot.toml", "severity = { RT101 = \"error\" }\n");
  agrees(shop);
}

TEST_CASE("a damaged cache is as good as none") {
  const Shop shop;
  agrees(shop);
  const std::string path = shop.only_file();
  const std::string good = bytes_of(path);
  const std::string expected = shop.check().out;
  std::mt19937 random(7);  // NOLINT: the same each time
  for (int i = 0; i < 60; ++i) {
    std::string bad = good;
    if (i % 3 == 0) {
      bad.resize(random() % bad.size());
    } else {
      for (int k = 0; k <= i % 5; ++k) bad[random() % bad.size()] ^= static_cast<char>(1U << (random() % 8));
    }
    write_bytes(path, bad);
    CHECK(shop.cached().out == expected);
  }
}

TEST_CASE("several checks may use one cache at once") {
  const Shop shop;
  const std::string expected = shop.check().out;
  std::vector<std::string> outputs(8);
  {
    std::vector<std::jthread> threads;
    for (std::string& output : outputs) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) output = shop.cached().out;
      });
    }
  }
  for (const std::string& output : outputs) CHECK(output == expected);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(shop.cache.path())) ++files;
  CHECK(files == 1);
}

TEST_CASE("a store keeps the newest versions of a file") {
  using namespace surefoot::server;
  const TempFolder folder;
  const std::string path = folder.path() + "/a.cache";
  const ResultStore::Look nothing = [](const std::string&) { return ContentHash(); };
  const auto key = [](std::uint64_t number) { return ContentHash{number, 1}; };
  for (std::uint64_t i = 0; i < 6; ++i) {
    ResultStore store(path);
    store.keep({}, {}, {{key(i), 77, {{}, "found " + std::to_string(i)}}});
    store.save(100);
  }
  ResultStore store(path);
  CHECK_FALSE(store.find(key(0), nothing, nothing));
  REQUIRE(store.find(key(5), nothing, nothing));
  CHECK(*store.find(key(5), nothing, nothing) == "found 5");
}
