// The base protocol of LSP 3.17: `Content-Length: N\r\n\r\n` and then N bytes of JSON.
//
// FrameReader is a push parser: bytes go in, in any chunks, and events come out. The events depend on the bytes alone
// and never on how they were cut. Every byte is looked at a bounded number of times, and a body's bytes are copied
// once. Not thread-safe: one reader belongs to one stream and one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace surefoot::protocol {

// A whole body, just as sent. It may be empty, and need not be JSON.
struct Message {
  std::string body;
  bool operator==(const Message&) const = default;
};

// A body over FramingLimits::max_body. Exactly `size` bytes are skipped, and the next header is read after them.
struct Refused {
  std::uint64_t size = 0;
  bool operator==(const Refused&) const = default;
};

// Bytes that are no header. Everything up to the next `Content-Length: <digits>` line is skipped, with no further
// event.
struct Malformed {
  std::string why;
  bool operator==(const Malformed&) const = default;
};

using FrameEvent = std::variant<Message, Refused, Malformed>;

struct FramingLimits {
  std::uint64_t max_body = 64ULL << 20;    // bytes; a larger body is Refused
  std::uint64_t max_discard = 4ULL << 30;  // bytes; nobody sends more, so a larger length is a Malformed header instead
  std::size_t max_header = 8 << 10;        // bytes of one header section, its line ends included
};

// Where the stream stood when it ended.
enum class EndOfInput {
  kClean,      // between two messages
  kTruncated,  // inside a header, inside a body, or in bytes that were being skipped
};

// Header names are matched without regard to case; unknown headers (Content-Type among them) are passed over; of
// several Content-Length headers the last counts. A lone `\n` ends a line too, and blank lines between messages are
// passed over.
class FrameReader {
 public:
  explicit FrameReader(FramingLimits limits = {}) : limits_(limits) {}

  // Takes the next bytes of the stream. They are not kept by reference.
  void push(std::string_view bytes);

  // The oldest event not yet taken, or nothing until more bytes come.
  std::optional<FrameEvent> pop();

  // What it would mean for the stream to end after the bytes pushed so far.
  EndOfInput end_of_input() const;

 private:
  enum class State { kHeader, kBody, kDiscard, kResync };

  std::size_t push_header(std::string_view bytes);
  std::size_t push_body(std::string_view bytes);
  std::size_t push_discard(std::string_view bytes);
  std::size_t push_resync(std::string_view bytes);
  void end_line();
  void end_section();
  void begin_header(std::optional<std::uint64_t> content_length);
  void begin_body(std::uint64_t size);
  void malformed(std::string why, std::size_t rescan_from);

  // Recognises `Content-Length: <digits>` and a line end at any place in a byte stream, one byte at a time.
  // No proper suffix of a partial match is a prefix of the pattern, so it never has to look back.
  class LengthLineFinder {
   public:
    bool feed(char byte);  // true at the line feed that completes the line
    std::uint64_t length() const { return length_; }
    void reset() { *this = {}; }

   private:
    enum class Part { kName, kColon, kSpace, kDigits, kLineEnd };
    bool restart(char byte);
    Part part_ = Part::kName;
    std::size_t matched_ = 0;
    std::uint64_t length_ = 0;
    bool carriage_return_ = false;
  };

  FramingLimits limits_;
  State state_ = State::kHeader;
  std::string section_;         // the header section so far
  std::size_t line_start_ = 0;  // offset in section_ of the line being read
  std::optional<std::uint64_t> content_length_;
  std::string body_;
  std::uint64_t remaining_ = 0;  // bytes of the body still to come, or to discard
  LengthLineFinder finder_;
  std::deque<FrameEvent> events_;
};

// The header of a body of `size` bytes, its blank line included.
std::string frame_header(std::size_t size);

// Header and body as one string.
std::string frame(std::string_view body);

}  // namespace surefoot::protocol
