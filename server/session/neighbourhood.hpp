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

  /// The project as it is now, for an analysis of the document or a question about it.
  engine::ProjectPtr project_for(const Document& document);
  /// A new version of the document was analysed: others see it from now on.
  void analysed(const Document& document);
  /// The document is closed: what is on the disk counts again.
  void closed(const Document& document);
  /// Calls `waiter` once the files of the workspace are known that import an analysed document: now, or later.
  void when_complete(std::function<void()> waiter);
  /// The importers as far as they are known.
  const CallGraphs::Importers& importers() const { return importers_; }
  /// Files appeared, changed or went away on the disk. Absolute paths.
  void changed_on_disk(const std::vector<std::string>& paths);

 private:
  bool are_same_names(const std::set<std::string>& paths) const;
  bool are_saved(const std::set<project::ModuleKey>& keys) const;
  void read_from(std::shared_ptr<const LazyFiles> files);
  void find_importers();
  void importers_found(const std::vector<project::Place>& places);
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
  CallGraphs::Importers importers_ = std::make_shared<const std::vector<project::Place>>();
  std::set<std::string> with_importers_;  // documents whose importers were looked for, by identity
  std::size_t searching_ = 0;             // jobs that look for importers
  std::stop_source search_;
  std::vector<std::function<void()>> waiters_;  // for them
};

}  // namespace surefoot::server
