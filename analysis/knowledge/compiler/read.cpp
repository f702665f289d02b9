#include "analysis/knowledge/compiler/read.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "analysis/knowledge/compiler/entry.hpp"
#include "analysis/knowledge/compiler/names.hpp"

namespace surefoot::knowledge::compiler {
namespace {

/// The reader of one file: what all its entries share.
class File {
 public:
  File(std::string_view name, Knowledge& knowledge, std::vector<Problem>& problems)
      : name_(name), knowledge_(knowledge), problems_(problems) {}

  void read(const toml::table& root) {
    Entry file(name_, "the file", root, problems_);
    read_module(file, root);
    each(file, "alias", &File::read_alias);
    each(file, "callable", &File::read_callable);
    each(file, "class", &File::read_class);
    each(file, "bridge", &File::read_bridge);
    each(file, "spawner", &File::read_spawner);
    each(file, "decorator", &File::read_decorator);
    each(file, "limiter", &File::read_limiter);
    each(file, "provides", &File::read_provider);
    file.finish();
  }

 private:
  void each(Entry& file, std::string_view kind, void (File::*read_one)(Entry&)) {
    for (const toml::table* table : file.tables(kind)) {
      Entry entry(name_, "[[" + std::string(kind) + "]]", *table, problems_);
      entry.text("source");
      (this->*read_one)(entry);
      entry.finish();
    }
  }

  void read_module(Entry& file, const toml::table& root) {
    const toml::table* table = file.table("module");
    Entry module(name_, "[module]", table == nullptr ? root : *table, problems_);
    if (table == nullptr) return module.report(module.place(), "[module] with its `name` and `source` is missing");
    for (const Record& name : module.texts("name", true)) {
      if (!is_dotted_name(name.name)) module.report(name.place, "`" + name.name + "` is no module name");
      modules_.push_back(name.name);
      knowledge_.modules.emplace_back(top_level(name.name));
    }
    for (const Record& source : module.texts("source", true)) {
      if (source.name.find("://") == std::string::npos) module.report(source.place, "`source` is an address");
    }
    module.finish();
  }

  /// True for "requests.get" where the file speaks of requests, and for "open" where it speaks of the builtins.
  bool is_inside(std::string_view name) const {
    const std::string_view top = top_level(name);
    const std::string_view owner = is_identifier(name) || is_builtin_type(top) ? "builtins" : top;
    return std::any_of(modules_.begin(), modules_.end(),
                       [&](const std::string& module) { return top_level(module) == owner; });
  }

  /// The names of an entry that are well formed and lie in the file's modules.
  std::vector<Record> names(Entry& entry, bool wildcard = false) {
    std::vector<Record> found = entry.texts("name", true);
    std::erase_if(found, [&](const Record& record) {
      if (!is_dotted_name(record.name) && !(wildcard && is_wildcard(record.name))) {
        entry.report(record.place, "`" + record.name + "` is no qualified name");
        return true;
      }
      const bool inside = is_inside(record.name);
      if (!inside) entry.report(record.place, "`" + record.name + "` is in none of the modules that [module] names");
      return !inside;
    });
    return found;
  }

  /// Adds one copy of `record` for each of the entry's names.
  template <class RecordType>
  void add(std::vector<RecordType>& list, const std::vector<Record>& names, const RecordType& record) {
    for (const Record& name : names) {
      RecordType copy = record;
      static_cast<Record&>(copy) = name;
      list.push_back(std::move(copy));
    }
  }

  void read_alias(Entry& entry) {
    AliasRecord alias;
    alias.of = entry.text("of");
    if (!is_dotted_name(alias.of)) entry.report(entry.place(), "`of` names what the aliases stand for");
    for (const Record& name : entry.texts("name", true)) {
      if (!is_dotted_name(name.name)) entry.report(name.place, "`" + name.name + "` is no qualified name");
      add(knowledge_.aliases, {name}, alias);
    }
  }

  ArgumentRecord read_argument(Entry& argument) {
    ArgumentRecord record{argument.text("parameter"), argument.position("position")};
    if (record.parameter.empty() && record.position < 0) {
      argument.report(argument.place(), "`parameter`, `position` or both say which argument it is");
    }
    return record;
  }

  std::vector<ConditionRecord> read_conditions(Entry& entry) {
    std::vector<ConditionRecord> conditions;
    for (const toml::table* table : entry.tables("unless")) {
      Entry condition(name_, "`unless`", *table, problems_);
      ConditionRecord record{read_argument(condition), condition.text("value")};
      const bool missing = condition.flag("missing", false);
      if (missing != record.value.empty()) {
        condition.report(condition.place(), "either `value` or `missing = true` says when the condition holds");
      }
      condition.finish();
      conditions.push_back(std::move(record));
    }
    return conditions;
  }

  void read_callable(Entry& entry) {
    CallableRecord record;
    const std::vector<Record> all = names(entry, true);
    record.effects = entry.effects("effects");
    record.iterating = entry.effects("iterating");
    record.is_async = entry.flag("async", false);
    record.returns = entry.text("returns");
    record.item = entry.text("item");
    record.async_twin = entry.text("async_twin");
    record.unless = read_conditions(entry);
    if (const toml::table* table = entry.table("timeout")) {
      Entry timeout(name_, "`timeout`", *table, problems_);
      record.timeout = read_argument(timeout);
      record.timeout_default =
          timeout.choice<TimeoutDefault>("default", kTimeoutDefaults, TimeoutDefault::finite, true);
      timeout.finish();
    }
    if (record.is_async && any(static_cast<Effect>(record.effects) & kHoldsThread)) {
      entry.report(entry.place(), "an async callable holds no thread: `effects` names none that blocks or runs a loop");
    }
    add(knowledge_.callables, all, record);
  }

  std::vector<AttributeRecord> read_attributes(Entry& entry) {
    std::vector<AttributeRecord> attributes;
    const toml::table* table = entry.table("attributes");
    if (table == nullptr) return attributes;
    Entry types(name_, "`attributes`", *table, problems_);
    for (const auto& [key, node] : *table) {
      const std::string name{std::string_view(key)};
      if (!is_identifier(name)) types.report(types.place_of(node), "`" + name + "` is no attribute name");
      attributes.push_back({name, types.text(name)});
    }
    return attributes;
  }

  void read_class(Entry& entry) {
    ClassRecord record;
    const std::vector<Record> all = names(entry);
    for (const Record& base : entry.texts("bases")) record.bases.push_back(base.name);
    record.manager = entry.choice<Sides>("manager", kSides, Sides::neither);
    record.iterator = entry.choice<Sides>("iterator", kSides, Sides::neither);
    record.enter = entry.text("enter");
    record.item = entry.text("item");
    record.close = entry.text("close");
    record.awaits = entry.text("awaits");
    record.iterating = entry.effects("iterating");
    record.entering = entry.effects("entering");
    record.exiting = entry.effects("exiting");
    record.attributes = read_attributes(entry);
    if (!record.close.empty() && !is_identifier(record.close)) {
      entry.report(entry.place(), "`close` is the name of a method");
    }
    add(knowledge_.classes, all, record);
  }

  void read_bridge(Entry& entry) {
    BridgeRecord record;
    const std::vector<Record> all = names(entry);
    if (const toml::table* table = entry.table("callable")) {
      Entry argument(name_, "`callable`", *table, problems_);
      record.callable = read_argument(argument);
      argument.finish();
    } else {
      entry.report(entry.place(), "`callable` is missing in [[bridge]]");
    }
    record.to = entry.choice<Where>("to", kWheres, Where::worker_thread, true);
    record.is_async = entry.flag("async", false);
    record.arguments = entry.choice<Handover>("arguments", kHandovers, Handover::rest);
    add(knowledge_.bridges, all, record);
  }

  void read_spawner(Entry& entry) {
    SpawnerRecord record;
    const std::vector<Record> all = names(entry);
    record.caller_owns = entry.choice<bool>("owner", kOwners, true, true);
    record.returns = entry.text("returns");
    add(knowledge_.spawners, all, record);
  }

  void read_decorator(Entry& entry) {
    DecoratorRecord record;
    const std::vector<Record> all = names(entry);
    record.context = entry.choice<Context>("context", kContexts, Context::web_request, true);
    record.framework = entry.text("framework");
    record.sync_runs_in = entry.choice<Where>("sync_runs_in", kWheres, Where::worker_thread);
    record.keeps = entry.flag("keeps", true);
    record.gives = entry.text("gives");
    record.parameters = entry.text("parameters");
    add(knowledge_.decorators, all, record);
  }

  void read_limiter(Entry& entry) { add(knowledge_.limiters, names(entry), Record{}); }

  void read_provider(Entry& entry) {
    ProviderRecord record;
    const std::vector<Record> all = names(entry);
    record.what = entry.choice<Provided>("what", kProvided, Provided::transaction, true);
    add(knowledge_.providers, all, record);
  }

  std::string_view name_;
  Knowledge& knowledge_;
  std::vector<Problem>& problems_;
  std::vector<std::string> modules_;
};

}  // namespace

void read(std::string_view file, std::string_view toml, Knowledge& knowledge, std::vector<Problem>& problems) {
  try {
    File(file, knowledge, problems).read(toml::parse(toml));
  } catch (const toml::parse_error& error) {
    const toml::source_position& at = error.source().begin;
    problems.push_back({{std::string(file), at.line, at.column}, std::string(error.description())});
  }
}

}  // namespace surefoot::knowledge::compiler
