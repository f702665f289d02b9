#include "server/session/run.hpp"

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <list>
#include <memory>
#include <utility>
#include <variant>

#include "server/log.hpp"
#include "server/schedule/pool.hpp"
#include "server/transport/served_client.hpp"
#include "server/transport/sockets.hpp"

namespace surefoot::server {
namespace {

constexpr std::chrono::milliseconds kPatienceWithWorkers{500};

int refuse(const SocketError& error) {
  std::cerr << "surefoot: " << error.message << '\n';
  return 1;
}

void stop_on_signal(EventLoop& loop) {
  loop.on_signal([&loop](int number) {
    log::warn(std::string("ended by ") + (number == SIGINT ? "SIGINT" : "SIGTERM"));
    loop.stop();
  });
}

/// A worker that does not listen to its stop token must not keep the process alive after its client.
int finish(Pool& pool, int code) {
  if (pool.finish(kPatienceWithWorkers)) return code;
  log::warn("a worker did not stop in time");
  std::_Exit(code);
}

int serve_one(int input, int output) {
  EventLoop loop;
  Pool pool(Pool::default_size());
  int code = 1;
  ServedClient client(loop, pool, input, output, true, [&](int exit_code) {
    code = exit_code;
    loop.stop();
  });
  stop_on_signal(loop);
  loop.run();
  return finish(pool, code);
}

class ListeningServer {
 public:
  explicit ListeningServer(Listener listener) : listener_(std::move(listener)) {}
  ~ListeningServer() { ::close(listener_.descriptor); }
  ListeningServer(const ListeningServer&) = delete;
  ListeningServer& operator=(const ListeningServer&) = delete;

  int run() {
    std::cerr << "listening on " << listener_.address << std::endl;
    wait();
    stop_on_signal(loop_);
    loop_.run();
    loop_.forget(listener_.descriptor);
    clients_.clear();
    return finish(pool_, 0);
  }

 private:
  void wait() {
    loop_.when_readable(listener_.descriptor, [this] {
      int client = 0;
      while ((client = accept_client(listener_.descriptor)) >= 0) serve(client);
      // Out of descriptors, the listener would stay readable: some client has to leave first.
      if (errno == EMFILE || errno == ENFILE) return loop_.after(kPatienceWithWorkers, [this] { wait(); });
      wait();
    });
  }

  void serve(int descriptor) {
    const auto place = clients_.emplace(clients_.end());
    *place = std::make_unique<ServedClient>(loop_, pool_, descriptor, descriptor, false, [this, place](int) {
      log::info("a client left");
      clients_.erase(place);
    });
  }

  Listener listener_;
  EventLoop loop_;
  Pool pool_{Pool::default_size()};
  std::list<std::unique_ptr<ServedClient>> clients_;
};

int serve_listening(const std::string& address) {
  const auto parsed = parse_address(address);
  if (const auto* error = std::get_if<SocketError>(&parsed)) return refuse(*error);
  auto listener = listen_on(std::get<HostPort>(parsed));
  if (const auto* error = std::get_if<SocketError>(&listener)) return refuse(*error);
  return ListeningServer(std::get<Listener>(std::move(listener))).run();
}

int serve_pipe(const std::string& path) {
  const auto descriptor = connect_pipe(path);
  if (const auto* error = std::get_if<SocketError>(&descriptor)) return refuse(*error);
  return serve_one(std::get<int>(descriptor), std::get<int>(descriptor));
}

int serve_stdio() {
  const auto descriptors = take_over_stdio();
  if (const auto* error = std::get_if<SocketError>(&descriptors)) return refuse(*error);
  const auto [input, output] = std::get<std::pair<int, int>>(descriptors);
  return serve_one(input, output);
}

}  // namespace

int run_server(const ServerOptions& options) {
  log::start(options.log_level);
  std::signal(SIGPIPE, SIG_IGN);
  if (options.pipe) return serve_pipe(*options.pipe);
  if (options.listen) return serve_listening(*options.listen);
  return serve_stdio();
}

}  // namespace surefoot::server
