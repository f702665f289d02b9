#pragma once
// A fixed set of bytes, as a table: for scans that pass over most of a text. Any thread.

#include <array>
#include <string_view>

namespace surefoot::text {

class ByteSet {
 public:
  constexpr explicit ByteSet(std::string_view bytes) {
    for (const char byte : bytes) has_[static_cast<unsigned char>(byte)] = true;
  }

  constexpr bool contains(char byte) const { return has_[static_cast<unsigned char>(byte)]; }

 private:
  std::array<bool, 256> has_ = {};
};

}  // namespace surefoot::text
