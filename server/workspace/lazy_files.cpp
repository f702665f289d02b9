#include "server/workspace/lazy_files.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <variant>

#include "analysis/engine/analyze.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/text/hash.hpp"
#include "server/check/parallel.hpp"
#include "server/workspace/environment.hpp"
#include "server/workspace/paths.hpp"
#include "server/workspace/python_source.hpp"

namespace surefoot::server {

namespace {

std::uint64_t next_files_hash() {
  static std::atomic<std::uint64_t> made = 0;
  return text::Hasher().add(++made).value();
}

// Of what decides which files a name means there.
text::Hasher hash_of_roots(const project::Place& importer) {
  text::Hasher hash;
  hash.add(importer.root).add(importer.packages);
  hash.add(std::string_view(importer.path).substr(0, importer.path.rfind('/') + 1));
  return hash;
}

// What `find` gives for the key, found once. The reference lives as long as the memo.
template <typename Found, typename Find>
const Found& remembered(std::unordered_map<std::uint64_t, Found>& memo, std::uint64_t key, std::shared_mutex& mutex,
                        const Find& find) {
  {
    const std::shared_lock lock(mutex);
    if (const auto known = memo.find(key); known != memo.end()) return known->second;
  }
  Found found = find();
  const std::unique_lock lock(mutex);
  return memo.try_emplace(key, std::move(found)).first->second;
}

}  // namespace

LazyFiles::LazyFiles(const std::vector<SourceFile>& files, Options options)
    : options_(std::move(options)), files_hash_(next_files_hash()) {
  files_.reserve(files.size());
  for (const SourceFile& source : files) {
    auto file = std::make_unique<File>();
    file->place = place_of(source.path, *source.config);
    by_key_.emplace(project::module_key(source.path), file.get());
    for (std::string_view folder = parent_folder(source.path); folders_.emplace(folder).second;) {
      folder = parent_folder(folder);
    }
    add_root(file->place);
    files_.push_back(std::move(file));
  }
  constexpr std::size_t kTogether = 64;
  produce_in_order<bool>((files_.size() + kTogether - 1) / kTogether, options_.jobs,
                         [&](std::size_t part) {
                           const std::size_t end = std::min(files_.size(), (part + 1) * kTogether);
                           for (std::size_t i = part * kTogether; i < end; ++i) fill(*files_[i]);
                           return true;
                         },
                         [](std::size_t, bool) {});
}

// The deepest first, so that a file belongs to the project that is nearest.
void LazyFiles::add_root(const project::Place& of) const {
  const auto same = [&](const project::Place& root) {
    return root.root == of.root && root.source_roots == of.source_roots && root.open_above == of.open_above &&
           root.packages == of.packages;
  };
  const std::lock_guard lock(disk_mutex_);
  if (std::any_of(roots_.begin(), roots_.end(), same)) return;
  const auto behind = std::upper_bound(roots_.begin(), roots_.end(), of, [](const auto& a, const auto& b) {
    return std::make_tuple(b.root.size(), a.root) < std::make_tuple(a.root.size(), b.root);
  });
  roots_.insert(behind, of);
}

std::shared_ptr<const LazyFiles> LazyFiles::fork(const std::function<bool(project::ModuleKey)>& keeps,
                                                 bool same_names) const {
  auto next = std::make_shared<LazyFiles>(std::vector<SourceFile>(), options_);
  if (same_names) next->files_hash_ = files_hash_;
  const std::lock_guard lock(disk_mutex_);
  next->roots_ = roots_;
  next->packages_ = packages_;
  for (const auto& [key, file] : others_) {
    if (file == nullptr || !keeps(key)) continue;
    next->others_.emplace(key, file);
    if (file->depth == 0) continue;
    ++next->library_files_;
    next->library_bytes_ += file->read.size;
  }
  return next;
}

void LazyFiles::add(const project::Place& place) const {
  const std::lock_guard lock(disk_mutex_);
  std::shared_ptr<File>& file = others_[project::module_key(place.location())];
  if (file == nullptr) file = look_at(place);
}

std::shared_ptr<LazyFiles::File> LazyFiles::look_at(project::Place place) const {
  auto file = std::make_shared<File>();
  file->place = std::move(place);
  fill(*file);
  return file;
}

void LazyFiles::fill(File& file) const {
  const std::string location = file.place.location();
  const auto unsaved = options_.unsaved == nullptr ? UnsavedTexts::const_iterator() : options_.unsaved->find(location);
  if (options_.unsaved != nullptr && unsaved != options_.unsaved->end()) {
    file.read = {ReadStatus::found, unsaved->second, {}, unsaved->second.size()};
    if (file.read.size > options_.largest_file) file.read = {ReadStatus::too_large, {}, {}, file.read.size};
  } else if (!is_known(file)) {
    read(file);
  }
  if (file.read.status == ReadStatus::found && !file.is_unread) file.hash = server::hash_of(file.read.bytes);
}

bool LazyFiles::is_known(File& file) const {
  if (options_.stamps == nullptr) return false;
  const std::string location = file.place.location();
  const auto stamp = options_.stamps->knows(location) ? stamp_of(location) : std::nullopt;
  if (!stamp || stamp->size > options_.largest_file) return false;
  const auto content = options_.stamps->find(location, *stamp);
  if (!content) return false;
  file.hash = *content;
  file.read = {ReadStatus::found, {}, {}, stamp->size};
  file.is_unread = true;
  return true;
}

void LazyFiles::read(File& file) const {
  const std::int64_t now = nanoseconds_now();
  file.read = read_file(file.place.location(), options_.largest_file);
  if (file.read.stamp && is_settled(*file.read.stamp, now)) file.stamp = file.read.stamp;
}

void LazyFiles::read_again(File& file) const {
  file.read = read_file(file.place.location(), options_.largest_file);
  const bool same = file.read.status == ReadStatus::found && server::hash_of(file.read.bytes) == file.hash;
  file.is_as_known = same;
  if (!same) is_outrun_ = true;
}

void LazyFiles::decode(File& file) const {
  std::call_once(file.decoded, [&] {
    if (file.is_unread) read_again(file);
    if (file.place.path.ends_with(".ipynb")) {
      file.error = "is a notebook, and those are not supported";
    } else if (file.read.status != ReadStatus::found) {
      file.error = refusal(file.read, options_.largest_file);
    } else {
      auto source = read_python(std::exchange(file.read.bytes, {}));
      if (auto* why = std::get_if<std::string>(&source)) {
        file.error = std::move(*why);
      } else {
        file.byte_order_mark = std::get<PythonSource>(source).byte_order_mark;
        file.text = std::move(std::get<PythonSource>(source).text);
      }
    }
  });
}

const project::ModulePtr& LazyFiles::parse(File& file) const {
  decode(file);
  std::call_once(file.parsed, [&] {
    if (file.error.empty()) file.module = engine::read_file(file.place, file.text);
  });
  return file.module;
}

const text::SourceText* LazyFiles::text(std::size_t number) const {
  decode(*files_[number]);
  return files_[number]->error.empty() ? &files_[number]->text : nullptr;
}

void LazyFiles::tell(FileStamps& stamps) const {
  const auto tell_of = [&](const File& file) {
    if (file.stamp && file.read.status == ReadStatus::found) stamps.keep(file.place.location(), *file.stamp, file.hash);
  };
  for (const auto& file : files_) tell_of(*file);
  const std::lock_guard lock(disk_mutex_);
  for (const auto& [key, file] : others_) {
    if (file != nullptr) tell_of(*file);
  }
}

LoadedFile LazyFiles::load(std::size_t number) const {
  File& file = *files_[number];
  const project::ModulePtr& module = parse(file);
  return {file.error, file.byte_order_mark, module};
}

LazyFiles::File* LazyFiles::find(project::ModuleKey key) const {
  if (const auto found = by_key_.find(key); found != by_key_.end()) return found->second;
  const std::lock_guard lock(disk_mutex_);
  const auto found = others_.find(key);
  return found == others_.end() ? nullptr : found->second.get();
}

void LazyFiles::note(const std::string& path) const {
  if (!options_.notes_names) return;
  const std::lock_guard lock(disk_mutex_);
  asked_.note(path);
}

// A folder is listed only when it is known to be there, so that no list is kept of what is not.
bool LazyFiles::has_folder(const std::string& folder) const {
  note(folder);
  if (folders_.contains(folder)) return true;
  const std::string above(parent_folder(folder));
  if (above == folder) return above != ".";  // nothing is beside a text that is not on the disk
  if (!has_folder(above)) return false;
  const std::lock_guard lock(disk_mutex_);
  return listing_.has_folder(folder);
}

LazyFiles::File* LazyFiles::find_on_disk(const std::string& location) const {
  if (!has_folder(std::string(parent_folder(location)))) return nullptr;
  const std::lock_guard lock(disk_mutex_);
  if (!listing_.has_file(location)) return nullptr;
  std::shared_ptr<File>& file = others_[project::module_key(location)];
  if (file == nullptr) file = look_at(place_beside(location));
  return file.get();
}

// Where nothing of the project is meant. Packages import each other, which goes on only so far.
project::FoundFile LazyFiles::find_in_packages(const project::Place& importer, std::string_view dotted) const {
  const std::string& packages = importer.packages;
  if (packages.empty() || fixes::is_standard_library(dotted.substr(0, dotted.find('.')))) return {};
  std::size_t depth = 0;
  if (importer.is_in_packages()) {
    const File* file = find(project::module_key(importer.location()));
    depth = file == nullptr ? kDeepestImport : file->depth.load();
    if (depth >= kDeepestImport) return {};
  }
  {
    const std::lock_guard lock(disk_mutex_);
    packages_.insert(packages);
  }
  const project::Place inside{"*.py", packages};
  project::FoundFile found = project::find_import(inside, dotted, as_files());
  if (found.location.empty()) return {};
  File* file = find(project::module_key(found.location));
  if (file == nullptr || file->read.size > kLargestLibraryFile) return {};
  const std::lock_guard lock(disk_mutex_);
  if (file->depth != 0) return found;
  if (++library_files_ > kMostLibraryFiles || (library_bytes_ += file->read.size) > kMostLibraryBytes) return {};
  file->depth = depth + 1;
  return found;
}

// A file that is imported stands in the project that holds it, or in a folder of its own.
project::Place LazyFiles::place_beside(const std::string& location) const {
  for (const std::string& packages : packages_) {
    if (is_within(location, packages)) return {relative_path(location, packages), packages, {}, false, packages};
  }
  const auto around = std::find_if(roots_.begin(), roots_.end(),
                                   [&](const project::Place& root) { return is_within(location, root.root); });
  project::Place place = around != roots_.end() ? *around : roots_.empty() ? project::Place() : roots_.front();
  if (around == roots_.end()) place.root = parent_folder(location);
  place.path = relative_path(location, place.root);
  return place;
}

bool LazyFiles::has_file(const std::string& location) const {
  note(location);
  File* file = find_file(location);
  if (file == nullptr) return false;
  decode(*file);
  if (file->error.empty()) return true;
  const std::unique_lock lock(memo_mutex_);
  refused_.insert(location);
  return false;
}

project::Files LazyFiles::as_files() const {
  return {[this](const std::string& path) { return has_file(path); },
          [this](const std::string& path) { return has_folder(path); }};
}

const project::ModulePtr* LazyFiles::module(project::ModuleKey key) const {
  File* file = find(key);
  if (file == nullptr) return nullptr;
  const project::ModulePtr& module = parse(*file);
  return module == nullptr ? nullptr : &module;
}

project::FoundFile LazyFiles::find_import(const project::Place& importer, std::string_view dotted) const {
  if (!importer.is_in_packages()) {
    const std::string_view first = dotted.substr(0, dotted.find('.'));
    const auto& found = remembered(first_names_, hash_of_roots(importer).add(first).value(), memo_mutex_,
                                   [&] { return find_any_import(importer, first); });
    if (found && (!found->location.empty() || importer.packages.empty())) return *found;
  }
  return remembered(imports_, hash_of_roots(importer).add(dotted).value(), memo_mutex_,
                    [&] { return search(importer, dotted); });
}

const std::vector<std::string>& LazyFiles::roots_of(const project::Place& importer) const {
  return remembered(import_roots_, hash_of_roots(importer).value(), memo_mutex_,
                    [&] { return project::import_roots(importer, as_files()); });
}

const std::optional<project::FoundFile>& LazyFiles::find_below(const std::string& folder, std::string_view name) const {
  return remembered(below_folders_, text::Hasher().add(folder).add(name).value(), memo_mutex_,
                    [&] { return project::find_below(folder, name, as_files()); });
}

// Most imports are decided by their first name, and most files have the same roots.
std::optional<project::FoundFile> LazyFiles::find_any_import(const project::Place& importer,
                                                             std::string_view name) const {
  for (const std::string& root : roots_of(importer)) {
    const auto& found = find_below(root, name);
    if (!found || !found->location.empty()) return found;
  }
  return project::FoundFile();
}

project::FindBelow LazyFiles::remembered_below() const {
  return [this](const std::string& folder, std::string_view name) { return find_below(folder, name); };
}

project::FoundFile LazyFiles::search(const project::Place& importer, std::string_view dotted) const {
  project::FoundFile found;
  if (!importer.is_in_packages()) found = project::find_import(roots_of(importer), dotted, remembered_below());
  return found.location.empty() ? find_in_packages(importer, dotted) : found;
}

project::FoundFile LazyFiles::find_submodule(std::string_view package, std::string_view dotted) const {
  return project::find_submodule(package, dotted, remembered_below());
}

LazyFiles::File* LazyFiles::find_file(const std::string& location) const {
  const auto known = by_key_.find(project::module_key(location));
  return known != by_key_.end() ? known->second : find_on_disk(location);
}

bool LazyFiles::is_as_known(const std::string& location) const {
  File* file = find_file(location);
  if (file == nullptr) return false;
  decode(*file);
  return file->is_as_known;
}

ContentHash LazyFiles::hash_of(const std::string& location) const {
  const File* file = find_file(location);
  return file == nullptr ? ContentHash() : file->hash;
}

text::SourceText LazyFiles::text_of(const std::string& location) const {
  File* file = find_file(location);
  if (file == nullptr) return {};
  decode(*file);
  return file->text;
}

std::vector<std::string> LazyFiles::asked_names() const {
  const std::lock_guard lock(disk_mutex_);
  return asked_.questions();
}

std::vector<std::string> LazyFiles::refused_files() const {
  const std::shared_lock lock(memo_mutex_);
  return {refused_.begin(), refused_.end()};
}

ContentHash LazyFiles::answers(const std::string& question) const {
  const std::lock_guard lock(disk_mutex_);
  return AskedNames::answers(question, listing_);
}

std::shared_ptr<const LazyFiles> files_on_demand() {
  return std::make_shared<const LazyFiles>(std::vector<SourceFile>(),
                                           LazyFiles::Options{kLargestOnDemand, 1, nullptr, nullptr, false});
}

}  // namespace surefoot::server
