#pragma once
// Values as bytes, and back from bytes that may be anything: a Reader never reads beyond its end, and what it gives
// after `failed()` means nothing. Numbers are little-endian; lengths stand in front of what they measure.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "server/cache/content_hash.hpp"

namespace surefoot::server {

class Writer {
 public:
  void number(std::uint64_t value) {  // seven bits a byte
    for (; value >= 0x80; value >>= 7U) bytes_.push_back(static_cast<char>(value | 0x80U));
    bytes_.push_back(static_cast<char>(value));
  }
  void fixed(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<char>(value >> shift));
  }
  void hash(const ContentHash& hash) {
    fixed(hash.high);
    fixed(hash.low);
  }
  void text(std::string_view text) {
    number(text.size());
    bytes_.append(text);
  }
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = next();
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if (byte < 0x80) return value;
    }
    failed_ = true;
    return 0;
  }
  /// A number of things that take at least one byte each.
  std::size_t count() {
    const std::uint64_t value = number();
    if (value > left_.size()) failed_ = true;
    return failed_ ? 0 : static_cast<std::size_t>(value);
  }
  std::uint64_t fixed() {
    std::uint64_t value = 0;
    if (std::endian::native == std::endian::little && left_.size() >= sizeof value) {
      std::memcpy(&value, left_.data(), sizeof value);
      left_.remove_prefix(sizeof value);
      return value;
    }
    for (int shift = 0; shift < 64; shift += 8) value |= static_cast<std::uint64_t>(next()) << shift;
    return value;
  }
  ContentHash hash() {
    const std::uint64_t high = fixed();
    return {high, fixed()};
  }
  std::string_view text() {
    const std::size_t size = count();
    const std::string_view text = left_.substr(0, size);
    left_.remove_prefix(text.size());
    return text;
  }
  bool failed() const { return failed_; }
  bool at_end() const { return left_.empty(); }

 private:
  std::uint8_t next() {
    if (left_.empty()) {
      failed_ = true;
      return 0;
    }
    const auto byte = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return byte;
  }

  std::string_view left_;
  bool failed_ = false;
};

}  // namespace surefoot::server
