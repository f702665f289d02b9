// A session with real workers and the real engine, in a storm of edits and requests: for the thread sanitizer, and to
// see that every request is answered and the last version shown.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>

#include "protocol/framing.hpp"
#include "server/schedule/pool.hpp"
#include "server/session/session.hpp"
#include "tests/unit/catch.hpp"

using namespace surefoot;
using nlohmann::json;

namespace {

const std::string kUri = "file:///project/app.py";

/// Closures of other threads, run on the test's.
class Strand {
 public:
  void post(std::function<void()> closure) {
    {
      const std::lock_guard lock(mutex_);
      closures_.push_back(std::move(closure));
    }
    wake_.notify_one();
  }
  void run_one() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return !closures_.empty(); });
    const auto closure = std::move(closures_.front());
    closures_.pop_front();
    lock.unlock();
    closure();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> closures_;
};

struct Client {
  Strand strand;
  server::Pool pool{3};
  protocol::FrameReader frames;
  std::map<int, int> answers;
  json published;
  std::unique_ptr<server::Session> session;

  Client() {
    server::Host host;
    host.send = [this](const std::string& bytes) { take(bytes); };
    host.post = [this](std::function<void()> closure) { strand.post(std::move(closure)); };
    host.executor = &pool;
    host.more_input = [] { return true; };
    session = std::make_unique<server::Session>(std::move(host));
  }

  void take(const std::string& bytes) {
    frames.push(bytes);
    while (const auto event = frames.pop()) {
      const auto message = json::parse(std::get<protocol::Message>(*event).body);
      if (!message.contains("method")) ++answers[message["id"].get<int>()];
      if (message.value("method", "") == "textDocument/publishDiagnostics") published = message["params"];
    }
  }

  void send(json message) {
    message["jsonrpc"] = "2.0";
    session->receive(protocol::frame(message.dump()));
  }
};

}  // namespace

TEST_CASE("a storm of edits and requests ends with the last version shown and everything answered", "[session]") {
  Client client;
  client.send({{"id", 0}, {"method", "initialize"}, {"params", {{"capabilities", json::object()}}}});
  client.send({{"method", "textDocument/didOpen"},
               {"params",
                {{"textDocument",
                  {{"uri", kUri},
                   {"languageId", "python"},
                   {"version", 0},
                   {"text", "import time\n\nasync def f():\n    time.sleep(1)\n"}}}}}});
  const json end = {{"line", 3}, {"character", 17}};
  const json range = {{"start", end}, {"end", end}};
  constexpr int kRounds = 200;
  for (int i = 1; i <= kRounds; ++i) {
    client.send({{"method", "textDocument/didChange"},
                 {"params",
                  {{"textDocument", {{"uri", kUri}, {"version", i}}},
                   {"contentChanges", json::array({{{"range", range}, {"text", i == kRounds ? "\n" : "#"}}})}}}});
    const json place = {{"textDocument", {{"uri", kUri}}}, {"position", {{"line", 3}, {"character", 6}}}};
    client.send({{"id", 2 * i}, {"method", "textDocument/hover"}, {"params", place}});
    client.send(
        {{"id", 2 * i + 1},
         {"method", "textDocument/codeAction"},
         {"params",
          {{"textDocument", {{"uri", kUri}}}, {"range", range}, {"context", {{"diagnostics", json::array()}}}}}});
    if (i % 3 == 0) client.send({{"method", "$/cancelRequest"}, {"params", {{"id", 2 * i + 1}}}});
  }
  while (client.session->core().requests.open() > 0 || client.published["version"] != kRounds) client.strand.run_one();
  CHECK(client.answers.size() == 2 * kRounds + 1);
  for (const auto& [id, count] : client.answers) CHECK(count == 1);
  CHECK(client.published["diagnostics"].size() == 1);
  client.session.reset();
}
