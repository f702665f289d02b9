#pragma once
// The files behind the open documents: what they import is read from the disk, and what stands in a document beats
// what stands on the disk. When a file changes in a way that others can see, the open documents that depend on it are
// analysed again. Strand only; files are read by workers.

#include <cstddef>
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

namespace surefoot::server {

struct Core;
struct Document;

class Neighbourhood {
 public:
  explicit Neighbourhood(Core& core);

  /// The project as it is now, for an analysis with this configuration.
  engine::ProjectPtr project(const ConfigPtr& config);
  /// A new version of the document was analysed: others see it from now on.
  void analysed(const Document& document);
  /// The document is closed: what is on the disk counts again.
  void closed(const Document& document);
  /// Calls `waiter` once no file is being read that a document imports: now, or later.
  void when_read(std::function<void()> waiter);
  /// Calls it once, besides, the files of the workspace are known that import a document.
  void when_complete(std::function<void()> waiter);
  /// Files appeared, changed or went away on the disk. Absolute paths.
  void changed_on_disk(const std::vector<std::string>& paths);

 private:
  void replace(std::shared_ptr<const project::Program> program);
  void read_neighbours(const Document& document);
  void neighbours_read(const std::vector<project::ModulePtr>& modules);
  void read_importers();
  void importers_read(const std::vector<project::ModulePtr>& modules);
  void take(const std::vector<project::ModulePtr>& modules);
  void outdate_all();
  void forget_importers();

  /// What others saw of a document last, and what it imported.
  struct Seen {
    project::ModuleKey key = 0;
    std::uint64_t interface = 0;
    std::uint64_t imports = 0;
  };

  Core& core_;
  std::shared_ptr<const project::Program> program_;
  std::map<ConfigPtr, engine::ProjectPtr> projects_;
  std::map<std::string, Seen> seen_;  // by Document::identity
  std::size_t reading_ = 0;           // jobs that read files
  std::vector<std::function<void()>> waiters_;
  std::set<std::string> with_importers_;  // documents whose importers were looked for, by identity
  std::size_t searching_ = 0;             // jobs that look for importers
  std::stop_source search_;
  std::vector<std::function<void()>> waiters_for_importers_;
};

}  // namespace surefoot::server
