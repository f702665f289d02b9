#include "tests/corpus/server_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace surefoot::test {
namespace {

constexpr int kPatienceMs = 60'000;

[[noreturn]] void become(const std::string& program, int input, int output) {
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  execl(program.c_str(), program.c_str(), "server", "--log-level", "error", static_cast<char*>(nullptr));
  _exit(127);
}

}  // namespace

ServerProcess::ServerProcess(const std::string& program) {
  std::array<int, 2> down{};
  std::array<int, 2> up{};
  if (pipe2(down.data(), O_CLOEXEC) != 0 || pipe2(up.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
  child_ = fork();
  if (child_ < 0) throw std::runtime_error("cannot fork");
  if (child_ == 0) become(program, down[0], up[1]);
  close(down[0]);
  close(up[1]);
  to_server_ = down[1];
  from_server_ = up[0];
  fcntl(to_server_, F_SETFL, O_NONBLOCK);
}

ServerProcess::~ServerProcess() {
  close(to_server_);
  close(from_server_);
  if (child_ > 0) waitpid(child_, nullptr, 0);
}

void ServerProcess::notify(const std::string& method, nlohmann::json params) {
  send({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}});
}

nlohmann::json ServerProcess::request(const std::string& method, nlohmann::json params) {
  const int id = ++last_id_;
  send({{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}});
  for (;;) {
    nlohmann::json message = receive();
    if (message.contains("method") || message.value("id", 0) != id) continue;
    if (message.contains("error")) throw std::runtime_error(method + ": " + message["error"].dump());
    return message["result"];
  }
}

nlohmann::json ServerProcess::wait_for(const std::string& method) {
  for (;;) {
    nlohmann::json message = receive();
    if (message.value("method", "") == method) return message["params"];
  }
}

int ServerProcess::stop() {
  request("shutdown", nullptr);
  send({{"jsonrpc", "2.0"}, {"method", "exit"}});
  while (!unsent_.empty()) transfer();
  int status = 0;
  waitpid(std::exchange(child_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void ServerProcess::send(const nlohmann::json& message) { unsent_ += protocol::frame(message.dump()); }

nlohmann::json ServerProcess::receive() {
  for (;;) {
    if (auto event = frames_.pop()) {
      const auto* message = std::get_if<protocol::Message>(&*event);
      if (message == nullptr) throw std::runtime_error("the server's output is badly framed");
      return nlohmann::json::parse(message->body);
    }
    transfer();
  }
}

/// Writes and reads what can be written and read now, so that neither side waits for the other for ever.
void ServerProcess::transfer() {
  std::array<pollfd, 2> ends{{{from_server_, POLLIN, 0}, {to_server_, POLLOUT, 0}}};
  if (poll(ends.data(), unsent_.empty() ? 1 : 2, kPatienceMs) <= 0) throw std::runtime_error("the server is silent");
  if (ends[1].revents != 0) {
    const ssize_t written = write(to_server_, unsent_.data(), unsent_.size());
    if (written < 0) throw std::runtime_error("the server does not read");
    unsent_.erase(0, static_cast<std::size_t>(written));
  }
  if (ends[0].revents != 0) {
    std::array<char, 1 << 16> buffer{};
    const ssize_t got = read(from_server_, buffer.data(), buffer.size());
    if (got <= 0) throw std::runtime_error("the server is gone");
    frames_.push({buffer.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace surefoot::test
