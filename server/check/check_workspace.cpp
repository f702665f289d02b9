#include "server/check/check_workspace.hpp"

#include <utility>

#include "server/check/check_run.hpp"

namespace surefoot::server {
namespace {

CheckRunOptions options_of(const WorkspaceJob& job, std::size_t files) {
  CheckRunOptions options;
  options.file.working_folder = kNowhere;
  options.cache_folder = job.cache_folder;
  options.unsaved = job.unsaved;
  options.stop = job.stop;
  if (job.progress) options.progress = [&job, files](std::size_t done) { job.progress(done, files); };
  return options;
}

}  // namespace

WorkspaceFindings check_workspace(const WorkspaceJob& job) {
  WorkspaceFiles all = workspace_files(job.roots, job.stop);
  WorkspaceFindings found{{}, std::move(all.refused)};
  CheckRun run(options_of(job, all.files.size()), all.files);
  run.run([&](std::size_t i, const FileResult& result) {
    if (result.findings.empty()) return;
    found.files.push_back({all.files[i].path, result.findings});
    for (ReportedFinding& finding : found.files.back().findings) finding.fixes.clear();
  });
  return found;
}

}  // namespace surefoot::server
