#pragma once
// An editor for tests: it sends messages to a session and keeps what comes back. Everything runs on the test's thread
// and at its word; time and disk are the test's too.

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/session/session.hpp"
#include "tests/unit/server/fake_analysis.hpp"

namespace surefoot::test {

using nlohmann::json;

/// Keeps jobs until it is told to run them.
class HeldExecutor final : public server::Executor {
 public:
  void run(server::Priority priority, std::function<void()> job) override;
  /// Runs the oldest of the most urgent jobs; false if there is none.
  bool run_one();
  /// Runs the newest job, out of order.
  bool run_newest();
  std::size_t size() const;

 private:
  std::array<std::deque<std::function<void()>>, server::kPriorities> jobs_;
};

class FakeClient {
 public:
  struct Options {
    std::optional<server::Analyzer> analyzer;  // none: the fake one
    bool hold_jobs = false;                    // workers run only when run_jobs() or executor() says so
  };
  FakeClient() : FakeClient(Options()) {}
  explicit FakeClient(Options options);

  // The session's outside.
  std::map<std::string, std::string> files;  // what is on the disk, by path
  server::Clock::time_point time{};
  bool more_input = false;
  std::vector<std::int64_t> watched;  // process ids
  std::shared_ptr<FakeEngine> engine = std::make_shared<FakeEngine>();
  HeldExecutor& executor() { return executor_; }

  /// Feeds bytes and lets the session do all it can.
  void feed(std::string_view bytes);
  /// Runs what was posted to the strand, and the jobs unless they are held.
  void settle();
  void run_jobs();

  void send(const json& message);
  void notify(std::string_view method, const json& params = nullptr);
  /// The whole response; fails the test if there is not exactly one.
  json request(std::string_view method, const json& params = nullptr);
  /// `result` of the response; fails the test on an error.
  json call(std::string_view method, const json& params = nullptr);
  /// Sends and returns the id.
  int start_request(std::string_view method, const json& params = nullptr);
  /// Responses to this id.
  std::vector<json> responses(const json& id) const;
  /// Answers a request of the server.
  void answer(const json& id, const json& result);

  /// The result of `initialize`; then `initialized`.
  json initialize(const json& capabilities = json::object(), const json& more = json::object());
  void open(std::string_view uri, std::string_view text, int version = 1, std::string_view language = "python");
  /// One change of a range given as {line, character, line, character}.
  void change(std::string_view uri, int version, std::array<int, 4> range, std::string_view text);
  void replace(std::string_view uri, int version, std::string_view text);
  void close(std::string_view uri);

  /// Notifications or requests of the server with this method, oldest first.
  std::vector<json> received(std::string_view method) const;
  /// params of the last publishDiagnostics for the URI; null if there is none.
  json published(std::string_view uri) const;
  std::size_t publications(std::string_view uri) const;
  /// Everything that the session sent.
  const std::vector<json>& inbox() const { return inbox_; }

  server::Session& session() { return *session_; }
  /// The end of the client's output.
  void hang_up();

 private:
  server::Host make_host(const Options& options);
  server::Disk make_disk();

  HeldExecutor executor_;
  bool hold_jobs_;
  std::deque<std::function<void()>> posted_;
  protocol::FrameReader frames_;
  std::vector<json> inbox_;
  int next_id_ = 1;
  std::unique_ptr<server::Session> session_;
};

/// Of a session that analyses with the real engine.
FakeClient::Options real_engine(bool hold_jobs = false);

/// Capabilities of a client that can do everything, but is pushed to.
json modern_capabilities();
/// The same, with pulled diagnostics.
json pulling_capabilities();

/// Applies a WorkspaceEdit for one document to its text, as a client would.
std::string apply(const json& workspace_edit, std::string_view text, protocol::PositionEncoding encoding);

}  // namespace surefoot::test
