#include "analysis/rules/fan_out.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"
#include "analysis/semantics/module_index.hpp"
#include "analysis/text/words.hpp"

namespace surefoot::rules {
namespace {

constexpr long long kMany = 100;
constexpr int kMaxDepth = 4;

bool names_part(std::string_view text) {
  return has_word(text, {"chunk", "chunks", "chunked", "batch", "batches", "batched", "page", "slice", "islice",
                         "sample", "window", "group", "grouper"});
}

bool names_limit(std::string_view text) {
  return has_word(text, {"worker", "workers", "concurrency", "concurrent", "parallel", "parallelism", "limit", "pool",
                         "threads", "consumers", "producers", "clients", "replicas", "shards"});
}

// Functions that give as many elements as they get.
bool keeps_size(std::string_view name) {
  static const text::Words names("enumerate reversed sorted list tuple set iter zip");
  return names.contain(name);
}

// The value of a module-level name that is bound once.
Node module_value(std::string_view name, Context& context) {
  const auto* values = context.module().find(name);
  if (values == nullptr || values->size() != 1 || values->front().node == semantics::kNoNode) return {};
  const semantics::TermRef& ref = values->front();
  const Node site = ref.unit->unit->ast.node(ref.node);
  return site.is(Kind::assignment) ? site.child(Field::right) : Node();
}

class Size {
 public:
  Size(Context& context, bool whole_file) : context_(context), whole_file_(whole_file) {}

  bool is_short(Node iterable, int depth) {
    iterable = without_parentheses(iterable);
    if (!iterable || depth > kMaxDepth) return false;
    switch (iterable.kind()) {
      case Kind::list:
      case Kind::tuple:
      case Kind::set:
      case Kind::dictionary:
        return iterable.child_count() <= kMany && !iterable.child(Kind::list_splat) &&
               !iterable.child(Kind::dictionary_splat);
      case Kind::string:
        return true;
      case Kind::list_comprehension:
      case Kind::set_comprehension:
      case Kind::generator_expression:
        return is_short_comprehension(iterable, depth);
      case Kind::subscript:
        return static_cast<bool>(iterable.child(Kind::slice));
      case Kind::call:
        return is_short_call(iterable, depth);
      case Kind::identifier:
        return is_short_name(iterable, depth);
      case Kind::attribute:
        return names_part(iterable.child(Field::attribute).text());
      default:
        return false;
    }
  }

 private:
  bool is_short_comprehension(Node comprehension, int depth) {
    for (const Node clause : comprehension.children()) {
      if (clause.is(Kind::for_in_clause) && !is_short(clause.child(Field::right), depth + 1)) return false;
    }
    return true;
  }

  bool is_short_name(Node name, int depth) {
    if (names_part(name.text())) return true;
    if (const Node value = only_value_of(name, context_)) return is_short(value, depth + 1);
    const Type* type = semantics::only(context_.type_of(name));
    if (type != nullptr && type->tag == Type::Tag::object) return true;  // an enumeration
    return whole_file_ && is_global(name) && is_short(module_value(name.text(), context_), depth + 1);
  }

  bool is_global(Node name) const {
    const semantics::TermId term = context_.unit().term_of(name);
    return context_.unit().terms[term].op == semantics::Op::global;
  }

  bool is_short_call(Node call, int depth) {
    const Node function = call.child(Field::function);
    if (context_.calls(call, "range")) return is_short_range(call);
    const Node arguments = call.child(Field::arguments);
    if (function.is(Kind::identifier) && keeps_size(function.text())) {
      for (const Node argument : arguments.children()) {
        if (!argument.is(Kind::keyword_argument) && is_short(argument, depth + 1)) return true;
      }
      return false;
    }
    const std::string_view name =
        function.is(Kind::attribute) ? function.child(Field::attribute).text() : function.text();
    const bool view = name == "items" || name == "keys" || name == "values";
    return names_part(name) || (view && is_short(function.child(Field::object), depth + 1));
  }

  bool is_short_range(Node range) {
    for (const Node argument : range.child(Field::arguments).children()) {
      if (names_limit(argument.text())) return true;
    }
    const auto first = number(argument(range, "", 0));
    if (!argument(range, "", 1)) return first && *first <= kMany;
    const auto second = number(argument(range, "", 1));
    return first && second && *second - *first <= kMany;
  }

  std::optional<long long> number(Node node) {
    if (!node) return std::nullopt;
    if (const auto literal = semantics::literal_int(node)) return literal;
    if (!node.is(Kind::identifier)) return std::nullopt;
    if (const Node value = only_value_of(node, context_)) return semantics::literal_int(value);
    const Node value = whole_file_ && is_global(node) ? module_value(node.text(), context_) : Node();
    return value ? semantics::literal_int(value) : std::nullopt;
  }

  Context& context_;
  bool whole_file_;
};

bool names_limiter(std::string_view text) {
  return has_word(text, {"sem", "sema", "semaphore", "limiter", "throttle", "throttler", "throttled", "limited",
                         "bounded", "capacity", "slots", "ratelimit", "bulkhead"});
}

// What a thread holds does not keep other tasks of the loop from starting.
bool limits_tasks(std::string_view class_name) {
  return knowledge::is_limiter(class_name) && class_name != "threading.Lock" && class_name != "threading.RLock" &&
         class_name != "threading.Condition";
}

bool is_limiter(Node expression, Context& context) {
  const Type* type = semantics::only(context.type_of(expression));
  if (type != nullptr && type->tag == Type::Tag::instance) {
    if (limits_tasks(type->name)) return true;
    if (context.resolver().is_subclass(type->name, "asyncio.Queue")) return true;
  }
  const Node name = expression.is(Kind::attribute) ? expression.child(Field::attribute) : expression;
  return names_limiter(name.text());
}

// True when something in the code is a limiter.
bool mentions_limiter(Node tree, Context& context) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    const bool named = node.is(Kind::attribute) || (node.is(Kind::identifier) && node.field() != Field::attribute);
    if (named && is_limiter(node, context)) return true;
  }
  return false;
}

bool body_limits(const Type& callee, Context& context, int depth);

bool calls_limited(Node tree, Context& context, int depth) {
  for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    const Type* inner = node.is(Kind::call) ? context.callee(node) : nullptr;
    if (inner != nullptr && inner->function != nullptr && body_limits(*inner, context, depth + 1)) return true;
  }
  return false;
}

// What the methods of a class of another file make use of, by its names.
class OtherClass {
 public:
  OtherClass(const Type& method, Context& context) : resolver_(context.resolver()) {
    name_ = resolver_.module_of(*method.unit).name() + "." + method.function->container;
    self_.tag = Type::Tag::instance;
    self_.name = name_;
  }

  // True when the method names a limiter, or one of the class that does so in turn.
  bool limits(const semantics::FunctionRef& method) {
    methods_.push_back(method);
    for (std::size_t next = 0; next < methods_.size() && next < kMaxMethods; ++next) {
      const semantics::FunctionRef one = methods_[next];
      if (names_one(one.unit->unit->ast.node(one.function->node))) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t kMaxMethods = 20;

  bool names_one(Node code) {
    for (std::uint32_t i = code.index(); i < code.after(); ++i) {
      const Node node = code.ast().node(i);
      if (node.is(Kind::identifier) && (names_limiter(node.text()) || is_limiting_attribute(node))) return true;
    }
    return false;
  }

  bool is_limiting_attribute(Node name) {
    const auto* values = name.field() == Field::attribute ? resolver_.bound_by_class(self_, name.text()) : nullptr;
    if (values == nullptr) return false;
    const semantics::TermRef& value = values->front();
    if (value.kind == semantics::BindingKind::function) {
      add(resolver_.method(self_, name.text()));
      return false;
    }
    const Type* type = semantics::only(resolver_.type_of(*value.unit, value.term));
    return type != nullptr && type->tag == Type::Tag::instance && limits_tasks(type->name);
  }

  void add(const semantics::FunctionRef& method) {
    const auto same = [&](const semantics::FunctionRef& one) { return one.function == method.function; };
    if (method.function != nullptr && std::none_of(methods_.begin(), methods_.end(), same)) methods_.push_back(method);
  }

  semantics::Resolver& resolver_;
  std::string name_;
  Type self_;
  std::vector<semantics::FunctionRef> methods_;
};

bool body_limits(const Type& callee, Context& context, int depth) {
  if (depth > 2) return false;
  const auto unit = unit_of(callee.unit, context);
  if (!unit) {
    return !callee.function->container.empty() && OtherClass(callee, context).limits({callee.unit, callee.function});
  }
  Context inside(context, *unit);
  const Node function = callee.unit->unit->ast.node(callee.function->node);
  return mentions_limiter(function, inside) || calls_limited(function, inside, depth);
}

}  // namespace

bool is_short(Node iterable, Context& context, bool whole_file) {
  return Size(context, whole_file).is_short(iterable, 0);
}

bool is_limited_here(Node node, Context& context) {
  const Node function = context.enclosing_function(node);
  return function && mentions_limiter(function, context);
}

bool limits_itself(Node call, Context& context) {
  const Type* callee = call.is(Kind::call) ? context.callee(call) : semantics::only(context.type_of(call));
  return callee != nullptr && callee->function != nullptr && body_limits(*callee, context, 0);
}

}  // namespace surefoot::rules
