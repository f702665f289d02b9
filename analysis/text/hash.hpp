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
    for (; at + 8 <= bytes.size(); at += 8) add(number_of(bytes.data() + at, 8));
    if (at < bytes.size()) add(number_of(bytes.data() + at, bytes.size() - at));
    return add(static_cast<std::uint64_t>(bytes.size()));
  }
  std::uint64_t value() const { return state_; }

 private:
  // Up to 8 bytes, the least significant one first.
  static std::uint64_t number_of(const char* bytes, std::size_t count) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      number |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return number;
  }

  std::uint64_t state_ = 0xcbf29ce484222325ull;
};

}  // namespace surefoot::text
