#include "protocol/framing.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/catch.hpp"

namespace surefoot::protocol {
namespace {

// Readable in a failed comparison: `message abc`, `refused 12`, `malformed`.
std::string describe(const FrameEvent& event) {
  if (const auto* message = std::get_if<Message>(&event)) return "message " + message->body;
  if (const auto* refused = std::get_if<Refused>(&event)) return "refused " + std::to_string(refused->size);
  return "malformed";
}

using Events = std::vector<std::string>;

Events drain(FrameReader& reader) {
  Events out;
  while (auto event = reader.pop()) out.push_back(describe(*event));
  return out;
}

Events read_in_chunks(const std::string& bytes, std::size_t chunk, FramingLimits limits = {}) {
  FrameReader reader(limits);
  Events out;
  for (std::size_t i = 0; i < bytes.size(); i += chunk) {
    reader.push(std::string_view(bytes).substr(i, chunk));
    for (auto& event : drain(reader)) out.push_back(std::move(event));
  }
  return out;
}

Events read_all(const std::string& bytes, FramingLimits limits = {}) {
  return read_in_chunks(bytes, std::max<std::size_t>(bytes.size(), 1), limits);
}

std::string why(const std::string& bytes, FramingLimits limits = {}) {
  FrameReader reader(limits);
  reader.push(bytes);
  while (auto event = reader.pop()) {
    if (auto* malformed = std::get_if<Malformed>(&*event)) return malformed->why;
  }
  return "";
}

EndOfInput end_after(const std::string& bytes) {
  FrameReader reader;
  reader.push(bytes);
  return reader.end_of_input();
}

FramingLimits small_limits() {
  FramingLimits limits;
  limits.max_body = 30;
  limits.max_discard = 1000;
  limits.max_header = 100;
  return limits;
}

struct Case {
  const char* what;
  std::string bytes;
  Events events;
};

std::vector<Case> good_streams() {
  return {
      {"nothing", "", {}},
      {"one message", "Content-Length: 5\r\n\r\nhello", {"message hello"}},
      {"two messages", "Content-Length: 2\r\n\r\nabContent-Length: 3\r\n\r\ncde", {"message ab", "message cde"}},
      {"an empty body", "Content-Length: 0\r\n\r\nContent-Length: 1\r\n\r\nx", {"message ", "message x"}},
      {"names in any case", "cOnTeNt-LENGTH:5\r\n\r\nhello", {"message hello"}},
      {"blanks round the value", "Content-Length \t: \t5 \t\r\n\r\nhello", {"message hello"}},
      {"leading zeros", "Content-Length: 0005\r\n\r\nhello", {"message hello"}},
      {"a header that is not ours",
       "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 1\r\nX-Other:\r\n\r\nx",
       {"message x"}},
      {"bytes over 127 in a foreign value", "X-Name: caf\xC3\xA9\r\nContent-Length: 1\r\n\r\nx", {"message x"}},
      {"the last of two lengths", "Content-Length: 9\r\nContent-Length: 1\r\n\r\nx", {"message x"}},
      {"bare line feeds", "Content-Length: 1\nX: y\n\nx", {"message x"}},
      {"blank lines between messages",
       "\r\n\r\nContent-Length: 1\r\n\r\nx\n\r\nContent-Length: 1\r\n\r\ny",
       {"message x", "message y"}},
      {"line ends and headers inside a body",
       "Content-Length: 23\r\n\r\nContent-Length: 1\r\n\r\nxy",
       {"message Content-Length: 1\r\n\r\nxy"}},
      {"NUL bytes in a body",
       "Content-Length: 3\r\n\r\n" + std::string("a\0b", 3),
       {"message " + std::string("a\0b", 3)}},
  };
}

std::vector<Case> streams_with_large_lengths() {
  return {
      {"a body over the cap is skipped exactly",
       "Content-Length: 31\r\n\r\n" + std::string(31, '{') + "Content-Length: 1\r\n\r\nx",
       {"refused 31", "message x"}},
      {"a refused body that looks like messages",
       "Content-Length: 46\r\n\r\nContent-Length: 2\r\n\r\nabContent-Length: 2\r\n\r\ncdContent-Length: 1\r\n\r\nx",
       {"refused 46", "message x"}},
      {"a body at the cap", "Content-Length: 30\r\n\r\n" + std::string(30, 'x'), {"message " + std::string(30, 'x')}},
      {"a length out of proportion",
       "Content-Length: 1001\r\n\r\nxContent-Length: 1\r\n\r\ny",
       {"malformed", "message y"}},
      {"a length beyond 64 bits",
       "Content-Length: 99999999999999999999999\r\n\r\nContent-Length: 1\r\n\r\ny",
       {"malformed", "message y"}},
      {"2^64 + 1 is not 1",
       "Content-Length: 18446744073709551617\r\n\r\nxContent-Length: 1\r\n\r\ny",
       {"malformed", "message y"}},
  };
}

std::vector<Case> streams_with_bad_headers() {
  return {
      {"a negative length", "Content-Length: -5\r\n\r\nContent-Length: 1\r\n\r\ny", {"malformed", "message y"}},
      {"no length", "Content-Length:\r\n\r\nContent-Length: 1\r\n\r\ny", {"malformed", "message y"}},
      {"a length with a unit", "Content-Length: 5 bytes\r\n\r\nContent-Length: 1\r\n\r\ny", {"malformed", "message y"}},
      {"a fraction", "Content-Length: 5.0\r\n\r\nContent-Length: 1\r\n\r\ny", {"malformed", "message y"}},
      {"a header without the length",
       "Content-Type: x\r\n\r\n{}Content-Length: 1\r\n\r\ny",
       {"malformed", "message y"}},
      {"a line without a colon", "hello\r\nContent-Length: 1\r\n\r\ny", {"malformed", "message y"}},
      {"an empty name", ": 5\r\nContent-Length: 1\r\n\r\ny", {"malformed", "message y"}},
      {"a name with a blank", "Content Length: 5\r\nContent-Length: 1\r\n\r\ny", {"malformed", "message y"}},
      {"a body without a header", "{\"jsonrpc\":\"2.0\"}Content-Length: 1\r\n\r\ny", {"malformed", "message y"}},
      {"a body without a header, then a line", "{\"a\":1}\nContent-Length: 1\r\n\r\ny", {"malformed", "message y"}},
  };
}

std::vector<Case> streams_to_recover_from() {
  return {
      {"a print before a header", "import failed: Content-Length: 1\r\n\r\ny", {"malformed", "message y"}},
      {"a print glued to a header", "debugContent-Length: 1\r\n\r\ny", {"malformed", "message y"}},
      {"a print glued to a header, other headers after it",
       "debugContent-Length: 1\r\nX: y\r\n\r\nz",
       {"malformed", "message z"}},
      {"garbage that mentions the header",
       "? Content-Length is 5\n? content-length: many\nContent-Length: 1\r\n\r\ny",
       {"malformed", "message y"}},
      {"half a name before the name", "?\nContent-Content-Length: 1\r\n\r\ny", {"malformed", "message y"}},
      {"a colon too many", "?\nContent-Length:: 5\nContent-Length : 1 \r\n\r\ny", {"malformed", "message y"}},
      {"carriage returns too many", "?\nContent-Length: 5\r\r\nContent-Length: 1\r\n\r\ny", {"malformed", "message y"}},
      {"a good length line, then garbage",
       "?\nContent-Length: 3\nnot a header\nContent-Length: 1\r\n\r\ny",
       {"malformed", "malformed", "message y"}},
      {"a length out of proportion while looking for one",
       "?\nContent-Length: 99999\r\nContent-Length: 1\r\n\r\ny",
       {"malformed", "message y"}},
      {"a header over the cap",
       "X: " + std::string(200, 'x') + "\r\nContent-Length: 1\r\n\r\ny",
       {"malformed", "message y"}},
      {"many headers over the cap",
       "A: 1\r\nB: 2345678901234567890123456789012345\r\nC: 2345678901234567890123456789012345678901234567890\r\n"
       "Content-Length: 1\r\n\r\ny",
       {"malformed", "message y"}},
      {"a length line across the cap",
       "X: " + std::string(85, 'x') + "\r\nContent-Length: 1\r\n\r\ny",
       {"malformed", "message y"}},
      {"garbage without a line end",
       std::string(300, '\xFF') + "Content-Length: 1\r\n\r\ny",
       {"malformed", "message y"}},
  };
}

std::vector<Case> cases() {
  std::vector<Case> out = good_streams();
  for (const auto& more : {streams_with_large_lengths(), streams_with_bad_headers(), streams_to_recover_from()}) {
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

TEST_CASE("framing: a stream gives these events") {
  for (const Case& c : cases()) {
    INFO(c.what);
    CHECK(read_all(c.bytes, small_limits()) == c.events);
  }
}

TEST_CASE("framing: events do not depend on how the stream is cut") {
  for (const Case& c : cases()) {
    INFO(c.what);
    for (std::size_t chunk = 1; chunk < c.bytes.size(); ++chunk) {
      INFO("in chunks of " << chunk);
      CHECK(read_in_chunks(c.bytes, chunk, small_limits()) == c.events);
    }
  }
}

TEST_CASE("framing: one reader takes all the streams after each other, cut anywhere") {
  std::string bytes;
  Events events;
  for (const Case& c : cases()) {
    bytes += c.bytes;
    events.insert(events.end(), c.events.begin(), c.events.end());
  }
  const std::size_t step = 13;
  for (std::size_t cut = 0; cut < bytes.size(); cut += step) {
    FrameReader reader(small_limits());
    reader.push(std::string_view(bytes).substr(0, cut));
    reader.push(std::string_view(bytes).substr(cut));
    CHECK(drain(reader) == events);
  }
  CHECK(read_in_chunks(bytes, 1, small_limits()) == events);
}

// Streams of pieces that come close to headers, so that the recovery paths meet each other.
TEST_CASE("framing: any mixture of pieces gives the same events byte by byte") {
  const std::vector<std::string> pieces = {"Content-Length: 3\r\n",
                                           "\r\n",
                                           "\n",
                                           "abc",
                                           "Content-",
                                           "content-length",
                                           ": 12\r\n",
                                           "Content-Length: 40\r\n",
                                           "X: y\r\n",
                                           "garbage ",
                                           ":",
                                           "\r",
                                           "Content-Type",
                                           "Content-Length: 9x",
                                           std::string(1, '\0'),
                                           "Content-Length: 2000\n",
                                           std::string(60, '.'),
                                           "é",
                                           "{}"};
  std::uint32_t random = 1;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (int i = 0; i < 12; ++i) {
      random = random * 1664525 + 1013904223;
      bytes += pieces[(random >> 16) % pieces.size()];
    }
    INFO(bytes);
    REQUIRE(read_in_chunks(bytes, 1, small_limits()) == read_all(bytes, small_limits()));
  }
}

TEST_CASE("framing: whatever came before, a reader finds a message behind enough other bytes") {
  for (const Case& c : cases()) {
    INFO(c.what);
    FrameReader reader(small_limits());
    reader.push(c.bytes);
    // Ends any body or header that was left open; the cap on bodies that are skipped is 1000.
    reader.push(std::string(1000, '\n') + "?\nContent-Length: 4\r\n\r\nlast");
    const Events events = drain(reader);
    REQUIRE(!events.empty());
    CHECK(events.back() == "message last");
  }
}

TEST_CASE("framing: the end of the stream is clean only between messages") {
  CHECK(end_after("") == EndOfInput::kClean);
  CHECK(end_after("Content-Length: 1\r\n\r\nx") == EndOfInput::kClean);
  CHECK(end_after("Content-Length: 0\r\n\r\n") == EndOfInput::kClean);
  CHECK(end_after("Content-Length: 1\r\n\r\nx\r\n") == EndOfInput::kClean);
  CHECK(end_after("C") == EndOfInput::kTruncated);
  CHECK(end_after("Content-Length: 1\r\n") == EndOfInput::kTruncated);
  CHECK(end_after("Content-Length: 1\r\n\r\n") == EndOfInput::kTruncated);
  CHECK(end_after("Content-Length: 2\r\n\r\nx") == EndOfInput::kTruncated);
  CHECK(end_after("Content-Length: 99999999\r\n\r\nx") == EndOfInput::kTruncated);
  CHECK(end_after("?\n") == EndOfInput::kTruncated);
  CHECK(end_after("?\nContent-Length: 1\r\n") == EndOfInput::kTruncated);
  CHECK(end_after("?\nContent-Length: 1\r\n\r\nx") == EndOfInput::kClean);
}

TEST_CASE("framing: a malformed header says what is wrong, in printable text") {
  CHECK(why("Content-Length: five\r\n\r\n") == "Content-Length is not a number: \"five\"");
  CHECK(why("Content-Length: 1099511627776\r\n\r\n") == "Content-Length is out of all proportion: \"1099511627776\"");
  CHECK(why("X: y\r\n\r\n") == "the header has no Content-Length");
  CHECK(why("hello \x1B[0m\xFF\n") == "not a header line: \"hello ?[0m?\"");
  CHECK(why(std::string(41, 'x') + "\n") == "not a header line: \"" + std::string(40, 'x') + "…\"");
  CHECK(why(std::string(9000, 'x')) == "the header is longer than 8192 bytes");
}

TEST_CASE("framing: the default cap is 64 MiB") {
  FrameReader reader;
  reader.push("Content-Length: 67108865\r\n\r\n");
  const auto event = reader.pop();
  REQUIRE(event);
  CHECK(*event == FrameEvent(Refused{67108865}));
  const std::string block(1 << 20, '{');
  for (int i = 0; i < 64; ++i) reader.push(block);
  CHECK(reader.end_of_input() == EndOfInput::kTruncated);
  reader.push("{" + frame("next"));
  CHECK(drain(reader) == Events{"message next"});
}

TEST_CASE("framing: a large body byte by byte") {
  const std::string body(1 << 20, 'x');
  const std::string bytes = frame(body) + frame("after");
  FrameReader reader;
  for (const char byte : bytes) reader.push({&byte, 1});
  const auto event = reader.pop();
  REQUIRE(event);
  CHECK(std::get<Message>(*event).body == body);
  CHECK(drain(reader) == Events{"message after"});
}

TEST_CASE("framing: what is written can be read") {
  CHECK(frame("{}") == "Content-Length: 2\r\n\r\n{}");
  CHECK(frame_header(0) == "Content-Length: 0\r\n\r\n");
  CHECK(read_all(frame("") + frame("\xF0\x9F\xA6\xB6")) == Events{"message ", "message \xF0\x9F\xA6\xB6"});
}

}  // namespace
}  // namespace surefoot::protocol
