#include "server/session/work_progress.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "server/session/core.hpp"

namespace surefoot::server {

WorkProgress::WorkProgress(Core& core, std::string title, std::function<void()> cancel)
    : core_(core), title_(std::move(title)), cancel_(std::move(cancel)), started_(core.host.now()) {}

WorkProgress::~WorkProgress() {
  if (*state_ == State::begun) {
    core_.client.notify("$/progress",
                        protocol::WorkDoneProgressParams{token_, protocol::ProgressStage::kEnd, {}, {}, {}, false});
  }
  *state_ = State::silent;
}

void WorkProgress::report(std::size_t done, std::size_t all) {
  const std::uint32_t before = percentage_;
  percentage_ = all == 0 ? 100 : static_cast<std::uint32_t>(done * 100 / all);
  if (*state_ == State::begun && percentage_ != before) send_state(false);
  if (*state_ == State::silent && core_.host.now() - started_ >= kPatience) create();
}

void WorkProgress::create() {
  if (!core_.view->capabilities.work_done_progress) return;
  *state_ = State::asked;
  token_ = "surefoot-" + std::to_string(core_.next_progress++);
  core_.client.request("window/workDoneProgress/create", protocol::WorkDoneProgressCreateParams{token_},
                       [this, state = state_](const protocol::Response& response) {
                         if (*state != State::asked || response.error) return;
                         *state = State::begun;
                         send_state(true);
                       });
}

void WorkProgress::send_state(bool first) {
  const auto stage = first ? protocol::ProgressStage::kBegin : protocol::ProgressStage::kReport;
  core_.client.notify("$/progress",
                      protocol::WorkDoneProgressParams{token_, stage, title_, std::nullopt, percentage_, true});
}

void WorkProgress::cancelled(const protocol::ProgressToken& token) {
  if (*state_ == State::begun && token == protocol::ProgressToken(token_)) cancel_();
}

}  // namespace surefoot::server
