#pragma once
// Finds the units of a file again in its next version. Internal to syntax/.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "analysis/syntax/units.hpp"

namespace surefoot::syntax {

class KnownUnits {
 public:
  /// `list`: null when nothing is known. Borrowed.
  explicit KnownUnits(const UnitList* list) : list_(list) {}

  /// A unit with this text that could be parsed, by its number; kNew when there is none. An edit leaves the units
  /// before it at their place in the list, and those behind it in their order: ask in the order of the file.
  std::uint32_t find(std::string_view text, bool is_class_header);
  const std::shared_ptr<const Unit>& unit(std::uint32_t number) const { return list_->units[number].unit; }
  /// The units before this one are accounted for.
  void pass(std::size_t number) {
    next_ = number;
    misses_ = 0;
  }
  std::size_t next() const { return next_; }

 private:
  bool is_same(std::size_t number, std::string_view text, bool is_class_header) const;
  std::uint32_t found_at(std::size_t number);

  const UnitList* list_;
  std::size_t next_ = 0;
  std::size_t misses_ = 0;
  std::unordered_map<std::string_view, std::size_t> by_text_;  // made when `next_` loses track
};

}  // namespace surefoot::syntax
