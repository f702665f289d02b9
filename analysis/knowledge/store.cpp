#include "analysis/knowledge/store.hpp"

namespace surefoot::knowledge {
namespace {

template <class Row, class Map>
auto map(std::span<const Row> rows, Map map_one) {
  std::vector<decltype(map_one(rows[0]))> items;
  items.reserve(rows.size());
  for (const Row& row : rows) items.push_back(map_one(row));
  return items;
}

}  // namespace

Unpacker::Unpacker(const Rows& rows)
    : rows_(rows),
      conditions_(map(rows.conditions,
                      [&](const ConditionRow& row) {
                        return Condition{argument(row.argument), text(row.value)};
                      })),
      bases_(map(rows.bases, [&](TextId id) { return text(id); })),
      attributes_(map(rows.attributes, [&](const AttributeRow& row) {
        return Attribute{text(row.name), text(row.type)};
      })) {}

Callable Unpacker::item(const CallableRow& row) const {
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
  item.unless = std::span(conditions_).subspan(row.unless.first, row.unless.count);
  return item;
}

Class Unpacker::item(const ClassRow& row) const {
  Class item;
  item.name = text(row.name);
  item.bases = std::span(bases_).subspan(row.bases.first, row.bases.count);
  item.manager = static_cast<Sides>(row.manager);
  item.iterator = static_cast<Sides>(row.iterator);
  item.enter = text(row.enter);
  item.item = text(row.item);
  item.close = text(row.close);
  item.awaits = text(row.awaits);
  item.iterating = static_cast<Effect>(row.iterating);
  item.exiting = static_cast<Effect>(row.exiting);
  item.attributes = std::span(attributes_).subspan(row.attributes.first, row.attributes.count);
  item.entering = static_cast<Effect>(row.entering);
  return item;
}

Bridge Unpacker::item(const BridgeRow& row) const {
  return {text(row.name), argument(row.callable), static_cast<Where>(row.to), row.is_async,
          static_cast<Handover>(row.arguments)};
}

Spawner Unpacker::item(const SpawnerRow& row) const { return {text(row.name), row.caller_owns, text(row.returns)}; }

Decorator Unpacker::item(const DecoratorRow& row) const {
  return {text(row.name),      static_cast<Context>(row.context),
          text(row.framework), static_cast<Where>(row.sync_runs_in),
          row.keeps,           text(row.gives),
          text(row.parameters)};
}

Provider Unpacker::item(const ProviderRow& row) const { return {text(row.name), static_cast<Provided>(row.what)}; }

Alias Unpacker::item(const AliasRow& row) const { return {text(row.name), text(row.of)}; }

Store::Store(const Rows& rows)
    : unpacker_(rows),
      callables(unpacker_, rows.callables),
      classes(unpacker_, rows.classes),
      bridges(unpacker_, rows.bridges),
      spawners(unpacker_, rows.spawners),
      decorators(unpacker_, rows.decorators),
      providers(unpacker_, rows.providers),
      limiters(unpacker_, rows.limiters),
      aliases(unpacker_, rows.aliases),
      modules(unpacker_, rows.modules) {}

std::string_view Store::spelling(const PiecedName& name) const {
  std::string_view found;
  const auto look_in = [&](const auto& list) {
    const std::size_t position = list.position_of(name);
    if (position != NameIndex::kNone) found = list.name_at(position);
    return position != NameIndex::kNone;
  };
  // The first list that has the name decides.
  (void)(look_in(callables) || look_in(classes) || look_in(decorators) || look_in(bridges) || look_in(spawners) ||
         look_in(providers) || look_in(limiters));
  return found;
}

const Store& store() {
  static const Store instance(embedded_rows());
  return instance;
}

}  // namespace surefoot::knowledge
