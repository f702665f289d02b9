#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/file_use.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule unpicklable_to_process;
const Rule unpicklable_to_process{
    .code = "RT311",
    .name = "unpicklable-to-process",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_bridge; },
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kPool = 0;     // pickled whatever the start method is
constexpr int kProcess = 1;  // pickled unless the process is forked

// ---- what cannot be pickled

template <class List>
bool is_any(std::string_view name, const List& classes, Context& context) {
  return std::any_of(std::begin(classes), std::end(classes),
                     [&](std::string_view one) { return context.resolver().is_subclass(name, one); });
}

bool is_lock(std::string_view name, Context& context) {
  static constexpr std::array<std::string_view, 6> kClasses = {"threading.Lock",      "threading.RLock",
                                                               "threading.Condition", "threading.Semaphore",
                                                               "threading.Event",     "threading.Barrier"};
  return is_any(name, kClasses, context);
}

// Made of locks, or of what the kernel keeps for one process.
bool holds_lock(std::string_view name, Context& context) {
  static constexpr std::array<std::string_view, 6> kClasses = {"queue.Queue",      "queue.SimpleQueue",
                                                               "threading.Thread", "concurrent.futures.Executor",
                                                               "threading.local",  "multiprocessing.Pool"};
  return is_any(name, kClasses, context);
}

bool is_connection(std::string_view name, Context& context) {
  static constexpr std::array<std::string_view, 6> kClasses = {
      "sqlite3.Connection",         "sqlite3.Cursor", "psycopg.Connection", "psycopg2.extensions.connection",
      "psycopg2.extensions.cursor", "psycopg.Cursor"};
  return is_any(name, kClasses, context);
}

// These go to a process when it starts and at no other time: a pool's workers run already.
bool is_inherited_only(std::string_view name, Context& context) {
  static constexpr std::array<std::string_view, 8> kClasses = {
      "multiprocessing.Lock",  "multiprocessing.RLock",      "multiprocessing.Condition",
      "multiprocessing.Event", "multiprocessing.Semaphore",  "multiprocessing.Barrier",
      "multiprocessing.Queue", "multiprocessing.SimpleQueue"};
  return is_any(name, kClasses, context);
}

// What the value is, in words, when it cannot be pickled; empty otherwise.
std::string_view obstacle_of_class(std::string_view name, int form, Context& context) {
  if (is_lock(name, context)) return "a lock or event of threads";
  if (holds_lock(name, context)) return "which holds locks";
  if (is_connection(name, context)) return "an open connection";
  if (form == kPool && is_inherited_only(name, context)) return "which processes get only when they are started";
  return name == "<generator>" ? "a generator" : std::string_view();
}

std::string_view obstacle_of(Node value, int form, Context& context) {
  if (value.is(Kind::lambda)) return "a lambda";
  if (value.is(Kind::generator_expression)) return "a generator";
  if (is_file_handle(value, context)) return "an open file";
  if (value.is(Kind::identifier) && only_value_of(value, context).is(Kind::generator_expression)) return "a generator";
  const Type* type = semantics::only(context.type_of(value));
  if (type == nullptr) return {};
  if (type->tag == Type::Tag::lambda) return "a lambda";
  if (is_nested_or_lambda(*type)) return "a function inside a function";
  return type->tag == Type::Tag::instance ? obstacle_of_class(type->name, form, context) : std::string_view();
}

// ---- objects that hold such things in an attribute

bool pickles_itself(const semantics::ClassEntry& entry) {
  return entry.attributes.contains("__getstate__") || entry.attributes.contains("__reduce__") ||
         entry.attributes.contains("__reduce_ex__") || entry.attributes.contains("__getnewargs__");
}

bool is_set_in_method(const semantics::TermRef& ref) {
  for (Node node = ref.unit->unit->ast.node(ref.node); node; node = node.parent()) {
    if (node.is(Kind::function_definition)) return true;
  }
  return false;
}

// "self._lock", when objects of the class keep something in it that cannot be pickled.
std::string attribute_in_the_way(std::string_view class_name, Context& context) {
  const semantics::ClassEntry* entry = project_class(class_name, context);
  if (entry == nullptr || pickles_itself(*entry)) return {};
  std::string found;
  for (const auto& [name, values] : entry->attributes) {
    const bool one = values.size() == 1 && values.front().node != semantics::kNoNode;
    if (!one || !is_set_in_method(values.front())) continue;
    const Type* type = semantics::only(context.resolver().type_of(*values.front().unit, values.front().term));
    if (type == nullptr || type->tag != Type::Tag::instance) continue;
    const bool stuck = !obstacle_of_class(type->name, kPool, context).empty();
    if (stuck && (found.empty() || name < found)) found = name;
  }
  return found;
}

// The object whose method `function` is, or that is the value itself.
Node carried_object(Node value, Context& context) {
  const Type* type = semantics::only(context.type_of(value));
  if (type == nullptr) return {};
  if (type->tag == Type::Tag::instance) return value;
  const bool method = value.is(Kind::attribute) && type->function != nullptr && !type->function->container.empty() &&
                      type->function->decorators.empty();
  return method ? value.child(Field::object) : Node();
}

// ---- reports

void report(Node value, int form, const HandedWork& work, std::string_view what, Context& context) {
  const std::string when =
      form == kPool ? "" : " wherever it does not fork: on macOS and Windows, and on Linux from Python 3.14 on";
  const bool made_here = value.is(Kind::lambda) || value.is(Kind::generator_expression);
  const std::string name = made_here ? std::string(what) : fmt::format("`{}`, {},", value.text(), what);
  context
      .report(unpicklable_to_process, value,
              fmt::format("`{}` cannot pickle {} for its process{}", work.name, name, when))
      .variant = form;
}

void check_object(Node value, const HandedWork& work, Context& context) {
  const Node object = carried_object(value, context);
  const Type* type = object ? semantics::only(context.type_of(object)) : nullptr;
  if (type == nullptr || type->tag != Type::Tag::instance) return;
  const std::string attribute = attribute_in_the_way(type->name, context);
  if (attribute.empty()) return;
  context.report(unpicklable_to_process, value,
                 fmt::format("`{}` pickles `{}` for its process, and with it `{}.{}`, which cannot be pickled",
                             work.name, object.text(), object.text(), attribute));
}

void check_value(Node value, int form, const HandedWork& work, Context& context) {
  value = without_parentheses(value);
  if (!value) return;
  if (value.is(Kind::call) && (context.calls(value, "functools.partial") || context.calls(value, "dict"))) {
    for (const Node part : value.child(Field::arguments).children()) {
      check_value(part.is(Kind::keyword_argument) ? part.child(Field::value) : part, form, work, context);
    }
    return;
  }
  if (value.is(Kind::tuple) || value.is(Kind::list) || value.is(Kind::dictionary) || value.is(Kind::pair)) {
    for (const Node part : value.children()) check_value(part, form, work, context);
    return;
  }
  const std::string_view what = obstacle_of(value, form, context);
  if (!what.empty()) return report(value, form, work, what, context);
  if (form == kPool) check_object(value, work, context);
}

// RT116 reports these: the function that a coroutine hands to a ProcessPoolExecutor.
bool is_reported_elsewhere(Node function, const HandedWork& work, Context& context) {
  if (!context.in_coroutine(function)) return false;
  if (work.name.starts_with("multiprocessing.") || work.name.starts_with("anyio.")) return false;
  const Type* type = semantics::only(context.type_of(without_partial(function, context)));
  return type != nullptr && is_nested_or_lambda(*type);
}

bool is_pickled(const HandedWork& work) {
  static constexpr std::array<std::string_view, 5> kPrefixes = {"concurrent.futures.", "multiprocessing.Pool.",
                                                                "multiprocessing.Process", "multiprocessing.context.",
                                                                "anyio.to_process."};
  const bool listed = std::any_of(kPrefixes.begin(), kPrefixes.end(),
                                  [&](std::string_view prefix) { return work.name.starts_with(prefix); });
  return work.workers == Workers::processes && (listed || work.name.ends_with(".run_in_executor"));
}

bool is_own_option(std::string_view keyword) {
  return keyword == "callback" || keyword == "error_callback" || keyword == "chunksize" || keyword == "timeout" ||
         keyword == "name" || keyword == "daemon" || keyword == "group" || keyword == "executor" ||
         keyword == "cancellable" || keyword == "limiter";
}

// What `pool.map(f, items)` runs over stays here; each item goes over, so look at those that are written out.
void check_items(Node call, const HandedWork& work, Context& context) {
  for (const Node argument : call.child(Field::arguments).children()) {
    const bool written = argument.is(Kind::list) || argument.is(Kind::tuple);
    const Node items = is_comprehension(argument) ? argument.child(Field::body) : written ? argument : Node();
    if (items && !items.covers(work.function)) check_value(items, kPool, work, context);
  }
}

void check_arguments(Node call, int form, const HandedWork& work, Context& context) {
  const bool rest = work.bridge->arguments == knowledge::Handover::rest;
  int position = 0;
  for (const Node argument : call.child(Field::arguments).children()) {
    if (argument.is(Kind::keyword_argument)) {
      const Node value = argument.child(Field::value);
      const bool unpacked = !rest && value.is(Kind::generator_expression);  // `args=(row for row in rows)`
      if (!unpacked && !is_own_option(argument.child(Field::name).text()) && !value.covers(work.function)) {
        check_value(value, form, work, context);
      }
    } else if (!argument.is(Kind::list_splat) && !argument.is(Kind::dictionary_splat)) {
      const bool handed = rest ? position > work.bridge->callable.position
                               : argument.is(Kind::tuple) || argument.is(Kind::list) || argument.is(Kind::dictionary);
      if (handed && !argument.covers(work.function)) check_value(argument, form, work, context);
      ++position;
    }
  }
}

// Files that use a pickler which takes functions and lambdas by value.
bool has_own_pickler(Context& context) {
  static const semantics::ModuleNames kModules = {"dill", "cloudpickle", "loky", "pathos", "multiprocess", "joblib"};
  return context.module().imports_any(kModules);
}

void check(Node call, Context& context) {
  const auto work = handed_work(call, context);
  if (!work || !is_pickled(*work) || has_own_pickler(context)) return;
  const bool process = work->name.ends_with(".Process");
  const int form = process ? kProcess : kPool;
  if (work->function && !is_reported_elsewhere(work->function, *work, context)) {
    check_value(work->function, form, *work, context);
  }
  if (work->many) return check_items(call, *work, context);
  check_arguments(call, form, *work, context);
}

// ---- forked processes

// `set_start_method("fork")`, `get_context("fork")`
bool asks_for_fork(Node call) {
  const std::string_view name = last_name(call);
  if (name != "set_start_method" && name != "get_context") return false;
  return argument(call, "method", 0).text().find("fork") == 1;
}

// A file that asks for the fork method hands everything over as it is, without pickling.
bool confirm(const Report& report, Context& context) {
  if (report.variant != kProcess) return true;
  const auto forks = [](Node root, Context&) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      if (node.is(Kind::call) && asks_for_fork(node)) return true;
    }
    return false;
  };
  return !any_unit_with("set_start_method", context, forks) && !any_unit_with("get_context", context, forks);
}

}  // namespace
}  // namespace surefoot::rules
