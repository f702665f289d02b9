#pragma once
// Opening the descriptors that clients are reached by. Errors are messages for the user.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace surefoot::server {

struct SocketError {
  std::string message;
};
template <class T>
using OrError = std::variant<T, SocketError>;

/// Standard input and output. What the program or a library prints to standard output from now on goes to standard
/// error instead.
OrError<std::pair<int, int>> take_over_stdio();

/// Connects to a Unix socket.
OrError<int> connect_pipe(const std::string& path);

struct HostPort {
  std::string host;
  std::string port;
};
/// "HOST:PORT", "[::1]:PORT", ":PORT" or "PORT"; without a host the loopback address.
OrError<HostPort> parse_address(std::string_view address);

struct Listener {
  int descriptor = -1;
  std::string address;  // as bound, with the port the system chose
};
OrError<Listener> listen_on(const HostPort& address);

/// -1 if nobody waits any more.
int accept_client(int listener);

}  // namespace surefoot::server
