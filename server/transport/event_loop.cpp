#include "server/transport/event_loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <map>
#include <utility>

namespace surefoot::server {

namespace asio = boost::asio;
using Descriptor = asio::posix::stream_descriptor;

struct EventLoop::Impl {
  Impl() : io(1), work(asio::make_work_guard(io)), signals(io) {}
  // The descriptors are the callers' to close.
  ~Impl() {
    for (auto& [number, descriptor] : descriptors) descriptor.release();
  }

  Descriptor& descriptor(int number) {
    const auto found = descriptors.find(number);
    if (found != descriptors.end()) return found->second;
    return descriptors.emplace(number, Descriptor(io, number)).first->second;
  }

  void wait(int number, Descriptor::wait_type what, Callback callback) {
    descriptor(number).async_wait(what, [callback = std::move(callback)](const boost::system::error_code& error) {
      if (error != asio::error::operation_aborted) callback();
    });
  }

  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  asio::signal_set signals;
  std::map<int, Descriptor> descriptors;
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::run() { impl_->io.run(); }
void EventLoop::stop() { impl_->io.stop(); }
void EventLoop::post(Callback callback) { asio::post(impl_->io, std::move(callback)); }

void EventLoop::when_readable(int descriptor, Callback callback) {
  impl_->wait(descriptor, Descriptor::wait_read, std::move(callback));
}

void EventLoop::when_writable(int descriptor, Callback callback) {
  impl_->wait(descriptor, Descriptor::wait_write, std::move(callback));
}

void EventLoop::forget(int descriptor) {
  const auto found = impl_->descriptors.find(descriptor);
  if (found == impl_->descriptors.end()) return;
  found->second.release();
  impl_->descriptors.erase(found);
}

void EventLoop::after(std::chrono::milliseconds delay, Callback callback) {
  const auto timer = std::make_shared<asio::steady_timer>(impl_->io, delay);
  timer->async_wait([timer, callback = std::move(callback)](const boost::system::error_code& error) {
    if (!error) callback();
  });
}

void EventLoop::on_signal(std::function<void(int)> callback) {
  impl_->signals.add(SIGINT);
  impl_->signals.add(SIGTERM);
  impl_->signals.async_wait([callback = std::move(callback)](const boost::system::error_code& error, int number) {
    if (!error) callback(number);
  });
}

}  // namespace surefoot::server
