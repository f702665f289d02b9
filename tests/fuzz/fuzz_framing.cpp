// However a stream is cut, FrameReader must give the same events and see the same end; and it must recover: behind the
// input, padded so that any open header or body ends, a good message is found.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/framing.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using surefoot::protocol::FrameEvent;
using surefoot::protocol::FrameReader;
using surefoot::protocol::FramingLimits;
using surefoot::protocol::Message;

// Small, so that short inputs reach every branch.
constexpr FramingLimits kLimits = {.max_body = 64, .max_discard = 512, .max_header = 96};

void drain(FrameReader& reader, std::vector<FrameEvent>& events) {
  while (auto event = reader.pop()) events.push_back(std::move(*event));
}

// Chunks of 1 to 16 bytes, chosen by `seed`.
std::vector<FrameEvent> read_cut(FrameReader& reader, std::string_view bytes, std::uint32_t seed) {
  std::vector<FrameEvent> events;
  while (!bytes.empty()) {
    seed = seed * 1664525 + 1013904223;
    const std::string_view chunk = bytes.substr(0, 1 + (seed >> 28));
    reader.push(chunk);
    drain(reader, events);
    bytes.remove_prefix(chunk.size());
  }
  return events;
}

void check_recovery(FrameReader& reader) {
  reader.push(std::string(kLimits.max_discard, '\n') + "?\nContent-Length: 4\r\n\r\nlast");
  std::vector<FrameEvent> events;
  drain(reader, events);
  SUREFOOT_REQUIRE(!events.empty() && events.back() == FrameEvent(Message{"last"}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  FrameReader whole(kLimits);
  whole.push(bytes);
  std::vector<FrameEvent> expected;
  drain(whole, expected);

  FrameReader cut(kLimits);
  SUREFOOT_REQUIRE(read_cut(cut, bytes, data[0]) == expected);
  FrameReader single(kLimits);
  std::vector<FrameEvent> one_by_one;
  for (const char byte : bytes) single.push({&byte, 1});
  drain(single, one_by_one);
  SUREFOOT_REQUIRE(one_by_one == expected);
  SUREFOOT_REQUIRE(cut.end_of_input() == whole.end_of_input() && single.end_of_input() == whole.end_of_input());
  check_recovery(whole);
  return 0;
}
