#include "analysis/rules/process_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "analysis/rules/callables.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/frame.hpp"

namespace surefoot::rules {

// Caches, metrics, loggers and locks are meant to be of one process.
bool is_named_for_process(std::string_view name) {
  return has_word(name, {"lock", "locks", "mutex", "mutexes", "semaphore", "semaphores", "logger", "loggers", "log",
                         "metric", "metrics", "prometheus", "memo", "memoized", "lru", "executor", "executors"}) ||
         name.find("cache") != std::string_view::npos || name.find("CACHE") != std::string_view::npos ||
         name.find("Cache") != std::string_view::npos;
}

// Tasks, threads, locks, connections, clients and pools cannot be shared between processes anyway.
bool is_of_one_process(std::string_view name, Context& context) {
  if (has_word(name.substr(name.rfind('.') + 1), {"websocket", "socket", "transport"})) return true;
  static constexpr std::array<std::string_view, 12> kNames = {"asyncio.Future",
                                                              "asyncio.Task",
                                                              "asyncio.Event",
                                                              "asyncio.Queue",
                                                              "threading.Thread",
                                                              "threading.Event",
                                                              "multiprocessing.Process",
                                                              "subprocess.Popen",
                                                              "concurrent.futures.Future",
                                                              "concurrent.futures.Executor",
                                                              "logging.Logger",
                                                              "asyncio.subprocess.Process"};
  if (std::any_of(kNames.begin(), kNames.end(),
                  [&](std::string_view base) { return context.resolver().is_subclass(name, base); })) {
    return true;
  }
  const knowledge::Provider* provider = knowledge::find_provider(name);
  const knowledge::Class* facts = knowledge::find_class(name);
  return provider != nullptr || (facts != nullptr && !facts->close.empty());
}

bool holds_process_value(Node value, Context& context) {
  value = without_parentheses(value);
  if (value.is(Kind::await)) return false;
  const Type* type = value ? semantics::only(context.type_of(value)) : nullptr;
  return type != nullptr && type->tag == Type::Tag::instance && is_of_one_process(type->name, context);
}

namespace {

// ---- values that are set once, when somebody asks for them first

using Names = std::unordered_set<std::string_view>;

bool is_one_of(Node node, const Names& names) { return node.is(Kind::identifier) && names.contains(node.text()); }

// True when the condition asks whether one of the names has no value yet (`x is None`, `not x`), or has one.
bool tests(Node condition, bool for_unset, const Names& names) {
  condition = without_parentheses(condition);
  if (condition.is(Kind::boolean_operator)) {
    return tests(condition.child(Field::left), for_unset, names) ||
           tests(condition.child(Field::right), for_unset, names);
  }
  if (condition.is(Kind::not_operator)) return tests(condition.child(Field::argument), !for_unset, names);
  if (!condition.is(Kind::comparison_operator)) return !for_unset && is_one_of(condition, names);
  if (condition.child_count() != 3 || !condition.last_child().is(Kind::none)) return false;
  const std::string_view test = condition.child(Field::operators).text();
  const bool unset = test == "is" || test == "==";
  return unset == for_unset && is_one_of(condition.first_child(), names);
}

// `maintenance = True` is a state; `loaded = True` says that something was set up.
bool is_mere_flag(const StateWrite& write) {
  const bool flag = write.value.is(Kind::true_) || write.value.is(Kind::false_);
  return flag && !has_word(write.name.text(), {"init", "initialized", "initialised", "inited", "loaded", "ready",
                                               "setup", "configured", "registered", "patched", "imported", "warmed"});
}

// `if client is None: client = make()`, `if client: return client`, `client = client or make()`.
bool is_set_lazily(const StateWrite& write, Context& inside) {
  if (is_mere_flag(write)) return false;
  const Node function = inside.enclosing_function(write.place);
  if (write.value.is(Kind::boolean_operator) && write.value.first_child().text() == write.name.text()) return true;
  semantics::Frame frame;
  semantics::collect_names(function.child(Field::body), frame);
  bool lazily = false;
  for_each_own(function.child(Field::body), [&](Node node) {
    if (lazily || !node.is(Kind::if_statement) || node.index() > write.place.index()) return;
    const Node condition = node.child(Field::condition);
    const Node consequence = node.child(Field::consequence);
    if (consequence.covers(write.place)) lazily = tests(condition, true, frame.globals);
    if (!node.covers(write.place) && jumps_away(consequence)) lazily = tests(condition, false, frame.globals);
  });
  return lazily;
}

// `if endpoints: return endpoints` and then `endpoints[name] = …`: filled when somebody asks for it first.
bool is_filled_once(const StateWrite& write, Context& inside) {
  if (write.rebinds || !write.name.is(Kind::identifier)) return false;
  bool once = false;
  for_each_own(inside.enclosing_function(write.place).child(Field::body), [&](Node node) {
    if (once || !node.is(Kind::if_statement) || node.index() > write.place.index()) return;
    const Node consequence = node.child(Field::consequence);
    const Names name = {write.name.text()};
    const bool leaves = !node.covers(write.place) && jumps_away(consequence);
    once = leaves ? tests(node.child(Field::condition), false, name)
                  : consequence.covers(write.place) && tests(node.child(Field::condition), true, name);
  });
  return once;
}

}  // namespace

std::optional<StateWrite> process_state_write(Node node, Context& context) {
  auto write = state_write_at(node, context);
  if (!write || is_named_for_process(write->name.text()) || holds_process_value(write->value, context)) {
    return std::nullopt;
  }
  if (is_memoized(context.enclosing_function(node), context)) return std::nullopt;
  if (write->rebinds && !node.is(Kind::augmented_assignment) && is_set_lazily(*write, context)) return std::nullopt;
  return is_filled_once(*write, context) ? std::nullopt : write;
}

bool is_kept_by_process(const StateWrite& write, Context& context) {
  if (!write.name.is(Kind::identifier)) return false;
  return any_unit_with(write.name.text(), context, [&](Node root, Context& inside) {
    for (std::uint32_t at = root.index(); at < root.after(); ++at) {
      const Node node = root.ast().node(at);
      const auto other = state_write_at(node, inside);
      if (!other || other->name.text() != write.name.text()) continue;
      const bool lazily = other->rebinds && !node.is(Kind::augmented_assignment) && is_set_lazily(*other, inside);
      if (lazily || holds_process_value(other->value, inside)) return true;
    }
    return false;
  });
}

std::optional<Server> server_of(Node function, bool (*wanted)(Served by), Context& context) {
  std::optional<Server> found;
  is_reached_from(function, Reach::calls_and_handovers, context, [&](Node one, Context& inside) {
    const Served by = one.is(Kind::function_definition) ? served_by(one, inside) : Served::no;
    if (wanted(by)) found = Server{inside.unit_number(), one, by};
    return wanted(by);
  });
  return found;
}

std::vector<Explanation> explain_server(const Report& report, bool (*wanted)(Served by), Context& context) {
  const Node function = context.enclosing_function(context.unit().unit->ast.node(report.node));
  const auto server = server_of(function, wanted, context);
  if (!server) return {};
  const Node name = server->function.child(Field::name);
  return {{{server->unit, name}, fmt::format("`{}` is called for each {}", name.text(), describe(server->by))}};
}

}  // namespace surefoot::rules
