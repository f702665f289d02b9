#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/start_events.hpp"

namespace surefoot::rules {
namespace {

// Report::variant; 0: of an event
constexpr int kArgument = 1;  // `FastAPI(lifespan=…, on_startup=[…])`

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule on_event_beside_lifespan;
const Rule on_event_beside_lifespan{
    .code = "FAPI104",
    .name = "on-event-beside-lifespan",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return may_be_start_event(callee) || callee.is_of_project() || callee.is_in("fastapi.") ||
                 callee.is_in("starlette.");
        },
    .confirm = confirm,
};

namespace {

bool is_given(Node value) {
  const bool empty = (value.is(Kind::list) || value.is(Kind::tuple)) && value.child_count() == 0;
  return value && !value.is(Kind::none) && !empty;
}

// `super().__init__(on_startup=on_startup, lifespan=lifespan)`: what callers leave out.
bool is_parameter(Node value, Context& context) {
  const Node function = value.is(Kind::identifier) ? context.enclosing_function(value) : Node();
  const semantics::Function* model = function ? context.unit().function_at(function.index()) : nullptr;
  return model != nullptr && std::any_of(model->parameters.begin(), model->parameters.end(),
                                         [&](const semantics::Parameter& one) { return one.name == value.text(); });
}

void check_arguments(Node call, Context& context) {
  if (!is_given(argument(call, "lifespan")) || !is_application(call, context)) return;
  for (const std::string_view keyword : {"on_startup", "on_shutdown"}) {
    const Node value = argument(call, keyword);
    if (!is_given(value) || is_parameter(value, context)) continue;
    Report& report = context.report(
        on_event_beside_lifespan, call,
        fmt::format("`{}` is not looked at where there is a `lifespan`: these handlers never run", keyword));
    report.span = value.parent().span();
    report.variant = kArgument;
  }
}

void check(Node call, Context& context) {
  check_arguments(call, context);
  const auto event = start_event_of(call, context);
  if (!event) return;
  const bool decorator = event->method == "on_event";
  context
      .report(
          on_event_beside_lifespan, call,
          fmt::format("The handler{} never runs: the application has a `lifespan`, which takes the place of them all",
                      decorator ? " of `on_event`" : ""))
      .span = call.child(Field::function).span();
}

bool confirm(const Report& report, Context& context) {
  if (report.variant == kArgument) return true;
  const auto event = start_event_of(context.unit().unit->ast.node(report.node), context);
  return event && has_lifespan(event->object, context);
}

}  // namespace
}  // namespace surefoot::rules
