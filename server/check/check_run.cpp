#include "server/check/check_run.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "analysis/engine/config_keys.hpp"
#include "analysis/engine/scan.hpp"
#include "server/cache/cache_file.hpp"
#include "server/check/parallel.hpp"
#include "server/workspace/paths.hpp"
#include "server/workspace/shared_facts.hpp"

namespace surefoot::server {
namespace {

// All that the configuration says; what has no say in what is found does no harm here.
std::string settings_of(const engine::Config& config) {
  std::string text;
  for (const engine::ConfigKey& key : engine::config_keys()) text += std::string(key.name) + key.show(config) + '\n';
  return text;
}

// One file of the cache for each project, and for each set of projects that are checked together.
std::string cache_path(const std::string& folder, const std::vector<SourceFile>& files) {
  std::set<std::string> roots;
  for (const SourceFile& file : files) roots.insert(file.config->root);
  ContentHasher hash;
  hash.add(build_id());
  for (const std::string& root : roots) hash.add(root);
  return cache_file_path(folder, hash.value());
}

}  // namespace

CheckRun::CheckRun(CheckRunOptions options, const std::vector<SourceFile>& files)
    : options_(std::move(options)),
      files_(files),
      store_(open_store()),
      disk_(std::make_shared<LazyFiles>(files,
                                        LazyFiles::Options{options_.file.largest_file, options_.jobs, options_.unsaved,
                                                           store_ == nullptr ? nullptr : &store_->stamps()})),
      known_(files.size()),
      keys_(files.size()),
      checked_(files.size()),
      made_(files.size()) {
  make_projects();
}

void CheckRun::make_projects() {
  const auto program = std::make_shared<const project::Program>(disk_);
  for (const SourceFile& file : files_) {
    Project& one = projects_[file.config->config.get()];
    if (one.project != nullptr) continue;
    one.facts = std::make_shared<SharedFacts>();
    one.project = std::make_shared<const engine::Project>(program, file.config->config, one.facts);
    one.settings = settings_of(*file.config->config);
  }
}

void CheckRun::run(const std::function<void(std::size_t, const FileResult&)>& take) {
  recall();
  check();
  if (options_.stop.stop_requested()) return;
  conclude();
  // What is known takes less time than to start a thread.
  constexpr std::size_t kFewFiles = 256;
  const std::size_t jobs = wanted_.empty() && files_.size() <= kFewFiles ? 1 : options_.jobs;
  produce_in_order<FileResult>(
      files_.size(), jobs, [&](std::size_t i) { return known_[i] ? from_cache(i) : finish(i); },
      [&](std::size_t i, const FileResult& result) { take(i, result); });
  keep();
}

// What a result is a function of, as far as it is known before it is made.
ContentHash CheckRun::key_of(std::size_t number) {
  const project::Place& place = disk_->place(number);
  ContentHasher hash;
  hash.add(build_id()).add(project_of(number).settings).add(options_.file.largest_file);
  hash.add(place.path).add(place.root).add(std::uint64_t{place.open_above});
  for (const std::string& root : place.source_roots) hash.add(root);
  hash.add(place.packages);
  return hash.add(disk_->hash(number)).value();
}

// Cures are made from the trees of what is there now.
std::unique_ptr<ResultStore> CheckRun::open_store() const {
  if (options_.cache_folder.empty() || options_.file.fix != FixMode::none || files_.empty()) return nullptr;
  return std::make_unique<ResultStore>(cache_path(options_.cache_folder, files_));
}

void CheckRun::recall() {
  const ResultStore::Look at_file = [&](const std::string& path) { return disk_->hash_of(path); };
  const ResultStore::Look at_names = [&](const std::string& question) { return disk_->answers(question); };
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (store_ != nullptr && disk_->is_read(i)) {
      keys_[i] = key_of(i);
      if (const auto bytes = store_->find(keys_[i], at_file, at_names)) known_[i] = told_from(*bytes);
    }
  }
  read_texts();
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (!known_[i]) wanted_.push_back(i);
  }
}

bool CheckRun::has_texts(std::size_t number) const {
  const auto has = [&](const std::string& path) { return path.empty() || disk_->is_as_known(path); };
  return has(files_[number].path) &&
         std::all_of(known_[number]->begin(), known_[number]->end(), [&](const ToldFinding& one) {
           const auto& related = one.finding.related;
           return std::all_of(related.begin(), related.end(), [&](const auto& place) { return has(place.path); });
         });
}

// Findings are told by their lines, so the texts that they are in are read, and have to be those that were meant.
void CheckRun::read_texts() {
  constexpr std::size_t kTogether = 32;
  std::vector<std::size_t> with_findings;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (known_[i] && !known_[i]->empty()) with_findings.push_back(i);
  }
  produce_in_order<bool>((with_findings.size() + kTogether - 1) / kTogether, options_.jobs,
                         [&](std::size_t part) {
                           const std::size_t end = std::min(with_findings.size(), (part + 1) * kTogether);
                           for (std::size_t i = part * kTogether; i < end; ++i) {
                             if (!has_texts(with_findings[i])) known_[with_findings[i]].reset();
                           }
                           return true;
                         },
                         [](std::size_t, bool) {});
}

CheckedFile CheckRun::check_one(std::size_t number) {
  if (options_.stop.stop_requested()) return {};
  const text::SourceText* text = options_.scans ? disk_->text(number) : nullptr;
  if (text != nullptr && !engine::may_have_findings(text->bytes())) return {};
  return check_file(files_[number], disk_->load(number), project_of(number).project);
}

void CheckRun::check() {
  produce_in_order<CheckedFile>(
      wanted_.size(), options_.jobs, [&](std::size_t i) { return check_one(wanted_[i]); },
      [&](std::size_t i, CheckedFile file) {
        const auto root = file.analysis == nullptr ? std::nullopt : engine::root_of(*file.analysis);
        if (root) project_of(wanted_[i]).roots.push_back(*root);
        checked_[wanted_[i]] = std::move(file);
        if (options_.progress) options_.progress(files_.size() - wanted_.size() + i + 1);
      });
}

void CheckRun::conclude() {
  for (auto& [config, project] : projects_) {
    project.effects = effects_of(project);
    if (store_ == nullptr) continue;
    for (const project::ModuleKey key : project.effects->modules()) {
      if (const auto kept = project.facts->find(key)) note_asked(key, kept->surroundings, project);
    }
  }
}

void CheckRun::note_asked(project::ModuleKey by, const engine::Surroundings& surroundings, Project& project) {
  for (const auto& [asked, shape] : surroundings.asked) project.asked[by].push_back(asked);
}

std::shared_ptr<const project::Effects> CheckRun::effects_of(Project& project) const {
  const auto facts_of = [&](const std::vector<project::Wanted>& wanted) {
    std::vector<project::FactsPtr> all;
    produce_in_order<engine::KeptFacts>(
        wanted.size(), options_.jobs, [&](std::size_t i) { return project.project->some_facts(wanted[i]); },
        [&](std::size_t i, engine::KeptFacts facts) {
          note_asked(wanted[i].module, facts.surroundings, project);
          all.push_back(std::move(facts.facts));
        });
    return all;
  };
  return std::make_shared<const project::Effects>(project.roots, facts_of);
}

FileResult CheckRun::from_cache(std::size_t number) const {
  FileResult result;
  if (known_[number]->empty()) return result;
  result.findings = to_reported(files_[number], *known_[number], options_.file, [&](const std::string& location) {
    return disk_->text_of(location.empty() ? files_[number].path : location);
  });
  return result;
}

FileResult CheckRun::finish(std::size_t number) {
  FileResult result = finish_file(files_[number], checked_[number], project_of(number).effects, options_.file, true);
  if (store_ == nullptr || !result.error.empty() || !disk_->is_read(number)) return result;
  ResultStore::Made& made = made_[number];
  made.key = keys_[number];
  made.owner = project::module_key(files_[number].path);
  made.result = {seen_by(number, result), to_bytes(result.told)};
  return result;
}

std::vector<Seen> CheckRun::seen_by(std::size_t number, const FileResult& result) {
  const Project& project = projects_.at(files_[number].config->config.get());
  std::set<project::ModuleKey> keys(result.asked.begin(), result.asked.end());
  for (const project::ModuleKey behind : project.effects->modules_behind(project::module_key(files_[number].path))) {
    keys.insert(behind);
    if (const auto asked = project.asked.find(behind); asked != project.asked.end()) {
      keys.insert(asked->second.begin(), asked->second.end());
    }
  }
  std::vector<Seen> seen;
  for (const project::ModuleKey key : keys) {
    const project::Module* module = project.project->program().module(key);
    if (module == nullptr || module->index->location() == files_[number].path) continue;
    seen.emplace_back(module->index->location(), disk_->hash_of(module->index->location()));
  }
  return seen;
}

void CheckRun::keep() {
  if (store_ == nullptr) return;
  if (disk_->is_outrun()) return;
  disk_->tell(store_->stamps());
  std::erase_if(made_, [](const ResultStore::Made& one) { return one.owner == 0; });
  std::vector<Seen> files;
  std::vector<Seen> names;
  for (const std::string& file : disk_->refused_files()) files.emplace_back(file, disk_->hash_of(file));
  for (const std::string& question : disk_->asked_names()) names.emplace_back(question, disk_->answers(question));
  store_->keep(std::move(files), std::move(names), std::move(made_));
  store_->save(today());
}

}  // namespace surefoot::server
