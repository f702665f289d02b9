#include "analysis/engine/analyze.hpp"

#include "analysis/engine/file_analysis.hpp"

namespace surefoot::engine {
namespace {

// A file's own version beside those of the others. A stand-alone file is a project of its own.
ProjectPtr project_with(const project::ModulePtr& module, const ProjectPtr& project,
                        const std::shared_ptr<const Config>& config) {
  if (project == nullptr) return Project::empty(config)->with(module);
  const project::ModuleKey key = module->index->key();
  return project->program().module(key) == module.get() ? project : project->with(module);
}

// One name for each folder: a file that is found by two would be two modules. `.` and `..` go by the letters of the
// path.
std::string source_root(const std::string& root, const std::string& folder) {
  const std::string joined = root.empty() || folder.starts_with('/') ? folder : root + "/" + folder;
  std::string path;
  for (std::size_t at = 0; at < joined.size();) {
    const std::size_t end = std::min(joined.find('/', at), joined.size());
    const std::string part = joined.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    const std::size_t slash = path.rfind('/');
    if (part == ".." && !path.empty() && !path.ends_with("..")) {
      path.erase(slash == std::string::npos ? 0 : slash);
    } else {
      path += (path.empty() && !joined.starts_with('/') ? "" : "/") + part;
    }
  }
  return path;
}

}  // namespace

project::Place place_in(std::string path, std::string root, bool is_project, const Config& config) {
  project::Place place{std::move(path), std::move(root), {}, !is_project};
  for (const std::string& folder : config.src) place.source_roots.push_back(source_root(place.root, folder));
  return place;
}

project::ModulePtr read_file(project::Place place, text::SourceText text, const std::stop_token& stop) {
  return project::read_module(std::move(place), std::move(text), nullptr, stop);
}

std::shared_ptr<AnalyzedFile> check(project::ModulePtr module, std::shared_ptr<const Config> config, ProjectPtr project,
                                    const std::stop_token& stop) {
  ProjectPtr around = project_with(module, project, config);
  auto file = std::make_shared<AnalyzedFile>(std::move(module), std::move(config), std::move(around));
  file->check(stop);
  return file;
}

std::optional<project::Effects::Root> root_of(const AnalyzedFile& checked) {
  if (!checked.asks_effects()) return std::nullopt;
  return project::Effects::Root{checked.module()->index->key(), checked.facts()};
}

std::shared_ptr<const FileAnalysis> conclude(std::shared_ptr<AnalyzedFile> checked,
                                             std::shared_ptr<const project::Effects> effects) {
  checked->conclude(std::move(effects));
  return checked;
}

std::shared_ptr<const FileAnalysis> analyze(FileInput input, std::shared_ptr<const Config> config, ProjectPtr project,
                                            std::stop_token stop) {
  project::ModulePtr module = project::read_module(std::move(input.place), std::move(input.text), nullptr, stop);
  ProjectPtr around = project_with(module, project, config);
  auto file = std::make_shared<AnalyzedFile>(std::move(module), std::move(config), std::move(around));
  file->run(nullptr, stop);
  return file;
}

std::shared_ptr<const FileAnalysis> reanalyze(const FileAnalysis& previous, const std::vector<text::TextEdit>& edits,
                                              std::shared_ptr<const Config> config, ProjectPtr project,
                                              std::stop_token stop) {
  const auto* old = dynamic_cast<const AnalyzedFile*>(&previous);
  text::SourceText text = previous.text();
  for (const text::TextEdit& edit : edits) text = text.with_edit(edit);
  if (old == nullptr) return analyze({{previous.path(), {}}, text}, std::move(config), std::move(project), stop);
  project::ModulePtr module = project::read_module(old->module()->place, std::move(text), old->module().get(), stop);
  ProjectPtr around = project_with(module, project, config);
  auto file = std::make_shared<AnalyzedFile>(std::move(module), std::move(config), std::move(around));
  file->run(old, stop);
  return file;
}

}  // namespace surefoot::engine
