#pragma once
// The two byte streams of one client on the event loop. Reading and writing never block the loop, whatever the client
// does, and leave the descriptors' modes as they are: a terminal's would outlive us. Belongs to the loop's thread.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/transport/event_loop.hpp"

namespace surefoot::server {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// A client that reads nothing for so long is taken for dead.
  static constexpr std::size_t kMaxUnsent = std::size_t{256} << 20U;

  /// Takes the descriptors over; they may be one and the same.
  Connection(EventLoop& loop, int input, int output);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// `received` gets bytes as they come; `closed` is called once, at the end of the input or of the connection.
  void start(std::function<void(std::string_view)> received, std::function<void()> closed);
  /// Sends in order, now if possible.
  void send(std::string bytes);
  /// True if there are bytes that have not been read.
  bool more_input() const;
  /// No more callbacks. What is unsent gets a moment to leave.
  void close();

 private:
  void wait_for_input();
  void read_input();
  void write_output();
  long write_some();
  void end(const char* why);
  void flush();

  EventLoop& loop_;
  int input_;
  int output_;
  bool output_is_socket_;
  std::function<void(std::string_view)> received_;
  std::function<void()> closed_;
  std::string buffer_;
  std::string unsent_;
  std::size_t sent_ = 0;  // of `unsent_`
  bool waiting_ = false;  // for the output to take more
  bool reading_ = true;   // until the input ends
  bool writable_ = true;  // until the output breaks
};

}  // namespace surefoot::server
