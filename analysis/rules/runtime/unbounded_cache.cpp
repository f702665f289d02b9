#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/local_names.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/reach.hpp"
#include "analysis/rules/serverless.hpp"
#include "analysis/rules/web_handlers.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule unbounded_cache;
const Rule unbounded_cache{
    .code = "RT407",
    .name = "unbounded-cache",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::decorator, Kind::assignment},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

using semantics::Function;
using semantics::UnitModel;

// Report::variant
constexpr int kMethod = 0;
constexpr int kFunction = 1;    // when requests decide about its arguments
constexpr int kDictionary = 2;  // when requests fill it

Node size_argument(Node call) { return without_parentheses(argument(call, "maxsize", 0)); }

// True for a decorator that keeps every result: `@cache`, `@lru_cache(maxsize=None)`.
bool keeps_everything(Node decorator, Context& context) {
  const Node expression = without_parentheses(decorator.first_child());
  const bool called = expression.is(Kind::call);
  const Type* type = semantics::only(context.type_of(called ? expression.child(Field::function) : expression));
  if (type == nullptr || type->tag != Type::Tag::object) return false;
  if (type->name == "functools.cache") return !called;
  const bool bounded = type->name == "functools.lru_cache" || type->name == "async_lru.alru_cache";
  return bounded && called && size_argument(expression).is(Kind::none);
}

bool has_decorator(const UnitModel& unit, const Function& function, Context& context, std::string_view name) {
  return std::any_of(function.decorators.begin(), function.decorators.end(), [&](semantics::TermId decorator) {
    const Type* type = semantics::type_of_decorator(unit, decorator, context.resolver());
    return type != nullptr && type->name == name;
  });
}

// A method that gets an object as `self`, of a class that makes any number of them.
bool is_method_of_many(const Function& function, Context& context) {
  if (function.container.empty()) return false;
  const UnitModel& unit = context.unit();
  if (has_decorator(unit, function, context, "staticmethod") || has_decorator(unit, function, context, "classmethod")) {
    return false;
  }
  const std::string name = context.module().name() + "." + function.container;
  return !context.resolver().is_subclass(name, "enum.Enum") && !context.resolver().is_subclass(name, "type");
}

void check_decorator(Node decorator, Context& context) {
  const Node definition = decorator.parent().child(Field::definition);
  if (!definition.is(Kind::function_definition) || !keeps_everything(decorator, context)) return;
  const Function* function = context.unit().function_at(definition.index());
  if (function == nullptr || context.scope_of(definition) == Scope::function) return;
  const Node expression = decorator.first_child();
  const Node shown = expression.is(Kind::call) ? expression.child(Field::function) : expression;
  if (is_method_of_many(*function, context)) {
    Report& report =
        context.report(unbounded_cache, decorator,
                       fmt::format("`{}` keeps every object that `{}` was called on, and every result, for ever",
                                   shown.text(), function->name));
    report.span = expression.span();
    report.variant = kMethod;
  } else if (!function->parameters.empty()) {
    Report& report = context.report(
        unbounded_cache, decorator,
        fmt::format("`{}` keeps a result for every argument that a request brings, for ever", shown.text()));
    report.span = expression.span();
    report.variant = kFunction;
  }
}

bool makes_empty_dictionary(Node value, Context& context) {
  static constexpr std::array<std::string_view, 4> kNames = {"dict", "collections.defaultdict",
                                                             "collections.OrderedDict", "weakref.dict"};
  value = without_parentheses(value);
  if (value.is(Kind::dictionary)) return !value.first_child();
  const Type* callee = value.is(Kind::call) ? context.callee(value) : nullptr;
  if (callee == nullptr || !contains(kNames, callee->name)) return false;
  return callee->name == "collections.defaultdict" || !value.child(Field::arguments).first_child();
}

void check_assignment(Node assignment, Context& context) {
  const Node target = assignment.child(Field::left);
  if (context.scope_of(assignment) != Scope::module || !target.is(Kind::identifier)) return;
  if (!makes_empty_dictionary(assignment.child(Field::right), context)) return;
  Report& report = context.report(
      unbounded_cache, assignment,
      fmt::format("Requests add to `{}`, and nothing is ever taken out of it: it grows for ever", target.text()));
  report.span = target.span();
  report.variant = kDictionary;
}

void check(Node node, Context& context) {
  if (node.is(Kind::decorator)) return check_decorator(node, context);
  check_assignment(node, context);
}

// A route by its decorator, a view by its first parameter, a method of a view class by its name.
bool handles_requests(const UnitModel& unit, const Function& function, Context& context) {
  static constexpr std::array<std::string_view, 8> kVerbs = {"get",    "post", "put",     "patch",
                                                             "delete", "head", "options", "dispatch"};
  for (const semantics::TermId decorator : function.decorators) {
    const knowledge::Decorator* facts = semantics::facts_of_decorator(unit, decorator, context.resolver());
    if (facts == nullptr || facts->context == knowledge::Context::anywhere) continue;
    return facts->context == knowledge::Context::web_request;
  }
  if (invoked_by(unit, function, context) != Platform::none) return true;
  // Frameworks whose handlers may be any methods: `web.post("/devices", self.create)`.
  static const semantics::ModuleNames kFrameworks = {"aiohttp", "starlette", "fastapi", "sanic"};
  return takes_request(function) &&
         (function.container.empty() || contains(kVerbs, function.name) || context.module().imports_any(kFrameworks));
}

// What a binding is made of: the value, or what a loop goes over.
Node source_of(Node binding) {
  if (const Node value = bound_value(binding)) return value;
  Node target = binding;
  while (target.parent().is(Kind::pattern_list) || target.parent().is(Kind::tuple_pattern)) target = target.parent();
  const Node loop = target.parent();
  const bool goes_over = loop.is(Kind::for_statement) && target.field() == Field::left;
  return goes_over ? loop.child(Field::right) : Node();
}

// What a request decides about in one function: its parameters, and the locals made of them.
class Given {
 public:
  Given(Node function, const UnitModel& unit, Context& context) : names_(function), unit_(unit), context_(context) {}

  bool depends(Node expression, int steps = 0) const {
    for (std::uint32_t i = expression.index(); expression && steps < 5 && i < expression.after(); ++i) {
      const Node node = expression.ast().node(i);
      if (!node.is(Kind::identifier)) continue;
      const std::uint32_t number = names_.find(node);
      if (number == LocalNames::kNone) {
        const Type* type = semantics::only(context_.resolver().type_of(unit_, node));
        if (type != nullptr && (type->name == "flask.request" || type->is_instance("flask.Request"))) return true;
        continue;
      }
      const Local& local = names_.local(number);
      if (local.name == "self" || local.name == "cls") continue;
      if (local.is_parameter) return true;
      for (const Node binding : local.bindings) {
        if (depends(source_of(binding), steps + 1)) return true;
      }
    }
    return false;
  }

 private:
  LocalNames names_;
  const UnitModel& unit_;
  Context& context_;
};

// Calls `visit(node, given)` for the nodes of all functions that run for a request, in units that have the identifier
// `name`, till it says true.
template <typename Visit>
bool any_in_handlers(Context& context, std::string_view name, bool through_helpers, const Visit& visit) {
  return any_unit_with(name, context, [&](Node root, Context& inside) {
    const UnitModel& unit = inside.unit();
    for (const Function& function : unit.functions) {
      const Node definition = root.ast().node(function.node);
      const auto is_root = [&](const UnitModel& of, const Function& one) { return handles_requests(of, one, context); };
      const bool runs =
          handles_requests(unit, function, inside) || (through_helpers && is_reached_from(definition, inside, is_root));
      if (!runs) continue;
      const Given given(definition, unit, inside);
      const Node body = definition.child(Field::body);
      for (std::uint32_t at = body.index(); body && at < body.after(); ++at) {
        if (visit(body.ast().node(at), given, inside)) return true;
      }
    }
    return false;
  });
}

bool is_called_with_request(const Function& function, Context& context) {
  return handles_requests(context.unit(), function, context) ||
         any_in_handlers(context, function.name, true, [&](Node node, const Given& given, Context& inside) {
           const Type* callee = node.is(Kind::call) ? inside.callee(node) : nullptr;
           const bool called = callee != nullptr && callee->function == &function;
           return called && given.depends(node.child(Field::arguments));
         });
}

bool names(Node node, std::string_view name) { return node.is(Kind::identifier) && node.text() == name; }

// True for `cache[key] = value`, `cache[key].append(value)`, `cache.setdefault(key, value)` with a key of the request.
bool adds_to(Node node, std::string_view name, const Given& given) {
  if (node.is(Kind::subscript) && names(node.child(Field::value), name)) {
    const Node parent = node.parent();
    const bool set = parent.is(Kind::assignment) && node.field() == Field::left;
    const bool grown = parent.is(Kind::attribute) && parent.parent().is(Kind::call) &&
                       contains(std::array<std::string_view, 4>{"append", "add", "update", "extend"},
                                parent.child(Field::attribute).text());
    return (set || grown) && given.depends(node.child(Field::subscript));
  }
  const Node function = node.is(Kind::call) ? node.child(Field::function) : Node();
  const bool method = function.is(Kind::attribute) && names(function.child(Field::object), name) &&
                      function.child(Field::attribute).text() == "setdefault";
  return method && given.depends(argument(node, "", 0));
}

// True for a use of the dictionary that neither takes anything out of it nor hands it to others.
bool only_looks_or_adds(Node use) {
  static constexpr std::array<std::string_view, 6> kMethods = {"get", "setdefault", "keys", "items", "values", "copy"};
  const Node parent = use.parent();
  if (parent.is(Kind::subscript)) return !parent.parent().is(Kind::delete_statement);
  if (parent.is(Kind::attribute)) return contains(kMethods, parent.child(Field::attribute).text());
  if (parent.is(Kind::for_statement) || parent.is(Kind::for_in_clause)) return use.field() == Field::right;
  return parent.is(Kind::comparison_operator) || parent.is(Kind::not_operator) || parent.is(Kind::if_statement) ||
         parent.is(Kind::global_statement);
}

bool is_filled_by_requests(Node assignment, Context& context) {
  const std::string_view name = assignment.child(Field::left).text();
  bool others = false;
  for_each_identifier(name, context, [&](Node node, Context&) {
    const bool label = node.field() == Field::attribute || node.parent().is(Kind::keyword_argument);
    if ((label && node.field() != Field::value) || node.parent() == assignment) return;
    others = others || !only_looks_or_adds(node);
  });
  return !others && any_in_handlers(context, name, true, [&](Node node, const Given& given, Context&) {
    return adds_to(node, name, given);
  });
}

bool confirm(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  if (report.variant == kDictionary) return is_filled_by_requests(node, context);
  if (report.variant == kMethod) return true;
  const Function* function = context.unit().function_at(node.parent().child(Field::definition).index());
  return function != nullptr && is_called_with_request(*function, context);
}

Fixes fix(const Report& report, Context& context) {
  if (report.variant == kDictionary) return {};
  const fixes::FileView& file = context.file();
  const Node expression = without_parentheses(context.unit().unit->ast.node(report.node).first_child());
  std::vector<text::TextEdit> edits;
  if (expression.is(Kind::call)) {
    edits.push_back(fixes::replace(file, context.place(size_argument(expression)), "1024"));
  } else if (expression.is(Kind::attribute)) {
    const Node name = expression.child(Field::attribute);
    edits.push_back(fixes::replace(file, context.place(name), "lru_cache(maxsize=1024)"));
  } else {
    fixes::Import import = fixes::import_name(file, context.place(expression), "functools", "lru_cache");
    if (!import.problem.empty()) return {{}, import.problem};
    if (import.edit) edits.push_back(std::move(*import.edit));
    edits.push_back(fixes::replace(file, context.place(expression), import.name + "(maxsize=1024)"));
  }
  return {{fixes::make_fix("Keep the last 1024 results", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules
