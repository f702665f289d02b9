#pragma once
// One table of a TOML file, read key by key. Every key that is asked for is a key the table may have; `finish` reports
// the others, so the list of allowed keys is nowhere written twice.

#include <toml++/toml.h>

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/knowledge/compiler/records.hpp"
#include "analysis/knowledge/compiler/words.hpp"

namespace surefoot::knowledge::compiler {

class Entry {
 public:
  /// `what` names the table in messages ("[[callable]]"). The table and the list outlive the entry.
  Entry(std::string_view file, std::string what, const toml::table& table, std::vector<Problem>& problems);

  Place place() const { return place_of(table_); }
  Place place_of(const toml::node& node) const;
  void report(const Place& place, std::string message) const;

  /// The value of a key that may be left out; anything but a string is reported.
  std::string text(std::string_view key);
  /// A string or a list of strings, each with its place. A required key that is missing is reported.
  std::vector<Record> texts(std::string_view key, bool required = false);
  bool flag(std::string_view key, bool otherwise);
  /// A small whole number; -1 when left out.
  std::int8_t position(std::string_view key);
  std::uint32_t effects(std::string_view key);
  /// A table within the table; null when left out.
  const toml::table* table(std::string_view key);
  /// A list of tables within the table.
  std::vector<const toml::table*> tables(std::string_view key);

  /// A word of a closed vocabulary.
  template <class Value>
  Value choice(std::string_view key, std::span<const Word<Value>> words, Value otherwise, bool required = false) {
    const toml::node* node = get(key, required);
    if (node == nullptr) return otherwise;
    const Word<Value>* word = find_word(words, node->value_or(std::string_view()));
    if (word != nullptr) return word->value;
    report(place_of(*node), "`" + std::string(key) + "` is one of " + list_words(words));
    return otherwise;
  }

  /// Reports the keys that nobody asked for.
  void finish() const;

 private:
  const toml::node* get(std::string_view key, bool required = false);
  void expect(const toml::node& node, std::string_view key, std::string_view type) const;

  std::string_view file_;
  std::string what_;
  const toml::table& table_;
  std::vector<Problem>& problems_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace surefoot::knowledge::compiler
