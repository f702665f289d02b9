#pragma once
// The files behind the open documents: what they import is read from the disk when an analysis asks for it, and what
// stands in a document beats what stands on the disk. When a file changes in a way that others can see, the open
// documents that depend on it are analysed again. Strand only; files are read by workers.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "analysis/engine/project.hpp"
#include "server/session/analyzer.hpp"
#include "server/session/call_graphs.hpp"
#include "server/workspace/lazy_files.hpp"

namespace surefoot::server {

struct Core;
struct Document;

class Neighbourhood {
 public:
  explicit Neighbourhood(Core& core);

  /// The project as it is now, for questions with this configuration.
  engine::ProjectPtr project(const ConfigPtr& config) { return over(config, program_); }
  /// The same for the next analysis of a document. The first one sees open documents alone, so that nobody waits for
  /// other files to see what stands in this one; another one follows.
  engine::ProjectPtr project_for(const Document& document);
  /// A new version of the document was analysed: others see it from now on.
  void analysed(const Document& document);
  /// The document is closed: what is on the disk counts again.
  void closed(const Document& document);
  /// Some document has its analysis, or gets none.
  void settled();
  /// Calls `waiter` once the analyses of all documents have seen the files that they import: now, or later.
  void when_read(std::function<void()> waiter);
  /// Calls it once, besides, the files of the workspace are known that import a document.
  void when_complete(std::function<void()> waiter);
  /// The importers as far as they are known.
  const CallGraphs::Importers& importers() const { return importers_; }
  /// Files appeared, changed or went away on the disk. Absolute paths.
  void changed_on_disk(const std::vector<std::string>& paths);

 private:
  engine::ProjectPtr over(const ConfigPtr& config, const std::shared_ptr<const project::Program>& program);
  bool is_read() const;
  bool are_same_names(const std::set<std::string>& paths) const;
  void read_from(std::shared_ptr<const LazyFiles> files);
  void find_importers();
  void importers_found(const std::vector<project::Place>& places);
  void outdate(Document& document);
  void outdate_all();
  void forget_importers();

  /// What others saw of a document last.
  struct Seen {
    project::ModuleKey key = 0;
    std::uint64_t interface = 0;
  };

  Core& core_;
  std::shared_ptr<const LazyFiles> files_;
  std::shared_ptr<const project::Program> program_;  // the open documents, and the files behind them
  std::map<ConfigPtr, engine::ProjectPtr> projects_;
  std::map<std::string, Seen> seen_;  // by Document::identity
  std::vector<std::function<void()>> waiters_;
  CallGraphs::Importers importers_ = std::make_shared<const std::vector<project::Place>>();
  std::set<std::string> with_importers_;  // documents whose importers were looked for, by identity
  std::size_t searching_ = 0;             // jobs that look for importers
  std::stop_source search_;
  std::vector<std::function<void()>> waiters_for_importers_;
};

}  // namespace surefoot::server
