#include "server/schedule/analyses.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <utility>

#include "server/log.hpp"
#include "server/session/core.hpp"
#include "server/text_diff.hpp"

namespace surefoot::server {

struct Analyses::Job {
  std::string identity;
  std::uint64_t revision = 0;
  AnalysisPtr base;  // null: from scratch
  std::vector<text::TextEdit> edits;
  engine::FileInput input;
  ConfigPtr config;
  engine::ProjectPtr project;
  std::stop_token stop;
};

struct Analyses::Finished {
  std::string identity;
  std::uint64_t revision = 0;
  AnalysisPtr base;
  AnalysisPtr analysis;  // null: failed or stopped
  Clock::duration cost{};
  std::string failure;
  bool stopped = false;
  bool on_strand = false;
};

namespace {

template <class Job>
AnalysisPtr analyze(const Analyzer& analyzer, Job& job) {
  if (job.stop.stop_requested()) return nullptr;
  if (job.base != nullptr) return analyzer.reanalyze(*job.base, job.edits, job.config, job.project, job.stop);
  return analyzer.analyze(std::move(job.input), job.config, job.project, job.stop);
}

template <class Finished, class Job>
Finished run(const Analyzer& analyzer, const std::function<Clock::time_point()>& now, Job job) {
  Finished out;
  out.identity = job.identity;
  out.revision = job.revision;
  out.base = job.base;
  const auto start = now();
  try {
    out.analysis = analyze(analyzer, job);
    if (out.analysis == nullptr) out.failure = "no result";
  } catch (const std::exception& failure) {
    out.failure = failure.what();
  } catch (...) {
    out.failure = "unknown exception";
  }
  out.cost = now() - start;
  out.stopped = job.stop.stop_requested();
  if (out.stopped || !out.failure.empty()) out.analysis = nullptr;
  return out;
}

std::size_t new_bytes(const Document& document) {
  std::size_t bytes = 0;
  for (const auto& edit : document.edits) bytes += edit.content.size();
  return bytes;
}

// What an import means may have to be read from the disk.
bool touches_imports(const Document& document) {
  return std::any_of(document.edits.begin(), document.edits.end(), [&](const text::TextEdit& edit) {
    const std::uint32_t line = document.text.line_of(std::min(edit.span.start, document.text.size()));
    return edit.content.find("import") != std::string::npos ||
           document.text.slice(document.text.line_span(line)).find("import") != std::string_view::npos;
  });
}

void call(std::vector<Waiter> waiters, const SnapshotPtr& snapshot) {
  for (auto& waiter : waiters) {
    try {
      waiter(snapshot);
    } catch (const std::exception& failure) {
      log::error(std::string("internal error in an answer: ") + failure.what());
    }
  }
}

}  // namespace

void Analyses::changed(Document& document) {
  if (document.current()) document.dirty_since = core_.host.now();
  document.revision = next_revision_++;
  if (document.opened == 0) document.opened = document.revision;
  const bool moved = document.base != nullptr && document.base->path() != document.placement.place.path;
  if (moved) document.base = nullptr;
  if (!document.first_job || !document.analysable()) {
    document.running.request_stop();
    document.first_job = false;
  }
  if (!document.analysable()) return give_up(document);
  due_.insert(document.identity);
}

void Analyses::outdated(Document& document) {
  if (document.analysable() && document.snapshot != nullptr) changed(document);
}

void Analyses::settle() {
  const auto start = core_.host.now();
  // An analysis may outdate other documents, which become due in turn.
  while (!due_.empty()) {
    const std::string identity = *due_.begin();
    due_.erase(due_.begin());
    Document* document = core_.documents.find_identity(identity);
    if (document == nullptr || document->current() || document->first_job) continue;
    if (runs_inline(*document, core_.host.now() - start)) {
      run_inline(*document);
    } else {
      run_on_worker(*document);
    }
  }
}

bool Analyses::runs_inline(const Document& document, Clock::duration spent) const {
  const bool quick = document.base != nullptr && document.last_cost && *document.last_cost <= policy.quick;
  // Another configuration means that all of the file is looked at again; much new text takes its time too.
  if (!quick || document.base->config() != document.placement.config || new_bytes(document) > policy.small)
    return false;
  if (touches_imports(document)) return false;
  if (spent + *document.last_cost > policy.turn_budget) return false;
  return !core_.host.more_input() || core_.host.now() - document.dirty_since > policy.patience;
}

Analyses::Job Analyses::make_job(Document& document) const {
  document.running.request_stop();
  document.running = std::stop_source();
  Job job{document.identity,
          document.revision,
          document.base,
          document.edits,
          {},
          document.placement.config,
          core_.neighbourhood.project_for(document),
          document.running.get_token()};
  if (document.base == nullptr) job.input = {document.placement.place, document.text};
  return job;
}

void Analyses::run_inline(Document& document) {
  auto result = run<Finished>(core_.host.analyzer, core_.host.now, make_job(document));
  result.on_strand = true;
  finished(std::move(result));
}

void Analyses::run_on_worker(Document& document) {
  document.first_job = document.base == nullptr;
  core_.host.executor->run(
      Priority::open_file, [post = core_.poster("a finished analysis"), analyzer = core_.host.analyzer,
                            now = core_.host.now, job = make_job(document)]() mutable {
        auto result = run<Finished>(analyzer, now, std::move(job));
        post([result = std::move(result)](Core& core) mutable { core.analyses.finished(std::move(result)); });
      });
}

void Analyses::finished(Finished result) {
  Document* document = core_.documents.find_identity(result.identity);
  if (document == nullptr || result.revision < document->opened) {
    ++core_.counters.analyses_dropped;
    return;
  }
  if (result.revision == document->revision && !result.stopped) return accept(*document, std::move(result));
  ++core_.counters.analyses_dropped;
  if (!document->first_job || result.base != nullptr) return;
  document->first_job = false;
  keep_as_base(*document, result);
  due_.insert(document->identity);
}

void Analyses::keep_as_base(Document& document, const Finished& result) {
  if (result.analysis == nullptr || result.analysis->path() != document.placement.place.path) return;
  document.base = result.analysis;
  document.last_cost.reset();
  document.edits = {single_edit(result.analysis->text().bytes(), document.text.bytes())};
}

void Analyses::accept(Document& document, Finished result) {
  document.first_job = false;
  document.edits.clear();
  document.base = result.analysis;
  if (result.analysis == nullptr) {
    ++core_.counters.analyses_failed;
    log::error("the analysis of " + document.uri + " failed: " + result.failure);
    return result.base == nullptr ? give_up(document) : run_on_worker(document);  // once more, from scratch
  }
  ++core_.counters.analyses;
  if (result.on_strand) ++core_.counters.analyses_inline;
  document.last_cost = result.cost;
  document.analysed_revision = document.revision;
  document.snapshot = std::make_shared<const Snapshot>(
      Snapshot{document.uri, document.version, result.analysis, core_.view, document.placement.config_broken});
  core_.publisher.publish(document, *core_.view);
  call(std::exchange(document.waiters, {}), document.snapshot);
  core_.neighbourhood.analysed(document);
}

void Analyses::give_up(Document& document) {
  document.base = nullptr;
  document.edits.clear();
  document.snapshot = nullptr;
  document.analysed_revision = document.revision;
  core_.publisher.publish(document, *core_.view);
  call(std::exchange(document.waiters, {}), nullptr);
}

void Analyses::when_ready(Document& document, Waiter waiter) {
  if (document.current()) return waiter(document.snapshot);
  document.waiters.push_back(std::move(waiter));
}

void Analyses::forget(Document& document) {
  document.running.request_stop();
  due_.erase(document.identity);
  call(std::exchange(document.waiters, {}), nullptr);
}

void Analyses::stop_all() {
  due_.clear();
  for (auto& [identity, document] : core_.documents.all()) {
    document.running.request_stop();
    call(std::exchange(document.waiters, {}), nullptr);
  }
}

}  // namespace surefoot::server
