#include "analysis/knowledge/store.hpp"

#include <span>
#include <utility>

namespace surefoot::knowledge {
namespace {

/// Rows of one kind to views, one by one.
class Unpack {
 public:
  explicit Unpack(const Rows& rows) : rows_(rows) {}

  std::string_view text(TextId id) const {
    const TextRow& row = rows_.texts[id];
    return {rows_.chunks[row.chunk] + row.at, row.size};
  }

  Argument argument(const ArgumentRow& row) const { return {text(row.parameter), row.position}; }

  Condition condition(const ConditionRow& row) const { return {argument(row.argument), text(row.value)}; }
  Attribute attribute(const AttributeRow& row) const { return {text(row.name), text(row.type)}; }

  Bridge bridge(const BridgeRow& row) const {
    return {text(row.name), argument(row.callable), static_cast<Where>(row.to), row.is_async,
            static_cast<Handover>(row.arguments)};
  }
  Spawner spawner(const SpawnerRow& row) const { return {text(row.name), row.caller_owns, text(row.returns)}; }
  Decorator decorator(const DecoratorRow& row) const {
    return {text(row.name),      static_cast<Context>(row.context),
            text(row.framework), static_cast<Where>(row.sync_runs_in),
            row.keeps,           text(row.gives),
            text(row.parameters)};
  }
  Provider provider(const ProviderRow& row) const { return {text(row.name), static_cast<Provided>(row.what)}; }
  Alias alias(const AliasRow& row) const { return {text(row.name), text(row.of)}; }

  Callable callable(const CallableRow& row, std::span<const Condition> conditions) const {
    Callable item;
    item.name = text(row.name);
    item.effects = static_cast<Effect>(row.effects);
    item.iterating = static_cast<Effect>(row.iterating);
    item.is_async = row.is_async;
    item.returns = text(row.returns);
    item.item = text(row.item);
    item.async_twin = text(row.async_twin);
    item.timeout = argument(row.timeout);
    item.timeout_default = static_cast<TimeoutDefault>(row.timeout_default);
    item.unless = conditions.subspan(row.unless.first, row.unless.count);
    return item;
  }

  Class class_(const ClassRow& row, std::span<const std::string_view> bases,
               std::span<const Attribute> attributes) const {
    Class item;
    item.name = text(row.name);
    item.bases = bases.subspan(row.bases.first, row.bases.count);
    item.manager = static_cast<Sides>(row.manager);
    item.iterator = static_cast<Sides>(row.iterator);
    item.enter = text(row.enter);
    item.item = text(row.item);
    item.close = text(row.close);
    item.awaits = text(row.awaits);
    item.iterating = static_cast<Effect>(row.iterating);
    item.exiting = static_cast<Effect>(row.exiting);
    item.attributes = attributes.subspan(row.attributes.first, row.attributes.count);
    item.entering = static_cast<Effect>(row.entering);
    return item;
  }

 private:
  const Rows& rows_;
};

template <class Row, class Map>
auto map(std::span<const Row> rows, Map map_one) {
  std::vector<decltype(map_one(rows[0]))> items;
  items.reserve(rows.size());
  for (const Row& row : rows) items.push_back(map_one(row));
  return items;
}

}  // namespace

Store::Store(const Rows& rows)
    : conditions_(map(rows.conditions, [&](const auto& row) { return Unpack(rows).condition(row); })),
      bases_(map(rows.bases, [&](TextId id) { return Unpack(rows).text(id); })),
      attributes_(map(rows.attributes, [&](const auto& row) { return Unpack(rows).attribute(row); })),
      callables(map(rows.callables, [&](const auto& row) { return Unpack(rows).callable(row, conditions_); })),
      classes(map(rows.classes, [&](const auto& row) { return Unpack(rows).class_(row, bases_, attributes_); })),
      bridges(map(rows.bridges, [&](const auto& row) { return Unpack(rows).bridge(row); })),
      spawners(map(rows.spawners, [&](const auto& row) { return Unpack(rows).spawner(row); })),
      decorators(map(rows.decorators, [&](const auto& row) { return Unpack(rows).decorator(row); })),
      providers(map(rows.providers, [&](const auto& row) { return Unpack(rows).provider(row); })),
      limiters(map(rows.limiters, [&](TextId id) { return Limiter{Unpack(rows).text(id)}; })),
      aliases(map(rows.aliases, [&](const auto& row) { return Unpack(rows).alias(row); })),
      modules(map(rows.modules, [&](TextId id) { return Module{Unpack(rows).text(id)}; })) {}

std::string_view Store::spelling(const PiecedName& name) const {
  std::string_view found;
  const auto look_in = [&](const auto& shelf) {
    const auto* item = shelf.find(name);
    if (item != nullptr) found = item->name;
    return item != nullptr;
  };
  // The first shelf that has the name decides.
  (void)(look_in(callables) || look_in(classes) || look_in(decorators) || look_in(bridges) || look_in(spawners) ||
         look_in(providers) || look_in(limiters));
  return found;
}

const Store& store() {
  static const Store instance(embedded_rows());
  return instance;
}

}  // namespace surefoot::knowledge
