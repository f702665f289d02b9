#include "analysis/rules/django_orm.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "analysis/rules/scopes.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {

using knowledge::Effect;

namespace {

constexpr std::string_view kAtomic = "django.db.transaction.atomic";

const knowledge::Callable* facts_of(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->tag == Type::Tag::object ? callee->callable : nullptr;
}

bool is_of_orm(std::string_view name) { return name.starts_with("django."); }

// The asynchronous twins have no effect before they are awaited.
bool is_twin(const knowledge::Callable& facts) {
  static constexpr std::array<std::string_view, 3> kOwners = {"django.db.models.QuerySet.a",
                                                              "django.db.models.Manager.a", "django.db.models.Model.a"};
  return facts.is_async && std::any_of(kOwners.begin(), kOwners.end(),
                                       [&](std::string_view owner) { return facts.name.starts_with(owner); });
}

}  // namespace

bool is_queryset(Node expression, Context& context) {
  return context.is_instance(expression, "django.db.models.QuerySet");
}

bool is_model_instance(Node expression, Context& context) {
  return context.is_instance(expression, "django.db.models.Model");
}

bool is_in_model(Node node, Context& context) {
  const std::string_view path = context.enclosing_class(node);
  if (path.empty() || context.scope_of(node) != Scope::class_body) return false;
  const std::string name = context.module().name() + "." + std::string(path);
  return context.resolver().is_subclass(name, "django.db.models.Model");
}

Effect orm_effects(Node call, Context& context) {
  const knowledge::Callable* facts = facts_of(call, context);
  if (facts == nullptr) return Effect::none;
  const Effect effects = effects_of(call, *facts);
  return any(effects & Effect::queries_orm) ? effects : Effect::none;
}

bool asks_database(Node call, Context& context) {
  const knowledge::Callable* facts = facts_of(call, context);
  if (facts == nullptr) return writes_database(call, context);
  return any(orm_effects(call, context)) || is_twin(*facts);
}

namespace {

// `order.save()` where the model has a `save` of its own.
bool calls_own_write(Node call, Context& context) {
  const Type* callee = context.callee(call);
  const Node function = call.child(Field::function);
  if (callee == nullptr || callee->function == nullptr || !function.is(Kind::attribute)) return false;
  static constexpr std::array<std::string_view, 4> kWrites = {"save", "asave", "delete", "adelete"};
  return contains(kWrites, callee->function->name) && is_model_instance(function.child(Field::object), context);
}

}  // namespace

bool writes_database(Node call, Context& context) {
  const knowledge::Callable* facts = facts_of(call, context);
  if (facts == nullptr) return calls_own_write(call, context);
  return is_of_orm(facts->name) && any(facts->effects & Effect::writes_database);
}

bool is_atomic(Node expression, Context& context) {
  const Type* type = expression ? semantics::only(context.type_of(expression)) : nullptr;
  return type != nullptr && (type->is_object(kAtomic) || type->is_instance(kAtomic));
}

Node atomic_block_around(Node node, Node within, Context& context) {
  for (Node child = node, at = node.parent(); at && child != within; child = at, at = at.parent()) {
    if (at.is(Kind::function_definition) || at.is(Kind::lambda)) return {};
    if (!at.is(Kind::with_statement) || child.field() != Field::body) continue;
    for (std::uint32_t i = at.index(); i < child.index(); ++i) {
      const Node item = at.ast().node(i);
      if (item.is(Kind::with_item) && is_atomic(manager_of(item), context)) return manager_of(item);
    }
  }
  return {};
}

Node atomic_decorator_of(Node function, Context& context) {
  const Node whole = function.parent();
  if (!function.is(Kind::function_definition) || !whole.is(Kind::decorated_definition)) return {};
  for (const Node child : whole.children()) {
    if (!child.is(Kind::decorator)) continue;
    Node value = without_parentheses(child.first_child());
    if (value.is(Kind::call) && context.calls(value, "django.utils.decorators.method_decorator")) {
      value = argument(value, "decorator", 0);
    }
    if (is_atomic(value, context)) return child;
  }
  return {};
}

namespace {

bool handles_requests(std::string_view method) {
  static constexpr std::array<std::string_view, 6> kMethods = {"dispatch", "get", "post", "put", "patch", "delete"};
  return contains(kMethods, method);
}

// `@method_decorator(transaction.atomic, name="dispatch")` on the class of the method.
bool is_atomic_by_class(Node function, Context& context) {
  const std::string_view path = context.enclosing_class(function);
  const semantics::ClassEntry* entry = path.empty() ? nullptr : context.module().find_class(path);
  if (entry == nullptr) return false;
  const semantics::UnitModel& unit = *entry->unit;
  for (const semantics::TermId decorator : entry->definition->decorators) {
    const Type* type = semantics::type_of_decorator(unit, decorator, context.resolver());
    if (type == nullptr || !type->is_object("django.utils.decorators.method_decorator")) continue;
    if (unit.terms[decorator].op != semantics::Op::call) continue;
    const Node call = unit.unit->ast.node(unit.terms[decorator].node);
    const Node given = argument(call, "decorator", 0);
    const Node name = argument(call, "name", 1);
    const Type* what = given ? semantics::only(context.resolver().type_of(unit, given)) : nullptr;
    if (what == nullptr || what->name != kAtomic || !name) continue;
    const auto method = semantics::literal_string(name);
    const std::string_view own = function.child(Field::name).text();
    if (method && (*method == own || (*method == "dispatch" && handles_requests(own)))) return true;
  }
  return false;
}

}  // namespace

Node atomic_around(Node node, Context& context) {
  if (const Node block = atomic_block_around(node, {}, context)) return block;
  const Node function = context.enclosing_function(node);
  if (!function.is(Kind::function_definition)) return {};
  if (const Node decorator = atomic_decorator_of(function, context)) return decorator;
  return is_atomic_by_class(function, context) ? function : Node();
}

bool is_model_signal(Node expression, Context& context) {
  const Type* type = expression ? semantics::only(context.type_of(expression)) : nullptr;
  if (type == nullptr || type->tag != Type::Tag::object) return false;
  static constexpr std::array<std::string_view, 5> kSignals = {"pre_save", "post_save", "pre_delete", "post_delete",
                                                               "m2m_changed"};
  constexpr std::string_view kModule = "django.db.models.signals.";
  return type->name.starts_with(kModule) && contains(kSignals, type->name.substr(kModule.size()));
}

namespace {

bool has_parameters_of_receiver(const semantics::Function& function) {
  const auto& parameters = function.parameters;
  const std::size_t first = !parameters.empty() && parameters.front().name == "self" ? 1 : 0;
  return parameters.size() >= first + 3 && parameters[first].name == "sender" &&
         parameters[first + 1].name == "instance" && parameters.back().kind == semantics::Parameter::Kind::keywords;
}

}  // namespace

bool receives_model_signal(Node function, Context& context) {
  const semantics::Function* model = function ? context.unit().function_at(function.index()) : nullptr;
  if (model == nullptr) return false;
  bool registered = false;
  for (const semantics::TermId decorator : model->decorators) {
    const Type* type = semantics::type_of_decorator(context.unit(), decorator, context.resolver());
    if (type == nullptr || type->name != "django.dispatch.receiver") continue;
    registered = true;
    const semantics::Term& term = context.unit().terms[decorator];
    if (term.op != semantics::Op::call) continue;
    const Node call = context.unit().unit->ast.node(term.node);
    const Node signal = without_parentheses(argument(call, "signal", 0));
    if (is_model_signal(signal, context)) return true;
    if (!signal.is(Kind::list) && !signal.is(Kind::tuple)) continue;
    for (const Node one : signal.children()) {
      if (is_model_signal(one, context)) return true;
    }
  }
  return !registered && has_parameters_of_receiver(*model);
}

}  // namespace surefoot::rules
