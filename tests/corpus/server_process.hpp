#pragma once
// `surefoot server` as a child process, spoken to over its standard input and output as an editor would.

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>

#include "protocol/framing.hpp"

namespace surefoot::test {

/// One thread. Any failure (the server died, said nothing for a minute, sent what is no JSON) throws
/// std::runtime_error.
class ServerProcess {
 public:
  explicit ServerProcess(const std::string& program);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  void notify(const std::string& method, nlohmann::json params);
  /// The result; an error answer throws. Messages that come before the answer are dropped.
  nlohmann::json request(const std::string& method, nlohmann::json params);
  /// The parameters of the next notification of this method; other messages are dropped.
  nlohmann::json wait_for(const std::string& method);
  /// `shutdown` and `exit`; the exit status of the process.
  int stop();

 private:
  void send(const nlohmann::json& message);
  nlohmann::json receive();
  void transfer();

  pid_t child_ = -1;
  int to_server_ = -1;
  int from_server_ = -1;
  std::string unsent_;
  protocol::FrameReader frames_;
  int last_id_ = 0;
};

}  // namespace surefoot::test
