#pragma once
// The files of a check, or behind the documents of a session: each is read when it is not known what is in it, or
// somebody asks for its text, and parsed when somebody asks for what it says. Files of the project that are not to be
// checked, which are all of a session, are found on the disk when they are imported.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/project/program.hpp"
#include "server/cache/content_hash.hpp"
#include "server/cache/file_stamps.hpp"
#include "server/workspace/discovery.hpp"
#include "server/workspace/disk.hpp"
#include "server/workspace/folder_listing.hpp"
#include "server/workspace/project_files.hpp"

namespace surefoot::server {

/// Texts of editors, by the absolute path of the file in whose place they count.
using UnsavedTexts = std::map<std::string, std::string>;

/// Where a file's place names the packages of an environment (project::Place::packages), its imports may mean those.
/// Any thread, but for its making.
class LazyFiles final : public project::ModuleSource {
 public:
  struct Options {
    std::uint64_t largest_file = 0;  // bytes
    std::size_t jobs = 1;
    std::shared_ptr<const UnsavedTexts> unsaved;  // null for none
    const FileStamps* stamps = nullptr;           // what is known to be in files; asked in the making and later
    bool notes_names = true;                      // for asked_names()
  };
  LazyFiles(const std::vector<SourceFile>& files, Options options);

  // Without files to check, of a session: all files are found when they are imported.
  /// Files beside this one belong to its project from now on.
  void add_root(const project::Place& of) const;
  /// Makes a file known that nobody has imported yet.
  void add(const project::Place& place) const;
  /// What was read of the files that `keeps` wants, and nothing else that was found on the disk. `same_names`: since
  /// then no file has appeared or gone.
  std::shared_ptr<const LazyFiles> fork(const std::function<bool(project::ModuleKey)>& keeps, bool same_names) const;
  /// True for a file that was found.
  bool knows(project::ModuleKey key) const { return find(key) != nullptr; }

  // Of the files to check, by their number in the list.
  const project::Place& place(std::size_t number) const { return files_[number]->place; }
  /// Of its bytes.
  const ContentHash& hash(std::size_t number) const { return files_[number]->hash; }
  /// False for one that could not be read.
  bool is_read(std::size_t number) const { return files_[number]->read.status == ReadStatus::found; }
  /// Null when it is refused; load() tells why.
  const text::SourceText* text(std::size_t number) const;
  /// Parses it.
  LoadedFile load(std::size_t number) const;

  /// True when a file was found to have changed since it was looked at first: then what comes of this is not to be
  /// kept.
  bool is_outrun() const { return is_outrun_; }
  /// Adds what was found to be in files, as far as it is settled. Not while others ask.
  void tell(FileStamps& stamps) const;

  // Of any file, by its location.
  /// Zero when it cannot be read.
  ContentHash hash_of(const std::string& location) const;
  text::SourceText text_of(const std::string& location) const;
  /// Reads it if it is not read yet. False when there is something else in it than hash_of() says.
  bool is_as_known(const std::string& location) const;

  std::uint64_t files_hash() const override { return files_hash_; }
  bool has_file(const std::string& location) const override;
  bool has_folder(const std::string& location) const override;
  const project::ModulePtr* module(project::ModuleKey key) const override;
  project::FoundFile find_import(const project::Place& importer, std::string_view dotted) const override;
  project::FoundFile find_in_packages(const project::Place& importer, std::string_view dotted) const override;
  project::FoundFile find_submodule(std::string_view package, std::string_view dotted) const override;

  /// What the answers depended on beside the contents of files: which names there are, by what was asked
  /// (AskedNames::questions), and the files that were there and refused.
  std::vector<std::string> asked_names() const;
  std::vector<std::string> refused_files() const;
  ContentHash answers(const std::string& question) const;

 private:
  struct File {
    project::Place place;
    ReadResult read;  // without its bytes when it is decoded
    ContentHash hash;
    bool is_unread = false;          // `hash` is known by its stamp
    bool is_as_known = true;         // once it is decoded
    std::optional<FileStamp> stamp;  // settled, of what was read
    std::once_flag decoded;
    std::string error;
    std::string byte_order_mark;
    text::SourceText text;
    std::once_flag parsed;
    project::ModulePtr module;
    std::atomic<std::size_t> depth = 0;  // of a file of a package: imports from the project to it
  };

  std::shared_ptr<File> look_at(project::Place place) const;
  void fill(File& file) const;
  bool is_known(File& file) const;
  void read(File& file) const;
  void read_again(File& file) const;
  void decode(File& file) const;
  const project::ModulePtr& parse(File& file) const;
  File* find(project::ModuleKey key) const;
  File* find_file(const std::string& location) const;
  File* find_on_disk(const std::string& location) const;
  void note(const std::string& path) const;
  project::Place place_beside(const std::string& location) const;
  project::Files as_files() const;
  const std::vector<std::string>& roots_of(const project::Place& importer) const;
  const std::optional<project::FoundFile>& find_below(const std::string& folder, std::string_view name) const;
  project::FindBelow remembered_below() const;
  std::optional<project::FoundFile> find_any_import(const project::Place& importer, std::string_view name) const;
  project::FoundFile search(const project::Place& importer, std::string_view dotted) const;

  Options options_;
  std::vector<std::unique_ptr<File>> files_;
  std::unordered_map<project::ModuleKey, File*> by_key_;  // those to check
  std::unordered_set<std::string> folders_;               // that hold them
  std::uint64_t files_hash_ = 0;
  mutable std::atomic<bool> is_outrun_ = false;

  mutable std::mutex disk_mutex_;  // guards what follows
  mutable FolderListing listing_;
  mutable AskedNames asked_;
  mutable std::vector<project::Place> roots_;  // one of each, the deepest first
  mutable std::unordered_map<project::ModuleKey, std::shared_ptr<File>> others_;
  mutable std::set<std::string> packages_;  // folders that some importer may mean
  mutable std::size_t library_files_ = 0;
  mutable std::size_t library_bytes_ = 0;

  mutable std::shared_mutex memo_mutex_;  // guards what follows; the keys are hashes of what was asked
  mutable std::unordered_map<std::uint64_t, std::optional<project::FoundFile>> first_names_;
  mutable std::unordered_map<std::uint64_t, std::vector<std::string>> import_roots_;
  mutable std::unordered_map<std::uint64_t, std::optional<project::FoundFile>> below_folders_;
  mutable std::unordered_map<std::uint64_t, project::FoundFile> imports_;
  mutable std::set<std::string> refused_;
};

/// For a session.
std::shared_ptr<const LazyFiles> files_on_demand();
/// Bytes of a file of those; larger ones are generated.
inline constexpr std::uint64_t kLargestOnDemand = std::uint64_t{2} << 20U;

}  // namespace surefoot::server
