#pragma once
// The embedded form of the tables: plain numbers that need no relocation and no start-up code. The knowledge compiler
// writes them, tables.cpp reads them, and nobody else includes this.

#include <cstdint>
#include <span>

namespace surefoot::knowledge {

/// Index into Rows::texts; 0 is the empty text.
using TextId = std::uint16_t;

struct TextRow {
  std::uint16_t chunk;
  std::uint16_t at;
  std::uint16_t size;
};

struct ArgumentRow {
  TextId parameter;
  std::int8_t position;
};

/// A run of another list.
struct RangeRow {
  std::uint16_t first;
  std::uint16_t count;
};

struct CallableRow {
  TextId name, returns, item, async_twin;
  std::uint32_t effects, iterating;
  ArgumentRow timeout;
  std::uint8_t timeout_default;
  bool is_async;
  RangeRow unless;
};

struct ConditionRow {
  ArgumentRow argument;
  TextId value;
};

struct ClassRow {
  TextId name, enter, item, close, awaits;
  std::uint32_t iterating, entering, exiting;
  std::uint8_t manager, iterator;
  RangeRow bases, attributes;
};

struct AttributeRow {
  TextId name, type;
};

struct BridgeRow {
  TextId name;
  ArgumentRow callable;
  std::uint8_t to;
  bool is_async;
  std::uint8_t arguments;
};

struct SpawnerRow {
  TextId name, returns;
  bool caller_owns;
};

struct DecoratorRow {
  TextId name, framework;
  std::uint8_t context, sync_runs_in;
  bool keeps;
  TextId gives, parameters;
};

struct ProviderRow {
  TextId name;
  std::uint8_t what;
};

struct AliasRow {
  TextId name, of;
};

/// A place of a hash table over the names of a list (index.hpp).
struct SlotRow {
  std::uint16_t hash;           // the upper half of a name's
  std::uint16_t next_position;  // one past that of the name; 0: free
};

struct IndexRows {
  std::span<const SlotRow> slots;  // a power of two, half of them free at least
  std::span<const std::uint64_t> outlines;
};

/// A list sorted by name.
template <class Row>
struct NamedRows {
  std::span<const Row> rows;
  IndexRows index;
};

struct Rows {
  std::span<const char* const> chunks;
  std::span<const TextRow> texts;
  std::span<const ConditionRow> conditions;
  std::span<const TextId> bases;
  std::span<const AttributeRow> attributes;
  NamedRows<CallableRow> callables;
  NamedRows<ClassRow> classes;
  NamedRows<BridgeRow> bridges;
  NamedRows<SpawnerRow> spawners;
  NamedRows<DecoratorRow> decorators;
  NamedRows<ProviderRow> providers;
  NamedRows<TextId> limiters;
  NamedRows<AliasRow> aliases;
  NamedRows<TextId> modules;
};

/// The tables of this program.
Rows embedded_rows();

}  // namespace surefoot::knowledge
