#include "analysis/rules/thread_functions.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/held_locks.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/semantics/frame.hpp"

namespace surefoot::rules {
namespace {

constexpr int kMany = 2;

bool is_thread(const HandedWork& work) {
  return work.name == "threading.Thread" || work.name == "threading.Timer" || work.name == "_thread.start_new_thread";
}

// True when the loop waits for the thread of each round: `thread.join()`, `future.result()`.
bool waits_in(Node loop) {
  bool found = false;
  if (is_comprehension(loop)) return false;
  for_each_own(loop.child(Field::body), [&](Node node) {
    const std::string_view name = node.is(Kind::call) ? last_name(node) : std::string_view();
    found = found || node.is(Kind::await) || name == "join" || name == "result";
  });
  return found;
}

// True when each round of the loop has its own object of this name.
bool is_made_in_loop(std::string_view name, Node loop) {
  if (is_comprehension(loop)) return mentions(loop.child(Kind::for_in_clause).child(Field::left), name);
  semantics::Frame frame;
  semantics::collect_names(loop, frame);
  return frame.slots.contains(name) || mentions(loop.child(Field::left), name);
}

// `self` of `target=self.work`; null for plain functions.
Node object_of(const HandedWork& work, Context& inside) {
  Node function = without_partial(work.function, inside);
  if (function.is(Kind::lambda)) function = without_parentheses(function.child(Field::body)).child(Field::function);
  return function.is(Kind::attribute) ? function.child(Field::object) : Node();
}

// A pool with one thread runs one call after the other.
bool has_one_worker(Node call, Context& inside) {
  const Node pool = call.child(Field::function).child(Field::object);
  const auto made = pool ? maker_of(pool, inside) : std::nullopt;
  if (!made) return false;
  Node size = argument(made->call, "max_workers", 0);
  if (!size) size = argument(made->call, "processes");
  return size.text() == "1";
}

bool mentions_parameter(Node call, Node function) {
  for (std::uint32_t i = call.index(); i < call.after(); ++i) {
    const Node node = call.ast().node(i);
    const std::string_view name = node.is(Kind::identifier) && !is_binding_place(node) ? node.text() : "";
    if (!name.empty() && name != "self" && mentions(function.child(Field::parameters), name)) return true;
  }
  return false;
}

// True for a `submit` in a function that is called again and again, each time with something else to work on.
bool is_submitted_often(Node call, const HandedWork& work, Context& inside) {
  const Node function = inside.enclosing_function(call);
  if (is_thread(work) || !function.is(Kind::function_definition) || in_startup_code(call, inside)) return false;
  const std::string_view name = function.child(Field::name).text();
  return !name.starts_with("__") && mentions_parameter(call, function);
}

// How many threads (0, 1, or kMany) this call adds to those that run the function.
int threads_of(Node call, const HandedWork& work, bool of_self, Context& inside) {
  if (work.workers != Workers::threads || has_one_worker(call, inside)) return 0;
  const Node loop = loop_around(call);
  const Node object = of_self ? object_of(work, inside) : Node();
  if (of_self && (!object || object.is(Kind::call))) return 0;  // made for this thread
  if (loop && object.is(Kind::identifier) && is_made_in_loop(object.text(), loop)) return 0;
  if (work.many || (loop && !waits_in(loop))) return kMany;
  return is_submitted_often(call, work, inside) ? kMany : 1;
}

// A call of the function itself beside the thread that runs it: `thread.start(); work()`.
int direct_calls(Node site, const semantics::Function* function, Context& inside) {
  const Node outer = inside.enclosing_function(site);
  const Node body = outer ? outer.child(Field::body) : Node();
  for (std::uint32_t i = site.after(); body && i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    const Type* callee = node.is(Kind::call) && last_name(node) == function->name ? inside.callee(node) : nullptr;
    if (callee != nullptr && callee->function == function) return 1;
  }
  return 0;
}

bool may_hand_over(const syntax::Ast& ast, std::string_view name) {
  static constexpr std::array<std::string_view, 9> kWords = {
      "Thread", "Timer", "submit", "map", "apply", "to_thread", "run_in_executor", "run_sync", "threadpool"};
  return ast.text().find(name) != std::string_view::npos &&
         std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return ast.text().find(word) != std::string_view::npos; });
}

int threads_that_run(const semantics::Function* function, bool of_self, Context& context) {
  int threads = 0;
  for_each_unit_with(function->name, context, [&](Node root, Context& inside) {
    if (threads >= kMany || !may_hand_over(root.ast(), function->name)) return;
    for (std::uint32_t i = root.index(); i < root.after() && threads < kMany; ++i) {
      const Node call = root.ast().node(i);
      const auto work = call.is(Kind::call) ? handed_work(call, inside) : std::nullopt;
      const Type* handed = work ? handed_function(*work, inside) : nullptr;
      if (handed == nullptr || handed->function != function) continue;
      const int added = threads_of(call, *work, of_self, inside);
      threads += added == 1 ? 1 + direct_calls(call, function, inside) : added;
    }
  });
  return threads;
}

// ---- classes whose objects run in threads of their own

bool names_threading_server(Context& context) {
  static constexpr std::array<std::string_view, 5> kNames = {
      "ThreadingHTTPServer", "ThreadingMixIn", "ThreadingTCPServer", "ThreadingUDPServer", "ThreadingUnixStreamServer"};
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view name) { return is_mentioned(name, context); });
}

// How often the file makes objects of the class.
int objects_of(std::string_view class_name, Context& context) {
  int objects = 0;
  for_each_unit_with(class_name.substr(class_name.rfind('.') + 1), context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node call = root.ast().node(i);
      const Type* callee = call.is(Kind::call) ? inside.callee(call) : nullptr;
      if (callee == nullptr || !callee->is_object(class_name)) continue;
      const Node loop = loop_around(call);
      objects += loop && !waits_in(loop) ? kMany : 1;
    }
  });
  return objects;
}

bool runs_as_many_objects(const semantics::Function& function, Context& context) {
  if (function.container.empty()) return false;
  const std::string name = context.module().name() + "." + function.container;
  const auto is = [&](std::string_view base) { return context.resolver().is_subclass(name, base); };
  if (function.name == "run" && is("threading.Thread")) return objects_of(name, context) >= kMany;
  const bool handler = function.name == "handle" || function.name.starts_with("do_");
  return handler && is("socketserver.BaseRequestHandler") && names_threading_server(context);
}

}  // namespace

bool starts_several_threads(Node call, bool of_self, Context& context) {
  const auto work = handed_work(call, context);
  return work && threads_of(call, *work, of_self, context) >= kMany;
}

namespace {

constexpr std::size_t kMaxFunctions = 100;

struct PlacedFunction {
  std::size_t unit = 0;
  Node node;
  bool operator==(const PlacedFunction&) const = default;
};

bool is_started_in_several(const semantics::Function& function, bool of_self, Context& context) {
  if (!of_self && runs_as_many_objects(function, context)) return true;
  return threads_that_run(&function, of_self, context) >= kMany;
}

// True for a call that a lock does not guard; `of_self`: one of a method of the same object.
bool is_unguarded_call(Node place, bool of_self, Context& inside) {
  if (place.field() != Field::function || !place.parent().is(Kind::call)) return false;
  if (of_self) {
    const Node object = place.is(Kind::attribute) ? place.child(Field::object) : Node();
    const semantics::Op op = object ? plain_term(object, inside).op : semantics::Op::unknown;
    if (op != semantics::Op::self && op != semantics::Op::super) return false;
  }
  return !may_hold_lock(place, inside);
}

void add_callers(const semantics::Function& function, bool of_self, Context& context,
                 std::vector<PlacedFunction>& into) {
  for_each_name_of(function, context, [&](Node place, Context& inside) {
    if (!is_unguarded_call(place, of_self, inside)) return;
    const PlacedFunction caller{inside.unit_number(), inside.enclosing_function(place)};
    if (!caller.node.is(Kind::function_definition) || caller.node.is_async()) return;
    if (caller.node.parent().is(Kind::decorated_definition)) return;
    if (std::find(into.begin(), into.end(), caller) == into.end()) into.push_back(caller);
  });
}

}  // namespace

bool runs_in_several_threads(Node function, bool of_self, Context& context) {
  std::vector<PlacedFunction> found{{context.unit_number(), function}};
  for (std::size_t next = 0; next < found.size() && next < kMaxFunctions; ++next) {
    const PlacedFunction one = found[next];
    Context inside(context, one.unit);
    const semantics::Function* model = inside.unit().function_at(one.node.index());
    if (model == nullptr) continue;
    if (is_started_in_several(*model, of_self, inside)) return true;
    add_callers(*model, of_self, inside, found);
  }
  return false;
}

}  // namespace surefoot::rules
