#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

enum Variant { kDependencyCalled, kCalledByHand, kImportedCalled };

bool is_marker(const Type* callee) {
  return callee != nullptr && (callee->is_object("fastapi.Depends") || callee->is_object("fastapi.Security"));
}

bool is_marker_call(const semantics::UnitModel& unit, Node expression, Context& context) {
  if (!expression.is(Kind::call)) return false;
  return is_marker(semantics::only(context.resolver().type_of(unit, expression.child(Field::function))));
}

const semantics::ClassEntry* class_of(std::string_view qualified, Context& context) {
  const std::string prefix = context.module().name() + ".";
  if (!qualified.starts_with(prefix)) return project_class(qualified, context);
  return context.module().find_class(qualified.substr(prefix.size()));
}

// Bases of other libraries whose instances are known not to be callable.
bool is_plain_base(std::string_view name) {
  static constexpr std::array<std::string_view, 8> kPlain = {"object",
                                                             "abc.ABC",
                                                             "typing.Generic",
                                                             "typing.Protocol",
                                                             "enum.Enum",
                                                             "pydantic.BaseModel",
                                                             "pydantic.BaseSettings",
                                                             "pydantic_settings.BaseSettings"};
  return std::find(kPlain.begin(), kPlain.end(), name) != kPlain.end() || knowledge::find_class(name) != nullptr;
}

bool may_be_callable(std::string_view class_name, Context& context, int depth = 0) {
  const semantics::ClassEntry* entry = class_of(class_name, context);
  if (entry == nullptr) return !is_plain_base(class_name) || knowledge::find_method(class_name, "__call__") != nullptr;
  if (depth > 8 || entry->attributes.contains("__call__")) return true;
  for (const semantics::TermId base : entry->definition->bases) {
    const Type* type = semantics::only(context.resolver().type_of(*entry->unit, base));
    if (type == nullptr || may_be_callable(type->name, context, depth + 1)) return true;
  }
  return false;
}

bool may_be_callable(const Type& value, Context& context) {
  switch (value.tag) {
    case Type::Tag::none:
    case Type::Tag::awaitable:
      return false;
    case Type::Tag::instance:
      return !value.name.starts_with('<') && value.name.find('.') != std::string_view::npos &&
             may_be_callable(value.name, context);
    default:
      return true;
  }
}

// What stands below an unknown decorator may be anything (`@inject` fills in the dependencies itself).
bool keeps_its_meaning(const semantics::UnitModel& unit, const semantics::Function& function, Context& context) {
  static constexpr std::array<std::string_view, 6> kKeep = {"staticmethod",
                                                            "classmethod",
                                                            "functools.lru_cache",
                                                            "functools.cache",
                                                            "contextlib.contextmanager",
                                                            "contextlib.asynccontextmanager"};
  return std::all_of(function.decorators.begin(), function.decorators.end(), [&](semantics::TermId decorator) {
    const semantics::Term& term = unit.terms[decorator];
    const bool called = term.op == semantics::Op::call;
    const Type* type = semantics::only(context.resolver().type_of(unit, called ? term.a : decorator));
    if (type == nullptr) return false;
    const knowledge::Decorator* known = knowledge::find_decorator(type->name);
    return (known != nullptr && known->keeps) || std::find(kKeep.begin(), kKeep.end(), type->name) != kKeep.end();
  });
}

bool defaults_to_marker(const semantics::UnitModel& unit, const semantics::Parameter& parameter, Context& context) {
  const Node value = unit.unit->ast.node(parameter.node).child(Field::value);
  return value && is_marker_call(unit, value, context);
}

bool has_dependencies(const semantics::UnitModel& unit, const semantics::Function& function, Context& context) {
  return std::any_of(function.parameters.begin(), function.parameters.end(),
                     [&](const semantics::Parameter& one) { return defaults_to_marker(unit, one, context); });
}

// True when calling this gives something that FastAPI cannot call in its turn.
bool gives_no_callable(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return false;
  if (callee->function == nullptr) {
    return class_of(callee->name, context) != nullptr && !may_be_callable(callee->name, context);
  }
  const semantics::Function& function = *callee->function;
  if (!keeps_its_meaning(*callee->unit, function, context)) return false;
  if (function.is_generator || function.is_async) return true;
  const TypeSet& value = context.type_of(call);
  if (value.empty()) return has_dependencies(*callee->unit, function, context);
  return std::none_of(value.begin(), value.end(), [&](const Type& one) { return may_be_callable(one, context); });
}

// The function that a call runs, and how many of its parameters the call does not write (`self`).
struct Target {
  const semantics::UnitModel* unit = nullptr;
  const semantics::Function* function = nullptr;
  std::size_t bound = 0;
};

bool is_decorated_with(const semantics::UnitModel& unit, const semantics::Function& function, std::string_view name,
                       Context& context) {
  return std::any_of(function.decorators.begin(), function.decorators.end(), [&](semantics::TermId decorator) {
    const Type* type = semantics::only(context.resolver().type_of(unit, decorator));
    return type != nullptr && type->is_object(name);
  });
}

Target target_of(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return {};
  if (callee->function == nullptr) {
    if (class_of(callee->name, context) == nullptr) return {};
    const TypeSet method = context.resolver().attribute(*callee, "__init__");
    const Type* init = semantics::only(method);
    if (init == nullptr || init->function == nullptr) return {};
    return {init->unit, init->function, 1};
  }
  Target target{callee->unit, callee->function, 0};
  if (callee->function->container.empty() ||
      is_decorated_with(*callee->unit, *callee->function, "staticmethod", context)) {
    return target;
  }
  const Node object = call.child(Field::function).child(Field::object);
  const Type* owner = object ? semantics::only(context.type_of(object)) : nullptr;
  const bool on_instance = owner != nullptr && owner->tag == Type::Tag::instance;
  if (on_instance || is_decorated_with(*callee->unit, *callee->function, "classmethod", context)) target.bound = 1;
  return target;
}

// The parameters left to `Depends` by a call that FastAPI does not make, as "`db` and `user`".
std::string left_to_fastapi(Node call, Context& context) {
  const Target target = target_of(call, context);
  if (target.function == nullptr || has_splat(call)) return {};
  std::vector<std::string_view> left;
  for (std::size_t i = 0; i < target.function->parameters.size(); ++i) {
    const semantics::Parameter& parameter = target.function->parameters[i];
    if (!defaults_to_marker(*target.unit, parameter, context)) continue;
    const int position = static_cast<int>(i) - static_cast<int>(target.bound);
    const bool by_position = parameter.kind == semantics::Parameter::Kind::normal;
    if (!argument(call, parameter.name, by_position ? position : -1)) left.push_back(parameter.name);
  }
  if (left.empty() || !keeps_its_meaning(*target.unit, *target.function, context)) return {};
  std::string names;
  for (std::size_t i = 0; i < left.size(); ++i) {
    names += i == 0 ? "" : (i + 1 == left.size() ? " and " : ", ");
    names += fmt::format("`{}`", left[i]);
  }
  return names;
}

// A function of another file, called with nothing: `Depends(get_db())`.
bool is_unseen_call(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::identifier) && !function.is(Kind::attribute)) return false;
  if (call.child(Field::arguments).child_count() != 0) return false;
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->tag == Type::Tag::object && callee->function == nullptr &&
         class_of(callee->name, context) == nullptr && knowledge::find_class(callee->name) == nullptr;
}

bool is_inside_marker(Node call, Context& context) {
  Node at = call.parent();
  while (at.is(Kind::parenthesized_expression) || at.is(Kind::keyword_argument)) at = at.parent();
  return at.is(Kind::argument_list) && is_marker_call(context.unit(), at.parent(), context);
}

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule depends_called;
const Rule depends_called{
    .code = "FAPI107",
    .name = "depends-called",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.is_of_project() || callee.is_one_of({"fastapi.Depends", "fastapi.Security"});
}

void check(Node call, Context& context) {
  if (is_marker(context.callee(call))) {
    const Node given = without_parentheses(argument(call, "dependency", 0));
    if (!given.is(Kind::call)) return;
    const bool seen = gives_no_callable(given, context);
    if (!seen && !is_unseen_call(given, context)) return;
    context
        .report(depends_called, given,
                fmt::format("`{}` is called once, at import, and FastAPI gets its result instead of the dependency",
                            given.text().find('\n') == std::string_view::npos ? given.text()
                                                                              : given.child(Field::function).text()))
        .variant = seen ? kDependencyCalled : kImportedCalled;
    return;
  }
  if (is_inside_marker(call, context)) return;
  const std::string names = left_to_fastapi(call, context);
  if (names.empty()) return;
  const Node name = call.child(Field::function);
  Report& report = context.report(
      depends_called, call,
      fmt::format("`{}` is called without {}, which is then a `Depends` object: only FastAPI fills it in", name.text(),
                  names));
  report.span = name.span();
  report.variant = kCalledByHand;
}

// A function of another file is a dependency when the file hands it over as one in some other place.
bool confirm(const Report& report, Context& context) {
  if (report.variant != kImportedCalled) return true;
  const Node function = context.unit().unit->ast.node(report.node).child(Field::function);
  return any_unit_with(last_name(function), context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node call = root.ast().node(i);
      if (!call.is(Kind::call)) continue;
      const Node given = without_parentheses(argument(call, "dependency", 0));
      if (given && given.text() == function.text() && is_marker_call(inside.unit(), call, context)) return true;
    }
    return false;
  });
}

Fixes fix(const Report& report, Context& context) {
  if (report.variant == kCalledByHand) return {};
  const Node call = context.unit().unit->ast.node(report.node);
  const Node arguments = call.child(Field::arguments);
  if (arguments.child_count() != 0) return {{}, "the call has arguments"};
  if (arguments.text().find('#') != std::string_view::npos) return {{}, "a comment stands in the call"};
  const std::string title = fmt::format("Hand over `{}` itself", call.child(Field::function).text());
  return {{fixes::make_fix(title, fixes::Applicability::safe,
                           {fixes::replace(context.file(), context.place(arguments), "")})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
