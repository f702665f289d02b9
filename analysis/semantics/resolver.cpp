#include "analysis/semantics/resolver.hpp"

#include <algorithm>
#include <array>

namespace surefoot::semantics {

using syntax::Node;
using Tag = Type::Tag;

namespace {

constexpr int kMaxDepth = 80;
constexpr std::size_t kMaxUnion = 12;
const TypeSet kNothing;

Type make(Tag tag, std::string_view name = {}) {
  Type type;
  type.tag = tag;
  type.name = name;
  return type;
}

Type generic(Tag tag, std::string_view name, std::vector<TypeSet> arguments) {
  Type type = make(tag, name);
  type.arguments = std::make_shared<const std::vector<TypeSet>>(std::move(arguments));
  return type;
}

bool same(const Type& a, const Type& b) {
  return a.tag == b.tag && a.name == b.name && a.function == b.function && a.node == b.node && a.super == b.super;
}

void add_unique(TypeSet& set, const Type& type) {
  if (std::none_of(set.begin(), set.end(), [&](const Type& one) { return same(one, type); })) set.push_back(type);
}

// False when the union is unknown, because a member is or because there are too many.
bool unite(TypeSet& into, const TypeSet& other) {
  if (other.empty()) return false;
  for (const Type& type : other) add_unique(into, type);
  return into.size() <= kMaxUnion;
}

bool is_builtin(std::string_view name) {
  static constexpr std::array kNames = {"ArithmeticError",
                                        "AssertionError",
                                        "AttributeError",
                                        "BaseException",
                                        "BaseExceptionGroup",
                                        "BlockingIOError",
                                        "BrokenPipeError",
                                        "BufferError",
                                        "ChildProcessError",
                                        "ConnectionAbortedError",
                                        "ConnectionError",
                                        "ConnectionRefusedError",
                                        "ConnectionResetError",
                                        "EOFError",
                                        "Exception",
                                        "ExceptionGroup",
                                        "FileExistsError",
                                        "FileNotFoundError",
                                        "GeneratorExit",
                                        "IOError",
                                        "ImportError",
                                        "IndexError",
                                        "InterruptedError",
                                        "IsADirectoryError",
                                        "KeyError",
                                        "KeyboardInterrupt",
                                        "LookupError",
                                        "MemoryError",
                                        "ModuleNotFoundError",
                                        "NameError",
                                        "NotADirectoryError",
                                        "NotImplementedError",
                                        "OSError",
                                        "OverflowError",
                                        "PermissionError",
                                        "ProcessLookupError",
                                        "RecursionError",
                                        "ReferenceError",
                                        "RuntimeError",
                                        "StopAsyncIteration",
                                        "StopIteration",
                                        "SyntaxError",
                                        "SystemError",
                                        "SystemExit",
                                        "TimeoutError",
                                        "TypeError",
                                        "UnicodeDecodeError",
                                        "UnicodeEncodeError",
                                        "UnicodeError",
                                        "ValueError",
                                        "Warning",
                                        "ZeroDivisionError",
                                        "__import__",
                                        "abs",
                                        "aiter",
                                        "all",
                                        "anext",
                                        "any",
                                        "ascii",
                                        "bin",
                                        "bool",
                                        "breakpoint",
                                        "bytearray",
                                        "bytes",
                                        "callable",
                                        "chr",
                                        "classmethod",
                                        "compile",
                                        "complex",
                                        "delattr",
                                        "dict",
                                        "dir",
                                        "divmod",
                                        "enumerate",
                                        "eval",
                                        "exec",
                                        "exit",
                                        "filter",
                                        "float",
                                        "format",
                                        "frozenset",
                                        "getattr",
                                        "globals",
                                        "hasattr",
                                        "hash",
                                        "help",
                                        "hex",
                                        "id",
                                        "input",
                                        "int",
                                        "isinstance",
                                        "issubclass",
                                        "iter",
                                        "len",
                                        "list",
                                        "locals",
                                        "map",
                                        "max",
                                        "memoryview",
                                        "min",
                                        "next",
                                        "object",
                                        "oct",
                                        "open",
                                        "ord",
                                        "pow",
                                        "print",
                                        "property",
                                        "quit",
                                        "range",
                                        "repr",
                                        "reversed",
                                        "round",
                                        "set",
                                        "setattr",
                                        "slice",
                                        "sorted",
                                        "staticmethod",
                                        "str",
                                        "sum",
                                        "super",
                                        "tuple",
                                        "type",
                                        "vars",
                                        "zip"};
  return std::binary_search(kNames.begin(), kNames.end(), name,
                            [](std::string_view a, std::string_view b) { return a < b; });
}

// The runtime class behind an alias of `typing` (Python library reference, "typing": deprecated aliases).
std::string_view without_typing(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kAliases = {{
      {"typing.List", "list"},
      {"typing.Dict", "dict"},
      {"typing.Set", "set"},
      {"typing.FrozenSet", "frozenset"},
      {"typing.Tuple", "tuple"},
      {"typing.Type", "type"},
      {"typing.Text", "str"},
      {"typing.DefaultDict", "dict"},
  }};
  for (const auto& [alias, real] : kAliases) {
    if (alias == name) return real;
  }
  return name;
}

std::string_view last_part(std::string_view name) { return name.substr(name.rfind('.') + 1); }

bool is_typing(std::string_view name, std::string_view wanted) {
  return last_part(name) == wanted && (name.starts_with("typing.") || name.starts_with("typing_extensions."));
}

}  // namespace

const Type* only(const TypeSet& types) {
  const Type* found = nullptr;
  for (const Type& type : types) {
    if (type.tag == Tag::none) continue;
    if (found != nullptr && !same(*found, type)) return nullptr;
    found = &type;
  }
  return found;
}

std::string_view Resolver::intern(std::string text) { return *strings_.insert(std::move(text)).first; }

const TypeSet& Resolver::type_of(const UnitModel& unit, TermId term) {
  if (term == kUnknown || term >= unit.terms.size()) return kNothing;
  Memo& memo = memo_[&unit];
  if (memo.index.empty()) memo.index.resize(unit.terms.size());
  if (memo.index[term] > 1) return results_[memo.index[term] - 2];
  if (memo.index[term] == 1 || depth_ > kMaxDepth) return kNothing;
  memo.index[term] = 1;
  ++depth_;
  TypeSet types = resolve(unit, term);
  --depth_;
  results_.push_back(std::move(types));
  memo_[&unit].index[term] = static_cast<std::uint32_t>(results_.size()) + 1;
  return results_.back();
}

TypeSet Resolver::resolve(const UnitModel& unit, TermId id) {
  const Term& term = unit.terms[id];
  switch (term.op) {
    case Op::none:
      return {make(Tag::none)};
    case Op::builtin:
      return {make(Tag::instance, term.name)};
    case Op::global:
      return name(term.name);
    case Op::class_name:
      return class_name(unit, term);
    case Op::imported:
      return {object_at(module_.absolute(term.name))};
    case Op::attribute: {
      TypeSet result;
      for (const Type& type : type_of(unit, term.a)) {
        if (type.tag != Tag::none && !unite(result, attribute(type, term.name))) return {};
      }
      return result;
    }
    case Op::call: {
      TypeSet result;
      for (const Type& type : type_of(unit, term.a)) {
        if (type.tag != Tag::none && !unite(result, call(type, &unit, unit.unit->ast.node(term.node)))) return {};
      }
      return result;
    }
    case Op::await_:
      return awaited(type_of(unit, term.a));
    case Op::enter:
    case Op::async_enter:
      return entered(type_of(unit, term.a), term.op == Op::async_enter);
    case Op::item:
    case Op::async_item:
      return items(type_of(unit, term.a), term.op == Op::async_item);
    case Op::index:
      return subscript(type_of(unit, term.a), type_of(unit, term.b), term.name);
    case Op::element:
      return element(type_of(unit, term.a), term.b);
    case Op::list: {
      const auto& operands = unit.operands[term.b];
      if (operands.empty()) return {make(Tag::instance, "list")};
      return {generic(Tag::instance, "list", {resolve_all(unit, operands)})};
    }
    case Op::tuple: {
      std::vector<TypeSet> parts;
      for (const TermId operand : unit.operands[term.b]) parts.push_back(type_of(unit, operand));
      return {generic(Tag::instance, "tuple", std::move(parts))};
    }
    case Op::dict:
      return {generic(Tag::instance, "dict", {TypeSet(), resolve_all(unit, unit.operands[term.b])})};
    case Op::join:
      return resolve_all(unit, unit.operands[term.b]);
    case Op::instance:
      return instances(type_of(unit, term.a));
    case Op::annotated: {
      TypeSet declared = instances(type_of(unit, term.a));
      return declared.empty() ? type_of(unit, term.b) : declared;
    }
    case Op::parameter:
      return parameter(unit, term);
    case Op::self:
    case Op::super: {
      Type type = make(Tag::instance, intern(module_.name() + "." + std::string(term.name)));
      type.super = term.op == Op::super;
      return {type};
    }
    case Op::class_object:
      return {make(Tag::object, intern(module_.name() + "." + std::string(term.name)))};
    case Op::function: {
      Type type = make(Tag::object, intern(module_.name() + "." + std::string(term.name)));
      type.unit = &unit;
      type.function = &unit.functions[term.b];
      return {type};
    }
    case Op::lambda: {
      Type type = make(Tag::lambda);
      type.unit = &unit;
      type.node = term.node;
      type.arguments = std::make_shared<const std::vector<TypeSet>>(1, type_of(unit, term.a));
      return {type};
    }
    case Op::divide:
      return divided(type_of(unit, term.a), type_of(unit, term.b));
    case Op::unknown:
    case Op::partial:
      return {};
  }
  return {};
}

TypeSet Resolver::resolve_all(const UnitModel& unit, const std::vector<TermId>& terms) {
  TypeSet result;
  for (const TermId term : terms) {
    // A loop's own join adds nothing to itself.
    if (Memo& memo = memo_[&unit]; term < memo.index.size() && memo.index[term] == 1) continue;
    if (!unite(result, type_of(unit, term))) return {};
  }
  return result;
}

TypeSet Resolver::value_of(const TermRef& ref) { return type_of(*ref.unit, ref.term); }

TypeSet Resolver::name(std::string_view name) {
  if (const auto* values = module_.find(name)) {
    TypeSet result;
    for (const TermRef& ref : *values) {
      if (!unite(result, value_of(ref))) return {};
    }
    return result;
  }
  for (const std::string_view star : module_.star_imports()) {
    const std::string path = module_.absolute(star) + "." + std::string(name);
    const std::string_view canonical = knowledge::canonical(path);
    if (knowledge::find_callable(canonical) != nullptr || knowledge::find_class(canonical) != nullptr) {
      return {object_at(path)};
    }
  }
  if (!is_builtin(name)) return {};
  return {object_at(name)};
}

TypeSet Resolver::class_name(const UnitModel& unit, const Term& term) {
  if (const ClassEntry* entry = module_.find_class(unit.strings[term.b])) {
    const auto found = entry->attributes.find(term.name);
    if (found != entry->attributes.end()) {
      TypeSet result;
      for (const TermRef& ref : found->second) {
        if (!unite(result, value_of(ref))) return {};
      }
      return result;
    }
  }
  return name(term.name);
}

Type Resolver::object_at(std::string_view path) {
  Type type = make(Tag::object, intern(std::string(knowledge::canonical(path))));
  type.callable = knowledge::find_callable(type.name);
  return type;
}

const ClassEntry* Resolver::class_entry(std::string_view name) const {
  const std::string& prefix = module_.name();
  if (name.size() <= prefix.size() + 1 || !name.starts_with(prefix) || name[prefix.size()] != '.') return nullptr;
  return module_.find_class(name.substr(prefix.size() + 1));
}

TypeSet Resolver::attribute(const Type& object, std::string_view name) {
  if (object.tag != Tag::object && object.tag != Tag::instance) return {};
  const bool bound = object.tag == Tag::instance;
  if (const ClassEntry* entry = class_entry(object.name)) {
    return object.super ? attribute_of_bases(object, *entry, name, bound, 0)
                        : class_attribute(object, *entry, name, bound, 0);
  }
  if (object.function != nullptr) return {};
  if (!bound && knowledge::find_class(object.name) == nullptr) {
    return {object_at(std::string(object.name) + "." + std::string(name))};
  }
  return known_attribute(object.name, name);
}

TypeSet Resolver::known_attribute(std::string_view class_name, std::string_view name) {
  if (class_name.starts_with('<')) return {};
  if (const std::string_view type = knowledge::find_attribute(class_name, name); !type.empty()) return parse_type(type);
  const knowledge::Callable* callable = knowledge::find_method(class_name, name);
  if (callable == nullptr) {
    const knowledge::Callable* other = knowledge::find_method(class_name, "__getattr__");
    if (other != nullptr && !other->returns.empty()) return parse_type(other->returns);
  }
  Type type = make(Tag::object);
  const bool wildcard = callable == nullptr || callable->name.ends_with(".*");
  type.name = wildcard ? intern(std::string(class_name) + "." + std::string(name)) : callable->name;
  type.callable = callable;
  return {type};
}

TypeSet Resolver::class_attribute(const Type& owner, const ClassEntry& entry, std::string_view name, bool bound,
                                  int depth) {
  const auto found = entry.attributes.find(name);
  if (found == entry.attributes.end()) return attribute_of_bases(owner, entry, name, bound, depth);
  TypeSet result;
  for (const TermRef& ref : found->second) {
    TypeSet value = value_of(ref);
    const Type* function = only(value);
    if (bound && ref.kind == BindingKind::function && function != nullptr && function->function != nullptr) {
      for (const TermId decorator : function->function->decorators) {
        const Type* known = only(type_of(*function->unit, decorator));
        if (known == nullptr) continue;
        if (known->name == "property" || known->name == "functools.cached_property" ||
            known->name == "django.utils.functional.cached_property") {
          value = call_function(*function->unit, *function->function);
          break;
        }
      }
    }
    if (!unite(result, value)) return {};
  }
  return result;
}

TypeSet Resolver::attribute_of_bases(const Type& owner, const ClassEntry& entry, std::string_view name, bool bound,
                                     int depth) {
  if (depth > 16) return {};
  for (const TermId base : entry.definition->bases) {
    const Type* type = only(type_of(*entry.unit, base));
    if (type == nullptr || type->tag != Tag::object) return {};
    if (const ClassEntry* inner = class_entry(type->name)) {
      TypeSet found = class_attribute(owner, *inner, name, bound, depth + 1);
      if (!found.empty()) return found;
      continue;
    }
    if (knowledge::find_class(type->name) != nullptr || type->name.find('.') != std::string_view::npos) {
      return known_attribute(type->name, name);
    }
  }
  return {};
}

bool Resolver::is_subclass(std::string_view name, std::string_view base) {
  std::vector<std::string_view> waiting{name};
  std::unordered_set<std::string_view> seen;
  while (!waiting.empty() && seen.size() < 200) {
    const std::string_view one = waiting.back();
    waiting.pop_back();
    if (one == base) return true;
    if (!seen.insert(one).second) continue;
    if (const ClassEntry* entry = class_entry(one)) {
      for (const TermId term : entry->definition->bases) {
        if (const Type* type = only(type_of(*entry->unit, term))) waiting.push_back(type->name);
      }
    } else if (const knowledge::Class* known = knowledge::find_class(one)) {
      waiting.insert(waiting.end(), known->bases.begin(), known->bases.end());
    }
  }
  return false;
}

TypeSet Resolver::awaited(const TypeSet& types) {
  TypeSet result;
  for (const Type& type : types) {
    if (type.tag == Tag::none) continue;
    const bool future = type.tag == Tag::instance && (type.name == "asyncio.Task" || type.name == "asyncio.Future" ||
                                                      is_typing(type.name, "Awaitable"));
    if (type.tag != Tag::awaitable && !future) return {};
    if (type.arguments == nullptr || !unite(result, type.arguments->front())) return {};
  }
  return result;
}

TypeSet Resolver::entered(const TypeSet& managers, bool async) {
  TypeSet result;
  for (const Type& type : managers) {
    if (type.tag == Tag::none) continue;
    TypeSet value;
    if (type.tag == Tag::awaitable && async && type.arguments != nullptr) {
      // Such as `async with session.get(url) as response`, where the call may be awaited or entered.
      value = type.arguments->front();
    } else if (type.tag != Tag::instance) {
      return {};
    } else if (type.name == "<context-manager>" || type.name == "<async-context-manager>") {
      value = type.arguments->front();
    } else if (class_entry(type.name) != nullptr) {
      const TypeSet method = attribute(type, async ? "__aenter__" : "__enter__");
      const Type* function = only(method);
      if (function == nullptr) return {};
      value = call(*function, nullptr, Node());
      if (async) value = awaited(value);
      if (function->function == nullptr && value.empty()) value = {type};
    } else {
      const knowledge::Class* known = knowledge::find_class(type.name);
      value = known != nullptr && !known->enter.empty() ? parse_type(known->enter) : TypeSet{type};
    }
    if (!unite(result, value)) return {};
  }
  return result;
}

TypeSet Resolver::items(const TypeSet& iterables, bool) {
  TypeSet result;
  for (const Type& type : iterables) {
    if (type.tag != Tag::instance) return {};
    TypeSet value;
    if (type.name == "tuple" && type.arguments != nullptr) {
      for (const TypeSet& part : *type.arguments) {
        if (!unite(value, part)) return {};
      }
    } else if (type.arguments != nullptr && !type.arguments->empty()) {
      value = type.arguments->front();
    } else if (const knowledge::Class* known = knowledge::find_class(type.name)) {
      value = parse_type(known->item);
    }
    if (!unite(result, value)) return {};
  }
  return result;
}

TypeSet Resolver::subscript(const TypeSet& values, const TypeSet& key, std::string_view) {
  TypeSet result;
  for (const Type& type : values) {
    TypeSet value;
    if (type.tag == Tag::object) {
      const std::string_view name = without_typing(type.name);
      const Type* tuple = only(key);
      std::vector<TypeSet> arguments;
      if (tuple != nullptr && tuple->is_instance("tuple") && tuple->arguments != nullptr) {
        arguments = *tuple->arguments;
      } else {
        arguments.push_back(key);
      }
      if (arguments.empty()) return {};
      if (is_typing(name, "Optional") || is_typing(name, "Union")) {
        for (const TypeSet& one : arguments) {
          if (!unite(value, one)) return {};
        }
        if (is_typing(name, "Optional")) add_unique(value, make(Tag::none));
      } else if (is_typing(name, "Annotated") || is_typing(name, "Final") || is_typing(name, "ClassVar") ||
                 is_typing(name, "Required") || is_typing(name, "NotRequired")) {
        value = arguments.front();
      } else {
        Type object = type;
        object.name = name;
        object.arguments = std::make_shared<const std::vector<TypeSet>>(std::move(arguments));
        value = {object};
      }
    } else if (type.tag == Tag::instance && type.arguments != nullptr) {
      const bool mapping = type.name == "dict" || last_part(type.name) == "Mapping" ||
                           last_part(type.name) == "MutableMapping" || type.name == "collections.OrderedDict";
      const std::size_t position = mapping ? 1 : 0;
      if (type.name == "tuple") return {};
      if (position < type.arguments->size()) value = (*type.arguments)[position];
    } else if (type.tag == Tag::instance && class_entry(type.name) == nullptr) {
      const knowledge::Callable* method = knowledge::find_method(type.name, "__getitem__");
      if (method != nullptr) value = parse_type(method->returns);
    }
    if (!unite(result, value)) return {};
  }
  return result;
}

TypeSet Resolver::element(const TypeSet& values, std::size_t position) {
  const Type* type = only(values);
  if (type == nullptr || type->tag != Tag::instance) return {};
  if (type->name == "tuple" && type->arguments != nullptr) {
    return position < type->arguments->size() ? (*type->arguments)[position] : TypeSet();
  }
  return items(values, false);
}

TypeSet Resolver::instances(const TypeSet& objects) {
  TypeSet result;
  for (const Type& type : objects) {
    if (type.tag == Tag::none) {
      add_unique(result, type);
      continue;
    }
    if (type.tag != Tag::object || type.function != nullptr) return {};
    const std::string_view name = without_typing(type.name);
    if (name == "object" || is_typing(name, "Any") || is_typing(name, "Self") || is_typing(name, "Callable")) return {};
    if (name == "type" && type.arguments != nullptr) {
      if (!unite(result, type.arguments->front())) return {};
      continue;
    }
    Type instance = make(Tag::instance, name);
    if (type.arguments != nullptr) {
      std::vector<TypeSet> arguments;
      for (const TypeSet& one : *type.arguments) arguments.push_back(instances(one));
      instance.arguments = std::make_shared<const std::vector<TypeSet>>(std::move(arguments));
    }
    add_unique(result, instance);
  }
  return result;
}

TypeSet Resolver::parameter(const UnitModel& unit, const Term& term) {
  if (term.a != kUnknown) return instances(type_of(unit, term.a));
  TypeSet value = type_of(unit, term.b);
  return only(value) != nullptr ? value : TypeSet();
}

TypeSet Resolver::divided(const TypeSet& left, const TypeSet& right) {
  for (const TypeSet* side : {&left, &right}) {
    const Type* type = only(*side);
    if (type != nullptr && type->tag == Tag::instance && is_subclass(type->name, "pathlib.PurePath")) {
      return {make(Tag::instance, type->name)};
    }
    if (type != nullptr && (type->is_instance("pathlib.Path") || type->is_instance("anyio.Path"))) {
      return {make(Tag::instance, type->name)};
    }
  }
  return {};
}

}  // namespace surefoot::semantics
