#include <algorithm>
#include <array>

#include "analysis/semantics/literals.hpp"
#include "analysis/semantics/resolver.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::semantics {

using syntax::Field;
using syntax::Kind;
using syntax::Node;
using Tag = Type::Tag;

namespace {

Type with_arguments(Tag tag, std::string_view name, TypeSet argument) {
  Type type;
  type.tag = tag;
  type.name = name;
  type.arguments = std::make_shared<const std::vector<TypeSet>>(1, std::move(argument));
  return type;
}

Type instance_of(const Type& object) {
  Type type = object;
  type.tag = Tag::instance;
  type.callable = nullptr;
  return type;
}

Node positional(Node call, std::size_t position) {
  std::size_t i = 0;
  for (const Node argument : call.child(Field::arguments).children()) {
    if (argument.is(Kind::keyword_argument)) continue;
    if (argument.is(Kind::list_splat) || argument.is(Kind::dictionary_splat)) return {};
    if (i++ == position) return argument;
  }
  return {};
}

Node keyword(Node call, std::string_view name) {
  for (const Node argument : call.child(Field::arguments).children()) {
    if (argument.is(Kind::keyword_argument) && argument.child(Field::name).text() == name) {
      return argument.child(Field::value);
    }
  }
  return {};
}

// `sessions.get(key)`, `jobs.values()`, `stack.pop()`: what methods of builtin containers give of what these hold.
// Nothing when the type of the elements is not known; `given`: what the call says to take where there is none.
TypeSet part_of_container(const Type& container, std::string_view method, const TypeSet* given) {
  if (container.tag != Tag::instance || container.arguments == nullptr) return {};
  const std::vector<TypeSet>& held = *container.arguments;
  if (container.name == "list" || container.name == "collections.deque") {
    return method == "pop" || method == "popleft" ? held.front() : TypeSet();
  }
  if (container.name != "dict" || held.size() != 2 || held[1].empty()) return {};
  if (method == "values") return {with_arguments(Tag::instance, "<iterable>", held[1])};
  if (method == "items") {
    Type pair = with_arguments(Tag::instance, "tuple", {});
    pair.arguments = container.arguments;
    return {with_arguments(Tag::instance, "<iterable>", {pair})};
  }
  if (method != "get" && method != "pop" && method != "setdefault") return {};
  TypeSet value = held[1];
  return given == nullptr || unite(value, *given) ? value : TypeSet();
}

bool is_container_method(std::string_view name) {
  return name.starts_with("dict.") || name.starts_with("list.") || name.starts_with("collections.deque.");
}

TypeSet of_container_method(Node call, std::string_view name, const UnitModel& unit, Resolver& resolver) {
  const Type* container = only(resolver.type_of(unit, call.child(Field::function).child(Field::object)));
  const Node given = positional(call, 1);
  return container == nullptr ? TypeSet()
                              : part_of_container(*container, name.substr(name.rfind('.') + 1),
                                                  given ? &resolver.type_of(unit, given) : nullptr);
}

}  // namespace

TypeSet Resolver::call(const Type& callee, const UnitModel* unit, Node node) {
  if (callee.tag == Tag::lambda) return callee.arguments->front();
  if (callee.function != nullptr) return call_function(*callee.unit, *callee.function);
  if (callee.tag == Tag::instance) {
    if (class_entry(callee.name) == nullptr && knowledge::find_class(callee.name) == nullptr) return {};
    const TypeSet method = attribute(callee, "__call__");
    const Type* function = only(method);
    if (function == nullptr || (function->function == nullptr && function->callable == nullptr)) return {};
    return call(*function, unit, node);
  }
  if (callee.tag != Tag::object) return {};
  if (unit != nullptr && node && is_container_method(callee.name)) {
    return of_container_method(node, callee.name, *unit, *this);
  }
  bool handled = false;
  if (TypeSet special = special_call(callee, unit, node, handled); handled) return special;
  if (class_entry(callee.name) != nullptr) return {instance_of(callee)};
  if (callee.callable != nullptr && (!callee.callable->returns.empty() || !callee.callable->item.empty())) {
    const knowledge::Callable& facts = *callee.callable;
    TypeSet value = parse_type(facts.returns);
    if (facts.returns.empty()) value = {with_arguments(Tag::instance, "<iterable>", parse_type(facts.item))};
    if (facts.is_async) return {with_arguments(Tag::awaitable, {}, std::move(value))};
    return value;
  }
  if (callee.callable != nullptr && callee.callable->is_async) return {with_arguments(Tag::awaitable, {}, {})};
  if (knowledge::find_class(callee.name) != nullptr) return {instance_of(callee)};
  return {};
}

// Calls whose value depends on their arguments.
TypeSet Resolver::special_call(const Type& callee, const UnitModel* unit, Node node, bool& handled) {
  if (unit == nullptr || !node) return {};
  const auto argument = [&](std::size_t position) -> const TypeSet& {
    static const TypeSet nothing;
    const Node value = positional(node, position);
    return value ? type_of(*unit, value) : nothing;
  };
  handled = true;
  if (callee.name == "typing.cast") return instances(argument(0));
  if (callee.name == "getattr") {
    const Type* object = only(argument(0));
    const auto name = literal_string(positional(node, 1));
    return object != nullptr && name ? attribute(*object, intern(*name)) : TypeSet();
  }
  if (callee.name == "fastapi.Depends") {
    const Node given = keyword(node, "dependency");
    return provided(given ? type_of(*unit, given) : argument(0));
  }
  if (callee.name == "functools.partial") {
    const Type* function = only(argument(0));
    return function != nullptr ? TypeSet{*function} : TypeSet();
  }
  if (callee.name == "asyncio.gather") {
    return {with_arguments(Tag::awaitable, {}, {with_arguments(Tag::instance, "tuple", {})})};
  }
  if (callee.name == "asyncio.wait_for" || callee.name == "asyncio.shield") return argument(0);
  if (callee.name == "str" || callee.name == "int" || callee.name == "bytes" || callee.name == "float" ||
      callee.name == "bool" || callee.name == "dict" || callee.name == "set") {
    return {instance_of(callee)};
  }
  if (callee.name == "list" || callee.name == "sorted" || callee.name == "tuple" || callee.name == "iter" ||
      callee.name == "reversed") {
    TypeSet element = items(argument(0), false);
    return {with_arguments(Tag::instance, callee.name == "iter" ? "<iterable>" : "list", std::move(element))};
  }
  if (callee.name == "next") return items(argument(0), false);
  // sessionmaker(class_=AsyncSession) makes asynchronous sessions.
  if (const Node made = callee.name == "sqlalchemy.orm.sessionmaker" ? keyword(node, "class_") : Node()) {
    const Type* session = only(type_of(*unit, made));
    if (session == nullptr || !is_subclass(session->name, "sqlalchemy.ext.asyncio.AsyncSession")) return {};
    Type factory;
    factory.tag = Tag::instance;
    factory.name = "sqlalchemy.ext.asyncio.async_sessionmaker";
    return {factory};
  }
  if (const knowledge::Spawner* spawner = knowledge::find_spawner(callee.name)) {
    TypeSet task = parse_type(spawner->returns);
    if (task.size() == 1) task.front() = with_arguments(Tag::instance, task.front().name, awaited(argument(0)));
    return task;
  }
  if (const knowledge::Bridge* bridge = knowledge::find_bridge(callee.name); bridge != nullptr && bridge->is_async) {
    const int position = bridge->callable.position;
    const Type* function = position >= 0 ? only(argument(static_cast<std::size_t>(position))) : nullptr;
    TypeSet value = function != nullptr ? call(*function, nullptr, Node()) : TypeSet();
    return {with_arguments(Tag::awaitable, {}, std::move(value))};
  }
  handled = false;
  return {};
}

TypeSet Resolver::call_function(const UnitModel& unit, const Function& function) {
  const Decoration decorated = decoration(unit, function);
  if (decorated == Decoration::unknown) return {};
  for (const FunctionRef& wrapper : wrappers(unit, function)) {
    if (!copies_signature(wrapper)) return {};
  }
  const bool manager = decorated == Decoration::manager;
  if (++depth_ > 60) {
    --depth_;
    return {};
  }
  TypeSet value;
  if (function.is_generator) {
    TypeSet yielded = resolve_all(unit, function.yielded);
    const std::string_view kind = manager ? (function.is_async ? "<async-context-manager>" : "<context-manager>")
                                          : (function.is_async ? "<async-generator>" : "<generator>");
    if (yielded.empty() && function.returns != kUnknown) {
      const TypeSet declared = instances(type_of(unit, function.returns));
      const Type* type = only(declared);
      if (type != nullptr && type->arguments != nullptr) yielded = type->arguments->front();
    }
    --depth_;
    return {with_arguments(Tag::instance, kind, std::move(yielded))};
  }
  if (function.returns != kUnknown) value = instances(type_of(unit, function.returns));
  if (value.empty()) value = function.returned.empty() ? TypeSet{Type()} : resolve_all(unit, function.returned);
  --depth_;
  if (!function.is_async) return value;
  return {with_arguments(Tag::awaitable, {}, std::move(value))};
}

namespace {

// Splits "A, B[C, D]" at its outer commas (or another separator).
std::vector<std::string_view> split_outer(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == separator && depth == 0)) {
      std::string_view part = text.substr(start, i - start);
      while (part.starts_with(' ')) part.remove_prefix(1);
      while (part.ends_with(' ')) part.remove_suffix(1);
      parts.push_back(part);
      start = i + 1;
    } else if (text[i] == '[') {
      ++depth;
    } else if (text[i] == ']') {
      --depth;
    }
  }
  return parts;
}

}  // namespace

TypeSet Resolver::parse_type(std::string_view expression) {
  if (expression.empty() || expression.size() > 500) return {};
  if (const auto known = parsed_.find(expression); known != parsed_.end()) return known->second;
  TypeSet result;
  for (const std::string_view part : split_outer(expression, '|')) {
    Type type;
    if (part.starts_with("type[") && part.ends_with(']')) {
      type = object_at(part.substr(5, part.size() - 6));
    } else if (part != "None") {
      type.tag = Tag::instance;
      const std::size_t bracket = part.find('[');
      type.name = knowledge::canonical(part.substr(0, bracket));
      if (bracket != std::string_view::npos && part.ends_with(']')) {
        std::vector<TypeSet> arguments;
        for (const std::string_view one : split_outer(part.substr(bracket + 1, part.size() - bracket - 2), ',')) {
          arguments.push_back(parse_type(one));
        }
        type.arguments = std::make_shared<const std::vector<TypeSet>>(std::move(arguments));
      }
    }
    result.push_back(type);
  }
  return parsed_.emplace(expression, result).first->second;
}

}  // namespace surefoot::semantics
