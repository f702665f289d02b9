#pragma once
// Tells contents apart: 128 bits of a fast hash. Good enough to name what nobody forges: who can write into the cache
// needs no collision. Any thread.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace surefoot::server {

struct ContentHash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const ContentHash&) const = default;
};

/// For unordered containers.
struct HashOfContentHash {
  std::size_t operator()(const ContentHash& hash) const { return hash.low; }
};

class ContentHasher {
 public:
  ContentHasher& add(std::uint64_t value) {
    state_.high = mix(state_.high ^ value, kFirst ^ state_.low);
    state_.low = mix(state_.low ^ value, kSecond ^ state_.high);
    return *this;
  }
  /// With its length, so that "ab", "c" and "a", "bc" differ.
  ContentHasher& add(std::string_view bytes) {
    std::size_t at = 0;
    for (; at + 16 <= bytes.size(); at += 16) {
      const std::uint64_t left = word(bytes, at, 8);
      const std::uint64_t right = word(bytes, at + 8, 8);
      state_.high = mix(state_.high ^ left, kFirst ^ right);
      state_.low = mix(state_.low ^ right, kSecond ^ left) + left;
    }
    const std::size_t rest = bytes.size() - at;
    add(word(bytes, at, rest < 8 ? rest : 8));
    if (rest > 8) add(word(bytes, at + 8, rest - 8));
    return add(std::uint64_t{bytes.size()});
  }
  ContentHasher& add(const ContentHash& hash) { return add(hash.high).add(hash.low); }
  ContentHash value() const { return state_; }

 private:
  static constexpr std::uint64_t kFirst = 0x9e3779b97f4a7c15ull;
  static constexpr std::uint64_t kSecond = 0xd6e8feb86659fd93ull;

  static std::uint64_t word(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    if (size > 0) std::memcpy(&value, bytes.data() + at, size);
    return value;
  }
  static std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a ^ 0x2545f4914f6cdd1dull) * (b | 1U);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U) ^ a;
  }

  ContentHash state_{0x243f6a8885a308d3ull, 0x13198a2e03707344ull};
};

inline ContentHash hash_of(std::string_view bytes) { return ContentHasher().add(bytes).value(); }

}  // namespace surefoot::server
