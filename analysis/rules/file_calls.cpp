#include "analysis/rules/file_calls.hpp"

#include <algorithm>
#include <vector>

#include "analysis/rules/mentions.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {

using semantics::Function;
using semantics::FunctionRef;
using semantics::Op;
using semantics::Resolver;
using semantics::UnitModel;

const semantics::Term& plain_term(Node expression, Context& context) {
  const UnitModel& unit = context.unit();
  const semantics::Term* term = &unit.terms[unit.term_of(without_parentheses(expression))];
  if (term->op == Op::join && unit.operands[term->b].size() == 1) term = &unit.terms[unit.operands[term->b].front()];
  return *term;
}

namespace {

constexpr std::size_t kMaxFunctions = 100;

bool is_self(Node expression, Context& context) {
  const Op op = expression ? plain_term(expression, context).op : Op::unknown;
  return op == Op::self || op == Op::super;
}

// ---- what a node runs

// True for a call whose coroutine is run before the code goes on: `await f()`, `await asyncio.gather(f(), g())`.
bool is_awaited(Node call, Context& context) {
  Node outer = call.parent();
  while (outer.is(Kind::parenthesized_expression) || outer.is(Kind::argument_list) || outer.is(Kind::list_splat) ||
         outer.is(Kind::list)) {
    outer = outer.parent();
  }
  if (outer.is(Kind::await)) return true;
  if (!outer.is(Kind::call) || outer.child(Field::arguments).index() > call.index()) return false;
  const bool waits = context.calls(outer, "asyncio.gather") || context.calls(outer, "asyncio.wait_for") ||
                     context.calls(outer, "asyncio.shield");
  return waits && is_awaited(outer, context);
}

// True for `with f():`, `stack.enter_context(f())`.
bool is_entered(Node call) {
  Node outer = call.parent();
  while (outer.is(Kind::parenthesized_expression) || outer.is(Kind::as_pattern)) outer = outer.parent();
  if (outer.is(Kind::with_item)) return true;
  const std::string_view name = outer.is(Kind::argument_list) ? last_name(outer.parent()) : std::string_view();
  return name == "enter_context" || name == "enter_async_context";
}

bool runs_here(Node node, const UnitModel& unit, const Function& function, Context& context) {
  const Resolver::Decoration decoration = context.resolver().decoration(unit, function);
  if (decoration == Resolver::Decoration::unknown) return false;
  if (decoration == Resolver::Decoration::manager) return is_entered(node);
  if (function.is_generator) return false;
  return !function.is_async || is_awaited(node, context);
}

std::optional<Run> run_of(Node node, const FunctionRef& found, bool same_object, Context& context) {
  if (found.function == nullptr || !runs_here(node, *found.unit, *found.function, context)) return std::nullopt;
  return Run{found.unit, found.function, same_object};
}

// `self.f()`, `super().f()`, `Base.f(self)`, `f()` of a function inside this one.
bool stays_with_object(Node call, const Type& callee, Context& context) {
  const Node function = without_parentheses(call.child(Field::function));
  if (!function.is(Kind::attribute)) {
    return callee.unit == &context.unit() && callee.function->path.find("<locals>") != std::string::npos;
  }
  if (is_self(function.child(Field::object), context)) return true;
  const Node first = argument(call, "", 0);
  return !callee.function->container.empty() && first && is_self(first, context);
}

std::optional<Run> run_by_special_method(Node node, Node object, std::string_view method, Context& context) {
  const Type* type = object ? semantics::only(context.type_of(object)) : nullptr;
  if (type == nullptr || type->tag != Type::Tag::instance) return std::nullopt;
  return run_of(node, context.resolver().method(*type, method), is_self(object, context), context);
}

std::optional<Run> run_by_call(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr) return std::nullopt;
  if (callee->tag == Type::Tag::instance) {
    return run_by_special_method(call, call.child(Field::function), "__call__", context);
  }
  if (callee->tag != Type::Tag::object) return std::nullopt;
  if (callee->function != nullptr) {
    return run_of(call, {callee->unit, callee->function}, stays_with_object(call, *callee, context), context);
  }
  if (callee->name == "len") return run_by_special_method(call, argument(call, "", 0), "__len__", context);
  Type made = *callee;
  made.tag = Type::Tag::instance;
  const FunctionRef maker = context.resolver().method(made, "__new__");
  const FunctionRef first = maker.function != nullptr ? maker : context.resolver().method(made, "__init__");
  return run_of(call, first, false, context);
}

bool is_target(Node node) {
  const bool assigned = node.parent().is(Kind::assignment) || node.parent().is(Kind::augmented_assignment);
  return assigned && node.field() == Field::left;
}

std::optional<Run> run_by_subscript(Node node, Context& context) {
  const std::string_view method = is_target(node)                            ? "__setitem__"
                                  : node.parent().is(Kind::delete_statement) ? "__delitem__"
                                                                             : "__getitem__";
  return run_by_special_method(node, node.child(Field::value), method, context);
}

}  // namespace

std::optional<Run> run_at(Node node, Context& context) {
  switch (node.kind()) {
    case Kind::call:
      return run_by_call(node, context);
    case Kind::attribute: {
      if (is_target(node)) return std::nullopt;
      const FunctionRef getter = context.resolver().getter(context.unit(), node);
      return run_of(node, getter, is_self(node.child(Field::object), context), context);
    }
    case Kind::subscript:
      return run_by_subscript(node, context);
    case Kind::comparison_operator: {
      const std::string_view test = node.child(Field::operators).text();
      if (node.child_count() != 3 || (test != "in" && test != "not in")) return std::nullopt;
      return run_by_special_method(node, node.last_child(), "__contains__", context);
    }
    default:
      return std::nullopt;
  }
}

std::optional<Run> run_elsewhere(Node node, Context& context) {
  auto run = run_at(node, context);
  return run && &context.resolver().module_of(*run->unit) != &context.module() ? run : std::nullopt;
}

bool any_in_run(const Run& first, Context& context, const VisitRun& visit, const Follow& follow) {
  std::vector<Run> found{first};
  for (std::size_t next = 0; next < found.size(); ++next) {
    const Run run = found[next];
    const auto unit = unit_of(run.unit, context);
    if (!unit) continue;
    Context inside(context, *unit);
    bool done = false;
    for_each_own(run.definition().child(Field::body), [&](Node node) {
      done = done || visit(node, inside, run.same_object);
      if (done || found.size() > kMaxFunctions || (follow && !follow(node, inside))) return;
      auto further = run_at(node, inside);
      if (!further) return;
      further->same_object = further->same_object && run.same_object;
      if (std::find(found.begin(), found.end(), *further) == found.end()) found.push_back(*further);
    });
    if (done) return true;
  }
  return false;
}

// ---- who runs a function

void for_each_name_of(const Function& function, Context& context,
                      const std::function<void(Node place, Context& inside)>& visit) {
  for_each_unit_with(function.name, context, [&](Node root, Context& inside) {
    for_each_mention_in(root, function.name, [&](Node place) {
      const Type* type = semantics::only(inside.type_of(place));
      if (type != nullptr && type->function == &function) visit(place, inside);
    });
  });
}

namespace {

// The same for `self.f` of the classes that the function's own derives from, where that means what it overrides.
void for_each_overridden_name(const Function& function, Context& context,
                              const std::function<void(Node place, Context& inside)>& visit) {
  if (function.container.empty()) return;
  const std::string name = context.module().name() + "." + function.container;
  for_each_unit_with(function.name, context, [&](Node root, Context& inside) {
    for_each_mention_in(root, function.name, [&](Node place) {
      const Node object = place.is(Kind::attribute) ? place.child(Field::object) : Node();
      if (!object || plain_term(object, inside).op != Op::self) return;
      const Type* meant = semantics::only(inside.type_of(place));
      const Type* owner = semantics::only(inside.type_of(object));
      if (meant == nullptr || meant->function == nullptr || meant->function == &function || owner == nullptr) return;
      if (owner->name != name && context.resolver().is_subclass(name, owner->name)) visit(place, inside);
    });
  });
}

struct PlacedFunction {
  std::size_t unit = 0;
  Node node;
  bool operator==(const PlacedFunction&) const = default;
};

// The function whose code holds the node; null for code of the module.
Node holder_of(Node node, Reach reach, Context& inside) {
  Node holder = inside.enclosing_function(node);
  while (reach == Reach::calls_and_handovers && holder.is(Kind::lambda)) holder = inside.enclosing_function(holder);
  return holder;
}

// True for `f` of `f()`, and for what is among the arguments of a call where that counts.
bool runs_what_it_names(Node place, Reach reach) {
  if (place.field() == Field::function && place.parent().is(Kind::call)) return true;
  if (reach == Reach::calls) return false;
  for (Node outer = place.parent(); outer && !syntax::is_statement(outer.kind()); outer = outer.parent()) {
    if (outer.is(Kind::argument_list)) return true;
  }
  return false;
}

void add_callers(const PlacedFunction& of, Reach reach, Context& context, std::vector<PlacedFunction>& into) {
  Context own(context, of.unit);
  const Function* function = own.unit().function_at(of.node.index());
  if (function == nullptr) return;
  const auto add = [&](Node place, Context& inside) {
    if (!runs_what_it_names(place, reach)) return;
    const PlacedFunction holder{inside.unit_number(), holder_of(place, reach, inside)};
    if (holder.node && std::find(into.begin(), into.end(), holder) == into.end()) into.push_back(holder);
  };
  for_each_name_of(*function, own, add);
  for_each_overridden_name(*function, own, add);
}

}  // namespace

bool is_reached_from(Node function, Reach reach, Context& context, const TestFunction& test) {
  std::vector<PlacedFunction> found{{context.unit_number(), function}};
  for (std::size_t next = 0; next < found.size() && next < kMaxFunctions; ++next) {
    const PlacedFunction one = found[next];
    Context inside(context, one.unit);
    if (test(one.node, inside)) return true;
    add_callers(one, reach, context, found);
  }
  return false;
}

}  // namespace surefoot::rules
