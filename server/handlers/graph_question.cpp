#include "server/handlers/graph_question.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace surefoot::server {
namespace {

/// How long what is more urgent waits for a worker that reads files for the graph.
constexpr std::chrono::milliseconds kSlice{20};

// The analysis may be newer than what others have seen of the document, and the project newer than the analysis.
engine::ProjectPtr newest_project(Core& core, const project::ModulePtr& module, const Document& document) {
  const engine::ProjectPtr project = core.neighbourhood.project_for(document);
  const project::ModuleKey key = module->index->key();
  return project->program().module(key) == module.get() ? project : project->with(module);
}

void ask(Core& core, Reply reply, const SnapshotPtr& snapshot, const std::function<Outcome(const GraphView&)>& answer,
         const std::optional<Outcome>& meanwhile) {
  const project::ModulePtr module = snapshot == nullptr ? nullptr : snapshot->analysis->module();
  const Document* document = snapshot == nullptr ? nullptr : core.documents.find(snapshot->uri);
  if (module == nullptr || document == nullptr) return reply.result(nullptr);
  const engine::ProjectPtr project = newest_project(core, module, *document);
  core.answer_in_steps(
      std::move(reply),
      [snapshot, project, answer, meanwhile, module, graphs = core.graphs, importers = core.neighbourhood.importers(),
       uris = FileUris(core)](const std::stop_token&) -> std::optional<Outcome> {
        const CallGraphPtr graph = graphs->advance(*project, importers, kSlice);
        if (graph == nullptr) return meanwhile;
        return answer({snapshot, project, graph, module->index->key(), uris});
      });
}

}  // namespace

FileUris::FileUris(const Core& core) : folders_(core.folders) {
  for (const auto& [identity, document] : core.documents.all()) {
    if (!document.path) continue;
    OpenFile& file = open_[*document.path];
    file.uri = document.uri;
    file.version = document.version;
    if (document.current() && document.snapshot != nullptr) file.module = document.snapshot->analysis->module();
  }
}

std::string FileUris::of(const std::string& location) const {
  const OpenFile* file = open(location);
  return file != nullptr ? file->uri : folders_.uri_of(location);
}

const OpenFile* FileUris::open(const std::string& location) const {
  const auto found = open_.find(location);
  return found == open_.end() ? nullptr : &found->second;
}

void ask_graph(Core& core, Document& document, Reply reply, std::function<Outcome(const GraphView&)> answer,
               std::optional<Outcome> meanwhile, Callers callers) {
  const auto held = std::make_shared<Reply>(std::move(reply));
  const auto put = [&core, held, answer = std::move(answer), meanwhile = std::move(meanwhile)](
                       const SnapshotPtr& snapshot) { ask(core, std::move(*held), snapshot, answer, meanwhile); };
  core.analyses.when_ready(document, [&core, callers, put](const SnapshotPtr& snapshot) {
    if (callers == Callers::known) return put(snapshot);
    core.neighbourhood.when_complete([put, snapshot] { put(snapshot); });
  });
}

}  // namespace surefoot::server
