#include <algorithm>
#include <array>

#include "analysis/semantics/call_arguments.hpp"
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

// `shop_pb2_grpc.ShopStub`, which protoc makes.
bool is_generated_stub(std::string_view name) {
  return name.ends_with("Stub") && name.find("_pb2_grpc.") != std::string_view::npos;
}

// `handlers.get(kind, otherwise)`
TypeSet from_dict(const Type& method, const UnitModel& unit, Node call, Resolver& resolver) {
  if (method.callable == nullptr) return {};
  TypeSet value = substituted(resolver.parse_type(method.callable->returns), method.arguments.get());
  const Node otherwise = positional_argument(call, 1);
  if (!otherwise || value.empty()) return value;
  return unite(value, resolver.type_of(unit, otherwise)) ? value : TypeSet();
}

// A stub that protoc generates, by the channel that it is made with.
TypeSet stub_over(const UnitModel& unit, Node call, Resolver& resolver) {
  const Node named = keyword_argument(call, "channel");
  const Node given = named ? named : positional_argument(call, 0);
  const Type* channel = given ? only(resolver.type_of(unit, given)) : nullptr;
  if (channel != nullptr && channel->is_instance("grpc.Channel")) return resolver.parse_type("grpc.Stub");
  if (channel != nullptr && channel->is_instance("grpc.aio.Channel")) return resolver.parse_type("grpc.aio.Stub");
  return {};
}

bool makes_manager(std::string_view name) {
  return name == "contextlib.contextmanager" || name == "contextlib.asynccontextmanager";
}

// What `contextmanager` makes of a generator function.
TypeSet manager_of(const TypeSet& given) {
  const Type* generator = only(given);
  if (generator == nullptr || generator->function == nullptr || !generator->function->is_generator) return {};
  Type made = *generator;
  made.name = kManagerOf;
  return {made};
}

TypeSet as_manager(TypeSet generators) {
  for (Type& type : generators) {
    if (type.name == "<generator>") type.name = "<context-manager>";
    if (type.name == "<async-generator>") type.name = "<async-context-manager>";
  }
  return generators;
}

// The managers that these make have the methods of the queryset's class
// (https://docs.djangoproject.com/en/stable/topics/db/managers/, "Creating a manager with QuerySet methods").
constexpr std::string_view kAsManager = "django.db.models.QuerySet.as_manager";
constexpr std::string_view kFromQuerySet = "django.db.models.Manager.from_queryset";

// `Orders.as_manager()`, `Manager.from_queryset(Orders)`; empty for a class that is not the project's.
TypeSet over_queryset(const Type& callee, const UnitModel& unit, Node call, Resolver& resolver) {
  const bool made = callee.name == kAsManager;
  const Node given =
      made ? call.child(syntax::Field::function).child(syntax::Field::object) : positional_argument(call, 0);
  const Type* queryset = given ? only(resolver.type_of(unit, given)) : nullptr;
  if (queryset == nullptr || resolver.class_entry(queryset->name) == nullptr) return {};
  return {made ? instance_of(*queryset) : *queryset};
}

// `sessionmaker(class_=AsyncSession)` makes asynchronous sessions.
TypeSet session_factory(const UnitModel& unit, Node made, Resolver& resolver) {
  const Type* session = only(resolver.type_of(unit, made));
  const bool is_async =
      session != nullptr && resolver.is_subclass(session->name, "sqlalchemy.ext.asyncio.AsyncSession");
  if (!is_async) return {};
  Type factory;
  factory.tag = Type::Tag::instance;
  factory.name = "sqlalchemy.ext.asyncio.async_sessionmaker";
  return {factory};
}

bool gives_from_dict(std::string_view name) {
  return name == "dict.get" || name == "dict.pop" || name == "dict.setdefault";
}

}  // namespace

TypeSet Resolver::call(const Type& callee, const UnitModel* unit, Node node) {
  if (callee.tag == Tag::lambda) return callee.arguments->front();
  if (callee.name == kManagerOf) return as_manager(call_function(*callee.unit, *callee.function));
  if (callee.function != nullptr) return call_function(*callee.unit, *callee.function);
  if (callee.tag == Tag::instance) {
    if (callee.name == kCallable && callee.arguments != nullptr) return callee.arguments->back();
    if (class_entry(callee.name) == nullptr && knowledge::find_class(callee.name) == nullptr) return {};
    const TypeSet method = attribute(callee, "__call__");
    const Type* function = only(method);
    if (function == nullptr || (function->function == nullptr && function->callable == nullptr)) return {};
    return call(*function, unit, node);
  }
  if (callee.tag != Tag::object) return {};
  bool handled = false;
  if (TypeSet special = special_call(callee, unit, node, handled); handled) return special;
  if (class_entry(callee.name) != nullptr) return {instance_of(callee)};
  if (callee.callable != nullptr && (!callee.callable->returns.empty() || !callee.callable->item.empty())) {
    const knowledge::Callable& facts = *callee.callable;
    TypeSet value = substituted(parse_type(facts.returns), callee.arguments.get());
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
    const Node value = positional_argument(node, position);
    return value ? type_of(*unit, value) : nothing;
  };
  handled = true;
  if (callee.name == "staticmethod") return argument(0);
  if (callee.name == "typing.cast") return instances(argument(0));
  if (callee.name == "getattr") {
    const Type* object = only(argument(0));
    const auto name = literal_string(positional_argument(node, 1));
    return object != nullptr && name ? attribute(*object, intern(*name)) : TypeSet();
  }
  if (callee.name == "fastapi.Depends") {
    const Node given = keyword_argument(node, "dependency");
    return provided(given ? type_of(*unit, given) : argument(0));
  }
  if (callee.name == kAsManager || callee.name == kFromQuerySet) {
    if (TypeSet manager = over_queryset(callee, *unit, node, *this); !manager.empty()) return manager;
  }
  if (makes_manager(callee.name)) return manager_of(argument(0));
  if (gives_from_dict(callee.name)) return from_dict(callee, *unit, node, *this);
  if (binds_its_argument(callee.name)) return {generic(Tag::instance, callee.name, {argument(0)})};
  if (is_typed_key(callee.name) && !argument(1).empty()) {
    return {with_arguments(Tag::instance, callee.name, argument(1))};
  }
  if (callee.name == "functools.partial") {
    const Type* function = only(argument(0));
    return function != nullptr ? TypeSet{*function} : TypeSet();
  }
  if (callee.name == "asyncio.gather") return gathered(*unit, node);
  if (callee.name == "asyncio.wait_for" || callee.name == "asyncio.shield") return argument(0);
  if (callee.name.ends_with("ExitStack.enter_context")) return entered(argument(0), false);
  if (callee.name == "contextlib.AsyncExitStack.enter_async_context") {
    return {with_arguments(Tag::awaitable, {}, entered(argument(0), true))};
  }
  if (is_builtin_maker(callee.name)) return called_builtin(callee, *unit, node);
  if (is_declaring(callee.name)) return called_typing(callee, *unit, node);
  if (const Node made = callee.name == "sqlalchemy.orm.sessionmaker" ? keyword_argument(node, "class_") : Node()) {
    return session_factory(*unit, made, *this);
  }
  if (is_generated_stub(callee.name)) {
    if (TypeSet stub = stub_over(*unit, node, *this); !stub.empty()) return stub;
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
  const bool offloaded = is_offloaded(unit, function);
  if (offloaded && (function.is_async || function.is_generator)) return {};
  if (decorated == Decoration::unknown && !offloaded) {
    const FunctionRef instead = this->decorated(unit, function).replacement;
    if (instead.function == nullptr || depth_ > 60) return {};
    ++depth_;
    TypeSet value = call_function(*instead.unit, *instead.function);
    --depth_;
    return value;
  }
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
  if (says_little(value)) {
    TypeSet returned = function.returned.empty() ? TypeSet{Type()} : resolve_all(unit, function.returned);
    if (!returned.empty()) value = std::move(returned);
  }
  --depth_;
  if (!function.is_async && !offloaded) return value;
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
