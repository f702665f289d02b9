#include "analysis/semantics/resolver.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::semantics {

using syntax::Node;
using Tag = Type::Tag;

namespace {

// `pair[0]`
TypeSet part_of_tuple(const Type& tuple, std::string_view key) {
  const bool digit = key.size() == 1 && key.front() >= '0' && key.front() <= '9';
  const auto position = digit ? static_cast<std::size_t>(key.front() - '0') : tuple.arguments->size();
  return position < tuple.arguments->size() ? (*tuple.arguments)[position] : TypeSet();
}

bool is_abstract_manager(std::string_view name) {
  return name == "contextlib.AbstractContextManager" || name == "contextlib.AbstractAsyncContextManager" ||
         is_typing(name, "ContextManager") || is_typing(name, "AsyncContextManager");
}

}  // namespace

TypeSet Resolver::awaited(const TypeSet& types) {
  TypeSet result;
  for (const Type& type : types) {
    if (type.tag == Tag::none) continue;
    const bool future = type.tag == Tag::instance && (type.name == "asyncio.Task" || type.name == "asyncio.Future" ||
                                                      is_typing(type.name, "Awaitable"));
    if (type.tag == Tag::instance && !future) {
      const knowledge::Class* known = class_entry(type.name) == nullptr ? knowledge::find_class(type.name) : nullptr;
      if (known == nullptr || known->awaits.empty() || known->awaits == "object") return {};
      if (!unite(result, parse_type(known->awaits))) return {};
      continue;
    }
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
    } else if ((is_abstract_manager(type.name) || binds_its_argument(type.name)) && type.arguments != nullptr &&
               !type.arguments->empty()) {
      value = type.arguments->front();
    } else if (binds_its_argument(type.name)) {
      return {};
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
    } else if (class_entry(type.name) != nullptr) {
      const FunctionRef maker = method(type, "__iter__");
      const FunctionRef next = method(type, "__next__");
      const FunctionRef one = next.function != nullptr ? next : maker;
      if (one.function == nullptr || depth_ > 60) return {};
      value = call_function(*one.unit, *one.function);
      const Type* steps = next.function == nullptr ? only(value) : nullptr;
      if (next.function == nullptr && (steps == nullptr || class_entry(steps->name) != nullptr)) return {};
      if (next.function == nullptr) value = items(TypeSet{*steps}, false);
    } else if (const knowledge::Class* known = knowledge::find_class(type.name)) {
      value = parse_type(known->item);
    }
    if (!unite(result, value)) return {};
  }
  return result;
}

TypeSet Resolver::subscript(const TypeSet& values, const TypeSet& key, std::string_view literal) {
  const Type* key_type = only(key);
  if (key_type != nullptr && key_type->tag == Tag::instance && is_typed_key(key_type->name)) {
    const bool says = key_type->arguments != nullptr && !key_type->arguments->empty();
    return says ? instances(key_type->arguments->front()) : TypeSet();
  }
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
      const bool mapping = last_part(type.name) == "Mapping" || last_part(type.name) == "MutableMapping" ||
                           is_subclass(type.name, "dict");
      const std::size_t position = mapping ? 1 : 0;
      if (type.name == "tuple") {
        value = part_of_tuple(type, literal);
      } else if (position < type.arguments->size())
        value = (*type.arguments)[position];
    } else if (type.tag == Tag::instance && class_entry(type.name) != nullptr) {
      if (!literal.empty() &&
          (is_subclass(type.name, "typing.TypedDict") || is_subclass(type.name, "typing_extensions.TypedDict"))) {
        value = attribute(type, intern(std::string(literal)));
      } else if (const FunctionRef method = this->method(type, "__getitem__"); method.function != nullptr) {
        value = call_function(*method.unit, *method.function);
      }
    } else if (type.tag == Tag::instance) {
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
    if (name == "object" || is_typing(name, "Any") || is_typing(name, "Self")) return {};
    if (is_typing(name, "Callable") || name == "collections.abc.Callable") {
      if (type.arguments == nullptr) add_unique(result, generic(Tag::instance, kCallable, {TypeSet(), TypeSet()}));
      if (type.arguments == nullptr) continue;
      if (type.arguments->size() != 2) return {};
      add_unique(result, generic(Tag::instance, kCallable, {TypeSet(), instances(type.arguments->back())}));
      continue;
    }
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
