// A client that sends anything: the server neither crashes nor hangs, and every request is answered exactly once.
//
// Each line of an input is the body of one message and gets a header, so that bodies and not headers are what varies; a
// line that begins with `!` goes into the stream as it is.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "protocol/framing.hpp"
#include "protocol/jsonrpc.hpp"
#include "server/session/session.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace surefoot;

/// The outside of a session, all on one thread: what is sent is kept, what is posted runs when it is asked to.
struct Outside {
  server::InlineExecutor executor;
  std::deque<std::function<void()>> posted;
  std::string sent;

  server::Host host() {
    server::Host host;
    host.send = [this](std::string bytes) { sent += bytes; };
    host.post = [this](std::function<void()> closure) { posted.push_back(std::move(closure)); };
    host.executor = &executor;
    host.now = [] { return server::Clock::time_point{}; };
    return host;
  }

  void run_posted() {
    while (!posted.empty()) {
      const auto closure = std::move(posted.front());
      posted.pop_front();
      closure();
    }
  }
};

server::Disk empty_disk() {
  return {[](const std::string&) { return server::ReadResult{}; }, [](const std::string&) { return false; }};
}

using Counts = std::map<protocol::Id, int>;

bool is_answered(const auto&) { return true; }
bool is_answered(const protocol::Invalid& invalid) { return invalid.answer; }

/// The answer to a pull of the workspace waits until there is news.
bool may_wait(const protocol::Request& request) { return request.method == "workspace/diagnostic"; }

/// How many requests, or answers, of each id there are in a stream: those that `is_wanted`.
template <class Kind>
Counts count(
    std::string_view stream, bool (*is_wanted)(const Kind&) = [](const Kind&) { return true; }) {
  protocol::FrameReader frames;
  frames.push(stream);
  Counts counts;
  while (const auto event = frames.pop()) {
    const auto* message = std::get_if<protocol::Message>(&*event);
    if (message == nullptr) continue;
    const auto parsed = protocol::parse_message(message->body);
    const auto* wanted = std::get_if<Kind>(&parsed);
    if (wanted == nullptr) continue;
    const std::optional<protocol::Id> id = wanted->id;
    if (id && is_answered(*wanted) && is_wanted(*wanted)) ++counts[*id];
  }
  return counts;
}

std::string stream_of(std::string_view line) {
  if (line.starts_with('!')) return std::string(line.substr(1)) + "\n";
  return protocol::frame(line);
}

/// Errors about bodies that are no message carry an id too where there is one; they answer no request.
void require_answers(const std::string& received, const std::string& sent) {
  const Counts requests = count<protocol::Request>(received);
  Counts answers = count<protocol::Response>(sent);
  for (const auto& [id, times] : count<protocol::Invalid>(received)) answers[id] -= times;
  Counts waiting = count<protocol::Request>(received, may_wait);
  for (const auto& [id, times] : requests) {
    SUREFOOT_REQUIRE(answers[id] <= times && answers[id] + waiting[id] >= times);
  }
  for (const auto& [id, times] : answers) SUREFOOT_REQUIRE(times <= 0 || requests.contains(id));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  Outside outside;
  server::Session session(outside.host(), empty_disk());
  std::string received;
  while (!input.empty() && !session.finished()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(line.size() + 1, input.size()));
    received += stream_of(line);
    session.receive(stream_of(line));
    outside.run_posted();
  }
  if (!session.finished()) require_answers(received, outside.sent);
  session.input_closed();
  outside.run_posted();
  SUREFOOT_REQUIRE(session.finished());
  return 0;
}
