#pragma once
// The words that names, paths and code are made of.

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <string_view>

namespace surefoot::rules {

/// True when one of the words (lower case) is a whole word of the text, whatever its case. Words end where letters and
/// digits do, and where a capital begins a new one: "DevelopmentConfig", "dev_settings.py" and "app.isDev" speak of
/// development, "devices.py" does not.
bool has_word(std::string_view text, std::initializer_list<std::string_view> words);

/// True when the item is one of the list, an array of names or the like.
template <class List, class Item>
bool contains(const List& list, const Item& item) {
  return std::find(std::begin(list), std::end(list), item) != std::end(list);
}

}  // namespace surefoot::rules
