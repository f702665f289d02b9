#include "analysis/rules/threadsafe_wait.hpp"

#include "analysis/rules/mentions.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

// True when the code asks whether a loop is the one that runs.
bool compares_loop(Node body) {
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (node.is(Kind::comparison_operator) && (mentions(node, "loop") || mentions(node, "get_running_loop"))) {
      return true;
    }
  }
  return false;
}

}  // namespace

Node receiver_of(Node call) { return without_parentheses(call.child(Field::function).child(Field::object)); }

Node handed_over_by(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute)) return {};
  const std::string_view method = function.child(Field::attribute).text();
  if (method != "result" && method != "exception") return {};
  Node made = receiver_of(call);
  if (made.is(Kind::identifier)) made = only_value_of(made, context);
  return made.is(Kind::call) && context.calls(made, "asyncio.run_coroutine_threadsafe") ? made : Node();
}

bool asks_where_it_runs(Node call, Context& context) {
  const Node body = context.enclosing_function(call).child(Field::body);
  // In a coroutine a loop always runs: asking for it there is no question where this is, unless it is compared.
  const bool asks_for_loop = mentions(body, "get_running_loop") || mentions(body, "_get_running_loop");
  if (asks_for_loop && (!context.in_coroutine(call) || compares_loop(body))) return true;
  for (const std::string_view name : {"current_thread", "get_ident", "main_thread", "get_native_id", "wrap_future"}) {
    if (mentions(body, name)) return true;
  }
  const Node future = receiver_of(call);
  bool asked = false;
  if (future.is(Kind::identifier)) {
    for_each_mention_in(body, future.text(), [&](Node place) {
      asked = asked || (place.parent().is(Kind::attribute) && place.parent().child(Field::attribute).text() == "done");
    });
  }
  return asked;
}

bool waits_for_other_loop(Node call, Context& context) {
  const Node loop = argument(handed_over_by(call, context), "loop", 1);
  const auto made = loop ? maker_of(loop, context) : std::nullopt;
  if (!made) return false;
  Context inside(context, made->unit);
  return inside.calls(made->call, "asyncio.new_event_loop");
}

}  // namespace surefoot::rules
