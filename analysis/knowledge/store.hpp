#pragma once
// The tables as the views that tables.hpp hands out, with an index for each kind. Built once from the rows.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/knowledge/index.hpp"
#include "analysis/knowledge/rows.hpp"
#include "analysis/knowledge/tables.hpp"

namespace surefoot::knowledge {

/// A list sorted by name, with its index.
template <class Item>
struct Shelf {
  explicit Shelf(std::vector<Item> sorted) : items(std::move(sorted)), index(items.size()) {
    for (std::size_t i = 0; i < items.size(); ++i) index.add(items[i].name, i);
  }
  const Item* find(const PiecedName& name) const {
    if (!index.may_have(name.outline())) return nullptr;
    return find(name.hash(), [&](std::string_view candidate) { return name.equals(candidate); });
  }
  template <class Equals>
  const Item* find(std::uint32_t hash, Equals equals) const {
    const std::size_t position = index.find(hash, [&](std::size_t at) { return equals(items[at].name); });
    return position == NameIndex::kNone ? nullptr : &items[position];
  }
  std::vector<Item> items;
  NameIndex index;
};

struct Limiter {
  std::string_view name;
};

struct Alias {
  std::string_view name;
  std::string_view of;
};

struct Module {
  std::string_view name;
};

/// Immutable once built. The rows must have static storage; the views point into them and into the store.
class Store {
 public:
  explicit Store(const Rows& rows);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// The stored spelling of a name that an entry of any kind has; empty when there is none.
  std::string_view spelling(const PiecedName& name) const;

 private:
  // Spans of the lists below point into these, so they come first.
  std::vector<Condition> conditions_;
  std::vector<std::string_view> bases_;
  std::vector<Attribute> attributes_;

 public:
  Shelf<Callable> callables;
  Shelf<Class> classes;
  Shelf<Bridge> bridges;
  Shelf<Spawner> spawners;
  Shelf<Decorator> decorators;
  Shelf<Provider> providers;
  Shelf<Limiter> limiters;
  Shelf<Alias> aliases;
  Shelf<Module> modules;
};

/// The program's store, built at the first call. Any thread.
const Store& store();

}  // namespace surefoot::knowledge
