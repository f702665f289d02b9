#include <algorithm>
#include <array>
#include <utility>

#include "analysis/semantics/decorators.hpp"
#include "analysis/semantics/resolver.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::semantics {

using syntax::Node;
using Tag = Type::Tag;

TypeSet Resolver::attribute(const Type& object, std::string_view name) {
  if (object.tag != Tag::object && object.tag != Tag::instance) return {};
  if (object.module != nullptr) return module_attribute(*object.module, name);
  const bool bound = object.tag == Tag::instance;
  if (bound && name == "__class__") return {object_at(object.name)};
  if (const ClassEntry* entry = class_entry(object.name)) {
    TypeSet found = object.super ? attribute_of_bases(*entry, name, bound) : class_attribute(*entry, name, bound);
    return object.assumed ? assumed(std::move(found)) : found;
  }
  if (object.function != nullptr) return given_by_decorators({object.unit, object.function}, name);
  if (!bound && knowledge::find_class(object.name) == nullptr) {
    if (TypeSet known = conventional(object.name, {}, name); !known.empty()) return known;
    return import(module_, std::string(object.name) + "." + std::string(name));
  }
  TypeSet known = known_attribute(object.name, name, object.arguments);
  for (Type& type : known) {
    if (bound && type.tag == Tag::object && type.callable != nullptr) type.arguments = object.arguments;
  }
  return known;
}

// `send_mail.delay`: what frameworks add to the functions that their decorators register.
TypeSet Resolver::given_by_decorators(const FunctionRef& function, std::string_view name) {
  for (const TermId decorator : function.function->decorators) {
    const knowledge::Decorator* known = decorator_at(*function.unit, decorator);
    if (known != nullptr && !known->gives.empty()) return known_attribute(known->gives, name);
  }
  return {};
}

// What the tables say of a decorator that is not the project's.
const knowledge::Decorator* Resolver::decorator_at(const UnitModel& unit, TermId decorator) {
  const Type* type = type_of_decorator(unit, decorator, *this);
  return type == nullptr || type->function != nullptr ? nullptr : knowledge::find_decorator(type->name);
}

namespace {

// What the module sets on instances of a library's class that has no such attribute of its own: `app.state.cache = …`,
// `bot.db = …`.
TypeSet set_by_module(std::string_view class_name, std::string_view name, Resolver& resolver) {
  TypeSet result;
  const auto* values = resolver.module().set_on_others(name);
  if (values == nullptr) return result;
  for (const TermRef& one : *values) {
    const Node object = one.unit->unit->ast.node(one.node).child(syntax::Field::object);
    const Type* owner = only(resolver.type_of(*one.unit, object));
    if (owner == nullptr || owner->tag != Tag::instance) continue;
    const bool related = resolver.is_subclass(owner->name, class_name) || resolver.is_subclass(class_name, owner->name);
    if (related && !unite(result, resolver.type_of(*one.unit, one.term))) return {};
  }
  return result;
}

}  // namespace

TypeSet Resolver::known_attribute(std::string_view class_name, std::string_view name, const Arguments& arguments) {
  if (class_name.starts_with('<')) return {};
  if (const std::string_view type = knowledge::find_attribute(class_name, name); !type.empty()) {
    return type.find('$') == std::string_view::npos ? parse_type(type) : substituted(parse_type(type), arguments.get());
  }
  const knowledge::Callable* callable = knowledge::find_method(class_name, name);
  if (callable == nullptr) {
    if (TypeSet set = set_by_module(class_name, name, *this); !set.empty()) return set;
    if (TypeSet known = conventional(class_name, {}, name); !known.empty()) return known;
  }
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

namespace {

// `A = 1` in the body of a class: a member, if the class is an enumeration.
bool may_be_member(const std::vector<TermRef>& values) {
  if (values.size() != 1 || values.front().kind != BindingKind::assignment) return false;
  const TermRef& value = values.front();
  return value.node != kNoNode && value.unit->unit->ast.node(value.node).is(syntax::Kind::assignment) &&
         value.unit->terms[value.term].op != Op::annotated;
}

}  // namespace

TypeSet Resolver::class_attribute(const ClassEntry& entry, std::string_view name, bool bound) {
  const auto found = entry.attributes.find(name);
  if (found == entry.attributes.end()) return attribute_of_bases(entry, name, bound);
  if (!bound && !entry.definition->bases.empty() && !name.starts_with('_') && may_be_member(found->second)) {
    const std::string_view path = intern(module_of(*entry.unit).name() + "." + entry.definition->path);
    const auto& order = order_of(path);
    const auto is_of_enum = [](const Ancestor& one) { return one.name.starts_with("enum."); };
    if (std::any_of(order.begin(), order.end(), is_of_enum)) return {make(Tag::instance, path)};
  }
  return filled(entry, name, own_attribute(found->second, bound));
}

namespace {

// A list, set or dict of which nothing says what is in it.
bool says_no_elements(const Type& type) {
  if (type.tag != Tag::instance) return false;
  static constexpr std::array<std::string_view, 4> kNames = {"list", "set", "dict", "collections.deque"};
  if (std::find(kNames.begin(), kNames.end(), type.name) == kNames.end()) return false;
  return type.arguments == nullptr || type.arguments->empty() || says_little(type.arguments->back());
}

bool holds_functions(const Type& type) {
  if (type.tag != Tag::instance || (type.name != "list" && type.name != "dict")) return false;
  const TypeSet& elements = type.arguments->back();
  return std::all_of(elements.begin(), elements.end(),
                     [](const Type& one) { return one.tag == Tag::lambda || one.function != nullptr; });
}

}  // namespace

// `self.jobs = []` in one place, and `self.jobs.append(Job())` in others.
TypeSet Resolver::filled(const ClassEntry& entry, std::string_view name, TypeSet value) {
  const auto found = entry.fills.find(name);
  return found == entry.fills.end() ? value : filled(found->second, std::move(value));
}

// Of functions all are wanted: which of them is called is not known.
TypeSet Resolver::filled(const std::vector<TermRef>& fills, TypeSet value) {
  for (Type& type : value) {
    const bool silent = says_no_elements(type);
    if (!silent && (type.arguments == nullptr || !holds_functions(type))) continue;
    TypeSet elements = silent ? TypeSet() : type.arguments->back();
    bool known = true;
    for (const TermRef& fill : fills) known = known && unite(elements, filling(fill));
    if (silent && !known) return value;
    std::vector<TypeSet> arguments = {known ? assumed(std::move(elements)) : TypeSet()};
    if (type.name == "dict") arguments.insert(arguments.begin(), TypeSet());
    type = generic(Tag::instance, type.name, std::move(arguments));
  }
  return value;
}

namespace {

// `client: Any = PrivateAttr()`: says nothing of what the attribute is; what the methods put there does.
bool is_anything(const TermRef& ref) {
  const Term& term = ref.unit->terms[ref.term];
  if (term.op != Op::annotated) return false;
  const Term& annotation = ref.unit->terms[term.a];
  return annotation.op == Op::imported ? annotation.name.ends_with("typing.Any") : annotation.name == "Any";
}

bool is_annotated(const TermRef& ref) { return ref.unit->terms[ref.term].op == Op::annotated; }

// `client: Client`, which binds nothing.
bool is_declaration(const TermRef& ref) { return is_annotated(ref) && ref.unit->terms[ref.term].b == kUnknown; }

// `mail: Mail` and `self.mail = Queue()`: the latter is what it is.
TypeSet narrowed(TypeSet types, const TypeSet& declared, Resolver& resolver) {
  const Type* base = only(declared);
  if (base == nullptr || base->tag != Tag::instance) return types;
  const auto is_derived = [&](const Type& type) {
    return type.tag == Tag::instance && type.name != base->name && resolver.is_subclass(type.name, base->name);
  };
  if (std::none_of(types.begin(), types.end(), is_derived)) return types;
  std::erase_if(types, [&](const Type& type) { return type.name == base->name; });
  return types;
}

}  // namespace

TypeSet Resolver::own_attribute(const std::vector<TermRef>& values, bool bound) {
  TypeSet result;
  TypeSet declared;
  TypeSet annotated;  // counts where nobody knows what is put there
  std::vector<TermRef> room;
  const std::vector<TermRef>& tell = telling(values, room);
  for (const TermRef& ref : tell) {
    if (tell.size() > 1 && is_anything(ref)) continue;
    TypeSet value = value_of(ref);
    const Type* function = only(value);
    if (bound && ref.kind == BindingKind::function && function != nullptr && function->function != nullptr &&
        is_property({function->unit, function->function})) {
      value = call_function(*function->unit, *function->function);
    }
    if (is_declaration(ref)) declared = value;
    if (is_annotated(ref)) annotated = value;
    if (!unite(result, value)) return annotated;
  }
  result = narrowed(std::move(result), declared, *this);
  if (tell.size() == values.size() || tell.front().kind == BindingKind::function) return result;
  // Nothing but None beside a parameter that may be anything: anything.
  return only(result) == nullptr ? TypeSet() : assumed(std::move(result));
}

bool Resolver::is_property(const FunctionRef& function) {
  for (const TermId decorator : function.function->decorators) {
    const Type* known = only(type_of(*function.unit, decorator));
    if (known == nullptr) continue;
    if (known->name == "property" || known->name == "functools.cached_property" ||
        known->name == "django.utils.functional.cached_property") {
      return true;
    }
  }
  return false;
}

const std::vector<TermRef>* Resolver::bound_by_class(const Type& instance, std::string_view name) {
  bool behind = instance.super;
  for (const auto& [class_name, entry] : order_of(instance.name)) {
    if (std::exchange(behind, false) || entry == nullptr) continue;
    const auto found = entry->attributes.find(name);
    if (found != entry->attributes.end()) return &found->second;
  }
  return nullptr;
}

FunctionRef Resolver::method(const Type& instance, std::string_view name) {
  const std::vector<TermRef>* bound = bound_by_class(instance, name);
  return bound == nullptr ? FunctionRef{} : function_of(*bound);
}

FunctionRef Resolver::function_of(const std::vector<TermRef>& bound) {
  std::vector<TermRef> room;
  const std::vector<TermRef>& values = telling(bound, room);
  return values.size() == 1 ? function_at(values.front()) : FunctionRef{};
}

FunctionRef Resolver::function_at(const TermRef& ref) {
  const TypeSet value = value_of(ref);
  const Type* type = only(value);
  return type == nullptr || type->function == nullptr ? FunctionRef{} : FunctionRef{type->unit, type->function};
}

namespace {

// The decorator `level.setter` or `level.deleter` of a property.
bool is_accessor(const FunctionRef& function, std::string_view what) {
  return std::any_of(function.function->decorators.begin(), function.function->decorators.end(), [&](TermId decorator) {
    const Term& term = function.unit->terms[decorator];
    return term.op == Op::attribute && term.name == what;
  });
}

}  // namespace

// Functions that share the name of what they belong to, and do not say what reading it gives.
bool Resolver::is_accessory(const TermRef& ref) {
  const Term& term = ref.unit->terms[ref.term];
  if (term.op != Op::function) return false;
  const FunctionRef function{ref.unit, &ref.unit->functions[term.b]};
  if (is_accessor(function, "setter") || is_accessor(function, "deleter")) return true;
  return std::any_of(function.function->decorators.begin(), function.function->decorators.end(), [&](TermId decorator) {
    const Type* known = only(type_of(*ref.unit, decorator));
    return known != nullptr && is_typing(known->name, "overload");
  });
}

bool Resolver::has_own_metaclass(const Type& class_object) {
  for (const auto& [name, entry] : order_of(class_object.name)) {
    if (entry == nullptr) continue;
    const Node bases = entry->unit->unit->ast.node(entry->definition->node).child(syntax::Field::superclasses);
    for (const Node argument : bases.children()) {
      if (!argument.is(syntax::Kind::keyword_argument)) continue;
      const std::string_view metaclass = argument.child(syntax::Field::value).text();
      if (argument.child(syntax::Field::name).text() == "metaclass" && last_part(metaclass) != "ABCMeta") return true;
    }
  }
  return false;
}

FunctionRef Resolver::setter(const UnitModel& unit, Node attribute) {
  const Type* object = only(type_of(unit, attribute.child(syntax::Field::object)));
  if (object == nullptr || object->tag != Tag::instance || object->super) return {};
  for (const auto& [name, entry] : order_of(object->name)) {
    if (entry == nullptr) continue;
    const auto found = entry->attributes.find(attribute.child(syntax::Field::attribute).text());
    if (found == entry->attributes.end()) continue;
    for (const TermRef& ref : found->second) {
      const FunctionRef function = ref.kind == BindingKind::function ? function_at(ref) : FunctionRef{};
      if (function.function != nullptr && is_accessor(function, "setter")) return function;
    }
    return {};
  }
  return {};
}

namespace {

// What is no property, which is most, is not looked at any further.
bool has_decorated_function(const std::vector<TermRef>& values) {
  return std::any_of(values.begin(), values.end(), [](const TermRef& value) {
    const Term& term = value.unit->terms[value.term];
    return term.op == Op::function && !value.unit->functions[term.b].decorators.empty();
  });
}

}  // namespace

FunctionRef Resolver::getter(const UnitModel& unit, Node attribute) {
  FunctionRef common;  // of all that the object may be
  for (const Type& object : type_of(unit, attribute.child(syntax::Field::object))) {
    if (object.tag == Tag::none) continue;
    if (object.tag != Tag::instance) return {};
    const std::vector<TermRef>* bound = bound_by_class(object, attribute.child(syntax::Field::attribute).text());
    if (bound == nullptr || !has_decorated_function(*bound)) return {};
    const FunctionRef found = function_of(*bound);
    if (found.function == nullptr || (common.function != nullptr && common.function != found.function)) return {};
    common = found;
  }
  return common.function != nullptr && is_property(common) ? common : FunctionRef{};
}

TypeSet Resolver::attribute_of_bases(const ClassEntry& entry, std::string_view name, bool bound) {
  const std::vector<Ancestor>& order = order_of(intern(module_of(*entry.unit).name() + "." + entry.definition->path));
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (const ClassEntry* base = order[i].entry) {
      const auto found = base->attributes.find(name);
      if (found != base->attributes.end()) return filled(*base, name, own_attribute(found->second, bound));
    } else if (knowledge::find_class(order[i].name) != nullptr || order[i].name.find('.') != std::string_view::npos) {
      return known_attribute(order[i].name, name, arguments_of_base(order, order[i].name));
    }
  }
  return {};
}

}  // namespace surefoot::semantics
