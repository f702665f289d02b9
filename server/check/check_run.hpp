#pragma once
// One check of many files, on several threads: what the cache knows is taken from there, and only the rest is looked
// at. Results are the same with a cache and without.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/engine/project.hpp"
#include "server/cache/result_store.hpp"
#include "server/check/check_file.hpp"
#include "server/workspace/lazy_files.hpp"

namespace surefoot::server {

struct CheckRunOptions {
  FileCheckOptions file;
  std::size_t jobs = 1;
  /// Where results are kept between runs, absolute; empty: nowhere.
  std::string cache_folder;
  std::shared_ptr<const UnsavedTexts> unsaved;  // null for none
  /// Once it is requested, run() comes back soon, and takes and keeps nothing more.
  std::stop_token stop;
  /// Told how many files have been looked at, on the thread of run(). May be empty.
  std::function<void(std::size_t done)> progress;
  /// Leaves files unparsed in which nothing can be found (engine/scan.hpp), unless others ask what they say. Changes no
  /// result.
  bool scans = true;
};

class CheckRun {
 public:
  CheckRun(CheckRunOptions options, const std::vector<SourceFile>& files);

  /// Calls take(i, result) for each file, in their order, on this thread.
  void run(const std::function<void(std::size_t, const FileResult&)>& take);

 private:
  /// The files with one configuration, as one project.
  struct Project {
    engine::ProjectPtr project;
    std::shared_ptr<engine::FactsStore> facts;
    std::string settings;  // the configuration in one text
    std::vector<project::Effects::Root> roots;
    std::shared_ptr<const project::Effects> effects;
    /// Of each module that effects came from: what its facts depend on beside it.
    std::unordered_map<project::ModuleKey, std::vector<project::ModuleKey>> asked;
  };

  void make_projects();
  Project& project_of(std::size_t number) { return projects_.at(files_[number].config->config.get()); }
  std::unique_ptr<ResultStore> open_store() const;
  void recall();
  void read_texts();
  bool has_texts(std::size_t number) const;
  ContentHash key_of(std::size_t number);
  CheckedFile check_one(std::size_t number);
  void check();
  void conclude();
  std::shared_ptr<const project::Effects> effects_of(Project& project) const;
  static void note_asked(project::ModuleKey by, const engine::Surroundings& surroundings, Project& project);
  FileResult finish(std::size_t number);
  FileResult from_cache(std::size_t number) const;
  std::vector<Seen> seen_by(std::size_t number, const FileResult& result);
  void keep();

  const CheckRunOptions options_;
  const std::vector<SourceFile>& files_;
  std::unique_ptr<ResultStore> store_;  // null: no cache
  std::shared_ptr<LazyFiles> disk_;
  std::map<const engine::Config*, Project> projects_;
  std::vector<std::optional<Told>> known_;  // what the cache knows
  std::vector<ContentHash> keys_;           // of the files in the cache
  std::vector<std::size_t> wanted_;         // the files that it does not know
  std::vector<CheckedFile> checked_;        // by file
  std::vector<ResultStore::Made> made_;     // by file
};

}  // namespace surefoot::server
