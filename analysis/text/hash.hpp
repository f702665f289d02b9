#pragma once
// A fast, deterministic 64-bit hash (FNV-1a over 64-bit steps) for shapes and fingerprints. Not for hostile hash
// tables.

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
    for (const char c : bytes) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
    return add(static_cast<std::uint64_t>(bytes.size()));
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325ull;
};

}  // namespace surefoot::text
