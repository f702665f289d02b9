#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule unbounded_queue;
const Rule unbounded_queue{
    .code = "RT211",
    .name = "unbounded-queue",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.of == Callee::Of::library; },
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool listed(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_queue(std::string_view name) {
  return listed(name, {"asyncio.Queue", "asyncio.LifoQueue", "asyncio.PriorityQueue", "queue.Queue", "queue.LifoQueue",
                       "queue.PriorityQueue", "multiprocessing.Queue", "multiprocessing.JoinableQueue"});
}

bool is_channel(std::string_view name) {
  return listed(name, {"anyio.create_memory_object_stream", "trio.open_memory_channel"});
}

bool is_infinite(Node value) {
  return last_part(value).text() == "inf" || value.text() == "float(\"inf\")" || value.text() == "float('inf')";
}

// The name of what is made, when it has no bound; empty otherwise.
std::string_view made_without_bound(Node call, Context& context) {
  Node function = call.child(Field::function);
  if (function.is(Kind::subscript)) function = function.child(Field::value);  // `asyncio.Queue[int]()`
  const Type* type = semantics::only(context.type_of(function));
  if (type == nullptr || type->tag != Type::Tag::object || has_splat(call)) return {};
  if (is_channel(type->name)) {
    const Node size = argument(call, "max_buffer_size", 0);
    return size && is_infinite(without_parentheses(size)) ? type->name : std::string_view();
  }
  if (!is_queue(type->name)) return {};
  const Node size = argument(call, "maxsize", 0);
  const auto number = size ? semantics::literal_int(size) : std::optional<long long>(0);
  return number && *number <= 0 ? type->name : std::string_view();
}

// The names that the value of the call gets; two for a channel.
std::vector<Node> names_of(Node call) {
  Node value = call;
  while (value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  const Node assignment = value.parent();
  if (!assignment.is(Kind::assignment) || value.field() != Field::right) return {};
  const Node target = assignment.child(Field::left);
  if (last_part(target)) return {target};
  std::vector<Node> names;
  for (const Node part : target.children()) {
    if (last_part(part)) names.push_back(part);
  }
  return names;
}

bool is_in_loop(Node node) {
  for (Node outer = node.parent(); outer; outer = outer.parent()) {
    if (outer.is(Kind::function_definition)) return false;
    if (outer.is(Kind::for_statement) || outer.is(Kind::while_statement)) return true;
  }
  return false;
}

// True when the node stands in the arguments of a call that starts a task or a thread.
Node start_around(Node node, Context& context) {
  for (; node && !syntax::is_statement(node.kind()); node = node.parent()) {
    const Node call = node.parent();
    if (!call.is(Kind::call) || node.field() != Field::arguments) continue;
    if (spawner_of(call, context) != nullptr) return call;
    const knowledge::Bridge* bridge = bridge_of(call, context);
    if (bridge != nullptr && bridge->to != knowledge::Where::event_loop) return call;
    if (last_part(call.child(Field::function)).text() == "start_soon") return call;
  }
  return {};
}

// Who puts something into the queue, who takes it out, and which tasks get it.
class Traffic {
 public:
  void see(Node place, Context& context) {
    const Node function = context.enclosing_function(place);
    const Node parent = place.parent();
    if (const Node start = start_around(place, context)) {
      if (std::find(starts_.begin(), starts_.end(), start) == starts_.end()) starts_.push_back(start);
    } else if (parent.is(Kind::for_statement) && place.field() == Field::right) {
      takers_.push_back(function);
    } else if (parent.is(Kind::attribute)) {
      const std::string_view method = parent.child(Field::attribute).text();
      if (listed(method, {"put", "put_nowait", "send", "send_nowait"})) {
        putters_.push_back(function);
        last_put_ = std::max(last_put_, place.start());
      }
      if (listed(method, {"get", "get_nowait", "receive", "receive_nowait"}) && is_in_loop(place)) {
        takers_.push_back(function);
      }
    }
  }

  // In the file: one function puts, another one takes in a loop.
  bool connects_functions() const {
    return std::any_of(takers_.begin(), takers_.end(), [&](Node taker) {
      return std::any_of(putters_.begin(), putters_.end(), [&](Node putter) { return !same(putter, taker); });
    });
  }

  // In the function that makes the queue: it starts a producer and a consumer, or one of them and goes on itself.
  bool connects_tasks() const {
    if (connects_functions()) return true;
    if (putters_.empty()) return starts_.size() > 1 || (!starts_.empty() && !takers_.empty());
    return !starts_.empty() && last_put_ > starts_.front().start();
  }

 private:
  static bool same(Node one, Node other) {
    if (!one || !other) return !one && !other;
    return &one.ast() == &other.ast() && one == other;
  }

  std::vector<Node> putters_, takers_, starts_;
  std::uint32_t last_put_ = 0;
};

bool is_local(Node name) { return name.is(Kind::identifier) && fixes::is_shadowed(name, name.text()); }

bool is_shared_locally(const std::vector<Node>& names, Context& context) {
  Traffic traffic;
  for (const Node name : names) {
    for_each_mention_in(outermost_function(name), name.text(), [&](Node place) {
      if (place.is(Kind::identifier) && !is_binding_place(place)) traffic.see(place, context);
    });
  }
  return traffic.connects_tasks();
}

void check(Node call, Context& context) {
  const std::string_view name = made_without_bound(call, context);
  if (name.empty()) return;
  const std::vector<Node> names = names_of(call);
  if (names.empty()) return;
  if (is_local(names.front()) && !is_shared_locally(names, context)) return;
  context.report(unbounded_queue, call,
                 fmt::format("`{}` has no bound here: when its consumer is slower than its producer, it grows until "
                             "the memory is full",
                             name));
}

bool confirm(const Report& report, Context& context) {
  const std::vector<Node> names = names_of(context.unit().unit->ast.node(report.node));
  if (is_local(names.front())) return true;
  Traffic traffic;
  for (const Node name : names) {
    for_each_mention(name, context, [&](Node place, Context& inside) { traffic.see(place, inside); });
  }
  return traffic.connects_functions();
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const bool channel = is_channel(made_without_bound(call, context));
  const Node size = argument(call, channel ? "max_buffer_size" : "maxsize", 0);
  Fixes fixes;
  fixes.offered.push_back(
      fixes::make_fix(channel ? "Give it room for 100" : "Give it a bound: `maxsize=100`", fixes::Applicability::unsafe,
                      {size ? fixes::replace(context.file(), context.place(size), "100")
                            : fixes::add_argument(context.file(), context.place(call), "maxsize=100")}));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
