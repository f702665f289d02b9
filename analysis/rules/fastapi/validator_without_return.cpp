#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/lines.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"
#include "analysis/semantics/literals.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;
using semantics::FlowGraph;
using semantics::Point;
using semantics::PointKind;

// Report::variant
constexpr int kMissing = 0;
constexpr int kBlocking = 1;
constexpr int kInAnnotation = 2;  // `Annotated[str, AfterValidator(check)]`

constexpr Effect kWaits =
    Effect::blocks_network | Effect::blocks_database | Effect::blocks_subprocess | Effect::blocks_sleep;

struct Validator {
  bool of_model = false;
  bool wraps = false;
};

std::optional<Validator> validator_at(Node function, Context& context) {
  const Node statement = function.parent();
  if (!statement.is(Kind::decorated_definition)) return std::nullopt;
  static constexpr std::array<std::string_view, 4> kNames = {"field_validator", "model_validator", "validator",
                                                             "root_validator"};
  for (const Node child : statement.children()) {
    const Node what = child.is(Kind::decorator) ? child.first_child() : Node();
    if (!what) continue;
    const Type* type = semantics::only(context.type_of(what.is(Kind::call) ? what.child(Field::function) : what));
    if (type == nullptr || type->tag != Type::Tag::object || !type->name.starts_with("pydantic.")) continue;
    const std::string_view name = semantics::last_part(type->name);
    if (!contains(kNames, name)) continue;
    const Node mode = what.is(Kind::call) ? argument(what, "mode") : Node();
    const auto text = mode ? semantics::literal_string(mode) : std::nullopt;
    if (mode && !text) return std::nullopt;
    return Validator{name == "model_validator" || name == "root_validator", text && *text == "wrap"};
  }
  return std::nullopt;
}

// `...` alone: a declaration.
bool is_stub(Node body) {
  const Node first = body.first_child();
  return body.child_count() == 1 && first.is(Kind::expression_statement) && first.first_child().is(Kind::ellipsis);
}

// A field may become None by a plain `return`; a model never may.
bool gives_value(const Point& point, bool of_model) {
  return point.kind == PointKind::statement && point.node.is(Kind::return_statement) &&
         (point.node.first_child() || !of_model);
}

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule validator_without_return;
const Rule validator_without_return{
    .code = "FAPI126",
    .name = "validator-without-return",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition, Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.blocks(kWaits) || callee.is_written({"AfterValidator", "BeforeValidator", "PlainValidator"});
        },
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool ends_without_value(Node function, bool of_model, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr || model->is_generator || is_stub(function.child(Field::body))) return false;
  const FlowGraph& graph = context.flow(function);
  if (!graph.is_complete()) return false;
  semantics::Walk how;
  how.errors = true;
  how.skip = [&](const Point& point, const semantics::Edge& edge) {
    return edge.kind == semantics::FlowEdge::next && gives_value(point, of_model);
  };
  const semantics::PointId entry = FlowGraph::entry();
  return graph.can_reach(std::span(&entry, 1), FlowGraph::exit(), how);
}

void check_return(Node function, Context& context) {
  const auto validator = validator_at(function, context);
  if (!validator || !ends_without_value(function, validator->of_model, context)) return;
  Report& report =
      context.report(validator_without_return, function,
                     fmt::format("`{}` can end without returning the value: {} becomes None",
                                 function.child(Field::name).text(), validator->of_model ? "the model" : "the field"));
  report.span = function.child(Field::name).span();
}

// Settings are read when the program starts.
bool is_of_settings(Node call, Context& context) {
  const std::string name =
      context.module().name() + "." + std::string(context.enclosing_class(context.enclosing_function(call)));
  return context.resolver().is_subclass(name, "pydantic_settings.BaseSettings") ||
         context.resolver().is_subclass(name, "pydantic.BaseSettings");
}

// The function of the file that `AfterValidator(check)` is given; null for all else.
const Type* validating_function(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !callee->name.starts_with("pydantic.")) return nullptr;
  const std::string_view name = semantics::last_part(callee->name);
  if (name != "AfterValidator" && name != "BeforeValidator" && name != "PlainValidator") return nullptr;
  const Node given = without_parentheses(argument(call, "func", 0));
  const Type* type = given.is(Kind::identifier) ? semantics::only(context.type_of(given)) : nullptr;
  return type != nullptr && type->function != nullptr ? type : nullptr;
}

void check_annotation(Node call, Context& context) {
  const Type* given = validating_function(call, context);
  if (given == nullptr) return;
  Report& report = context.report(
      validator_without_return, call,
      fmt::format("`{}` can end without returning the value: the field becomes None", given->function->name));
  report.span = argument(call, "func", 0).span();
  report.variant = kInAnnotation;
}

bool confirm(const Report& report, Context& context) {
  if (report.variant != kInAnnotation) return true;
  const Type* given = validating_function(context.unit().unit->ast.node(report.node), context);
  const auto number = given != nullptr ? unit_of(given->unit, context) : std::nullopt;
  if (!number || !given->function->decorators.empty()) return false;
  Context inside(context, *number);
  return ends_without_value(inside.unit().unit->ast.node(given->function->node), false, inside);
}

void check_call(Node call, Context& context) {
  check_annotation(call, context);
  const Node function = context.enclosing_function(call);
  if (!function.is(Kind::function_definition) || !validator_at(function, context)) return;
  if (is_of_settings(call, context)) return;
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->callable == nullptr || callee->callable->is_async) return;
  if (!any(effects_of(call, *callee->callable) & kWaits)) return;
  Report& report = context.report(
      validator_without_return, call,
      fmt::format("`{}` waits in a validator: FastAPI validates a request's body on the event loop", callee->name));
  report.span = call.child(Field::function).span();
  report.severity = Severity::warning;
  report.variant = kBlocking;
}

void check(Node node, Context& context) {
  if (node.is(Kind::call)) {
    check_call(node, context);
  } else {
    check_return(node, context);
  }
}

// The parameter that holds what is validated.
std::string_view value_of(const semantics::Function& function) {
  const auto& parameters = function.parameters;
  if (parameters.empty()) return {};
  const bool bound = parameters.size() > 1 && (parameters[0].name == "cls" || parameters[0].name == "self");
  return parameters[bound ? 1 : 0].name;
}

// `self` of a model that has been made; its second parameter is what pydantic calls `info`.
std::string_view returned_by(const semantics::Function& function, bool of_model) {
  const bool made = of_model && !function.parameters.empty() && function.parameters[0].name == "self";
  return made ? "self" : value_of(function);
}

bool has_bare_return(Node body) {
  bool found = false;
  for_each_own(body, [&](Node node) { found = found || (node.is(Kind::return_statement) && !node.first_child()); });
  return found;
}

Fixes fix(const Report& report, Context& context) {
  if (report.variant != kMissing) return {};
  const Node function = context.unit().unit->ast.node(report.node);
  const Node body = function.child(Field::body);
  const auto validator = validator_at(function, context);
  const semantics::Function* model = context.unit().function_at(function.index());
  if (!validator || model == nullptr || validator->wraps) return {{}, "what it returns is what `handler` gives"};
  if (has_bare_return(body)) return {{}, "it returns nothing on purpose"};
  const std::string value(returned_by(*model, validator->of_model));
  if (value.empty() || value == "cls") return {{}, "it has no parameter for the value"};
  return {{fixes::make_fix(fmt::format("Return `{}`", value), fixes::Applicability::safe,
                           {fixes::add_statements(context.file(), context.place(body.last_child()),
                                                  {fmt::format("return {}", value)})})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
