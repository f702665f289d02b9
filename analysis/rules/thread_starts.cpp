#include "analysis/rules/thread_starts.hpp"

#include <algorithm>

#include "analysis/rules/pools.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {

using knowledge::Effect;

bool starts_thread(Node call, Context& context) {
  const Node function = call.child(Field::function);
  const bool start = function.is(Kind::attribute) && function.child(Field::attribute).text() == "start";
  if (start && context.is_instance(function.child(Field::object), "threading.Thread")) return true;
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || callee->function != nullptr) return false;
  if (callee->callable != nullptr && any(effects_of(call, *callee->callable) & Effect::starts_thread)) return true;
  const auto work = handed_work(call, context);  // the loop's own executor keeps its threads
  return work && work->workers == Workers::threads && work->bridge->is_async;
}

namespace {

Node receiver_of(Node call) { return call.child(Field::function).child(Field::object); }

bool ends_threads(std::string_view method) {
  return method == "join" || method == "shutdown" || method == "stop" || method == "close" || method == "terminate" ||
         method == "cancel";
}

bool covers(Node outer, Node inner) { return inner && outer.covers(inner); }

// True when something between the two says that the threads are gone: a `join`, the end of a `with` block.
bool has_ended(Node start, Node point, Node body, Context& context) {
  const std::string_view receiver = receiver_of(start).text();
  for (Node outer = start.parent(); outer && outer != body; outer = outer.parent()) {
    if (!outer.is(Kind::with_statement) || covers(outer, point)) continue;
    for (const Node manager : managers_of(outer)) {
      if (pool_made_by(manager, context) != Workers::none || manager.text() == receiver) return true;
    }
  }
  const std::uint32_t limit = point ? point.index() : body.after();
  for (std::uint32_t i = start.index() + 1; i < limit; ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::call) || !ends_threads(last_name(node))) continue;
    const Node ended = receiver_of(node);
    if (ended && (ended.text() == receiver || context.is_instance(ended, "threading.Thread"))) return true;
  }
  return false;
}

bool leaves(Node block) {
  const Node last = block.last_child();
  if (last.is(Kind::expression_statement)) {
    const std::string_view text = last.first_child().child(Field::function).text();
    return text == "sys.exit" || text == "os._exit" || text == "exit";
  }
  return last.is(Kind::return_statement) || last.is(Kind::raise_statement) || last.is(Kind::continue_statement) ||
         last.is(Kind::break_statement);
}

// True when control may come from one node to a later one: they are not in two branches of one `if`, and the first
// one's branch does not leave the function.
bool reaches(Node start, Node point) {
  if (!point) return true;
  Node child = start;
  for (Node outer = start.parent(); outer; child = outer, outer = outer.parent()) {
    if (outer.covers(point)) {
      const bool branch = child.is(Kind::block) || child.is(Kind::elif_clause) || child.is(Kind::else_clause);
      return !(outer.is(Kind::if_statement) && branch) && !child.is(Kind::case_clause);
    }
    if (outer.is(Kind::block) && leaves(outer)) return false;
  }
  return true;
}

enum class Helpers : std::uint8_t { looked_into, left_out };

// True when threads that the code below `body` starts may run at `point` (null: at its end).
bool run_at(Node point, Node body, Context& context, Helpers helpers);

// True when a function of this file leaves threads behind.
bool leaves_threads(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->function == nullptr || callee->function->is_generator) return false;
  const auto unit = unit_of(callee->unit, context);
  if (!unit) return false;
  Context inside(context, *unit);
  const Node body = callee->unit->unit->ast.node(callee->function->node).child(Field::body);
  return body && run_at({}, body, inside, Helpers::left_out);
}

bool run_at(Node point, Node body, Context& context, Helpers helpers) {
  bool found = false;
  const std::uint32_t limit = point ? point.index() : body.after();
  for_each_own(body, [&](Node node) {
    if (found || node.index() >= limit || !node.is(Kind::call) || (point && node.covers(point))) return;
    if (!reaches(node, point)) return;
    const bool starts =
        starts_thread(node, context) || (helpers == Helpers::looked_into && leaves_threads(node, context));
    found = starts && !has_ended(node, point, body, context);
  });
  return found;
}

// True when importing the module, up to the point (a node of unit `last`), leaves threads running.
bool import_starts_threads(std::size_t last, Node point, Context& context) {
  return any_statement(context, [&](Node root, Context& inside) {
    const std::size_t unit = inside.unit_number();
    return unit <= last && run_at(unit == last ? point : Node(), root, inside, Helpers::looked_into);
  });
}

// True when the threads that the module starts on import are there in whatever function is called later.
bool any_import_starts_threads(Context& context) {
  return any_statement(context, [](Node root, Context& inside) {
    const bool guarded = root.is(Kind::if_statement) && mentions(root.child(Field::condition), "__name__");
    return !guarded && run_at({}, root, inside, Helpers::left_out);
  });
}

// True when some caller of the function, in this file, has started threads before it calls.
bool callers_run_threads(const semantics::Function* function, Context& context) {
  bool found = false;
  for_each_unit_with(function->name, context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after() && !found; ++i) {
      const Node node = root.ast().node(i);
      if (!node.is(Kind::call) || last_name(node) != function->name) continue;
      const Type* callee = inside.callee(node);
      if (callee == nullptr || callee->function != function) continue;
      const Node caller = inside.enclosing_function(node);
      if (caller.is(Kind::lambda)) continue;
      found = caller ? run_at(node, caller.child(Field::body), inside, Helpers::looked_into)
                     : import_starts_threads(inside.unit_number(), node, inside);
    }
  });
  return found;
}

}  // namespace

bool may_run_threads(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  if (!function) return import_starts_threads(context.unit_number(), call, context);
  if (!function.is(Kind::function_definition)) return false;
  if (run_at(call, function.child(Field::body), context, Helpers::looked_into)) return true;
  if (any_import_starts_threads(context)) return true;
  const semantics::Function* model = context.unit().function_at(function.index());
  return model != nullptr && callers_run_threads(model, context);
}

}  // namespace surefoot::rules
