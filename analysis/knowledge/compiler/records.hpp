#pragma once
// The knowledge base while it is being compiled: what the TOML files say, one record a name. Owned values; one thread.

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "analysis/knowledge/tables.hpp"

namespace surefoot::knowledge::compiler {

/// Where something stands in a TOML file; line and column are 1-based, the column counts characters (as toml++ does).
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  auto order() const { return std::tie(file, line, column); }
};

struct Problem {
  Place place;
  std::string message;
};

struct Record {
  std::string name;
  Place place;
};

struct ArgumentRecord {
  std::string parameter;
  std::int8_t position = -1;
};

struct ConditionRecord {
  ArgumentRecord argument;
  std::string value;
};

struct CallableRecord : Record {
  std::uint32_t effects = 0;
  std::uint32_t iterating = 0;
  bool is_async = false;
  std::string returns;
  std::string item;
  std::string async_twin;
  ArgumentRecord timeout;
  TimeoutDefault timeout_default = TimeoutDefault::no_timeout_parameter;
  std::vector<ConditionRecord> unless;
};

struct AttributeRecord {
  std::string name;
  std::string type;
};

struct ClassRecord : Record {
  std::vector<std::string> bases;
  Sides manager = Sides::neither;
  Sides iterator = Sides::neither;
  std::string enter;
  std::string item;
  std::string close;
  std::string awaits;
  std::uint32_t iterating = 0;
  std::uint32_t entering = 0;
  std::uint32_t exiting = 0;
  std::vector<AttributeRecord> attributes;
};

struct BridgeRecord : Record {
  ArgumentRecord callable;
  Where to = Where::worker_thread;
  bool is_async = false;
  Handover arguments = Handover::rest;
};

struct SpawnerRecord : Record {
  bool caller_owns = true;
  std::string returns;
};

struct DecoratorRecord : Record {
  Context context = Context::web_request;
  std::string framework;
  Where sync_runs_in = Where::worker_thread;
  bool keeps = true;
  std::string gives;
  std::string parameters;
};

struct ProviderRecord : Record {
  Provided what = Provided::transaction;
};

/// `name` is another path to `of`.
struct AliasRecord : Record {
  std::string of;
};

/// All files together. After `check` every list is sorted by name.
struct Knowledge {
  std::vector<CallableRecord> callables;
  std::vector<ClassRecord> classes;
  std::vector<BridgeRecord> bridges;
  std::vector<SpawnerRecord> spawners;
  std::vector<DecoratorRecord> decorators;
  std::vector<ProviderRecord> providers;
  std::vector<Record> limiters;
  std::vector<AliasRecord> aliases;
  std::vector<std::string> modules;
};

}  // namespace surefoot::knowledge::compiler
