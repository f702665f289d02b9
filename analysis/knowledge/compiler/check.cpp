#include "analysis/knowledge/compiler/check.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>

#include "analysis/knowledge/compiler/aliases.hpp"
#include "analysis/knowledge/compiler/names.hpp"

namespace surefoot::knowledge::compiler {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

class Checker {
 public:
  Checker(Knowledge& knowledge, std::vector<Problem>& problems)
      : knowledge_(knowledge), problems_(problems), aliases_(knowledge.aliases, problems) {}

  void run() {
    knowledge_.aliases = aliases_.closed();
    sort_all();
    collect_names();
    for (CallableRecord& record : knowledge_.callables) check_callable(record);
    for (ClassRecord& record : knowledge_.classes) check_class(record);
    for (SpawnerRecord& record : knowledge_.spawners) check_type(record, "returns", record.returns);
    for (DecoratorRecord& record : knowledge_.decorators) {
      check_type(record, "gives", record.gives);
      check_type(record, "parameters", record.parameters);
    }
    for (const AliasRecord& record : knowledge_.aliases) check_alias(record);
    check_cycles();
  }

 private:
  template <class RecordType>
  void sort(std::vector<RecordType>& records, std::string_view kind) {
    std::stable_sort(records.begin(), records.end(), [](const Record& a, const Record& b) { return a.name < b.name; });
    for (std::size_t i = 0; i < records.size(); ++i) {
      const Record& record = records[i];
      if (i > 0 && records[i - 1].name == record.name) {
        const Place& first = records[i - 1].place;
        report(record, "the " + std::string(kind) + " `" + record.name + "` is already given in " + first.file + ":" +
                           std::to_string(first.line));
      }
      const std::string canonical = aliases_.canonical(record.name);
      if (canonical != record.name) report(record, "`" + record.name + "` is an alias; write `" + canonical + "`");
    }
  }

  void sort_all() {
    sort(knowledge_.callables, "callable");
    sort(knowledge_.classes, "class");
    sort(knowledge_.bridges, "bridge");
    sort(knowledge_.spawners, "spawner");
    sort(knowledge_.decorators, "decorator");
    sort(knowledge_.providers, "provider");
    sort(knowledge_.limiters, "limiter");
    std::vector<std::string>& modules = knowledge_.modules;
    std::sort(modules.begin(), modules.end());
    modules.erase(std::unique(modules.begin(), modules.end()), modules.end());
  }

  void collect_names() {
    for (const ClassRecord& record : knowledge_.classes) {
      classes_.insert(record.name);
      class_by_lower_.emplace(lower(record.name), record.name);
    }
    for (const CallableRecord& record : knowledge_.callables) callables_.insert(record.name);
  }

  void check_callable(CallableRecord& record) {
    if (record.returns.empty() && classes_.contains(record.name)) record.returns = record.name;
    check_type(record, "returns", record.returns);
    check_type(record, "item", record.item);
    if (record.async_twin.empty()) return;
    if (!is_dotted_name(record.async_twin) || record.async_twin.find('.') == std::string::npos) {
      report(record, "`async_twin` is a qualified name, not `" + record.async_twin + "`");
    }
    record.async_twin = aliases_.canonical(record.async_twin);
  }

  void check_class(ClassRecord& record) {
    check_type(record, "enter", record.enter);
    check_type(record, "awaits", record.awaits);
    check_type(record, "item", record.item);
    for (AttributeRecord& attribute : record.attributes) check_type(record, attribute.name, attribute.type);
    for (std::string& base : record.bases) {
      if (!is_dotted_name(base)) report(record, "the base `" + base + "` is no class name");
      base = class_name(record, "bases", base);
    }
  }

  void check_type(const Record& owner, std::string_view key, std::string& type) {
    if (type.empty()) return;
    std::string error;
    std::string mapped = map_type(
        type, [&](std::string_view name) { return class_name(owner, key, name); }, error);
    if (!error.empty()) report(owner, "`" + std::string(key) + "` of `" + owner.name + "` is no type: " + error);
    type = mapped;
  }

  /// The canonical name of a class that an entry mentions. A name no table knows is taken as it is, unless it looks
  /// like a slip of the pen.
  std::string class_name(const Record& owner, std::string_view key, std::string_view written) {
    std::string name = aliases_.canonical(written);
    if (classes_.contains(name)) return name;
    const std::string about = "`" + std::string(key) + "` of `" + owner.name + "` names `" + std::string(written) + "`";
    const auto near = class_by_lower_.find(lower(name));
    if (near != class_by_lower_.end()) {
      report(owner, about + "; the class is spelled `" + near->second + "`");
    } else if (callables_.contains(name) && !looks_like_class(name)) {
      report(owner, about + ", which is a function and no class");
    }
    return name;
  }

  static bool looks_like_class(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return std::isupper(static_cast<unsigned char>(name[dot == std::string_view::npos ? 0 : dot + 1])) != 0;
  }

  void check_alias(const AliasRecord& record) {
    const std::string canonical = aliases_.canonical(record.of);
    if (canonical != record.of) report(record, "`" + record.of + "` is itself an alias; write `" + canonical + "`");
  }

  void check_cycles() {
    std::map<std::string_view, const ClassRecord*> by_name;
    for (const ClassRecord& record : knowledge_.classes) by_name.emplace(record.name, &record);
    for (const ClassRecord& record : knowledge_.classes) {
      std::set<std::string_view> seen;
      std::vector<std::string_view> todo(record.bases.begin(), record.bases.end());
      while (!todo.empty()) {
        const std::string_view name = todo.back();
        todo.pop_back();
        const auto found = by_name.find(name);
        if (!seen.insert(name).second || found == by_name.end()) continue;
        todo.insert(todo.end(), found->second->bases.begin(), found->second->bases.end());
      }
      if (seen.contains(record.name)) report(record, "the class `" + record.name + "` is its own base");
    }
  }

  void report(const Record& record, std::string message) { problems_.push_back({record.place, std::move(message)}); }

  Knowledge& knowledge_;
  std::vector<Problem>& problems_;
  Aliases aliases_;
  std::set<std::string, std::less<>> classes_;
  std::set<std::string, std::less<>> callables_;
  std::map<std::string, std::string> class_by_lower_;
};

}  // namespace

void check(Knowledge& knowledge, std::vector<Problem>& problems) { Checker(knowledge, problems).run(); }

}  // namespace surefoot::knowledge::compiler
