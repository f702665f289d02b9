#include "analysis/rules/io_calls.hpp"

#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

constexpr Effect kOutside = Effect::blocks_network | Effect::blocks_database | Effect::sends |
                            Effect::opens_connection | Effect::writes_database | Effect::queries_orm;
constexpr int kMaxSteps = 4;

// An awaitable of a library for the event loop itself does no I/O, but for its connections.
bool is_async_io(const Type& callee) {
  const std::string_view name = callee.name;
  if (any(callee.callable->effects & kOutside)) return true;
  const bool loop = name.starts_with("asyncio.") || name.starts_with("anyio.") || name.starts_with("trio.");
  return loop ? name.find("connect") != std::string_view::npos : callee.callable->effects == Effect::none;
}

// Null unless the tables say what it does.
const Type* library_callee(Node call, Context& context) {
  const Type* callee = context.callee(call);
  const bool is_known = callee != nullptr && callee->tag == Type::Tag::object && callee->callable != nullptr;
  return is_known ? callee : nullptr;
}

// `await f()`, `async with f() as x`
bool is_awaited(Node call) { return call.parent().is(Kind::await) || item_of(call).parent().parent().is_async(); }

bool has_io(const Type& callee, Context& context, int steps) {
  if (callee.function == nullptr || steps > kMaxSteps) return false;
  const auto unit = unit_of(callee.unit, context);
  if (!unit) return false;
  Context inside(context, *unit);
  const Node body = callee.unit->unit->ast.node(callee.function->node).child(Field::body);
  for (std::uint32_t at = body.index(); body && at < body.after(); ++at) {
    const Node node = body.ast().node(at);
    if (node.is(Kind::function_definition) || node.is(Kind::lambda)) at = node.after() - 1;
    if (!node.is(Kind::call)) continue;
    if (is_io_call(node, inside)) return true;
    const Type* next = inside.callee(node);
    if (next != nullptr && next->function != callee.function && has_io(*next, inside, steps + 1)) return true;
  }
  return false;
}

}  // namespace

bool is_awaited_io_call(Node call, Context& context) {
  const Type* callee = is_awaited(call) ? library_callee(call, context) : nullptr;
  return callee != nullptr && is_async_io(*callee);
}

bool is_io_call(Node call, Context& context) {
  if (is_awaited(call)) return is_awaited_io_call(call, context);
  const Type* callee = library_callee(call, context);
  if (callee == nullptr || callee->callable->is_async) return false;
  return any(effects_of(call, *callee->callable) & (Effect::blocks_network | Effect::blocks_database));
}

bool calls_function_with_io(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return callee != nullptr && has_io(*callee, context, 0);
}

}  // namespace surefoot::rules
