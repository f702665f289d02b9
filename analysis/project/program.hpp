#pragma once
// The files of the project that were read, as one immutable set: the names of one file lead into the others.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/project/import_search.hpp"
#include "analysis/project/module.hpp"
#include "analysis/semantics/modules.hpp"

namespace surefoot::project {

/// Files that are read when somebody asks for them. Any thread; the same answers each time.
class ModuleSource {
 public:
  virtual ~ModuleSource() = default;
  /// Of the set of files: equal for sources in which the same names mean files.
  virtual std::uint64_t files_hash() const = 0;
  virtual bool has_file(const std::string& location) const = 0;
  virtual bool has_folder(const std::string& location) const = 0;
  /// Null for a file that is not there or cannot be read. The pointer outlives the program.
  virtual const ModulePtr* module(ModuleKey key) const = 0;
  /// As the functions of import_search.hpp; what they name is there.
  virtual FoundFile find_import(const Place& importer, std::string_view dotted) const = 0;
  /// The same where no file of the project is meant.
  virtual FoundFile find_in_packages(const Place& importer, std::string_view dotted) const = 0;
  virtual FoundFile find_submodule(std::string_view package, std::string_view dotted) const = 0;
};

/// Any thread.
class Program final : public semantics::Modules {
 public:
  explicit Program(std::vector<ModulePtr> modules);
  /// Behind these, the files of `source`, whichever are asked for: all() knows nothing of them.
  explicit Program(std::shared_ptr<const ModuleSource> source, std::vector<ModulePtr> modules = {});
  /// These files instead, and the same source behind them.
  std::shared_ptr<const Program> of(std::vector<ModulePtr> modules) const;
  /// The same files, with `module` added or in the place of its older version. Costs as much as the number of files
  /// that were replaced since the first set was made.
  std::shared_ptr<const Program> with(ModulePtr module) const;

  /// Null when it was not read.
  const Module* module(ModuleKey key) const { return find(key) == nullptr ? nullptr : find(key)->get(); }
  ModulePtr pointer(ModuleKey key) const { return find(key) == nullptr ? nullptr : *find(key); }
  const Module* module(const semantics::ModuleIndex& index) const { return module(index.key()); }
  /// A file of these or of the source; null when it is not there.
  ModulePtr file(const std::string& location) const;
  /// All modules but those of the source, sorted by location.
  std::vector<ModulePtr> all() const;
  /// True for one of all().
  bool holds(ModuleKey key) const { return held(key) != nullptr; }
  const std::shared_ptr<const ModuleSource>& source() const { return source_; }
  /// Of the set of files, whatever stands in them.
  std::uint64_t files_hash() const {
    return base_->hash ^ changes_.hash ^ (source_ == nullptr ? 0 : source_->files_hash());
  }

  Found find(const semantics::ModuleIndex& from, std::string_view dotted) const override;
  Found submodule(const semantics::ModuleIndex& package, std::string_view dotted) const override;

 private:
  struct Base {
    std::unordered_map<ModuleKey, ModulePtr> files;
    std::unordered_set<ModuleKey> folders;
    std::uint64_t hash = 0;  // of the files that are neither in an earlier set nor in the source
  };
  Program() = default;
  /// True when files are here of which the source knows nothing.
  bool has_own_names() const { return base_->hash != 0 || changes_.hash != 0; }
  Files files() const;
  void add(ModulePtr module, Base& to) const;
  const ModulePtr* held(ModuleKey key) const;
  const ModulePtr* find(ModuleKey key) const;

  std::shared_ptr<const Base> base_;
  Base changes_;
  std::shared_ptr<const ModuleSource> source_;  // null: there are no other files than these
};

}  // namespace surefoot::project
