// The program's outside with real descriptors: pipes, sockets, processes. Bytes and ends, no time.
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "protocol/framing.hpp"
#include "server/schedule/pool.hpp"
#include "server/transport/connection.hpp"
#include "server/transport/parent_watch.hpp"
#include "server/transport/served_client.hpp"
#include "server/transport/sockets.hpp"
#include "tests/unit/catch.hpp"

using namespace surefoot;
using namespace surefoot::server;
using nlohmann::json;

namespace {

struct Pipe {
  int read = -1;
  int write = -1;
  Pipe() {
    int ends[2] = {};
    REQUIRE(::pipe(ends) == 0);
    read = ends[0];
    write = ends[1];
  }
};

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string read_all(int descriptor) {
  std::string out;
  char buffer[65536];
  for (ssize_t count = 0; (count = ::read(descriptor, buffer, sizeof buffer)) > 0;) {
    out.append(buffer, static_cast<std::size_t>(count));
  }
  return out;
}

std::string message(const json& value) { return protocol::frame(value.dump()); }

std::string a_session(bool with_shutdown) {
  std::string out = message(
      {{"jsonrpc", "2.0"}, {"id", 1}, {"method", "initialize"}, {"params", {{"capabilities", json::object()}}}});
  if (with_shutdown) out += message({{"jsonrpc", "2.0"}, {"id", 2}, {"method", "shutdown"}});
  return out + message({{"jsonrpc", "2.0"}, {"method", "exit"}});
}

}  // namespace

TEST_CASE("a connection delivers what comes and notices the end") {
  EventLoop loop;
  Pipe in;
  Pipe out;
  std::string received;
  const auto connection = std::make_shared<Connection>(loop, in.read, out.write);
  connection->start([&](std::string_view bytes) { received += bytes; }, [&] { loop.stop(); });
  std::thread client([&] {
    for (int i = 0; i < 100; ++i) write_all(in.write, std::string(5000, static_cast<char>('a' + i % 26)));
    ::close(in.write);
  });
  loop.run();
  client.join();
  CHECK(received.size() == 500000);
  connection->close();
  ::close(out.read);
}

TEST_CASE("a client that reads late blocks nothing and gets everything in order") {
  EventLoop loop;
  int ends[2] = {};
  Pipe pipe;
  const bool socket = GENERATE(false, true);
  if (socket) {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    ::close(pipe.read);
    ::close(pipe.write);
    pipe.read = ends[0];
    pipe.write = ends[1];
  }
  Pipe in;
  const auto connection = std::make_shared<Connection>(loop, in.read, pipe.write);
  connection->start([](std::string_view) {}, [&] { loop.stop(); });
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    const std::string part(10000, static_cast<char>('a' + i % 26));
    expected += part;
    connection->send(part);
  }
  std::string got;
  std::thread client([&] {
    while (got.size() < expected.size()) {
      char buffer[1000];
      const auto count = ::read(pipe.read, buffer, sizeof buffer);
      if (count <= 0) break;
      got.append(buffer, static_cast<std::size_t>(count));
    }
    ::close(in.write);
  });
  loop.run();
  client.join();
  CHECK(got == expected);
  connection->close();
  ::close(pipe.read);
}

TEST_CASE("a client that is gone while we write ends the connection") {
  std::signal(SIGPIPE, SIG_IGN);
  EventLoop loop;
  Pipe in;
  Pipe out;
  ::close(out.read);
  const auto connection = std::make_shared<Connection>(loop, in.read, out.write);
  connection->start([](std::string_view) {}, [&] { loop.stop(); });
  connection->send("x");
  loop.run();
  connection->close();
  ::close(in.write);
}

TEST_CASE("a served client ends as its session says") {
  const bool with_shutdown = GENERATE(false, true);
  EventLoop loop;
  Pool pool(1);
  Pipe in;
  Pipe out;
  int code = -1;
  {
    ServedClient client(loop, pool, in.read, out.write, false, [&](int exit_code) {
      code = exit_code;
      loop.stop();
    });
    write_all(in.write, a_session(with_shutdown));
    loop.run();
  }
  CHECK(code == (with_shutdown ? 0 : 1));
  const auto answer = read_all(out.read);
  CHECK_THAT(answer, ContainsSubstring("\"serverInfo\""));
  ::close(in.write);
  ::close(out.read);
}

TEST_CASE("a served client that hangs up ends with 1") {
  EventLoop loop;
  Pool pool(1);
  Pipe in;
  Pipe out;
  int code = -1;
  ServedClient client(loop, pool, in.read, out.write, false, [&](int exit_code) {
    code = exit_code;
    loop.stop();
  });
  ::close(in.write);
  loop.run();
  CHECK(code == 1);
  ::close(out.read);
}

TEST_CASE("the end of a watched process is noticed") {
  EventLoop loop;
  Pipe gate;
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    ::close(gate.write);
    (void)!::read(gate.read, &byte, 1);
    ::_exit(0);
  }
  bool gone = false;
  watch_process(loop, child, [&] {
    gone = true;
    loop.stop();
  });
  ::close(gate.write);
  std::thread reaper([&] { ::waitpid(child, nullptr, 0); });
  loop.run();
  reaper.join();
  CHECK(gone);
  ::close(gate.read);
}

TEST_CASE("a process that cannot be seen is not watched") {
  EventLoop loop;
  bool gone = false;
  for (const std::int64_t process : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 40, std::int64_t{4194303}}) {
    watch_process(loop, process, [&] { gone = true; });
  }
  loop.post([&] { loop.stop(); });
  loop.run();
  CHECK_FALSE(gone);
}

TEST_CASE("addresses to listen on are read, with the loopback address as the default") {
  const auto read = [](std::string_view text) {
    const auto parsed = parse_address(text);
    if (const auto* error = std::get_if<SocketError>(&parsed)) return "error: " + error->message;
    return std::get<HostPort>(parsed).host + " " + std::get<HostPort>(parsed).port;
  };
  CHECK(read("8080") == "127.0.0.1 8080");
  CHECK(read(":8080") == "127.0.0.1 8080");
  CHECK(read("0.0.0.0:1") == "0.0.0.0 1");
  CHECK(read("[::1]:9") == "::1 9");
  CHECK(read("localhost:0") == "localhost 0");
  CHECK(read("localhost") == "error: --listen localhost: expected HOST:PORT");
  CHECK(read("x:99999") == "error: --listen x:99999: expected HOST:PORT");
  CHECK(read("") == "error: --listen : expected HOST:PORT");
}

TEST_CASE("a listener is bound to the port the system chose, and clients reach it") {
  const auto listening = listen_on({"127.0.0.1", "0"});
  REQUIRE(std::holds_alternative<Listener>(listening));
  const auto& listener = std::get<Listener>(listening);
  CHECK(listener.address.rfind("127.0.0.1:", 0) == 0);
  CHECK(listener.address != "127.0.0.1:0");
  CHECK(accept_client(listener.descriptor) == -1);
  ::close(listener.descriptor);
}

TEST_CASE("a pipe that is not there is one clear error") {
  const auto none = connect_pipe("/nonexistent/socket");
  REQUIRE(std::holds_alternative<SocketError>(none));
  CHECK(std::get<SocketError>(none).message == "--pipe /nonexistent/socket: No such file or directory");
  CHECK(std::holds_alternative<SocketError>(connect_pipe(std::string(500, 'x'))));
}
