#include "server/session/workspace_check.hpp"

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "server/convert.hpp"
#include "server/log.hpp"
#include "server/session/core.hpp"

namespace surefoot::server {
namespace {

using protocol::Diagnostic;
using protocol::FullDocumentDiagnosticReport;
using protocol::WorkspaceDiagnosticReport;
using protocol::WorkspaceDocumentDiagnosticReport;

/// Of files in one part of an answer.
constexpr std::size_t kPart = 64;
/// Between two words about the progress.
constexpr std::chrono::milliseconds kPause{100};

std::string id_of_nothing() {
  static const std::string id = result_id_of({});
  return id;
}

}  // namespace

std::string result_id_of(const std::vector<Diagnostic>& items) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char byte : protocol::dump_json(items)) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  }
  return fingerprint_text(hash);
}

bool WorkspaceCheck::is_wanted() const { return core_.configs.checks_workspace() && !core_.folders.all().empty(); }

void WorkspaceCheck::asked(protocol::WorkspaceDiagnosticParams params, Reply reply) {
  std::erase_if(waiting_, [](const Waiting& one) { return !one.reply.wanted(); });
  waiting_.push_back({std::move(params), std::move(reply)});
  if (is_outdated_ && is_wanted()) return start();
  if (!is_running_ && answer(waiting_.back())) waiting_.pop_back();
}

void WorkspaceCheck::outdated() {
  is_outdated_ = true;
  if (!waiting_.empty() && is_wanted()) start();
}

std::shared_ptr<const WorkspaceCheck::Reports> WorkspaceCheck::to_reports(const WorkspaceFindings& found,
                                                                          const Folders& folders,
                                                                          const ClientView& view) {
  const auto uri_of = [&](const std::string& path) { return folders.uri_of(path); };
  auto reports = std::make_shared<Reports>();
  for (const WorkspaceFindings::File& file : found.files) {
    Report report{file.path, {}, {}};
    for (const ReportedFinding& each : file.findings) report.items.push_back(to_diagnostic(each, uri_of, view));
    report.result_id = result_id_of(report.items);
    reports->emplace(uri_of(file.path), std::move(report));
  }
  return reports;
}

void WorkspaceCheck::start() {
  if (std::exchange(is_running_, true)) return;
  is_outdated_ = false;
  stop_ = std::stop_source();
  progress_.emplace(core_, "Looking for footguns in the workspace", [this] { stop_.request_stop(); });
  core_.host.executor->run(Priority::long_work, [job = make_job(), post = core_.poster("a check of the workspace"),
                                                 give_memory_back = core_.host.give_memory_back,
                                                 folders = core_.folders, view = core_.view] {
    WorkspaceFindings found;
    std::shared_ptr<const Reports> reports;
    try {
      found = check_workspace(job);
      if (!job.stop.stop_requested()) reports = to_reports(found, folders, *view);
    } catch (const std::exception& failure) {
      log::error(std::string("the check of the workspace failed: ") + failure.what());
    }
    give_memory_back();
    post(
        [refused = std::move(found.refused), reports](Core& core) { core.workspace_check.finished(refused, reports); });
  });
}

WorkspaceJob WorkspaceCheck::make_job() {
  WorkspaceJob job;
  job.roots = core_.configs.roots(core_.folders);
  auto unsaved = std::make_shared<UnsavedTexts>();
  for (const auto& [identity, document] : core_.documents.all()) {
    if (document.path && document.analysable()) unsaved->emplace(*document.path, document.text.bytes());
  }
  job.unsaved = std::move(unsaved);
  job.cache_folder = core_.host.cache_folder;
  job.stop = stop_.get_token();
  job.progress = [post = core_.poster("progress"), now = core_.host.now, last = core_.host.now()](
                     std::size_t done, std::size_t all) mutable {
    if (done < all && now() - last < kPause) return;
    last = now();
    post([done, all](Core& core) {
      if (core.workspace_check.progress_) core.workspace_check.progress_->report(done, all);
    });
  };
  return job;
}

void WorkspaceCheck::finished(const std::vector<std::string>& refused, std::shared_ptr<const Reports> reports) {
  is_running_ = false;
  progress_.reset();
  tell_refused(refused);
  if (reports != nullptr) {
    reports_ = std::move(reports);
    ++core_.counters.workspace_checks;
    answer_all();
  }
  if (is_outdated_ && !waiting_.empty() && is_wanted()) start();
}

void WorkspaceCheck::tell_refused(const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    if (std::find(refused_.begin(), refused_.end(), folder) != refused_.end()) continue;
    refused_.push_back(folder);
    log::warn("too large for a project, so only its open files are checked: " + (folder.empty() ? "/" : folder));
  }
}

std::vector<WorkspaceDocumentDiagnosticReport> WorkspaceCheck::news(
    const std::vector<protocol::PreviousResultId>& known) const {
  std::vector<WorkspaceDocumentDiagnosticReport> out;
  std::map<std::string, std::string> had;
  for (const auto& one : known) had[one.uri] = one.value;
  // A file that is not spoken of has nothing; what the client still has of it goes.
  const auto tell = [&](const std::string& uri, std::optional<std::int32_t> version, const std::string& id,
                        const std::vector<Diagnostic>& items) {
    const auto before = had.find(uri);
    const bool same = before == had.end() ? items.empty() : before->second == id;
    if (before != had.end()) had.erase(before);
    if (!same) out.push_back({uri, version, FullDocumentDiagnosticReport{id, items}});
  };
  std::set<std::string> open;
  for (const auto& [identity, document] : core_.documents.all()) {
    if (document.path) open.insert(*document.path);
    if (!document.python) continue;
    const SnapshotPtr& snapshot = document.snapshot;
    const auto items = snapshot == nullptr ? std::vector<Diagnostic>()
                                           : to_diagnostics(*snapshot->analysis, document.uri, *snapshot->client);
    tell(document.uri, document.version, result_id_of(items), items);
  }
  if (reports_ != nullptr && is_wanted()) {
    for (const auto& [uri, report] : *reports_) {
      if (!open.contains(report.path)) tell(uri, std::nullopt, report.result_id, report.items);
    }
  }
  for (const auto& [uri, id] : std::exchange(had, {})) {
    if (id != id_of_nothing()) out.push_back({uri, std::nullopt, FullDocumentDiagnosticReport{id_of_nothing(), {}}});
  }
  return out;
}

/// False when there is nothing to say. The first question is answered all the same: then the client knows as much.
bool WorkspaceCheck::answer(Waiting& waiting) {
  auto items = news(waiting.params.previous_result_ids);
  if (std::exchange(has_answered_, true) && items.empty()) return false;
  if (!waiting.params.partial_result_token) {
    waiting.reply.result(WorkspaceDiagnosticReport{std::move(items)});
    return true;
  }
  for (std::size_t start = 0; start < items.size() && waiting.reply.wanted(); start += kPart) {
    const auto first = items.begin() + static_cast<std::ptrdiff_t>(start);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kPart, items.size() - start));
    core_.client.notify("$/progress",
                        protocol::PartialResultParams{
                            *waiting.params.partial_result_token,
                            protocol::JsonValue(nlohmann::json(WorkspaceDiagnosticReport{{first, first + count}}))});
  }
  waiting.reply.result(WorkspaceDiagnosticReport{});
  return true;
}

void WorkspaceCheck::answer_all() {
  std::vector<Waiting> still;
  for (Waiting& one : std::exchange(waiting_, {})) {
    if (one.reply.wanted() && !answer(one)) still.push_back(std::move(one));
  }
  waiting_ = std::move(still);
}

void WorkspaceCheck::cancelled(const protocol::ProgressToken& token) {
  if (progress_) progress_->cancelled(token);
}

void WorkspaceCheck::stop() {
  stop_.request_stop();
  for (Waiting& one : std::exchange(waiting_, {})) one.reply.result(WorkspaceDiagnosticReport{});
}

}  // namespace surefoot::server
