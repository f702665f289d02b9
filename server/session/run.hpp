#pragma once
// The language server as a process: picks the transport, serves until the client is gone, says how the process ends.

#include <optional>
#include <string>

namespace surefoot::server {

/// Without `pipe` and `listen` the server speaks over standard input and output. At most one of the two may be set.
struct ServerOptions {
  /// The path of a Unix socket on which the client listens and to which we connect.
  std::optional<std::string> pipe;
  /// "HOST:PORT", ":PORT" or "PORT"; without a host the loopback address. Port 0 lets the system choose. IPv6 hosts
  /// stand in brackets. The address is printed to standard error as "listening on HOST:PORT".
  std::optional<std::string> listen;
  /// "trace", "debug", "info", "warn", "error" or "off"; anything else is "info". The log goes to standard error.
  std::string log_level = "info";
};

/// Blocks until the session has ended. The exit status: 0 if the client asked for `shutdown` before it left, 1 if not
/// or if the transport could not be set up (the reason is on standard error). With `listen` many clients are served,
/// and it returns on SIGINT or SIGTERM only.
int run_server(const ServerOptions& options);

}  // namespace surefoot::server
