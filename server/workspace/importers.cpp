#include "server/workspace/importers.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "analysis/engine/analyze.hpp"
#include "server/workspace/project_files.hpp"

namespace surefoot::server {
namespace {

constexpr std::uint64_t kLargest = std::uint64_t{2} << 20U;  // bytes: generated, beyond that
constexpr std::size_t kMostImporters = 600;

using project::ModulePtr;

/// The text of a file's import statements, wherever they stand, and what else stands on such lines.
std::string imports_in(std::string_view text) {
  std::string out;
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    const std::size_t word = std::min(line.find_first_not_of(" \t"), line.size());
    if (line.substr(word).starts_with("import ") || line.substr(word).starts_with("from ")) {
      const bool goes_on = line.find('(') != std::string_view::npos && line.find(')') == std::string_view::npos;
      if (goes_on) end = std::min(text.find(')', start), text.size() - 1) + 1;
      const bool continued = line.ends_with('\\') || line.ends_with("\\\r");
      if (continued) end = std::min(text.find('\n', end + 1), text.size());
      out.append(text.substr(start + word, end - start - word)).append("\n");
    }
    start = end + 1;
  }
  return out;
}

/// Modules by their dotted names.
class Wanted {
 public:
  void add(const project::Module& module) {
    const std::string& name = module.index->name();
    if (name.empty() || !names_.insert(name).second) return;
    words_.push_back(name.substr(name.rfind('.') + 1));
    // What importers call it begins at some source root.
    for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
      names_.insert(name.substr(dot + 1));
    }
  }

  bool may_be_in(const std::string& imports) const {
    return std::any_of(words_.begin(), words_.end(),
                       [&](const std::string& word) { return imports.find(word) != std::string::npos; });
  }

  /// A module is imported by its path, or by that of something in it.
  bool is_imported_by(const project::Module& module) const {
    for (const std::string& path : project::imported_paths(module)) {
      for (std::size_t end = path.size(); end != std::string::npos && end != 0; end = path.rfind('.', end - 1)) {
        if (names_.contains(path.substr(0, end))) return true;
      }
    }
    return false;
  }

 private:
  std::unordered_set<std::string> names_;
  std::vector<std::string> words_;
};

struct Candidate {
  const SourceFile* file = nullptr;
  std::string imports;
};

class Search {
 public:
  explicit Search(const ImportersJob& job) : job_(job), documents_(job.documents) {}

  std::vector<project::Place> run() {
    const WorkspaceFiles all = workspace_files(job_.roots, job_.stop);
    list(all.files);
    for (const ModulePtr& module : job_.of) wanted_.add(*module);
    while (!job_.stop.stop_requested() && go_up()) {
    }
    return std::move(found_);
  }

 private:
  void list(const std::vector<SourceFile>& files) {
    std::unordered_set<std::string> open;
    for (const ModulePtr& document : documents_) open.insert(document->index->location());
    for (const SourceFile& file : files) {
      if (job_.stop.stop_requested()) return;
      if (open.contains(file.path)) continue;
      const ReadResult read = read_file(file.path, kLargest);
      if (read.status == ReadStatus::found) candidates_.push_back({&file, imports_in(read.bytes)});
    }
  }

  /// One step from what is wanted to what imports it; false when there is nothing new.
  bool go_up() {
    std::vector<ModulePtr> step;
    std::erase_if(documents_, [&](const ModulePtr& module) {
      const bool imports = wanted_.is_imported_by(*module);
      if (imports) step.push_back(module);
      return imports;
    });
    std::erase_if(candidates_, [&](const Candidate& candidate) {
      const bool is_enough = found_.size() >= kMostImporters || job_.stop.stop_requested();
      if (is_enough || !wanted_.may_be_in(candidate.imports)) return false;
      ModulePtr module = parse(candidate);
      if (!wanted_.is_imported_by(*module)) return false;
      found_.push_back(module->place);
      step.push_back(std::move(module));
      return true;
    });
    for (const ModulePtr& module : step) wanted_.add(*module);
    return !step.empty();
  }

  /// As a module that does nothing but import.
  static ModulePtr parse(const Candidate& candidate) {
    const project::Place place = place_of(candidate.file->path, *candidate.file->config);
    return engine::read_file(place, text::SourceText(candidate.imports));
  }

  const ImportersJob& job_;
  Wanted wanted_;
  std::vector<ModulePtr> documents_;   // that import nothing wanted, as far as one knows
  std::vector<Candidate> candidates_;  // files that are not read yet
  std::vector<project::Place> found_;
};

}  // namespace

std::vector<project::Place> find_importers(const ImportersJob& job) { return Search(job).run(); }

}  // namespace surefoot::server
