// Files that are read when somebody asks for them, as a session has them.

#include "server/workspace/lazy_files.hpp"

#include <filesystem>

#include "tests/unit/catch.hpp"
#include "tests/unit/server/temp_folder.hpp"

namespace surefoot::test {
namespace {

using server::LazyFiles;
using FilesPtr = std::shared_ptr<const LazyFiles>;

project::Place place(const TempFolder& folder, const std::string& path) { return {path, folder.path()}; }

/// The text of what `dotted` means in a file of the folder.
std::string text_of(const FilesPtr& files, const TempFolder& folder, const std::string& dotted) {
  const project::Place importer = place(folder, "app.py");
  files->add_root(importer);
  const project::FoundFile found = files->find_import(importer, dotted);
  if (found.location.empty()) return "nothing";
  const project::ModulePtr* module = files->module(project::module_key(found.location));
  return module == nullptr ? "unreadable" : std::string((*module)->text.bytes());
}

const auto kAll = [](project::ModuleKey) { return true; };

}  // namespace

TEST_CASE("what an import means is read when somebody asks", "[lazy]") {
  TempFolder folder;
  folder.write("db.py", "x = 1\n");
  const FilesPtr files = server::files_on_demand();
  CHECK_FALSE(files->knows(project::module_key(folder.path() + "/db.py")));
  CHECK(text_of(files, folder, "db.x") == "x = 1\n");
  CHECK(files->knows(project::module_key(folder.path() + "/db.py")));
  CHECK(text_of(files, folder, "cache") == "nothing");
}

TEST_CASE("a fork shares what was read, and looks at the disk for the rest", "[lazy]") {
  TempFolder folder;
  folder.write("db.py", "x = 1\n");
  folder.write("cache.py", "y = 1\n");
  const FilesPtr files = server::files_on_demand();
  CHECK(text_of(files, folder, "db") == "x = 1\n");
  CHECK(text_of(files, folder, "cache") == "y = 1\n");
  folder.write("db.py", "x = 2\n");
  folder.write("cache.py", "y = 2\n");
  folder.write("new.py", "z = 2\n");
  CHECK(text_of(files, folder, "db") == "x = 1\n");

  const project::ModuleKey db = project::module_key(folder.path() + "/db.py");
  const FilesPtr other = files->fork([&](project::ModuleKey key) { return key == db; }, false);
  CHECK(text_of(other, folder, "db") == "x = 1\n");
  CHECK(*other->module(db) == *files->module(db));
  CHECK(text_of(other, folder, "cache") == "y = 2\n");
  CHECK(text_of(other, folder, "new") == "z = 2\n");
  CHECK(text_of(files, folder, "new") == "nothing");
}

TEST_CASE("sources of the same names have the same hash", "[lazy]") {
  const FilesPtr files = server::files_on_demand();
  CHECK(files->fork(kAll, true)->files_hash() == files->files_hash());
  CHECK(files->fork(kAll, false)->files_hash() != files->files_hash());
  CHECK(server::files_on_demand()->files_hash() != files->files_hash());
}

TEST_CASE("trees that only a fork has read go with it", "[lazy]") {
  TempFolder folder;
  folder.write("db.py", "x = 1\n");
  const FilesPtr files = server::files_on_demand();
  std::weak_ptr<const project::Module> read;
  {
    const FilesPtr other = files->fork(kAll, true);
    CHECK(text_of(other, folder, "db") == "x = 1\n");
    read = *other->module(project::module_key(folder.path() + "/db.py"));
    CHECK_FALSE(read.expired());
  }
  CHECK(read.expired());
  CHECK_FALSE(files->knows(project::module_key(folder.path() + "/db.py")));
}

TEST_CASE("nothing stands beside a text that is not on the disk", "[lazy]") {
  const FilesPtr files = server::files_on_demand();
  const std::string here = std::filesystem::current_path().string();
  TempFolder folder;
  folder.write("db.py", "x = 1\n");
  std::filesystem::current_path(folder.path());
  const project::FoundFile found = files->find_import({"app.py", {}}, "db");
  std::filesystem::current_path(here);
  CHECK(found.location.empty());
}

TEST_CASE("a file that was made known stands where it was said to stand", "[lazy]") {
  TempFolder folder;
  folder.write("tools/run.py", "pass\n");
  const FilesPtr files = server::files_on_demand();
  files->add({"run.py", folder.path() + "/tools"});
  const project::ModuleKey key = project::module_key(folder.path() + "/tools/run.py");
  REQUIRE(files->module(key) != nullptr);
  CHECK((*files->module(key))->place.path == "run.py");
}

}  // namespace surefoot::test
