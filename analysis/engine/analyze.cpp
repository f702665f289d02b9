#include "analysis/engine/analyze.hpp"

#include <filesystem>

#include "analysis/engine/file_analysis.hpp"
#include "analysis/syntax/quick_parser.hpp"
#include "analysis/syntax/tree.hpp"

namespace surefoot::engine {
namespace {

// A file's own version beside those of the others. A stand-alone file is a project of its own.
ProjectPtr project_with(const project::ModulePtr& module, const ProjectPtr& project,
                        const std::shared_ptr<const Config>& config) {
  if (project == nullptr) return Project::empty(config)->with(module);
  const project::ModuleKey key = project::module_key(module->index->location());
  return project->program().module(key) == module.get() ? project : project->with(module);
}

// One name for each folder: a file that is found by two would be two modules.
std::string source_root(const std::string& root, const std::string& folder) {
  std::string path = (std::filesystem::path(root) / folder).lexically_normal().generic_string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path == "." ? "" : path;
}

}  // namespace

project::Place place_in(std::string path, std::string root, bool is_project, const Config& config) {
  project::Place place{std::move(path), std::move(root), {}, !is_project};
  for (const std::string& folder : config.src) place.source_roots.push_back(source_root(place.root, folder));
  return place;
}

project::ModulePtr read_file(project::Place place, text::SourceText text, const std::stop_token& stop) {
  if (auto units = syntax::read_quickly(text)) {
    return project::read_module(std::move(place), std::move(text), *std::move(units));
  }
  const syntax::Tree tree = syntax::read(text, stop);
  return project::read_module(std::move(place), std::move(text), tree);
}

std::shared_ptr<AnalyzedFile> check(project::ModulePtr module, std::shared_ptr<const Config> config, ProjectPtr project,
                                    const std::stop_token& stop) {
  ProjectPtr around = project_with(module, project, config);
  auto file = std::make_shared<AnalyzedFile>(std::move(module), std::move(config), std::move(around));
  file->check(stop);
  return file;
}

std::shared_ptr<const FileAnalysis> conclude(std::shared_ptr<AnalyzedFile> checked,
                                             std::shared_ptr<const project::Effects> effects) {
  checked->conclude(std::move(effects));
  return checked;
}

std::shared_ptr<const FileAnalysis> analyze(FileInput input, std::shared_ptr<const Config> config, ProjectPtr project,
                                            std::stop_token stop) {
  syntax::Tree tree = syntax::read(input.text, stop);
  project::ModulePtr module = project::read_module(std::move(input.place), std::move(input.text), tree);
  ProjectPtr around = project_with(module, project, config);
  auto file = std::make_shared<AnalyzedFile>(std::move(module), std::move(config), std::move(around), std::move(tree));
  file->run(nullptr, stop);
  return file;
}

std::shared_ptr<const FileAnalysis> reanalyze(const FileAnalysis& previous, const std::vector<text::TextEdit>& edits,
                                              std::shared_ptr<const Config> config, ProjectPtr project,
                                              std::stop_token stop) {
  const auto* old = dynamic_cast<const AnalyzedFile*>(&previous);
  text::SourceText text = previous.text();
  std::vector<syntax::TreeEdit> changes;
  for (const text::TextEdit& edit : edits) {
    text::SourceText next = text.with_edit(edit);
    changes.push_back({text, next, edit});
    text = std::move(next);
  }
  if (old == nullptr || !old->tree()) {
    project::Place place = old == nullptr ? project::Place{previous.path(), {}} : old->module()->place;
    return analyze({std::move(place), text}, std::move(config), std::move(project), stop);
  }
  syntax::Tree tree = syntax::read_next(old->tree(), changes, text, stop);
  project::ModulePtr module = project::read_module(old->module()->place, std::move(text), tree, old->module().get());
  ProjectPtr around = project_with(module, project, config);
  auto file = std::make_shared<AnalyzedFile>(std::move(module), std::move(config), std::move(around), std::move(tree));
  file->run(old, stop);
  return file;
}

}  // namespace surefoot::engine
