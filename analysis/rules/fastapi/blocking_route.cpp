#include <fmt/format.h>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/served_functions.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

constexpr Effect kWanted =
    Effect::blocks_network | Effect::blocks_database | Effect::blocks_sleep | Effect::blocks_input;

bool awaits(Node node) {
  if (node.is(Kind::await)) return true;
  return node.is_async() &&
         (node.is(Kind::for_statement) || node.is(Kind::with_statement) || node.is(Kind::for_in_clause));
}

// What is blocked or awaited in the function's own code.
struct Waits {
  bool awaits = false;
  bool blocks = false;
};

Waits waits_of(Node function, Context& context) {
  Waits waits;
  for_each_own(function.child(Field::body), [&](Node node) {
    waits.awaits = waits.awaits || awaits(node);
    if (waits.awaits || waits.blocks || !node.is(Kind::call)) return;
    const auto call = blocking_call(node, context);
    waits.blocks = call && any(call->effects & kWanted) && !any(call->effects & Effect::queries_orm);
  });
  return waits;
}

bool is_starlette(Context& context) {
  static const semantics::ModuleNames names{"fastapi", "starlette"};
  return context.module().imports_any(names);
}

void check(Node function, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule blocking_route;
const Rule blocking_route{
    .code = "FAPI101",
    .name = "blocking-route",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

std::string message_for(Node function) {
  return fmt::format("`{}` blocks the event loop and awaits nothing; as a plain `def` it would run in a thread",
                     function.child(Field::name).text());
}

void check(Node function, Context& context) {
  if (!function.is_async() || !is_starlette(context)) return;
  const Waits waits = waits_of(function, context);
  if (waits.awaits) return;
  const Node name = function.child(Field::name);
  if (waits.blocks) {
    context.report(blocking_route, function, message_for(function)).span = name.span();
    return;
  }
  for_each_own(function.child(Field::body), [&](Node node) {
    const auto run = node.is(Kind::call) ? run_at(node, context) : std::nullopt;
    if (!run || run->function->is_async) return;
    Question& question = context.ask(blocking_route, function, {run->unit, run->function}, message_for(function));
    question.report.span = name.span();
    question.effects = {"RT101"};
  });
}

// Routes, dependencies, exception handlers: what Starlette runs in its threads where it is a plain function.
bool confirm(const Report& report, Context& context) {
  return served_by(context.unit().unit->ast.node(report.node), context) == Served::request;
}

bool is_awaited(const semantics::Function& function, Context& context) {
  bool found = false;
  for_each_name_of(function, context, [&](Node place, Context&) {
    Node call = place;
    while (call.parent().is(Kind::attribute)) call = call.parent();
    call = call.parent();
    found = found || (call.is(Kind::call) && call.parent().is(Kind::await));
  });
  return found;
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place place = context.place(context.unit().unit->ast.node(report.node));
  const semantics::Function* function = context.unit().function_at(place.node.index());
  if (function == nullptr || is_awaited(*function, context)) return {{}, "it is awaited elsewhere"};
  const std::string_view text = place.node.text();
  const std::size_t def = text.find("def", 5);
  if (!text.starts_with("async") || def == std::string_view::npos) return {};
  const std::uint32_t start = context.file().units.units[place.unit].offset + place.node.start();
  const text::TextEdit edit{{start, start + static_cast<std::uint32_t>(def)}, ""};
  return {{fixes::make_fix("Make it a plain `def`", fixes::Applicability::unsafe, {edit})}, ""};
}

}  // namespace
}  // namespace surefoot::rules
