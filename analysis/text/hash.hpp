#pragma once
// A fast, deterministic 64-bit hash (FNV-1a over 64-bit steps) for shapes and fingerprints, the same on every machine.
// Not for hostile hash tables.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace surefoot::text {

class Hasher {
 public:
  Hasher& add(std::uint64_t value) {
    state_ = (state_ ^ value) * 0x100000001b3ull;
    state_ ^= state_ >> 29;
    return *this;
  }
  Hasher& add(std::string_view bytes) {
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) add(bytes_at<8>(bytes.data() + at));
    if (at < bytes.size()) add(number_of(bytes.data() + at, bytes.size() - at));
    return add(static_cast<std::uint64_t>(bytes.size()));
  }
  std::uint64_t value() const { return state_; }

 private:
  // `count` bytes, at most 8, the least significant one first. Names are short, so there is no loop: two loads that may
  // overlap cover 2 to 3, and 4 to 8 bytes.
  static std::uint64_t number_of(const char* bytes, std::size_t count) {
    if (count >= 4) return bytes_at<4>(bytes) | bytes_at<4>(bytes + count - 4) << (8 * (count - 4));
    if (count >= 2) return bytes_at<2>(bytes) | bytes_at<2>(bytes + count - 2) << (8 * (count - 2));
    return bytes_at<1>(bytes);
  }

  template <std::size_t Count>
  static std::uint64_t bytes_at(const char* bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < Count; ++i) {
      number |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return number;
  }

  std::uint64_t state_ = 0xcbf29ce484222325ull;
};

}  // namespace surefoot::text
