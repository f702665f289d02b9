// The call graphs of a session: what is kept of files, and how long.
#include "server/session/call_graphs.hpp"

#include "analysis/engine/analyze.hpp"
#include "server/workspace/lazy_files.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/server/temp_folder.hpp"

using namespace surefoot;
using test::TempFolder;

namespace {

struct Shop {
  Shop() { files->add_root({"b.py", folder.path()}); }

  project::ModulePtr document(const std::string& path, const std::string& text) const {
    return engine::read_file({path, folder.path()}, text::SourceText(text));
  }

  server::CallGraphPtr graph(std::vector<project::ModulePtr> documents) {
    const auto program = std::make_shared<const project::Program>(files, std::move(documents));
    const auto project = engine::Project::empty(config)->over(program);
    server::CallGraphPtr graph;
    while (graph == nullptr) graph = graphs.advance(*project, importers, std::chrono::milliseconds(1));
    return graph;
  }

  std::string functions_of(const server::CallGraphPtr& graph, const std::string& path) const {
    std::string names;
    for (const std::uint32_t number : graph->functions_of(project::module_key(folder / path))) {
      names += std::string(graph->function(number).name) + " ";
    }
    return names;
  }

  TempFolder folder;
  std::shared_ptr<const server::LazyFiles> files = server::files_on_demand();
  std::shared_ptr<const engine::Config> config = std::make_shared<const engine::Config>();
  server::CallGraphs::Importers importers = std::make_shared<const std::vector<project::Place>>();
  server::CallGraphs graphs{[] {}};
};

}  // namespace

TEST_CASE("what was read of a document is not taken for its file when the document is gone", "[call_graph]") {
  Shop shop;
  shop.folder.write("a.py", "def saved():\n    pass\n");
  const project::ModulePtr importer = shop.document("b.py", "import a\n");
  CHECK(shop.functions_of(shop.graph({importer}), "a.py") == "saved a.py ");
  CHECK(shop.functions_of(shop.graph({importer, shop.document("a.py", "def unsaved():\n    pass\n")}), "a.py") ==
        "unsaved a.py ");
  CHECK(shop.functions_of(shop.graph({importer}), "a.py") == "saved a.py ");
}

TEST_CASE("a file that is not open is read again for its text, one that is open is not", "[call_graph]") {
  Shop shop;
  shop.folder.write("a.py", "def saved():\n    pass\n");
  const server::CallGraphPtr graph = shop.graph({shop.document("b.py", "import a\n")});
  const auto text = [&](const std::string& path) {
    return std::string(graph->file(project::module_key(shop.folder / path))->text().bytes());
  };
  CHECK(text("a.py") == "def saved():\n    pass\n");
  CHECK(text("b.py") == "import a\n");
  shop.folder.write("a.py",
                    "\xEF\xBB\xBF"
                    "def saved():\n    pass\n");
  CHECK(text("a.py") == "def saved():\n    pass\n");
  shop.folder.write("a.py", "def other():\n    pass\n");
  CHECK(text("a.py").empty());
}
