#pragma once
// What is found in the files of the workspace that are not open, for clients that pull it (`workspace/diagnostic`).
// Nothing is checked before somebody asks. An answer waits until there is something the client does not know, so that a
// client may ask again at once. Strand only; the check runs on a worker.
// Source: LSP 3.17 "Workspace Diagnostics", where keeping a request open is the way that is recommended.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "protocol/types_diagnostic.hpp"
#include "server/check/check_workspace.hpp"
#include "server/session/client_view.hpp"
#include "server/session/reply.hpp"
#include "server/session/work_progress.hpp"
#include "server/workspace/folders.hpp"

namespace surefoot::server {

struct Core;

class WorkspaceCheck {
 public:
  explicit WorkspaceCheck(Core& core) : core_(core) {}

  void asked(protocol::WorkspaceDiagnosticParams params, Reply reply);
  /// Something has changed that findings of other files may depend on.
  void outdated();
  /// The user has pressed "cancel" on some progress: the check stops, and begins again when something changes.
  void cancelled(const protocol::ProgressToken& token);
  /// Stops the check, and answers whoever waits.
  void stop();

 private:
  struct Report {
    std::string path, result_id;
    std::vector<protocol::Diagnostic> items;
  };
  using Reports = std::map<std::string, Report>;  // by URI
  struct Waiting {
    protocol::WorkspaceDiagnosticParams params;
    Reply reply;
  };

  bool is_wanted() const;
  void start();
  WorkspaceJob make_job();
  static std::shared_ptr<const Reports> to_reports(const WorkspaceFindings& found, const Folders& folders,
                                                   const ClientView& view);
  void finished(const std::vector<std::string>& refused, std::shared_ptr<const Reports> reports);
  void tell_refused(const std::vector<std::string>& folders);
  /// Of all files, open or not, what differs from what the client has.
  std::vector<protocol::WorkspaceDocumentDiagnosticReport> news(
      const std::vector<protocol::PreviousResultId>& known) const;
  bool answer(Waiting& waiting);
  void answer_all();

  Core& core_;
  std::shared_ptr<const Reports> reports_;  // null: not checked yet
  bool is_outdated_ = true;
  bool is_running_ = false;
  bool has_answered_ = false;
  std::stop_source stop_;
  std::optional<WorkProgress> progress_;
  std::vector<Waiting> waiting_;
  std::vector<std::string> refused_;  // folders that the user was told of
};

/// Names a list of diagnostics by its content.
std::string result_id_of(const std::vector<protocol::Diagnostic>& items);

}  // namespace surefoot::server
