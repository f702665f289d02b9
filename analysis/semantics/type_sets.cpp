#include "analysis/semantics/type_sets.hpp"

#include <algorithm>
#include <array>

#include "analysis/semantics/resolver.hpp"

namespace surefoot::semantics {

using Tag = Type::Tag;

namespace {

constexpr std::size_t kMaxUnion = 12;

}  // namespace

Type make(Tag tag, std::string_view name) {
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

namespace {

// `("a", load)` and `("b", store)`: each part is what it is in any of them.
void merge_parts(Type& tuple, const Type& other) {
  if (tuple.name != "tuple" || tuple.arguments == other.arguments) return;
  if (tuple.arguments == nullptr || other.arguments == nullptr) return;
  if (tuple.arguments->size() != other.arguments->size()) return;
  std::vector<TypeSet> parts = *tuple.arguments;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty() || !unite(parts[i], (*other.arguments)[i])) parts[i].clear();
  }
  tuple.arguments = std::make_shared<const std::vector<TypeSet>>(std::move(parts));
}

}  // namespace

void add_unique(TypeSet& set, const Type& type) {
  const auto known = std::find_if(set.begin(), set.end(), [&](const Type& one) { return same(one, type); });
  if (known == set.end()) {
    set.push_back(type);
  } else {
    merge_parts(*known, type);
  }
}

bool unite(TypeSet& into, const TypeSet& other) {
  if (other.empty()) return false;
  for (const Type& type : other) add_unique(into, type);
  return into.size() <= kMaxUnion;
}

TypeSet assumed(TypeSet types) {
  for (Type& type : types) type.assumed = true;
  return types;
}

bool says_little(const TypeSet& types) {
  return std::all_of(types.begin(), types.end(), [](const Type& type) {
    return type.is_instance(kCallable) || type.is_instance("functools.partial");
  });
}

TypeSet substituted(const TypeSet& types, const std::vector<TypeSet>* arguments) {
  TypeSet result;
  for (const Type& type : types) {
    if (type.name.starts_with('$')) {
      const auto number = static_cast<std::size_t>(type.name.back() - '0');
      if (arguments == nullptr || number >= arguments->size() || !unite(result, (*arguments)[number])) return {};
      continue;
    }
    Type one = type;
    if (type.arguments != nullptr) {
      std::vector<TypeSet> inner;
      for (const TypeSet& argument : *type.arguments) inner.push_back(substituted(argument, arguments));
      one.arguments = std::make_shared<const std::vector<TypeSet>>(std::move(inner));
    }
    add_unique(result, one);
  }
  return result;
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
  return (name.starts_with("typing.") || name.starts_with("typing_extensions.")) && last_part(name) == wanted;
}

bool binds_its_argument(std::string_view name) {
  return name == "contextlib.closing" || name == "contextlib.aclosing" || name == "contextlib.nullcontext";
}

bool is_typed_key(std::string_view name) { return name == "aiohttp.web.AppKey" || name == "aiohttp.web.RequestKey"; }

const Type* only_of_several(const TypeSet& types) {
  const Type* found = nullptr;
  for (const Type& type : types) {
    if (type.tag == Tag::none) continue;
    if (found != nullptr && !same(*found, type)) return nullptr;
    found = &type;
  }
  return found;
}

}  // namespace surefoot::semantics
