#include "analysis/semantics/resolver.hpp"

#include <algorithm>

#include "analysis/semantics/type_sets.hpp"

namespace surefoot::semantics {

using syntax::Node;
using Tag = Type::Tag;

namespace {

constexpr std::string_view kPipe = "langchain_core.runnables.RunnableSequence";
constexpr int kMaxDepth = 80;
const TypeSet kNothing;
const TypeSet kUnderWay;  // nothing is known yet

// `prompt | model`: LangChain makes one thing of the two, which runs both.
bool is_pipe(const std::vector<TermId>& operands, const UnitModel& unit, Resolver& resolver) {
  return std::any_of(operands.begin(), operands.end(), [&](TermId operand) {
    const Type* type = only(resolver.type_of(unit, operand));
    return type != nullptr && type->tag == Tag::instance &&
           resolver.is_subclass(type->name, "langchain_core.runnables.Runnable");
  });
}

bool holds_elements(const TypeSet& types) {
  const Type* type = only(types);
  if (type == nullptr || type->arguments == nullptr || type->arguments->empty()) return false;
  return !type->arguments->back().empty();
}

// `dict[str, Callable]`: which functions, the value says.
bool holds_callables(const TypeSet& types) {
  return holds_elements(types) && says_little(only(types)->arguments->back());
}

}  // namespace

Resolver::Resolver(const ModuleIndex& module, const Modules* modules) : module_(module), modules_(modules) {}

std::string_view Resolver::intern(std::string text) { return *strings_.insert(std::move(text)).first; }

Resolver::Memo& Resolver::memo_of(const UnitModel& unit) {
  if (last_unit_ != &unit) {
    last_memo_ = &memo_[&unit];
    last_unit_ = &unit;
  }
  return *last_memo_;
}

const TypeSet& Resolver::find_type(const UnitModel& unit, TermId term) {
  if (term == kUnknown || term >= unit.terms.size()) return kNothing;
  Memo& memo = memo_of(unit);
  if (memo.empty()) memo.resize(unit.terms.size());
  if (memo[term] != nullptr) return *memo[term];
  if (depth_ > kMaxDepth) return kNothing;
  memo[term] = &kUnderWay;
  under_way_.emplace_back(&unit, term);
  ++depth_;
  TypeSet types = resolve(unit, term);
  --depth_;
  under_way_.pop_back();
  const TypeSet* kept = types.empty() ? &kNothing : &results_.emplace_back(std::move(types));
  memo[term] = kept;
  return *kept;
}

TypeSet Resolver::resolve(const UnitModel& unit, TermId id) {
  const Term& term = unit.terms[id];
  switch (term.op) {
    case Op::none:
      return {make(Tag::none)};
    case Op::builtin:
      return {make(Tag::instance, term.name)};
    case Op::global:
      return name(module_of(unit), term.name);
    case Op::class_name:
      return class_name(unit, term);
    case Op::imported:
      return import(module_of(unit), module_of(unit).absolute(term.name));
    case Op::attribute:
      return resolve_attribute(unit, term);
    case Op::call:
      return resolve_call(unit, term);
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
    case Op::list:
    case Op::tuple:
    case Op::dict:
      return display(unit, term);
    case Op::join:
      if (term.node != kNoNode && is_pipe(unit.operands[term.b], unit, *this)) return parse_type(kPipe);
      return joined(unit, unit.operands[term.b]);
    case Op::instance:
      return instances(type_of(unit, term.a));
    case Op::annotated: {
      const TypeSet declared = instances(type_of(unit, term.a));
      if (holds_callables(declared) && holds_elements(type_of(unit, term.b))) return type_of(unit, term.b);
      return says_little(declared) && !type_of(unit, term.b).empty() ? type_of(unit, term.b) : declared;
    }
    case Op::parameter:
      return parameter(unit, term);
    case Op::divide:
      return divided(type_of(unit, term.a), type_of(unit, term.b));
    default:
      return definition(unit, term);
  }
}

TypeSet Resolver::resolve_attribute(const UnitModel& unit, const Term& term) {
  TypeSet result;
  const TypeSet& owner = type_of(unit, term.a);
  if (owner.empty() && term.node != kNoNode) {
    const Node object = unit.unit->ast.node(term.node).child(syntax::Field::object);
    return conventional({}, object.text(), term.name);
  }
  for (const Type& type : owner) {
    if (type.tag != Tag::none && !unite(result, attribute(type, term.name))) return {};
  }
  return result;
}

TypeSet Resolver::resolve_call(const UnitModel& unit, const Term& term) {
  TypeSet result;
  for (const Type& type : type_of(unit, term.a)) {
    if (type.tag != Tag::none && !unite(result, call(type, &unit, unit.unit->ast.node(term.node)))) return {};
  }
  return result;
}

TypeSet Resolver::display(const UnitModel& unit, const Term& term) {
  const std::vector<TermId>& operands = unit.operands[term.b];
  if (term.op == Op::dict) return {generic(Tag::instance, "dict", {TypeSet(), resolve_all(unit, operands)})};
  if (term.op == Op::list) {
    if (operands.empty()) return {make(Tag::instance, "list")};
    return {generic(Tag::instance, "list", {resolve_all(unit, operands)})};
  }
  std::vector<TypeSet> parts;
  for (const TermId operand : operands) parts.push_back(type_of(unit, operand));
  return {generic(Tag::instance, "tuple", std::move(parts))};
}

// What the unit itself defines: its classes, functions and lambdas, and `self` in them.
TypeSet Resolver::definition(const UnitModel& unit, const Term& term) {
  const bool instance = term.op == Op::self || term.op == Op::super;
  const bool named = instance || term.op == Op::class_object || term.op == Op::function;
  if (!named && term.op != Op::lambda) return {};
  Type type = make(instance ? Tag::instance : named ? Tag::object : Tag::lambda);
  if (named) type.name = intern(module_of(unit).name() + "." + std::string(term.name));
  type.super = term.op == Op::super;
  if (named && term.op != Op::function) entries_[type.name] = module_of(unit).look_up_class(term.name);
  if (term.op == Op::function) {
    type.unit = &unit;
    type.function = &unit.functions[term.b];
  } else if (term.op == Op::lambda) {
    type.unit = &unit;
    type.node = term.node;
    type.arguments = std::make_shared<const std::vector<TypeSet>>(1, type_of(unit, term.a));
  }
  return {type};
}

// A loop's own join adds nothing to itself. One that led here through callers is not known yet.
bool Resolver::is_own_loop(const UnitModel& unit, TermId term) {
  const Memo& memo = memo_of(unit);
  if (term >= memo.size() || memo[term] != &kUnderWay) return false;
  const auto from = under_way_.begin() + static_cast<std::ptrdiff_t>(callers_from_);
  return std::find(from, under_way_.end(), std::pair(&unit, term)) != under_way_.end();
}

TypeSet Resolver::resolve_all(const UnitModel& unit, const std::vector<TermId>& terms) {
  TypeSet result;
  for (const TermId term : terms) {
    if (is_own_loop(unit, term)) continue;
    if (!unite(result, type_of(unit, term))) return {};
  }
  return result;
}

namespace {

// `session=None`: whatever comes, the code that puts something in place of None says what it is to be.
bool is_optional(const UnitModel& unit, TermId id) {
  const Term& term = unit.terms[id];
  return term.op == Op::parameter && term.a == kUnknown && unit.terms[term.b].op == Op::none;
}

}  // namespace

TypeSet Resolver::joined(const UnitModel& unit, const std::vector<TermId>& terms) {
  std::vector<TermId> others;
  for (const TermId term : terms) {
    if (!is_optional(unit, term)) others.push_back(term);
  }
  TypeSet result = resolve_all(unit, others);
  if (others.size() == terms.size()) return result;
  return only(result) != nullptr ? assumed(std::move(result)) : TypeSet();
}

const std::vector<TermRef>& Resolver::telling(const std::vector<TermRef>& values, std::vector<TermRef>& room) {
  if (values.size() <= 1) return values;
  for (const TermRef& ref : values) {
    const bool silent = ref.kind == BindingKind::function ? is_accessory(ref) : is_optional(*ref.unit, ref.term);
    if (!silent) room.push_back(ref);
  }
  // `self.level = 3` where `level` is a property runs its setter.
  const auto is_function = [](const TermRef& ref) { return ref.kind == BindingKind::function; };
  const auto function = std::find_if(room.begin(), room.end(), is_function);
  if (room.size() > 1 && function != room.end()) {
    const FunctionRef found = function_at(*function);
    const bool property = found.function != nullptr && is_property(found);
    if (property) std::erase_if(room, [&](const TermRef& ref) { return !is_function(ref); });
  }
  return room.empty() ? values : room;
}

TypeSet Resolver::value_of(const TermRef& ref) { return type_of(*ref.unit, ref.term); }

TypeSet Resolver::class_name(const UnitModel& unit, const Term& term) {
  if (const ClassEntry* entry = module_of(unit).look_up_class(*unit.strings[term.b])) {
    const auto found = entry->attributes.find(term.name);
    if (found != entry->attributes.end()) {
      TypeSet result;
      for (const TermRef& ref : found->second) {
        if (!unite(result, value_of(ref))) return {};
      }
      return result;
    }
  }
  return name(module_of(unit), term.name);
}

Type Resolver::object_at(std::string_view path) {
  Type type = make(Tag::object, intern(std::string(knowledge::canonical(path))));
  type.callable = knowledge::find_callable(type.name);
  return type;
}

const ClassEntry* Resolver::class_entry(std::string_view name) const {
  if (const auto found = entries_.find(name); found != entries_.end()) return found->second;
  const std::string& prefix = module_.name();
  if (name.size() <= prefix.size() + 1 || !name.starts_with(prefix) || name[prefix.size()] != '.') return nullptr;
  return module_.look_up_class(name.substr(prefix.size() + 1));
}

}  // namespace surefoot::semantics
