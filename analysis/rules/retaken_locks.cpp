#include "analysis/rules/retaken_locks.hpp"

#include <algorithm>

#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {

bool is_among(const std::vector<Taking>& held, const LockName& lock) {
  return std::any_of(held.begin(), held.end(), [&](const Taking& one) { return one.name.key == lock.key; });
}

std::vector<Taking> locks_held_at(Node node, Context& context) {
  std::vector<Taking> held;
  const Node function = context.enclosing_function(node);
  const Node code = function ? function.child(Field::body) : node.ast().root();
  for_each_own(code, [&](Node site) {
    if (site.index() >= node.index()) return;
    auto taking = taking_at(site, context);
    if (!taking) return;
    bool covers = false;
    for_each_while_held(*taking, context, [&](Node one) { covers = covers || one == node; });
    if (covers) held.push_back(std::move(*taking));
  });
  return held;
}

namespace {

constexpr int kMaxCallers = 3;  // one above the other

std::vector<Taking> locks_held(Node node, Context& context, int depth);

// A public method of a public class: code of other files may call it as well, and hold nothing.
bool is_open_to_others(const semantics::Function& function) {
  const std::size_t dot = function.container.rfind('.');
  const std::size_t start = dot == std::string::npos ? 0 : dot + 1;
  return !function.container.empty() && function.container[start] != '_' && !function.name.starts_with('_');
}

// What all callers hold: nothing when there are none.
std::vector<Taking> locks_of_callers(Node function, Context& context, int depth) {
  std::optional<std::vector<Taking>> common;
  const semantics::Function* model = function ? context.unit().function_at(function.index()) : nullptr;
  if (model == nullptr || depth >= kMaxCallers || is_open_to_others(*model)) return {};
  for_each_name_of(*model, context, [&](Node place, Context& inside) {
    const Node call = place.parent();
    const bool called = call.is(Kind::call) && place.field() == Field::function;
    std::vector<Taking> held;
    if (called && inside.enclosing_function(call) != function) held = locks_held(call, inside, depth + 1);
    const auto run = called ? run_at(call, inside) : std::nullopt;
    std::erase_if(held, [&](const Taking& one) { return !run || !may_reach(*run, one.name, inside); });
    if (!common) {
      common = std::move(held);
    } else {
      std::erase_if(*common, [&](const Taking& one) { return !is_among(held, one.name); });
    }
  });
  return common.value_or(std::vector<Taking>());
}

std::vector<Taking> locks_held(Node node, Context& context, int depth) {
  std::vector<Taking> held = locks_of_callers(context.enclosing_function(node), context, depth);
  for (Taking& one : locks_held_at(node, context)) held.push_back(std::move(one));
  return held;
}

}  // namespace

std::vector<Taking> locks_held_with_callers(Node node, Context& context) { return locks_held(node, context, 0); }

bool may_reach(const Run& run, const LockName& lock, Context& context) {
  if (!unit_of(run.unit, context)) return false;
  if (lock.local_to) {
    const bool inside = run.unit == &context.unit() && lock.local_to.covers(run.definition());
    return inside && lock.local_to != run.definition();
  }
  return !lock.of_object || run.same_object;
}

namespace {

// A parameter that says how the function is to work: `locked=False`.
bool is_flag(Node parameter) {
  const Node value = parameter.child(Field::value);
  return value.is(Kind::true_) || value.is(Kind::false_) || value.is(Kind::none);
}

bool asks_the_caller(Node condition, Node function) {
  if (has_word(condition.text(),
               {"lock", "locked", "owner", "owned", "held", "holds", "ident", "thread", "recursive"}) ||
      condition.text().find("lock") != std::string_view::npos) {
    return true;
  }
  for (const Node parameter : function.child(Field::parameters).children()) {
    Node name = parameter.child(Field::name);
    if (name && is_flag(parameter) && mentions(condition, name.text())) return true;
  }
  return false;
}

// True when whether control comes to the node is a matter of what the caller says or of who holds the lock.
bool depends_on_caller(Node node, Context& context) {
  const Node function = context.enclosing_function(node);
  bool found = false;
  for_each_own(function.child(Field::body), [&](Node one) {
    if (found || !one.is(Kind::if_statement) || one.index() >= node.index()) return;
    const bool decides = one.covers(node) || jumps_away(one.child(Field::consequence));
    found = decides && asks_the_caller(one.child(Field::condition), function);
  });
  return found;
}

}  // namespace

bool takes_for_sure(const Taking& taking, Context& context) {
  return !taking.may_give_up && !is_released_before(taking.site, taking.name, context) &&
         !depends_on_caller(taking.site, context);
}

std::optional<PlacedTaking> find_taking(const Run& run, const LockName& held, Context& context,
                                        const std::function<bool(const Taking&, bool)>& visit) {
  std::optional<PlacedTaking> found;
  const auto counts = [&](Node node, Context& inside) {
    return !is_released_before(node, held, inside) && !depends_on_caller(node, inside);
  };
  any_in_run(
      run, context,
      [&](Node node, Context& inside, bool same_object) {
        auto taking = taking_at(node, inside);
        if (!taking || taking->may_give_up || !counts(node, inside) || !visit(*taking, same_object)) return false;
        found = PlacedTaking{inside.unit_number(), std::move(*taking)};
        return true;
      },
      counts);
  return found;
}

void for_each_retaking(const Taking& taking, Context& context, const std::function<void(Node, const Run*)>& visit) {
  if (taking.name.reentrant) return;
  for_each_while_held(taking, context, [&](Node node) {
    const auto again = taking_at(node, context);
    if (again && again->name.key == taking.name.key && !again->may_give_up) visit(again->lock, nullptr);
    // A property that gives the lock is read wherever it is named.
    const bool is_lock = node.text() == taking.lock.text();
    const auto run = again || is_lock ? std::nullopt : run_at(node, context);
    if (run && may_reach(*run, taking.name, context)) visit(node, &*run);
  });
}

std::optional<PlacedTaking> retaken_through(Node place, bool of_asyncio, Context& context) {
  const auto run = run_at(place, context);
  if (!run) return std::nullopt;
  for (const Taking& held : locks_held_at(place, context)) {
    const LockName& lock = held.name;
    if (lock.reentrant || lock.of_asyncio != of_asyncio || !may_reach(*run, lock, context)) continue;
    auto found = find_taking(*run, lock, context, [&](const Taking& taking, bool same_object) {
      return taking.name.key == lock.key && (!lock.of_object || same_object);
    });
    if (found) return found;
  }
  return std::nullopt;
}

Node shown(Node place) { return place.is(Kind::call) ? place.child(Field::function) : place; }

}  // namespace surefoot::rules
