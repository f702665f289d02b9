#include "analysis/syntax/known_units.hpp"

namespace surefoot::syntax {
namespace {

constexpr std::size_t kWindow = 32;

}  // namespace

std::uint32_t KnownUnits::find(std::string_view text, bool is_class_header) {
  if (list_ == nullptr) return kNew;
  const auto& units = list_->units;
  for (std::size_t i = next_; i < units.size() && i < next_ + kWindow; ++i) {
    if (is_same(i, text, is_class_header)) return found_at(i);
  }
  if (++misses_ < kWindow) return kNew;
  if (by_text_.empty()) {
    for (std::size_t i = 0; i < units.size(); ++i) by_text_.emplace(units[i].unit->ast.text(), i);
  }
  const auto found = by_text_.find(text);
  return found == by_text_.end() || !is_same(found->second, text, is_class_header) ? kNew : found_at(found->second);
}

bool KnownUnits::is_same(std::size_t number, std::string_view text, bool is_class_header) const {
  const Unit& unit = *list_->units[number].unit;
  return unit.is_class_header == is_class_header && unit.ast.text() == text && !unit.ast.root().has_error();
}

std::uint32_t KnownUnits::found_at(std::size_t number) {
  pass(number + 1);
  return static_cast<std::uint32_t>(number);
}

}  // namespace surefoot::syntax
