#pragma once
// Terms -> types: resolves the names of a unit through its module, the other modules of the project and the knowledge
// base. Keeps what it found, so make one a module version and ask it often. One thread at a time; the indexes and the
// models must outlive it. Total: unknown, cyclic and too deep things are unknown.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "analysis/semantics/module_index.hpp"
#include "analysis/semantics/modules.hpp"
#include "analysis/semantics/types.hpp"

namespace surefoot::semantics {

class Resolver {
 public:
  /// `modules`: the rest of the project; null when there is none.
  explicit Resolver(const ModuleIndex& module, const Modules* modules = nullptr);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// What the term may be. The reference lives as long as the resolver.
  const TypeSet& type_of(const UnitModel& unit, TermId term) {
    if (last_unit_ == &unit && term < last_memo_->size()) {
      if (const TypeSet* known = (*last_memo_)[term]) return *known;
    }
    return find_type(unit, term);
  }
  const TypeSet& type_of(const UnitModel& unit, syntax::Node expression) {
    return type_of(unit, unit.term_of(expression));
  }

  /// What calling a value of this type gives. `unit` and `call` name the call, for those whose arguments decide.
  TypeSet call(const Type& callee, const UnitModel* unit, syntax::Node call);
  /// What attribute `name` of a value of this type is.
  TypeSet attribute(const Type& object, std::string_view name);
  /// What a function of the project gives when it is called.
  TypeSet call_function(const UnitModel& unit, const Function& function);
  /// What the decorators of a function leave of it: the function, a context manager made of it, or what nobody knows.
  enum class Decoration : std::uint8_t { kept, manager, unknown };
  Decoration decoration(const UnitModel& unit, const Function& function);
  /// The function that runs when the name of the function is called: one that a decorator of the project puts in its
  /// place (`asyncio.run` round a coroutine function, a thread round a plain one), else itself.
  FunctionRef meant(const UnitModel& unit, const Function& function);
  /// True when decorators have the function run in a thread, and calling it gives an awaitable: `@sync_to_async`.
  bool is_offloaded(const UnitModel& unit, const Function& function);
  /// The functions that decorators of the project put round it: each calls it, and runs where it is called.
  const std::vector<FunctionRef>& wrappers(const UnitModel& unit, const Function& function);
  /// What awaiting gives; unknown for what cannot be awaited.
  TypeSet awaited(const TypeSet& types);

  /// A type expression of the knowledge base ("requests.Response", "dict[str, str]", "A | None").
  TypeSet parse_type(std::string_view expression);

  /// The type for what a dotted path of a library names.
  Type object_at(std::string_view path);
  /// What a path that module `from` imports names, in the project or in a library.
  TypeSet import(const ModuleIndex& from, std::string_view path);
  /// The function that reading the attribute runs: a property of a class of the project. Null for all else.
  FunctionRef getter(const UnitModel& unit, syntax::Node attribute);
  /// The function that assigning to the attribute runs: the setter of a property of the project. Null for all else.
  FunctionRef setter(const UnitModel& unit, syntax::Node attribute);
  /// What the first class of the project that has the attribute, in Python's order, binds to it; null when none has.
  const std::vector<TermRef>* bound_by_class(const Type& instance, std::string_view name);
  /// Method `name` of an instance, when a class of the project defines it: through its bases, in Python's order.
  FunctionRef method(const Type& instance, std::string_view name);
  /// True when a metaclass decides what calling the class does, so that it need not run `__init__`.
  bool has_own_metaclass(const Type& class_object);

  /// The class of the project of this qualified name, once something has led there; null for all else.
  const ClassEntry* class_entry(std::string_view name) const;
  /// True when the class is `base` or derives from it, through classes of the project and of the knowledge base.
  bool is_subclass(std::string_view name, std::string_view base);

  const ModuleIndex& module() const { return module_; }
  /// The calls in a module that hand something to a function of this name (handed_to of semantics/shape.hpp), by their
  /// nodes. The name lives as long as the module.
  const std::vector<std::pair<const UnitModel*, std::uint32_t>>& calls_handing(const ModuleIndex& module,
                                                                               std::string_view name);
  /// The units of a module that may have the identifier (NameFilter::hash), by their numbers. Looked for once: many
  /// reports ask about the same names.
  const std::vector<std::uint32_t>& units_with(const ModuleIndex& module, std::uint64_t name);
  /// The module that a unit belongs to.
  const ModuleIndex& module_of(const UnitModel& unit) const;

  /// The other files that were asked: what was found depends on their shapes, and on which files there are.
  const std::unordered_set<const ModuleIndex*>& asked() const { return asked_; }
  /// True when an import led back to the module itself.
  bool is_asked_by_others() const { return is_asked_by_others_; }

 private:
  const TypeSet& find_type(const UnitModel& unit, TermId term);
  TypeSet resolve(const UnitModel& unit, TermId term);
  TypeSet resolve_attribute(const UnitModel& unit, const Term& term);
  TypeSet resolve_call(const UnitModel& unit, const Term& term);
  TypeSet display(const UnitModel& unit, const Term& term);
  TypeSet definition(const UnitModel& unit, const Term& term);
  bool is_own_loop(const UnitModel& unit, TermId term);
  TypeSet resolve_all(const UnitModel& unit, const std::vector<TermId>& terms);
  TypeSet name(const ModuleIndex& module, std::string_view name);
  TypeSet exported(const ModuleIndex& module, std::string_view name);
  TypeSet star_imported(const ModuleIndex& module, std::string_view name);
  TypeSet module_attribute(const ModuleIndex& module, std::string_view name);
  Modules::Found submodule(const ModuleIndex& package, std::string_view dotted);
  Type object_of(const ModuleIndex& module);
  Modules::Found find_module(const ModuleIndex& from, std::string_view path);
  void enter(const ModuleIndex& module);
  TypeSet class_name(const UnitModel& unit, const Term& term);
  TypeSet entered(const TypeSet& managers, bool async);
  TypeSet items(const TypeSet& iterables, bool async);
  TypeSet subscript(const TypeSet& values, const TypeSet& key, std::string_view literal);
  TypeSet element(const TypeSet& values, std::size_t position);
  TypeSet instances(const TypeSet& objects);
  TypeSet parameter(const UnitModel& unit, const Term& term);
  TypeSet divided(const TypeSet& left, const TypeSet& right);
  TypeSet special_call(const Type& callee, const UnitModel* unit, syntax::Node call, bool& handled);
  TypeSet class_attribute(const ClassEntry& entry, std::string_view name, bool bound);
  TypeSet attribute_of_bases(const ClassEntry& entry, std::string_view name, bool bound);
  TypeSet own_attribute(const std::vector<TermRef>& values, bool bound);
  TypeSet filled(const ClassEntry& entry, std::string_view name, TypeSet value);
  TypeSet filled(const std::vector<TermRef>& fills, TypeSet value);
  TypeSet filling(const TermRef& fill);
  bool is_given_to(const UnitModel& unit, TermId decorator, const FunctionRef& taker);
  TypeSet registered_functions(const UnitModel& unit, const Term& parameter);
  TypeSet value_of(const TermRef& ref);
  TypeSet joined(const UnitModel& unit, const std::vector<TermId>& terms);
  /// Those of the values that say what it is; all when none does. `room`: empty, for the result to be put there.
  const std::vector<TermRef>& telling(const std::vector<TermRef>& values, std::vector<TermRef>& room);
  bool is_accessory(const TermRef& ref);
  FunctionRef function_at(const TermRef& ref);
  static bool is_builtin_maker(std::string_view name);
  static bool is_declaring(std::string_view name);
  TypeSet called_builtin(const Type& callee, const UnitModel& unit, syntax::Node call);
  TypeSet called_typing(const Type& callee, const UnitModel& unit, syntax::Node call);
  TypeSet gathered(const UnitModel& unit, syntax::Node call);
  using Arguments = std::shared_ptr<const std::vector<TypeSet>>;
  TypeSet known_attribute(std::string_view class_name, std::string_view name, const Arguments& arguments = nullptr);
  TypeSet conventional(std::string_view owner, std::string_view receiver, std::string_view name);
  TypeSet method_of_related_manager(std::string_view owner, std::string_view method);
  enum class Django : std::uint8_t { unknown, no, in_models, yes };
  Django django();
  struct Decorated {
    Decoration how = Decoration::kept;
    std::vector<FunctionRef> wrappers;
    FunctionRef replacement;  // what the name means instead of the function
    bool offloaded = false;   // what stands further in does not count then
  };
  struct Wrapper {
    FunctionRef function;
    bool stands_for_function = false;  // calling it gives what calling the function gives
  };
  const Decorated& decorated(const UnitModel& unit, const Function& function);
  std::vector<FunctionRef> returned_functions(const FunctionRef& maker);
  Wrapper wrapper_made_by(FunctionRef maker, const Function& function, bool takes_arguments);
  bool copies_signature(const FunctionRef& wrapper);
  TypeSet provided(const TypeSet& dependency);
  bool is_property(const FunctionRef& function);
  FunctionRef function_of(const std::vector<TermRef>& bound);
  TypeSet given_by_decorators(const FunctionRef& function, std::string_view name);
  TypeSet given_by_framework(const UnitModel& unit, const Function& function, std::size_t position);
  const knowledge::Decorator* decorator_at(const UnitModel& unit, TermId decorator);
  struct Ancestor {
    std::string_view name;
    const ClassEntry* entry = nullptr;  // null: no class of the project
  };
  /// A class of the project and its bases, in the order in which Python looks attributes up. It ends before a base that
  /// is not known.
  const std::vector<Ancestor>& order_of(std::string_view class_name);
  /// Of `class A(Base[B])`, what the class or one of its ancestors gives to a base of a library; null when none does.
  Arguments arguments_of_base(const std::vector<Ancestor>& order, std::string_view base);
  std::vector<std::string_view> linearize(std::string_view class_name, int depth);
  /// The class itself and all that it derives from.
  std::vector<std::string_view> find_ancestors(std::string_view name);
  std::string_view intern(std::string text);

  using Memo = std::vector<const TypeSet*>;  // by term; null: not yet
  Memo& memo_of(const UnitModel& unit);
  const ModuleIndex& module_;
  const Modules* modules_;
  std::unordered_set<const ModuleIndex*> asked_;
  std::unordered_map<std::uint64_t, const ModuleIndex*> files_;  // those asked, by UnitModel::file
  bool is_asked_by_others_ = false;
  std::unordered_map<std::string_view, const ClassEntry*> entries_;  // by qualified name
  std::unordered_map<const UnitModel*, Memo> memo_;
  const UnitModel* last_unit_ = nullptr;  // whose memo was asked for last
  Memo* last_memo_ = nullptr;
  std::deque<TypeSet> results_;
  struct Import {
    const ModuleIndex* from;
    std::string_view path;
    bool operator==(const Import&) const = default;
  };
  struct HashOfImport {
    std::size_t operator()(const Import& import) const {
      return std::hash<std::string_view>()(import.path) ^ std::hash<const void*>()(import.from);
    }
  };
  std::unordered_map<Import, Modules::Found, HashOfImport> imports_;
  std::unordered_set<std::string> strings_;
  std::unordered_map<std::string_view, TypeSet> parsed_;
  std::unordered_map<std::string_view, std::vector<Ancestor>> orders_;
  std::unordered_map<std::string_view, std::vector<std::string_view>> ancestors_;
  std::unordered_map<const std::vector<TermRef>*, TypeSet> exported_;
  std::unordered_map<const Function*, Decorated> decorated_;
  std::unordered_map<const ModuleIndex*, std::unordered_map<std::uint64_t, std::vector<std::uint32_t>>> units_with_;
  std::map<std::pair<const ModuleIndex*, std::string_view>, std::vector<std::pair<const UnitModel*, std::uint32_t>>>
      handing_;
  std::vector<std::pair<const UnitModel*, TermId>> under_way_;
  std::size_t callers_from_ = 0;  // number of those that asked what callers hand over
  int depth_ = 0;
  Django django_ = Django::unknown;
};

/// What only() gives for more than one member.
const Type* only_of_several(const TypeSet& types);

/// One member, or nothing when there are none or several that differ by name (None is left out).
inline const Type* only(const TypeSet& types) {
  if (types.empty()) return nullptr;
  if (types.size() > 1) return only_of_several(types);
  return types.front().tag == Type::Tag::none ? nullptr : &types.front();
}

}  // namespace surefoot::semantics
