#include <fmt/format.h>

#include "analysis/rules/start_events.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule on_event_over_lifespan;
const Rule on_event_over_lifespan{
    .code = "FAPI103",
    .name = "on-event-over-lifespan",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = may_be_start_event,
    .confirm = confirm,
};

namespace {

void check(Node call, Context& context) {
  const auto event = start_event_of(call, context);
  if (!event) return;
  context
      .report(on_event_over_lifespan, call,
              fmt::format("`{}` is deprecated: a `lifespan` keeps what it opens and closes together", event->method))
      .span = call.child(Field::function).span();
}

// Beside a lifespan it is worse than deprecated: FAPI104.
bool confirm(const Report& report, Context& context) {
  const auto event = start_event_of(context.unit().unit->ast.node(report.node), context);
  return event && !has_lifespan(event->object, context);
}

}  // namespace
}  // namespace surefoot::rules
