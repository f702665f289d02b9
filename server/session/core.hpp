#pragma once
// What a session is made of, for its handlers. One strand owns it: nothing here may be touched from another thread,
// `post` apart, which takes a weak reference first. Work on other threads gets snapshots and tickets.

#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "protocol/json.hpp"
#include "server/publish.hpp"
#include "server/schedule/analyses.hpp"
#include "server/session/call_graphs.hpp"
#include "server/session/client.hpp"
#include "server/session/client_view.hpp"
#include "server/session/counters.hpp"
#include "server/session/document.hpp"
#include "server/session/host.hpp"
#include "server/session/neighbourhood.hpp"
#include "server/session/reply.hpp"
#include "server/session/workspace_check.hpp"
#include "server/workspace/configs.hpp"
#include "server/workspace/folders.hpp"

namespace surefoot::server {

enum class Phase : std::uint8_t { before_initialize, running, after_shutdown, ended };

/// A turn of the strand longer than this is logged as a warning and counted: nothing may hold up typing.
inline constexpr std::chrono::milliseconds kSlowTurn{20};

/// What a worker found for a request.
struct Failure {
  protocol::ErrorCode code = protocol::ErrorCode::kInternalError;
  std::string message;
};
using Outcome = std::variant<protocol::JsonValue, Failure>;

struct Core : std::enable_shared_from_this<Core> {
  Core(Host the_host, Disk disk);
  ~Core();

  Host host;
  Counters counters;
  Client client;
  Requests requests;
  Phase phase = Phase::before_initialize;
  int exit_code = 1;
  ClientViewPtr view = std::make_shared<const ClientView>();
  Folders folders;
  Configs configs;
  Documents documents;
  Publisher publisher;
  Analyses analyses;
  Neighbourhood neighbourhood;
  WorkspaceCheck workspace_check;
  std::uint64_t next_progress = 1;  // names progress that we begin
  std::shared_ptr<CallGraphs> graphs = std::make_shared<CallGraphs>(host.give_memory_back);  // workers share it
  ShownHints hints;                     // those of which the client knows that they may be shown
  std::set<std::string> told_settings;  // problems of settings that were shown: each once

  /// One turn of the strand: guarded, timed, and followed by the analyses that became due.
  void turn(std::string_view what, const std::function<void()>& body);

  /// A function that runs `body` as a turn of this session, wherever it is called, unless the session is gone by then.
  std::function<void(std::function<void(Core&)>)> poster(std::string what);

  using Work = std::function<Outcome(std::stop_token)>;
  using Then = std::function<void(Core&, Reply, const Outcome&)>;
  /// Answers the request with what `work` gives, computed on a worker. `work` owns all it needs; it may throw.
  void answer_from_worker(Reply reply, Work work);
  /// The same, but `then` does the answering, as a turn of the strand.
  void answer_from_worker(Reply reply, Work work, Then then);

  /// Work that takes long: nothing until it has the answer. It is called until then or until a stop is requested, and
  /// between two calls the worker does what is more urgent.
  using Step = std::function<std::optional<Outcome>(std::stop_token)>;
  void answer_in_steps(Reply reply, Step step);

  void end(int code);
};

}  // namespace surefoot::server
