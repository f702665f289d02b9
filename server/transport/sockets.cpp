#include "server/transport/sockets.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace surefoot::server {
namespace {

SocketError failure(const std::string& what) { return {what + ": " + std::strerror(errno)}; }

void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size();
}

std::string bound_address(int descriptor) {
  sockaddr_storage name = {};
  socklen_t size = sizeof name;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &size);
  char host[NI_MAXHOST] = {};
  char port[NI_MAXSERV] = {};
  ::getnameinfo(reinterpret_cast<const sockaddr*>(&name), size, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
  const bool ipv6 = name.ss_family == AF_INET6;
  return (ipv6 ? "[" : "") + std::string(host) + (ipv6 ? "]:" : ":") + port;
}

int bind_and_listen(const addrinfo& candidate) {
  const int descriptor = ::socket(candidate.ai_family, candidate.ai_socktype, candidate.ai_protocol);
  if (descriptor < 0) return -1;
  close_on_exec(descriptor);
  const int yes = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
  if (::bind(descriptor, candidate.ai_addr, candidate.ai_addrlen) == 0 && ::listen(descriptor, 16) == 0) {
    return descriptor;
  }
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return -1;
}

}  // namespace

OrError<std::pair<int, int>> take_over_stdio() {
  const int output = ::dup(STDOUT_FILENO);
  if (output < 0) return failure("standard output");
  close_on_exec(output);
  if (::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return failure("standard error");
  const int input = ::dup(STDIN_FILENO);
  if (input < 0) return failure("standard input");
  close_on_exec(input);
  return std::pair(input, output);
}

OrError<int> connect_pipe(const std::string& path) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof name.sun_path) return SocketError{"--pipe " + path + ": the path is too long"};
  std::copy(path.begin(), path.end(), name.sun_path);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (descriptor < 0) return failure("--pipe " + path);
  close_on_exec(descriptor);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0) return descriptor;
  const auto error = failure("--pipe " + path);
  ::close(descriptor);
  return error;
}

OrError<HostPort> parse_address(std::string_view address) {
  const auto colon = address.rfind(':');
  std::string_view host = colon == std::string_view::npos ? "" : address.substr(0, colon);
  const std::string_view port = colon == std::string_view::npos ? address : address.substr(colon + 1);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (!is_port(port)) return SocketError{"--listen " + std::string(address) + ": expected HOST:PORT"};
  return HostPort{host.empty() ? "127.0.0.1" : std::string(host), std::string(port)};
}

OrError<Listener> listen_on(const HostPort& address) {
  const std::string what = "--listen " + address.host + ":" + address.port;
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found); error != 0) {
    return SocketError{what + ": " + ::gai_strerror(error)};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  for (const addrinfo* candidate = found; candidate != nullptr; candidate = candidate->ai_next) {
    const int descriptor = bind_and_listen(*candidate);
    if (descriptor >= 0) return Listener{descriptor, bound_address(descriptor)};
  }
  return failure(what);
}

int accept_client(int listener) {
  const int descriptor = ::accept(listener, nullptr, nullptr);
  if (descriptor < 0) return -1;
  close_on_exec(descriptor);
  const int yes = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return descriptor;
}

}  // namespace surefoot::server
