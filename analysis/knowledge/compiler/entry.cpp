#include "analysis/knowledge/compiler/entry.hpp"

#include <utility>

namespace surefoot::knowledge::compiler {

Entry::Entry(std::string_view file, std::string what, const toml::table& table, std::vector<Problem>& problems)
    : file_(file), what_(std::move(what)), table_(table), problems_(problems) {}

Place Entry::place_of(const toml::node& node) const {
  const toml::source_position& begin = node.source().begin;
  return {std::string(file_), begin.line, begin.column};
}

void Entry::report(const Place& place, std::string message) const { problems_.push_back({place, std::move(message)}); }

const toml::node* Entry::get(std::string_view key, bool required) {
  known_.emplace(key);
  const toml::node* node = table_.get(key);
  if (node == nullptr && required) report(place(), "`" + std::string(key) + "` is missing in " + what_);
  return node;
}

void Entry::expect(const toml::node& node, std::string_view key, std::string_view type) const {
  report(place_of(node), "`" + std::string(key) + "` is " + std::string(type));
}

std::string Entry::text(std::string_view key) {
  const toml::node* node = get(key);
  if (node == nullptr) return {};
  if (!node->is_string()) expect(*node, key, "a string");
  return node->value_or(std::string());
}

std::vector<Record> Entry::texts(std::string_view key, bool required) {
  std::vector<Record> found;
  const toml::node* node = get(key, required);
  if (node == nullptr) return found;
  const auto add = [&](const toml::node& item) {
    if (!item.is_string()) return expect(item, key, "a string or a list of strings");
    found.push_back({item.value_or(std::string()), place_of(item)});
  };
  const toml::array* list = node->as_array();
  if (list == nullptr) {
    add(*node);
    return found;
  }
  for (const toml::node& item : *list) add(item);
  if (required && list->empty()) expect(*node, key, "empty");
  return found;
}

bool Entry::flag(std::string_view key, bool otherwise) {
  const toml::node* node = get(key);
  if (node == nullptr) return otherwise;
  if (!node->is_boolean()) expect(*node, key, "true or false");
  return node->value_or(otherwise);
}

std::int8_t Entry::position(std::string_view key) {
  constexpr std::int64_t kMaxPosition = 40;
  const toml::node* node = get(key);
  if (node == nullptr) return -1;
  const std::int64_t value = node->is_integer() ? node->value_or(std::int64_t{-1}) : -1;
  if (value >= 0 && value <= kMaxPosition) return static_cast<std::int8_t>(value);
  expect(*node, key, "a position: 0, 1, …; leave it out when the argument is keyword-only");
  return -1;
}

std::uint32_t Entry::effects(std::string_view key) {
  Effect all = Effect::none;
  for (const Record& effect : texts(key)) {
    const Word<Effect>* word = find_word<Effect>(kEffects, effect.name);
    if (word != nullptr) {
      all = all | word->value;
    } else {
      report(effect.place, "unknown effect `" + effect.name + "`; effects are " + list_words<Effect>(kEffects));
    }
  }
  return static_cast<std::uint32_t>(all);
}

const toml::table* Entry::table(std::string_view key) {
  const toml::node* node = get(key);
  if (node != nullptr && !node->is_table()) expect(*node, key, "a table");
  return node == nullptr ? nullptr : node->as_table();
}

std::vector<const toml::table*> Entry::tables(std::string_view key) {
  std::vector<const toml::table*> found;
  const toml::node* node = get(key);
  if (node == nullptr) return found;
  const toml::array* list = node->as_array();
  if (list == nullptr) expect(*node, key, "a list of tables");
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    const toml::node& item = *list->get(i);
    if (item.is_table()) {
      found.push_back(item.as_table());
    } else {
      expect(item, key, "a list of tables");
    }
  }
  return found;
}

void Entry::finish() const {
  for (const auto& [key, node] : table_) {
    if (known_.contains(std::string_view(key))) continue;
    std::string keys;
    for (const std::string& known : known_) keys += (keys.empty() ? "`" : ", `") + known + "`";
    report(place_of(node),
           "unknown key `" + std::string(std::string_view(key)) + "` in " + what_ + "; keys are " + keys);
  }
}

}  // namespace surefoot::knowledge::compiler
