#include <fmt/format.h>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/task_use.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule cancel_without_await;
const Rule cancel_without_await{
    .code = "RT217",
    .name = "cancel-without-await",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_written({"cancel"}); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kTask = 0;
constexpr int kElement = 1;  // of a container whose elements have no known type
constexpr int kSlot = 2;     // what an attribute or key of some object holds: `app.state.task`, `app["task"]`

// The task of `task.cancel()`; null for other calls.
Node cancelled(Node call) {
  const Node function = call.child(Field::function);
  const bool cancel = function.is(Kind::attribute) && function.child(Field::attribute).text() == "cancel";
  return cancel ? function.child(Field::object) : Node();
}

// The `for` statement or comprehension clause that binds the name round the node.
Node loop_of(Node name) {
  for (Node outer = name.parent(); outer; outer = outer.parent()) {
    if (outer.is(Kind::function_definition)) return {};
    if (outer.is(Kind::for_statement)) {
      const Node left = outer.child(Field::left);
      bool binds = false;
      for_each_mention_in(left, name.text(), [&](Node) { binds = true; });
      if (binds && outer.child(Field::body).covers(name)) return outer;
    }
    for (const Node clause : outer.children()) {
      bool binds = false;
      if (!clause.is(Kind::for_in_clause)) continue;
      for_each_mention_in(clause.child(Field::left), name.text(), [&](Node) { binds = true; });
      if (binds) return clause;
    }
  }
  return {};
}

// The value that the function gives a local which it binds once, also as a part of a tuple.
Node value_given_to(Node name, Context& context) {
  if (const Node value = only_value_of(name, context)) return value;
  Node found;
  for_each_mention_in(outermost_function(name), name.text(), [&](Node place) {
    const Node list = place.parent();
    if (!place.is(Kind::identifier) || !list.is(Kind::pattern_list) || found) return;
    const Node right = list.parent().is(Kind::assignment) ? list.parent().child(Field::right) : Node();
    for (const Node part : right.children()) {
      if (assigned_target(part) == place) found = part;
    }
  });
  return found;
}

// Where the task of a `cancel()` comes from: the names under which this code knows it, and what starts it, if it is
// seen.
struct Origin {
  std::vector<Node> names;
  Node start;  // the call that started it; null when it is not seen
  bool element = false;
  bool current = false;  // it may be the task that runs this code
};

Origin origin_of(Node task, Context& context) {
  Origin origin;
  for (int i = 0; task && i < 4; ++i) {
    task = without_parentheses(task);
    if (task.is(Kind::call) && (spawner_of(task, context) != nullptr || !holder_of(task))) origin.start = task;
    const Node name = origin.start ? Node() : holder_of(task);
    if (!name) break;
    origin.element = origin.element || name != task;
    origin.names.push_back(name);
    if (!name.is(Kind::identifier)) break;
    const Node loop = loop_of(name);
    origin.element = origin.element || loop;
    task = loop ? loop.child(Field::right) : value_given_to(name, context);
  }
  origin.current = origin.start && context.calls(origin.start, "asyncio.current_task");
  return origin;
}

bool is_known_task(const Origin& origin, Context& context) {
  return !origin.element && !origin.names.empty() && is_task(origin.names.back(), context);
}

bool is_parameter(Node name, Context& context) {
  for (const semantics::Function& function : context.unit().functions) {
    if (!context.unit().unit->ast.node(function.node).covers(name)) continue;
    for (const semantics::Parameter& parameter : function.parameters) {
      if (name.is(Kind::identifier) && parameter.name == name.text()) return true;
    }
  }
  return false;
}

// `asyncio.run` itself waits for what its `main` cancels at its end.
bool is_main(Node function) {
  const std::string_view name = function.child(Field::name).text();
  return name == "main" || name == "_main" || name == "amain" || name == "async_main";
}

// An attribute or key of an object of any type, by the names it is reached with.
class Slot {
 public:
  explicit Slot(Node place) : place_(place) {
    if (place.is(Kind::subscript)) key_ = key_of(place.child(Field::subscript));
  }

  explicit operator bool() const {
    if (place_.is(Kind::subscript)) return key_.has_value();
    return place_.is(Kind::attribute) && place_.child(Field::object).text() != "self";
  }

  bool matches(Node other) const {
    if (other.kind() != place_.kind()) return false;
    if (key_) return key_of(other.child(Field::subscript)) == key_;
    return other.child(Field::attribute).text() == place_.child(Field::attribute).text() &&
           owner(other) == owner(place_);
  }

  // Calls `visit(root, inside)` for the units that may have it.
  template <typename Visit>
  void for_each_unit(Context& context, const Visit& visit) const {
    if (key_) return rules::for_each_unit(context, visit);
    for_each_unit_with(place_.child(Field::attribute).text(), context, visit);
  }

 private:
  // A string, or a constant by its name, as aiohttp's `AppKey`s are.
  static std::optional<std::string> key_of(Node subscript) {
    const std::string_view name = subscript.is(Kind::identifier) ? subscript.text() : "";
    const bool is_constant = std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    return !name.empty() && is_constant ? "=" + std::string(name) : semantics::literal_string(subscript);
  }

  static std::string_view owner(Node attribute) { return last_part(attribute.child(Field::object)).text(); }

  Node place_;
  std::optional<std::string> key_;
};

// True when the file puts a task there, and only cancels it or looks at it. Reads other units.
bool holds_abandoned_task(const Slot& slot, Context& context) {
  bool task = false, watched = true;
  slot.for_each_unit(context, [&](Node root, Context& inside) {
    for (std::uint32_t at = root.index(); at < root.after() && watched; ++at) {
      const Node node = root.ast().node(at);
      if ((!node.is(Kind::subscript) && !node.is(Kind::attribute)) || !slot.matches(node)) continue;
      watched = is_only_watched(node, inside);
      const Node parent = node.parent();
      if (!parent.is(Kind::assignment) || node.field() != Field::left) continue;
      const Node value = parent.child(Field::right);
      task = task || is_task(value, inside);
      watched = watched && !is_owned_by_group(value, inside);
    }
  });
  return task && watched;
}

std::string message_for(Node task) {
  return fmt::format(
      "`{}` is cancelled here and nothing awaits it: it may still run when what it uses is gone, and its errors are "
      "lost",
      task.text());
}

// True when the function only looks at what it knows by this name. A loop that binds the name anew has another task.
bool is_only_watched_round(Node call, Node name, Context& context) {
  const Node loop = name.is(Kind::identifier) ? loop_of(name) : Node();
  bool all = true;
  for_each_mention_in(outermost_function(call), last_part(name).text(), [&](Node place) {
    if (!all || place.text() != name.text()) return;
    const Node other = loop ? loop_of(place) : Node();
    all = (other && other != loop) || is_only_watched(place, context);
  });
  return all;
}

// True when the function does more with the task of this name than look at it, outside of the loop.
bool is_used_beside(Node name, Node loop, Node function, Context& context) {
  for (std::uint32_t i = function.index(); i < function.after(); ++i) {
    const Node place = function.ast().node(i);
    if (place.kind() != name.kind() || place.text() != name.text() || loop.covers(place)) continue;
    if (!is_only_watched(place, context)) return true;
  }
  return false;
}

// `for task in (self._reader, self._writer): task.cancel()`: true when the function awaits one of them by its own name.
bool is_awaited_by_name(Node call, const Origin& origin, Context& context) {
  for (const Node name : origin.names) {
    const Node loop = name.is(Kind::identifier) ? loop_of(name) : Node();
    const Node written = loop ? without_parentheses(loop.child(Field::right)) : Node();
    if (!written.is(Kind::tuple) && !written.is(Kind::list) && !written.is(Kind::expression_list)) continue;
    for (const Node element : written.children()) {
      const bool named = element.is(Kind::identifier) || element.is(Kind::attribute);
      if (named && is_used_beside(element, loop, outermost_function(call), context)) return true;
    }
  }
  return false;
}

// True when this function neither awaits what it cancels, nor got it from a caller who may.
bool is_abandoned_here(Node call, const Origin& origin, Context& context) {
  if (is_awaited_by_name(call, origin, context)) return false;
  for (const Node name : origin.names) {
    if (!is_only_watched_round(call, name, context)) return false;
  }
  return origin.element || origin.names.empty() || !is_parameter(origin.names.back(), context);
}

void check(Node call, Context& context) {
  const Node task = cancelled(call);
  if (!task || !context.in_coroutine(call) || !is_on_shutdown_path(call, context)) return;
  if (is_main(context.enclosing_function(call))) return;
  const Origin origin = origin_of(task, context);
  const bool known = is_task(task, context) || is_known_task(origin, context);
  const Type* other = semantics::only(context.type_of(task));
  if (!known && other != nullptr && other->tag == Type::Tag::instance) return;
  if (origin.current || (origin.start && is_owned_by_group(origin.start, context))) return;
  const Type* owner = task.is(Kind::subscript) ? semantics::only(context.type_of(task.child(Field::value))) : nullptr;
  const bool slot = Slot(task) && (!known || (owner != nullptr && owner->arguments == nullptr));  // no list or dict
  if (!known && !slot && !origin.element) return;
  if (!slot && ((origin.names.empty() && !origin.start) || !is_abandoned_here(call, origin, context))) return;
  Report& report = context.report(cancel_without_await, call, message_for(task));
  report.variant = slot ? kSlot : known ? kTask : kElement;
}

// True when all that the file puts into this container are tasks that whoever starts them must keep.
class Contents {
 public:
  void see(Node place, Context& inside) {
    const Node parent = place.parent();
    const Type* type = semantics::only(inside.type_of(place));
    if (type != nullptr && type->arguments != nullptr) {
      const Type* element = semantics::only(type->arguments->back());
      declared_ = declared_ || (element != nullptr && element->is_instance("asyncio.Task"));
    }
    if (parent.is(Kind::attribute) && parent.parent().is(Kind::call)) {
      const Kept kept = kept_by(parent.parent());
      if (kept.container == place) add(kept.value, inside);
    } else if (parent.is(Kind::subscript) && parent.parent().is(Kind::assignment)) {
      if (parent.field() == Field::left) add(parent.parent().child(Field::right), inside);
    } else if (parent.is(Kind::assignment) && place.field() == Field::left) {
      add_display(parent.child(Field::right), inside);
    }
  }

  bool are_tasks() const { return declared_ || (tasks_ > 0 && others_ == 0); }

 private:
  void add(Node value, Context& inside) {
    if (!value) return;
    const bool task = is_task(value, inside) && !is_owned_by_group(value, inside);
    ++(task ? tasks_ : others_);
  }

  void add_display(Node value, Context& inside) {
    value = without_parentheses(value);
    if (value.is(Kind::list_comprehension) || value.is(Kind::set_comprehension)) {
      add(value.child(Field::body), inside);
    } else if (value.is(Kind::list) || value.is(Kind::set) || value.is(Kind::tuple)) {
      for (const Node element : value.children()) add(element, inside);
    }
  }

  int tasks_ = 0, others_ = 0;
  bool declared_ = false;
};

bool is_local(Node name, Context& context) {
  if (!name.is(Kind::identifier)) return false;
  return is_parameter(name, context) || fixes::is_shadowed(name, name.text());
}

bool cancels(Node function, std::string_view task) {
  for (std::uint32_t at = function.index(); at < function.after(); ++at) {
    const Node node = function.ast().node(at);
    const Node one = node.is(Kind::call) ? cancelled(node) : Node();
    if (one.is(Kind::identifier) || (one && one.text() == task)) return true;
  }
  return false;
}

// True for a place in a function that cancels the task itself and then awaits it: another way to end it, which does
// nothing for this one unless one of them calls the other.
bool is_of_alternative(Node call, Node place) {
  const Node own = outermost_function(call);
  const Node other = outermost_function(place);
  if (!other || (&other.ast() == &own.ast() && other == own) || !cancels(other, place.text())) return false;
  bool related = false;
  for_each_mention_in(own, other.child(Field::name).text(), [&](Node) { related = true; });
  for_each_mention_in(other, own.child(Field::name).text(), [&](Node) { related = true; });
  return !related;
}

// Other functions may await what this one cancels.
bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Slot slot(cancelled(call));
  if (report.variant == kSlot && holds_abandoned_task(slot, context)) return true;
  const Origin origin = origin_of(cancelled(call), context);
  if (origin.names.empty()) return report.variant == kTask;
  if (!origin.element && report.variant == kSlot) return false;
  for (const Node one : origin.names) {
    if (!is_only_watched_round(call, one, context)) return false;
  }
  const Node name = origin.names.back();
  Contents contents;
  bool watched = true, group = false;
  const auto see = [&](Node place, Context& inside) {
    watched = watched && (is_only_watched(place, inside) || is_of_alternative(call, place));
    contents.see(place, inside);
    const Node parent = place.parent();
    if (parent.is(Kind::assignment) && place.field() == Field::left) {
      group = group || is_owned_by_group(parent.child(Field::right), inside);
    }
  };
  if (is_local(name, context)) {
    for_each_mention_in(outermost_function(call), name.text(), [&](Node place) { see(place, context); });
  } else {
    for_each_mention(name, context, see);
  }
  return watched && !group && (report.variant == kTask || contents.are_tasks());
}

// What to wait for, and the statement behind which to do so.
struct Wait {
  Node statement;
  std::string arguments;
};

Wait wait_for(Node call) {
  const Node task = cancelled(call);
  Node statement = call;
  while (statement && !syntax::is_statement(statement.kind())) statement = statement.parent();
  const Node loop = task.is(Kind::identifier) ? loop_of(task) : Node();
  if (!loop) return {statement, std::string(task.text())};
  const Node left = loop.child(Field::left);
  const Node right = without_parentheses(loop.child(Field::right));
  if (!left.is(Kind::identifier) || !holder_of(right)) return {};
  if (loop.is(Kind::for_statement)) statement = loop;
  return {statement, "*" + std::string(right.text())};
}

bool is_stable(Node task) { return task.is(Kind::identifier) || task.is(Kind::attribute) || task.is(Kind::subscript); }

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Wait wait = wait_for(call);
  Fixes fixes;
  if (!wait.statement || !is_stable(cancelled(call))) {
    fixes.reason = "the task has no name here";
    return fixes;
  }
  fixes::Import import = fixes::import_module(context.file(), context.place(wait.statement), "asyncio");
  fixes.reason = import.problem;
  if (!fixes.reason.empty()) return fixes;
  std::vector<text::TextEdit> edits;
  if (import.edit) edits.push_back(std::move(*import.edit));
  edits.push_back(
      fixes::add_statements(context.file(), context.place(wait.statement),
                            {fmt::format("await {}.gather({}, return_exceptions=True)", import.name, wait.arguments)}));
  fixes.offered.push_back(fixes::make_fix("Wait until it has ended", fixes::Applicability::unsafe, std::move(edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
