#include "analysis/knowledge/compiler/write.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/knowledge/index.hpp"

namespace surefoot::knowledge::compiler {
namespace {

// Compilers need not take longer string literals (MSVC stops at 16380 bytes).
constexpr std::size_t kMaxChunk = 15000;

/// All texts once, in chunks.
class Texts {
 public:
  Texts() { chunks_.emplace_back(), id(""); }

  std::size_t id(const std::string& text) {
    const auto [entry, added] = ids_.emplace(text, ids_.size());
    if (added) append(text);
    return entry->second;
  }

  std::size_t count() const { return ids_.size(); }
  const std::vector<std::string>& chunks() const { return chunks_; }
  const std::string& rows() const { return rows_; }

 private:
  void append(const std::string& text) {
    if (chunks_.back().size() + text.size() > kMaxChunk) chunks_.emplace_back();
    rows_ += "{" + std::to_string(chunks_.size() - 1) + ", " + std::to_string(chunks_.back().size()) + ", " +
             std::to_string(text.size()) + "},\n";
    chunks_.back() += text;
  }

  std::map<std::string, std::size_t> ids_;
  std::vector<std::string> chunks_;
  std::string rows_;
};

/// One array of rows in the making.
struct List {
  std::string_view type;
  std::string_view name;
  std::string rows;
  std::size_t count = 0;

  void add(const std::string& row) {
    rows += row + ",\n";
    ++count;
  }
};

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

template <class Value>
std::string number(Value value) {
  return std::to_string(static_cast<std::int64_t>(value));
}

/// One that is sorted by name, and looked up by it.
struct NamedList : List {
  std::vector<std::string> names;

  void add(const std::string& of, const std::string& row) {
    List::add(row);
    names.push_back(of);
  }
};

void write_array(std::ostream& out, std::string_view type, const std::string& array, std::size_t count,
                 std::string_view rows) {
  out << "constexpr std::array<" << type << ", " << count << "> " << array << "{{\n" << rows << "}};\n\n";
}

void write_index(std::ostream& out, const NamedList& list) {
  NameIndexBuilder index(list.names.size());
  for (std::size_t i = 0; i < list.names.size(); ++i) index.add(list.names[i], i);
  std::string slots;
  for (const SlotRow& slot : index.slots()) {
    slots += "{" + std::to_string(slot.hash) + ", " + std::to_string(slot.next_position) + "},\n";
  }
  std::string outlines;
  for (const std::uint64_t word : index.outlines()) outlines += std::to_string(word) + "ULL,\n";
  write_array(out, "SlotRow", std::string(list.name) + "Slots", index.slots().size(), slots);
  write_array(out, "std::uint64_t", std::string(list.name) + "Outlines", index.outlines().size(), outlines);
}

class Writer {
 public:
  explicit Writer(const Knowledge& knowledge) {
    for (const CallableRecord& record : knowledge.callables) add(record);
    for (const ClassRecord& record : knowledge.classes) add(record);
    for (const BridgeRecord& record : knowledge.bridges) add(record);
    for (const SpawnerRecord& record : knowledge.spawners) add(record);
    for (const DecoratorRecord& record : knowledge.decorators) add(record);
    for (const ProviderRecord& record : knowledge.providers) add(record);
    for (const Record& record : knowledge.limiters) limiters_.add(record.name, text(record.name));
    for (const AliasRecord& record : knowledge.aliases) {
      aliases_.add(record.name, braced({text(record.name), text(record.of)}));
    }
    for (const std::string& module : knowledge.modules) modules_.add(module, text(module));
  }

  bool write(std::ostream& out) const {
    out << "// Written by the knowledge compiler from the TOML files of analysis/knowledge.\n"
           "#include \"analysis/knowledge/rows.hpp\"\n\n#include <array>\n\n"
           "namespace surefoot::knowledge {\nnamespace {\n\n";
    out << "constexpr std::array<const char*, " << texts_.chunks().size() << "> kChunks{\n";
    for (const std::string& chunk : texts_.chunks()) write_chunk(out, chunk);
    out << "};\n\n";
    const List texts{"TextRow", "kTexts", texts_.rows(), texts_.count()};
    bool fits = true;
    std::string names = "kChunks";
    for (const List* list : std::initializer_list<const List*>{&texts, &conditions_, &bases_, &attributes_}) {
      fits = write_list(out, *list) && fits;
      names += ", " + std::string(list->name);
    }
    for (const NamedList* list :
         std::initializer_list<const NamedList*>{&callables_, &classes_, &bridges_, &spawners_, &decorators_,
                                                 &providers_, &limiters_, &aliases_, &modules_}) {
      fits = write_list(out, *list) && fits;
      write_index(out, *list);
      const std::string name(list->name);
      names += ", {" + name + ", {" + name + "Slots, " + name + "Outlines}}";
    }
    out << "}  // namespace\n\nRows embedded_rows() { return {" << names
        << "}; }\n\n}  // namespace surefoot::knowledge\n";
    return fits && out.good();
  }

 private:
  /// False when the numbers of the rows do not fit into what refers to them.
  static bool write_list(std::ostream& out, const List& list) {
    write_array(out, list.type, std::string(list.name), list.count, list.rows);
    return list.count < std::numeric_limits<std::uint16_t>::max();
  }

  static void write_chunk(std::ostream& out, const std::string& chunk) {
    constexpr std::size_t kLine = 100;
    for (std::size_t at = 0; at == 0 || at < chunk.size(); at += kLine) {
      out << quoted(std::string_view(chunk).substr(at, kLine)) << "\n";
    }
    out << ",\n";
  }

  static std::string braced(std::initializer_list<std::string> parts) {
    std::string row;
    for (const std::string& part : parts) row += (row.empty() ? "" : ", ") + part;
    return "{" + row + "}";
  }

  std::string text(const std::string& value) { return std::to_string(texts_.id(value)); }
  static std::string flag(bool value) { return value ? "true" : "false"; }
  static std::string range(std::size_t first, const List& list) {
    return braced({std::to_string(first), std::to_string(list.count - first)});
  }
  std::string argument(const ArgumentRecord& record) {
    return braced({text(record.parameter), number(record.position)});
  }

  void add(const CallableRecord& record) {
    const std::size_t first = conditions_.count;
    for (const ConditionRecord& condition : record.unless) {
      conditions_.add(braced({argument(condition.argument), text(condition.value)}));
    }
    callables_.add(record.name,
                   braced({text(record.name), text(record.returns), text(record.item), text(record.async_twin),
                           number(record.effects), number(record.iterating), argument(record.timeout),
                           number(record.timeout_default), flag(record.is_async), range(first, conditions_)}));
  }

  void add(const ClassRecord& record) {
    const std::size_t first_base = bases_.count;
    for (const std::string& base : record.bases) bases_.add(text(base));
    const std::size_t first_attribute = attributes_.count;
    for (const AttributeRecord& attribute : record.attributes) {
      attributes_.add(braced({text(attribute.name), text(attribute.type)}));
    }
    classes_.add(record.name, braced({text(record.name), text(record.enter), text(record.item), text(record.close),
                                      text(record.awaits), number(record.iterating), number(record.entering),
                                      number(record.exiting), number(record.manager), number(record.iterator),
                                      range(first_base, bases_), range(first_attribute, attributes_)}));
  }

  void add(const BridgeRecord& record) {
    bridges_.add(record.name, braced({text(record.name), argument(record.callable), number(record.to),
                                      flag(record.is_async), number(record.arguments)}));
  }

  void add(const SpawnerRecord& record) {
    spawners_.add(record.name, braced({text(record.name), text(record.returns), flag(record.caller_owns)}));
  }

  void add(const DecoratorRecord& record) {
    decorators_.add(record.name, braced({text(record.name), text(record.framework), number(record.context),
                                         number(record.sync_runs_in), flag(record.keeps), text(record.gives),
                                         text(record.parameters)}));
  }

  void add(const ProviderRecord& record) {
    providers_.add(record.name, braced({text(record.name), number(record.what)}));
  }

  Texts texts_;
  NamedList callables_{{"CallableRow", "kCallables", {}}, {}};
  List conditions_{"ConditionRow", "kConditions", {}};
  NamedList classes_{{"ClassRow", "kClasses", {}}, {}};
  List bases_{"TextId", "kBases", {}};
  List attributes_{"AttributeRow", "kAttributes", {}};
  NamedList bridges_{{"BridgeRow", "kBridges", {}}, {}};
  NamedList spawners_{{"SpawnerRow", "kSpawners", {}}, {}};
  NamedList decorators_{{"DecoratorRow", "kDecorators", {}}, {}};
  NamedList providers_{{"ProviderRow", "kProviders", {}}, {}};
  NamedList limiters_{{"TextId", "kLimiters", {}}, {}};
  NamedList aliases_{{"AliasRow", "kAliases", {}}, {}};
  NamedList modules_{{"TextId", "kModules", {}}, {}};
};

}  // namespace

bool write(const Knowledge& knowledge, std::ostream& out) { return Writer(knowledge).write(out); }

}  // namespace surefoot::knowledge::compiler
