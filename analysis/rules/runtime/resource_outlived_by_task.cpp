#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/task_use.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/frame.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule resource_outlived_by_task;
const Rule resource_outlived_by_task{
    .code = "RT222",
    .name = "resource-outlived-by-task",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .confirm = confirm,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.is_spawner || callee.is_bridge || callee.is_written({"start_soon"});
}

// Report::variant
constexpr int kLeft = 0;     // the block is left with nothing done about the task
constexpr int kWaiting = 1;  // it waits for something first, and other code may cancel the task then

bool is_function(Node node) { return node.is(Kind::function_definition) || node.is(Kind::lambda); }

bool names(Node node, std::string_view name) { return node.is(Kind::identifier) && node.text() == name; }

bool mentions(Node tree, std::string_view name) {
  bool found = false;
  for_each_mention_in(tree, name, [&](Node place) { found = found || place.is(Kind::identifier); });
  return found;
}

// The start of a task, and who owns it.
struct Start {
  Node call;
  bool by_group = false;
  bool after_response = false;  // a background task of a web framework
};

std::optional<Start> task_start(Node call, Context& context) {
  if (const knowledge::Spawner* spawner = spawner_of(call, context)) return Start{call, !spawner->caller_owns};
  const knowledge::Bridge* bridge = bridge_of(call, context);
  const bool background = bridge != nullptr && bridge->to == knowledge::Where::background;
  if (background && bridge->callable.position == 0) return Start{call, false, true};
  return is_start_soon(call, context) ? std::optional(Start{call, true}) : std::nullopt;
}

// The nested function of this name, defined in the function round the node.
Node nested_function(Node name, Context& context) {
  const Node function = context.enclosing_function(name);
  for (std::uint32_t i = function.index() + 1; function && i < function.after(); ++i) {
    const Node node = function.ast().node(i);
    if (node.is(Kind::function_definition) && node.child(Field::name).text() == name.text()) return node;
  }
  return {};
}

bool makes_object(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee != nullptr && callee->callable != nullptr) return false;
  const std::string_view name = last_part(call.child(Field::function)).text();
  return context.calls(call, "functools.partial") || (!name.empty() && name[0] >= 'A' && name[0] <= 'Z');
}

// True when the value of the expression is the resource `name`, or holds it.
bool holds(Node value, std::string_view name, Context& context) {
  switch (value.kind()) {
    case Kind::identifier:
      return value.text() == name;
    case Kind::lambda:
      return mentions(value.child(Field::body), name);
    case Kind::keyword_argument:
      return holds(value.child(Field::value), name, context);
    case Kind::parenthesized_expression:
    case Kind::list:
    case Kind::tuple:
    case Kind::set:
    case Kind::dictionary:
    case Kind::pair:
    case Kind::list_splat:
    case Kind::argument_list:
      for (const Node child : value.children()) {
        if (holds(child, name, context)) return true;
      }
      return false;
    case Kind::call:
      return makes_object(value, context) && holds(value.child(Field::arguments), name, context);
    default:
      return false;
  }
}

// True when calling the function later uses the resource: a method of it, a closure over it.
bool reaches(Node function, std::string_view name, Context& context) {
  if (holds(function, name, context)) return true;
  if (function.is(Kind::attribute)) {
    Node object = function;
    while (object.is(Kind::attribute)) object = object.child(Field::object);
    return names(object, name);
  }
  const Node nested = function.is(Kind::identifier) ? nested_function(function, context) : Node();
  if (!nested || !mentions(nested.child(Field::body), name)) return false;
  semantics::Frame frame;
  semantics::collect_names(nested.child(Field::body), frame);
  return !frame.slots.contains(name);
}

// True when the coroutine at `value` works with the resource.
bool uses_resource(Node value, std::string_view name, Context& context) {
  value = without_parentheses(value);
  if (value.is(Kind::identifier) && value.text() != name) value = only_value_of(value, context);
  if (!value.is(Kind::call)) return false;
  return reaches(value.child(Field::function), name, context) || holds(value.child(Field::arguments), name, context);
}

bool hands_over(const Start& start, std::string_view name, Context& context) {
  const Node arguments = start.call.child(Field::arguments);
  const std::string_view method = last_part(start.call.child(Field::function)).text();
  if (method == "start_soon" || method == "start" || start.after_response) {
    const Node function = arguments.first_child();
    return function && (reaches(function, name, context) || holds(arguments, name, context));
  }
  Node coroutine = argument(start.call, "coro", 0);
  if (!coroutine) coroutine = argument(start.call, "coro_or_future");
  return coroutine && uses_resource(coroutine, name, context);
}

// A name that a `with` statement binds.
struct Resource {
  Node statement;  // the with_statement
  Node item;
  Node name;
};

// Managers whose value says something about the block and is no resource.
bool is_no_resource(Node manager, Node name, Context& context) {
  const Type* type = semantics::only(context.type_of(manager));
  const Type* made = manager.is(Kind::call) ? context.callee(manager) : nullptr;
  const knowledge::Class* facts = type != nullptr ? knowledge::find_class(type->name) : nullptr;
  if (facts != nullptr && !facts->close.empty()) return false;
  for (const Type* one : {type, made}) {
    const knowledge::Provider* provider = one != nullptr ? knowledge::find_provider(one->name) : nullptr;
    if (provider == nullptr) continue;
    const knowledge::Provided what = provider->what;
    return what != knowledge::Provided::transaction && what != knowledge::Provided::task_group;
  }
  return has_word(name.text(), {"scope", "timeout", "timer", "lock", "span", "cm", "log", "logger", "mock"});
}

template <typename Visit>
void for_each_resource(Node with, Context& context, const Visit& visit) {
  for (const Node item : with.child(Kind::with_clause).children()) {
    const Node pattern = item.is(Kind::with_item) ? without_parentheses(item.first_child()) : Node();
    const Node target = pattern.is(Kind::as_pattern) ? pattern.child(Kind::as_pattern_target) : Node();
    for (std::uint32_t i = target.index(); target && i < target.after(); ++i) {
      const Node name = target.ast().node(i);
      if (!name.is(Kind::identifier) || name.parent().is(Kind::attribute)) continue;
      if (!is_no_resource(without_parentheses(pattern.first_child()), name, context)) visit(Resource{with, item, name});
    }
  }
}

// The `with` item of this function that binds the name or attribute round the node; null when there is none.
Node item_that_binds(Node name) {
  for (Node outer = name.parent(); outer && !is_function(outer); outer = outer.parent()) {
    if (!outer.is(Kind::with_statement)) continue;
    for (const Node item : outer.child(Kind::with_clause).children()) {
      const Node pattern = without_parentheses(item.first_child());
      const Node target = pattern.is(Kind::as_pattern) ? pattern.child(Kind::as_pattern_target).first_child() : Node();
      if (target.kind() == name.kind() && target.text() == name.text()) return item;
    }
  }
  return {};
}

// True when the group waits for its tasks only after the resource is closed.
bool group_outlives(Node group, const Resource& resource, Context& context) {
  if (!group.is(Kind::identifier) && !group.is(Kind::attribute)) return false;
  const Node item = item_that_binds(group);
  if (!item) return group.is(Kind::attribute) || !only_value_of(group, context);
  const Node owner = item.parent().parent();
  if (owner == resource.statement) return item.start() < resource.item.start();
  return owner.covers(resource.statement);
}

bool is_awaited(Node call) {
  for (Node node = call.parent(); node && !syntax::is_statement(node.kind()); node = node.parent()) {
    if (node.is(Kind::await)) return true;
    if (node.is(Kind::lambda)) return false;
  }
  return false;
}

// Where a started task is kept: the name of a local, or an attribute; null with `known` when it is dropped, without
// when the code hands it to something else.
struct Keeper {
  Node place;
  bool known = true;
};

Keeper keeper_of(Node call) {
  Node child = call;
  for (Node parent = call.parent(); parent; child = parent, parent = parent.parent()) {
    if (parent.is(Kind::expression_statement)) return {};
    if (parent.is(Kind::return_statement)) return {};
    if (parent.is(Kind::assignment)) {
      Node target = parent.child(Field::left);
      if (target.is(Kind::subscript)) target = target.child(Field::value);
      return {target, target.is(Kind::identifier) || target.is(Kind::attribute)};
    }
    if (parent.is(Kind::named_expression)) return {parent.child(Field::name)};
    if (parent.is(Kind::attribute)) {
      return {{}, parent.child(Field::attribute).text() == "add_done_callback"};
    }
    if (parent.is(Kind::call) && child.field() == Field::arguments) {
      const Kept kept = kept_by(parent);
      return {kept.container, static_cast<bool>(kept.container)};
    }
    const bool passes = parent.is(Kind::parenthesized_expression) || parent.is(Kind::list) ||
                        parent.is(Kind::list_comprehension) || parent.is(Kind::argument_list) || parent.is(Kind::set) ||
                        parent.is(Kind::set_comprehension) || parent.is(Kind::tuple);
    if (!passes) return {{}, false};
  }
  return {{}, false};
}

bool is_cancel_of(Node place) {
  return place.parent().is(Kind::attribute) && place.parent().child(Field::attribute).text() == "cancel";
}

// True for the task of `task.cancel()`, and for the tasks of a loop that does so with each.
bool is_cancel(Node place) {
  if (is_cancel_of(place)) return true;
  const Node parent = place.parent();
  const Node loop = parent.is(Kind::for_in_clause) ? parent.parent() : parent;
  if (!(parent.is(Kind::for_statement) || parent.is(Kind::for_in_clause)) || place.field() != Field::right)
    return false;
  bool cancels = false;
  const Node target = parent.child(Field::left);
  for_each_mention_in(loop, target.text(), [&](Node one) { cancels = cancels || is_cancel_of(one); });
  return cancels;
}

// The container that a later statement puts the task into: `tasks.append(task)`.
Node container_of(Node place) {
  const Node list = place.parent();
  return list.is(Kind::argument_list) ? kept_by(list.parent()).container : Node();
}

// True when the block stays open for as long as something else likes: it serves, or hands out its value.
bool serves_after(Node call, Node block) {
  for (std::uint32_t i = call.after(); i < block.after(); ++i) {
    const Node node = block.ast().node(i);
    if (is_function(node)) {
      i = node.after() - 1;
    } else if (node.is(Kind::yield) || node.is(Kind::while_statement) || node.is(Kind::for_statement)) {
      return true;
    }
  }
  return false;
}

// What the code does with a task that is kept at `place` before the block is left.
class Handle {
 public:
  Handle(Node call, Node block, Context& context) : call_(call), block_(block), context_(context) {}

  // True when the task ends, or is looked after, before the block does.
  bool ends_in_time(Node place, int depth = 0) const {
    if (depth > 3) return true;
    bool ends = false;
    const Node function = context_.enclosing_function(call_);
    for_each_mention_in(function, last_part(place).text(), [&](Node mention) {
      if (ends || mention.text() != place.text() || mention == place) return;
      ends = is_cancel(mention) || (is_later_in_block(mention) && looks_after(mention, depth));
    });
    const bool local = place.is(Kind::identifier);
    return ends || (!local && serves_after(call_, block_));
  }

 private:
  bool is_later_in_block(Node mention) const {
    return block_.covers(mention) && (mention.start() > call_.end() || in_loop());
  }

  bool in_loop() const {
    for (Node outer = call_.parent(); outer && outer != block_; outer = outer.parent()) {
      if (outer.is(Kind::for_statement) || outer.is(Kind::while_statement)) return true;
    }
    return false;
  }

  bool looks_after(Node mention, int depth) const {
    if (const Node container = container_of(mention)) return ends_in_time(container, depth + 1);
    return !is_only_watched(mention, context_) && !mention.parent().is(Kind::return_statement);
  }

  Node call_, block_;
  Context& context_;
};

bool outlives(const Start& start, const Resource& resource, Context& context) {
  if (start.after_response) return true;
  const bool waits_for_start = last_part(start.call.child(Field::function)).text() == "start";
  if (is_awaited(start.call) && !waits_for_start) return false;
  if (start.by_group) {
    const Node group = start.call.child(Field::function).child(Field::object);
    if (!group || !group_outlives(without_parentheses(group), resource, context)) return false;
  }
  const Keeper keeper = keeper_of(start.call);
  if (!keeper.known) return start.by_group && waits_for_start;
  if (!keeper.place) return true;
  return !Handle(start.call, resource.statement.child(Field::body), context).ends_in_time(keeper.place);
}

bool awaits_after(Node call, Node block) {
  for (std::uint32_t i = call.after(); i < block.after(); ++i) {
    const Node node = block.ast().node(i);
    if (node.is(Kind::await)) return true;
    if (is_function(node)) i = node.after() - 1;
  }
  return false;
}

void check(Node call, Context& context) {
  const auto start = task_start(call, context);
  if (!start) return;
  bool reported = false;
  for (Node outer = call.parent(); outer && !is_function(outer) && !reported; outer = outer.parent()) {
    if (!outer.is(Kind::with_statement) || !outer.child(Field::body).covers(call)) continue;
    for_each_resource(outer, context, [&](const Resource& resource) {
      if (reported || !hands_over(*start, resource.name.text(), context)) return;
      if (!outlives(*start, resource, context)) return;
      reported = true;
      Report& report = context.report(
          resource_outlived_by_task, call,
          fmt::format("The task may still use `{}` after the `with` block has closed it", resource.name.text()));
      const bool waiting = keeper_of(call).place.is(Kind::attribute) && awaits_after(call, outer.child(Field::body));
      report.variant = waiting ? kWaiting : kLeft;
    });
  }
}

// What the block waits for may be a stop that cancels the task as well.
bool confirm(const Report& report, Context& context) {
  if (report.variant != kWaiting) return true;
  bool cancelled = false;
  for_each_mention(keeper_of(context.unit().unit->ast.node(report.node)).place, context,
                   [&](Node place, Context& inside) {
                     cancelled = cancelled || is_cancel(place) || !is_only_watched(place, inside);
                   });
  return !cancelled;
}

}  // namespace
}  // namespace surefoot::rules
