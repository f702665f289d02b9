// What builtins, and the functions that declare types and fields, give: their arguments decide.

#include <algorithm>
#include <array>

#include "analysis/semantics/call_arguments.hpp"
#include "analysis/semantics/resolver.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::semantics {

using syntax::Field;
using syntax::Kind;
using syntax::Node;
using Tag = Type::Tag;

namespace {

template <std::size_t size>
bool listed(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::array<std::string_view, 6> kPlain = {"str", "int", "bytes", "float", "bool", "complex"};
constexpr std::array<std::string_view, 6> kLists = {"list",         "sorted", "tuple", "reversed", "collections.deque",
                                                    "random.sample"};
constexpr std::array<std::string_view, 3> kIterables = {"iter", "itertools.islice", "itertools.cycle"};
constexpr std::array<std::string_view, 4> kOneOf = {"next", "max", "min", "random.choice"};

Node default_factory(Node call) {
  for (const std::string_view name : {"default_factory", "factory"}) {
    if (const Node given = keyword_argument(call, name)) return given;
  }
  return {};
}

Type iterable_of(TypeSet element) { return generic(Tag::instance, "<iterable>", {std::move(element)}); }

}  // namespace

bool Resolver::is_builtin_maker(std::string_view name) {
  static constexpr std::array<std::string_view, 11> kOthers = {"dict",
                                                               "set",
                                                               "frozenset",
                                                               "enumerate",
                                                               "zip",
                                                               "map",
                                                               "filter",
                                                               "itertools.chain",
                                                               "collections.defaultdict",
                                                               "copy.copy",
                                                               "type"};
  return listed(kPlain, name) || listed(kLists, name) || listed(kIterables, name) || listed(kOneOf, name) ||
         listed(kOthers, name) || name == "copy.deepcopy";
}

TypeSet Resolver::called_builtin(const Type& callee, const UnitModel& unit, Node call) {
  const std::string_view name = callee.name;
  const auto argument = [&](std::size_t position) -> TypeSet {
    const Node value = positional_argument(call, position);
    return value ? type_of(unit, value) : TypeSet();
  };
  if (listed(kPlain, name)) return {make(Tag::instance, name)};
  if (name == "type") {
    const TypeSet given = positional_argument(call, 1) ? TypeSet() : argument(0);
    const Type* object = only(given);
    return object != nullptr && object->tag == Tag::instance ? TypeSet{object_at(object->name)} : TypeSet();
  }
  if (listed(kOneOf, name))
    return positional_argument(call, 1) && name != "next" ? TypeSet() : items(argument(0), false);
  if (listed(kLists, name)) {
    const std::string_view made = name == "collections.deque" ? name : std::string_view("list");
    return {generic(Tag::instance, made, {items(argument(0), false)})};
  }
  if (listed(kIterables, name)) return {iterable_of(items(argument(0), false))};
  if (name == "copy.copy" || name == "copy.deepcopy") return argument(0);
  if (name == "enumerate") {
    return {iterable_of({generic(Tag::instance, "tuple", {{make(Tag::instance, "int")}, items(argument(0), false)})})};
  }
  if (name == "filter") return {iterable_of(items(argument(1), false))};
  if (name == "map") {
    const TypeSet given = argument(0);
    const Type* function = only(given);
    return {iterable_of(function != nullptr ? this->call(Type(*function), nullptr, Node()) : TypeSet())};
  }
  if (name == "zip" || name == "itertools.chain") {
    std::vector<TypeSet> parts;
    for (std::size_t i = 0; positional_argument(call, i); ++i) parts.push_back(items(argument(i), false));
    if (name == "zip") return {iterable_of({generic(Tag::instance, "tuple", std::move(parts))})};
    return {iterable_of(parts.size() == 1 ? parts.front() : TypeSet())};
  }
  if (name == "collections.defaultdict") {
    const TypeSet given = argument(0);
    const Type* maker = only(given);
    TypeSet value = maker != nullptr ? this->call(Type(*maker), nullptr, Node()) : TypeSet();
    return {generic(Tag::instance, "dict", {TypeSet(), std::move(value)})};
  }
  if (name == "dict") {
    const TypeSet given = argument(0);
    const Type* copied = only(given);
    return copied != nullptr && copied->is_instance("dict") ? given : TypeSet{make(Tag::instance, "dict")};
  }
  if (!positional_argument(call, 0)) return {make(Tag::instance, name)};
  return {generic(Tag::instance, name, {items(argument(0), false)})};  // set, frozenset
}

bool Resolver::is_declaring(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kFields = {
      "dataclasses.field", "attrs.field",    "attr.field",          "attr.ib", "attr.attrib", "attrs.Factory",
      "attr.Factory",      "pydantic.Field", "pydantic.PrivateAttr"};
  return listed(kFields, name) || is_typing(name, "TypeVar") || is_typing(name, "NewType");
}

// `Client = TypeVar("Client", bound=requests.Session)` stands for that in annotations; `field(factory=…)` is what
// instances find in the attribute.
TypeSet Resolver::called_typing(const Type& callee, const UnitModel& unit, Node call) {
  if (is_typing(callee.name, "TypeVar")) {
    const Node bound = keyword_argument(call, "bound");
    return bound ? type_of(unit, bound) : TypeSet();
  }
  if (is_typing(callee.name, "NewType")) {
    const Node base = positional_argument(call, 1);
    return base ? type_of(unit, base) : TypeSet();
  }
  Node maker = default_factory(call);
  if (!maker && callee.name.ends_with("Factory")) maker = positional_argument(call, 0);
  if (maker) {
    const TypeSet given = type_of(unit, maker);
    const Type* function = only(given);
    return function != nullptr ? this->call(Type(*function), nullptr, Node()) : TypeSet();
  }
  const Node given = keyword_argument(call, "default");
  return given ? type_of(unit, given) : TypeSet();
}

// A tuple of what its awaitables give, when each of them is written out.
TypeSet Resolver::gathered(const UnitModel& unit, Node call) {
  std::vector<TypeSet> parts;
  const bool raises = keyword_argument(call, "return_exceptions").text() != "True";
  for (std::size_t i = 0; raises && positional_argument(call, i); ++i) {
    parts.push_back(awaited(type_of(unit, positional_argument(call, i))));
  }
  if (parts.empty()) parts.emplace_back();
  return {generic(Tag::awaitable, {}, {{generic(Tag::instance, "tuple", std::move(parts))}})};
}

}  // namespace surefoot::semantics
