#pragma once
// The files of a project in which a name stands, for changes that must overlook none. Reads the disk; one thread.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "analysis/project/program.hpp"
#include "server/workspace/config_files.hpp"
#include "server/workspace/discovery.hpp"

namespace surefoot::server {

class ProjectSearch {
 public:
  /// `root`: of the project, absolute. `known`: has a source, and the open documents, which beat the disk.
  ProjectSearch(std::string root, std::shared_ptr<const project::Program> known);

  /// Reads what mentions one of these. Why the project cannot be searched; empty when it was.
  std::string read(const std::set<std::string>& names);

  /// What was known and all that was read.
  const std::shared_ptr<const project::Program>& program() const { return program_; }

  /// True when a file on the disk is what the module was read from.
  static bool is_current(const project::Module& module);

 private:
  void list();

  std::string root_;
  std::shared_ptr<const project::Program> program_;
  std::vector<SourceFile> files_;  // all Python files of the project, whatever the configuration excludes
  std::string problem_;            // of the list
  bool listed_ = false;
};

}  // namespace surefoot::server
