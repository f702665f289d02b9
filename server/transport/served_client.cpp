#include "server/transport/served_client.hpp"

#include <utility>

#include "server/allocator.hpp"
#include "server/cache/cache_file.hpp"
#include "server/log.hpp"
#include "server/transport/parent_watch.hpp"

namespace surefoot::server {

ServedClient::ServedClient(EventLoop& loop, Executor& executor, int input, int output, bool watch_parent,
                           std::function<void(int)> ended)
    : loop_(loop), connection_(std::make_shared<Connection>(loop, input, output)), ended_(std::move(ended)) {
  session_ = std::make_unique<Session>(make_host(executor, watch_parent));
  connection_->start(
      [this](std::string_view bytes) {
        session_->receive(bytes);
        if (session_->finished()) end();
      },
      [this] { end(); });
}

ServedClient::~ServedClient() {
  *alive_ = false;
  connection_->close();
}

Host ServedClient::make_host(Executor& executor, bool watch_parent) {
  Host host;
  host.send = [connection = connection_](std::string bytes) { connection->send(std::move(bytes)); };
  host.post = [&loop = loop_](std::function<void()> closure) { loop.post(std::move(closure)); };
  host.executor = &executor;
  host.give_memory_back = &give_memory_back;
  host.cache_folder = default_cache_folder();
  host.more_input = [connection = connection_] { return connection->more_input(); };
  if (!watch_parent) return host;
  host.watch_parent = [this](std::int64_t process) {
    watch_process(loop_, process, [this, alive = alive_] {
      if (!*alive) return;
      log::warn("the client's process is gone");
      end();
    });
  };
  return host;
}

/// The rest happens outside the callbacks of what it destroys.
void ServedClient::end() {
  session_->input_closed();
  loop_.post([this, alive = alive_] {
    if (!*alive || !ended_) return;
    connection_->close();
    std::exchange(ended_, nullptr)(exit_code());
  });
}

}  // namespace surefoot::server
