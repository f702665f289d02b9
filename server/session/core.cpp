#include "server/session/core.hpp"

#include <nlohmann/json.hpp>

#include "server/log.hpp"

namespace surefoot::server {
namespace {

/// What `work` gives: an outcome, perhaps an optional one.
template <class Work>
auto guarded(const Work& work, std::stop_token stop) -> decltype(work(stop)) {
  try {
    return work(std::move(stop));
  } catch (const std::exception& failure) {
    log::error(std::string("a worker failed: ") + failure.what());
    return Failure{protocol::ErrorCode::kInternalError, std::string("internal error: ") + failure.what()};
  } catch (...) {
    log::error("a worker failed");
    return Failure{protocol::ErrorCode::kInternalError, "internal error"};
  }
}

struct Steps {
  Executor* executor = nullptr;  // outlives its jobs
  std::function<void(std::function<void(Core&)>)> post;
  Core::Step step;
  std::stop_token stop;
  Ticket ticket;
};

void answer(Core&, Reply reply, const Outcome& outcome);

void take_step(const std::shared_ptr<const Steps>& steps, Priority priority) {
  steps->executor->run(priority, [steps] {
    std::optional<Outcome> outcome = guarded(steps->step, steps->stop);
    if (!outcome && !steps->stop.stop_requested()) return take_step(steps, Priority::background);
    if (!outcome) outcome = Failure{protocol::ErrorCode::kRequestCancelled, "cancelled"};
    steps->post([ticket = steps->ticket, outcome = std::move(*outcome)](Core& core) {
      answer(core, core.requests.resume(ticket), outcome);
    });
  });
}

void answer(Core&, Reply reply, const Outcome& outcome) {
  if (const auto* failure = std::get_if<Failure>(&outcome)) return reply.error(failure->code, failure->message);
  reply.result(std::get<protocol::JsonValue>(outcome).get());
}

}  // namespace

Core::Core(Host the_host, Disk disk)
    : host(std::move(the_host)),
      client(host.send),
      requests(client),
      configs(std::move(disk)),
      publisher(client, counters),
      analyses(*this),
      neighbourhood(*this),
      workspace_check(*this) {}

Core::~Core() { client.close(); }

void Core::turn(std::string_view what, const std::function<void()>& body) {
  const auto start = host.now();
  ++counters.turns;
  try {
    body();
  } catch (const std::exception& failure) {
    log::error("internal error in " + std::string(what) + ": " + failure.what());
  } catch (...) {
    log::error("internal error in " + std::string(what));
  }
  const auto took = host.now() - start;
  if (took <= kSlowTurn) return;
  ++counters.slow_turns;
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  log::warn(std::string(what) + " held up the session for " + std::to_string(milliseconds) + " ms");
}

std::function<void(std::function<void(Core&)>)> Core::poster(std::string what) {
  return [post = host.post, weak = weak_from_this(), what = std::move(what)](std::function<void(Core&)> body) {
    post([weak, what, body = std::move(body)] {
      const auto core = weak.lock();
      if (!core || core->phase == Phase::ended) return;
      core->turn(what, [&] { body(*core); });
      core->turn("analysis", [&] { core->analyses.settle(); });
    });
  };
}

void Core::answer_from_worker(Reply reply, Work work) { answer_from_worker(std::move(reply), std::move(work), answer); }

void Core::answer_from_worker(Reply reply, Work work, Then then) {
  if (!reply.wanted()) return;
  auto stop = reply.stop();
  const Ticket ticket = reply.release();
  const auto job = [post = poster("an answer"), work = std::move(work), then = std::move(then), stop, ticket] {
    auto outcome = guarded(work, stop);
    post([ticket, then, outcome = std::move(outcome)](Core& core) {
      then(core, core.requests.resume(ticket), outcome);
    });
  };
  host.executor->run(Priority::interactive, job);
}

void Core::answer_in_steps(Reply reply, Step step) {
  if (!reply.wanted()) return;
  auto stop = reply.stop();
  const Ticket ticket = reply.release();
  take_step(std::make_shared<const Steps>(Steps{host.executor, poster("an answer"), std::move(step), stop, ticket}),
            Priority::interactive);
}

void Core::end(int code) {
  phase = Phase::ended;
  exit_code = code;
  client.close();
  analyses.stop_all();
  workspace_check.stop();
}

}  // namespace surefoot::server
