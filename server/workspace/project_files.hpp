#pragma once
// Reads files as the modules of a project, and the files of the project that they import. Links of imports lead from
// file to file, so a file costs what it needs. Packages of environments are left to files_of_packages(). One thread at
// a time.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "analysis/project/program.hpp"
#include "server/workspace/config_files.hpp"
#include "server/workspace/discovery.hpp"
#include "server/workspace/folder_listing.hpp"

namespace surefoot::server {

struct LoadedFile {
  std::string error;            // why it cannot be checked: one clause; empty when it can
  std::string byte_order_mark;  // three bytes or none; the module's text has it no longer
  project::ModulePtr module;    // null when there is an error
};

class ProjectFiles {
 public:
  /// Leaves out larger files, in bytes. `known`: what was read before, and is not read again; null for nothing.
  explicit ProjectFiles(std::uint64_t largest, std::shared_ptr<const project::Program> known = nullptr)
      : largest_(largest), program_(std::move(known)) {}

  /// Takes bytes that stand for a file.
  LoadedFile take(const SourceFile& file, std::string bytes);
  /// Takes a module that was read elsewhere.
  void take(project::ModulePtr module);
  /// What was taken, and all that it imports from its projects. Files that cannot be read are left out.
  std::vector<project::ModulePtr> finish();

 private:
  LoadedFile read(const project::Place& place) const;
  void note(const LoadedFile& file);
  void search(const project::Module& module, std::vector<project::Place>& found);
  void want(const std::string& location, const project::Place& importer, std::vector<project::Place>& found);

  std::uint64_t largest_;
  std::shared_ptr<const project::Program> program_;
  FolderListing disk_;
  std::vector<project::ModulePtr> modules_;
  std::size_t searched_ = 0;  // of modules_
  std::unordered_set<std::string> known_;
};

/// What the module imports, directly or not, as far as `known` does not have it: read from the disk, on this thread.
std::vector<project::ModulePtr> read_neighbours(project::ModulePtr module,
                                                std::shared_ptr<const project::Program> known);

/// Where a file stands in its project.
project::Place place_of(const std::string& path, const ResolvedConfig& config);

/// The clause that says why a file is refused: "is too large to check (…)", "cannot be read: …".
std::string refusal(const ReadResult& read, std::uint64_t largest);

}  // namespace surefoot::server
