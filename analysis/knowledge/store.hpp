#pragma once
// The tables as the views that tables.hpp hands out: each entry is unpacked from its row when somebody asks for it.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/knowledge/index.hpp"
#include "analysis/knowledge/rows.hpp"
#include "analysis/knowledge/tables.hpp"

namespace surefoot::knowledge {

struct Alias {
  std::string_view name;
  std::string_view of;
};

/// Rows to views. The rows must have static storage; the views point into them and into this.
class Unpacker {
 public:
  explicit Unpacker(const Rows& rows);
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  std::string_view text(TextId id) const {
    const TextRow& row = rows_.texts[id];
    return {rows_.chunks[row.chunk] + row.at, row.size};
  }
  std::string_view name_of(TextId row) const { return text(row); }
  std::string_view name_of(const auto& row) const { return text(row.name); }

  Callable item(const CallableRow& row) const;
  Class item(const ClassRow& row) const;
  Bridge item(const BridgeRow& row) const;
  Spawner item(const SpawnerRow& row) const;
  Decorator item(const DecoratorRow& row) const;
  Provider item(const ProviderRow& row) const;
  Alias item(const AliasRow& row) const;

 private:
  Argument argument(const ArgumentRow& row) const { return {text(row.parameter), row.position}; }

  Rows rows_;
  // Spans of items point into these.
  std::vector<Condition> conditions_;
  std::vector<std::string_view> bases_;
  std::vector<Attribute> attributes_;
};

/// Names, and where they are in a list.
template <class Row>
class NameList {
 public:
  NameList(const Unpacker& unpacker, const NamedRows<Row>& list)
      : unpacker_(unpacker), rows_(list.rows), index_(list.index) {}

  std::size_t size() const { return rows_.size(); }
  std::string_view name_at(std::size_t position) const { return unpacker_.name_of(rows_[position]); }
  /// NameIndex::kNone when it is not there.
  std::size_t position_of(const PiecedName& name) const {
    if (!index_.may_have(name.outline())) return NameIndex::kNone;
    return position_of(name.hash(), [&](std::string_view candidate) { return name.equals(candidate); });
  }
  std::size_t position_of(std::uint32_t hash, auto equals) const {
    return index_.find(hash, [&](std::size_t at) { return equals(name_at(at)); });
  }
  bool has(const PiecedName& name) const { return position_of(name) != NameIndex::kNone; }
  bool may_have(std::size_t outline) const { return index_.may_have(outline); }

 protected:
  const Unpacker& unpacker_;
  std::span<const Row> rows_;

 private:
  NameIndex index_;
};

/// A list whose items are made once each, by whichever thread comes first.
template <class Item, class Row>
class Shelf : public NameList<Row> {
 public:
  Shelf(const Unpacker& unpacker, const NamedRows<Row>& list)
      : NameList<Row>(unpacker, list), made_(list.rows.size()) {}
  ~Shelf() {
    for (const auto& item : made_) delete item.load();
  }
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;

  const Item* find(const PiecedName& name) const { return at(this->position_of(name)); }
  /// Null at NameIndex::kNone.
  const Item* at(std::size_t position) const {
    if (position == NameIndex::kNone) return nullptr;
    std::atomic<const Item*>& place = made_[position];
    const Item* item = place.load(std::memory_order_acquire);
    if (item != nullptr) return item;
    auto made = std::make_unique<const Item>(this->unpacker_.item(this->rows_[position]));
    return place.compare_exchange_strong(item, made.get()) ? made.release() : item;
  }

 private:
  mutable std::vector<std::atomic<const Item*>> made_;
};

/// Immutable as far as anybody can see.
class Store {
 public:
  explicit Store(const Rows& rows);

  /// The stored spelling of a name that an entry of any kind has; empty when there is none.
  std::string_view spelling(const PiecedName& name) const;

 private:
  Unpacker unpacker_;

 public:
  Shelf<Callable, CallableRow> callables;
  Shelf<Class, ClassRow> classes;
  Shelf<Bridge, BridgeRow> bridges;
  Shelf<Spawner, SpawnerRow> spawners;
  Shelf<Decorator, DecoratorRow> decorators;
  Shelf<Provider, ProviderRow> providers;
  NameList<TextId> limiters;
  Shelf<Alias, AliasRow> aliases;
  NameList<TextId> modules;
};

/// The program's store, built at the first call. Any thread.
const Store& store();

}  // namespace surefoot::knowledge
