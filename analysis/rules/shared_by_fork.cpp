#include "analysis/rules/shared_by_fork.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/import_time.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/served_functions.hpp"
#include "analysis/rules/units.hpp"

namespace surefoot::rules {

using knowledge::Effect;

namespace {

std::string_view what(Node call, const Type& callee) {
  static constexpr std::array<std::string_view, 2> kLoops = {"asyncio.new_event_loop", "uvloop.new_event_loop"};
  if (std::find(kLoops.begin(), kLoops.end(), callee.name) != kLoops.end()) return "makes an event loop";
  if (callee.callable == nullptr || callee.callable->is_async) return {};
  const Effect effects = effects_of(call, *callee.callable);
  if (any(effects & Effect::queries_orm)) return {};
  if (any(effects & Effect::opens_connection)) return "opens a connection";
  return any(effects & Effect::starts_thread) ? "starts a thread" : std::string_view();
}

// `with socket.create_connection(…)`, which closes it. What is given back to a pool stays open there.
bool is_closed_at_once(Node call, const Type& callee) {
  return item_of(call) && !callee.name.starts_with("sqlalchemy.Engine.");
}

// A loop, or `connection.close()`, is the work of a script, or its end.
bool works(Node statement) {
  if (statement.is(Kind::for_statement) || statement.is(Kind::while_statement)) return true;
  const Node call = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
  return call.is(Kind::call) && call.child(Field::function).child(Field::attribute).text() == "close";
}

// True when others have a reason to import the file: it defines something, or does nothing but give names to things.
bool offers_something(Context& context) {
  if (auto* reads = semantics::Reads::current()) reads->declarations();
  for (std::size_t i = 0; i < context.unit_count(); ++i) {
    if (context.is_definition(i)) return true;
  }
  return !any_statement(context, [](Node root, Context&) { return works(root); });
}

}  // namespace

std::string_view shared_by_fork(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || is_closed_at_once(call, *callee)) return {};
  return what(call, *callee);
}

bool is_imported_by_workers(const Report& report, Context& context) {
  return may_be_imported(report, context) && offers_something(context);
}

bool is_task_module(Context& context) {
  for (std::size_t i = 0; i < context.units().size(); ++i) {
    Context inside(context, i);
    for (const semantics::Function& function : inside.unit().functions) {
      const Node definition = inside.unit().unit->ast.node(function.node);
      const bool may_be = !function.decorators.empty() && function.container.empty();
      if (may_be && served_by_declaration(definition, inside) == Served::task) return true;
    }
  }
  return false;
}

}  // namespace surefoot::rules
