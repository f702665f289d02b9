#pragma once
// A hash index over names, looked up by the pieces of a name so that no lookup has to join strings first.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/knowledge/rows.hpp"

namespace surefoot::knowledge {

/// FNV-1a, continued from `hash`, so that the hash of "a.b" grows out of that of "a".
constexpr std::uint32_t kHashSeed = 2166136261U;
constexpr std::uint32_t hash_more(std::uint32_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return hash;
}

/// What is known of a name without reading it: its size, its first and its last character. Below kOutlines.
constexpr std::size_t kOutlines = 1U << 16U;
constexpr std::size_t outline_of(char first, char last, std::size_t size) {
  return (size % 64) << 10U | (static_cast<unsigned char>(last) % 32U) << 5U | static_cast<unsigned char>(first) % 32U;
}
constexpr std::size_t outline_of(std::string_view name) {
  return name.empty() ? 0 : outline_of(name.front(), name.back(), name.size());
}

/// A name as the concatenation of up to three views.
class PiecedName {
 public:
  PiecedName(std::string_view first, std::string_view second = {}, std::string_view third = {})
      : pieces_{first, second, third} {}

  std::uint32_t hash() const {
    std::uint32_t hash = kHashSeed;
    for (const std::string_view piece : pieces_) hash = hash_more(hash, piece);
    return hash;
  }
  std::size_t outline() const {
    std::size_t size = 0;
    char first = 0;
    char last = 0;
    for (const std::string_view piece : pieces_) {
      if (piece.empty()) continue;
      if (size == 0) first = piece.front();
      last = piece.back();
      size += piece.size();
    }
    return size == 0 ? 0 : outline_of(first, last, size);
  }
  bool equals(std::string_view name) const {
    for (const std::string_view piece : pieces_) {
      if (!name.starts_with(piece)) return false;
      name.remove_prefix(piece.size());
    }
    return name.empty();
  }

 private:
  std::array<std::string_view, 3> pieces_;
};

/// Hashes of names to the positions of the names in a list that the caller keeps. Open addressing; made by the
/// knowledge compiler, so nothing is done when the program starts.
class NameIndex {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  explicit NameIndex(const IndexRows& rows) : rows_(rows) {}

  /// False when no name has this outline: most names that are looked for are not there.
  bool may_have(std::size_t outline) const { return (rows_.outlines[outline / 64] >> (outline % 64) & 1U) != 0; }

  /// The position of the name with this hash for which `equals(position)` holds.
  template <class Equals>
  std::size_t find(std::uint32_t hash, Equals equals) const {
    const std::size_t mask = rows_.slots.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      const SlotRow slot = rows_.slots[at];
      if (slot.next_position == 0) return kNone;
      if (slot.hash == hash >> 16U && equals(slot.next_position - 1U)) return slot.next_position - 1U;
    }
  }

 private:
  IndexRows rows_;
};

/// What a NameIndex reads, in the making.
class NameIndexBuilder {
 public:
  /// `count` names are going to be added, each once; no more than that may be.
  explicit NameIndexBuilder(std::size_t count) : outlines_(kOutlines / 64) {
    std::size_t size = 2;
    while (size < 2 * count) size *= 2;
    slots_.resize(size);
  }

  void add(std::string_view name, std::size_t position) {
    const std::uint32_t hash = hash_more(kHashSeed, name);
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].next_position != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {static_cast<std::uint16_t>(hash >> 16U), static_cast<std::uint16_t>(position + 1)};
    outlines_[outline_of(name) / 64] |= std::uint64_t{1} << (outline_of(name) % 64);
  }

  const std::vector<SlotRow>& slots() const { return slots_; }
  const std::vector<std::uint64_t>& outlines() const { return outlines_; }

 private:
  std::vector<SlotRow> slots_;
  std::vector<std::uint64_t> outlines_;
};

}  // namespace surefoot::knowledge
