#include "analysis/rules/serverless.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/reach.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

using semantics::Function;
using semantics::UnitModel;

bool starts_with_any(std::string_view name, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view one) { return name.starts_with(one); });
}

Platform platform_of(std::string_view name) {
  if (name.starts_with("azure.functions.")) return Platform::azure;
  if (starts_with_any(name, {"functions_framework.", "firebase_functions."})) return Platform::google;
  return starts_with_any(name, {"chalice.Chalice.", "chalice.Blueprint."}) ? Platform::aws : Platform::none;
}

Platform by_decorators(const UnitModel& unit, const Function& function, Context& context) {
  for (const semantics::TermId decorator : function.decorators) {
    const Type* type = semantics::type_of_decorator(unit, decorator, context.resolver());
    const Platform found = type == nullptr ? Platform::none : platform_of(type->name);
    if (found != Platform::none) return found;
  }
  return Platform::none;
}

Platform by_annotations(const UnitModel& unit, const Function& function, Context& context) {
  for (const semantics::Parameter& parameter : function.parameters) {
    const Type* type = semantics::only(context.resolver().type_of(unit, parameter.annotation));
    if (type == nullptr) continue;
    if (type->name.starts_with("azure.functions.")) return Platform::azure;
    if (type->name.starts_with("aws_lambda_powertools.") && type->name.ends_with(".LambdaContext")) {
      return Platform::aws;
    }
  }
  return Platform::none;
}

std::string_view bare(std::string_view name) {
  while (name.starts_with('_')) name.remove_prefix(1);
  return name;
}

// `lambda_handler`, and `handler(event, context)` under any name that fits.
bool looks_like_lambda(const Function& function) {
  if (function.name == "lambda_handler") return true;
  if (function.parameters.size() != 2) return false;
  const std::string_view event = bare(function.parameters[0].name);
  const std::string_view second = bare(function.parameters[1].name);
  return event == "event" && (second == "context" || second == "ctx");
}

bool wraps_application(const UnitModel& unit, Context& context) {
  return std::any_of(unit.bindings.begin(), unit.bindings.end(), [&](const semantics::Binding& binding) {
    if (binding.kind != semantics::BindingKind::assignment || !binding.container.empty()) return false;
    const Type* type = semantics::only(context.resolver().type_of(unit, binding.term));
    return type != nullptr && type->is_instance("mangum.Mangum");
  });
}

}  // namespace

Platform invoked_by(const UnitModel& unit, const Function& function, Context& context) {
  const bool top = function.statement == 0;  // the unit's root
  if (!function.container.empty() || !unit.container.empty() || !top) return Platform::none;
  if (const Platform found = by_decorators(unit, function, context); found != Platform::none) return found;
  if (const Platform found = by_annotations(unit, function, context); found != Platform::none) return found;
  return looks_like_lambda(function) ? Platform::aws : Platform::none;
}

Platform invoked_by(Node function, Context& context) {
  const Function* model = context.unit().function_at(function.index());
  return model == nullptr ? Platform::none : invoked_by(context.unit(), *model, context);
}

bool has_serverless_handler(Context& context) {
  const auto& models = context.units();
  return std::any_of(models.begin(), models.end(), [&](const auto& model) {
    return wraps_application(*model, context) ||
           std::any_of(model->functions.begin(), model->functions.end(), [&](const Function& function) {
             return invoked_by(*model, function, context) != Platform::none;
           });
  });
}

bool runs_per_invocation(Node function, Context& context) {
  return is_reached_from(function, context, [&](const UnitModel& unit, const Function& one) {
    return invoked_by(unit, one, context) != Platform::none;
  });
}

bool is_serverless(Context& context) {
  static constexpr std::array kHandlers = {"lambda_handler", "handler"};
  for (const std::string_view name : kHandlers) {
    const auto* values = context.module().find(name);
    if (values == nullptr || values->front().kind != semantics::BindingKind::function) continue;
    const semantics::Function* function = values->front().unit->function_at(values->front().node);
    if (function == nullptr || function->parameters.size() != 2) continue;
    if (function->parameters[0].name.ends_with("event") && function->parameters[1].name.ends_with("context")) {
      return true;
    }
  }
  static const semantics::ModuleNames kRuntimes = {"mangum", "functions_framework", "azure.functions", "zappa",
                                                   "chalice"};
  return context.module().imports_any(kRuntimes);
}

}  // namespace surefoot::rules
