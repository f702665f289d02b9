#pragma once
// What libraries' callables do, as embedded tables. The source is the TOML files of this folder (README.md there
// describes them), compiled into the binary at build time; nothing is parsed when the program starts. All views point
// into static storage. Any thread.

#include <cstdint>
#include <span>
#include <string_view>

namespace surefoot::knowledge {

/// What a call does before it returns, as bits. The names are those of the TOML files.
enum class Effect : std::uint32_t {
  none = 0,
  blocks_sleep = 1u << 0,
  blocks_network = 1u << 1,
  blocks_database = 1u << 2,
  blocks_file = 1u << 3,
  blocks_file_metadata = 1u << 4,
  blocks_subprocess = 1u << 5,
  blocks_wait = 1u << 6,
  blocks_cpu = 1u << 7,
  blocks_input = 1u << 8,
  runs_loop = 1u << 9,
  loads_tls = 1u << 10,
  imports = 1u << 11,
  queries_orm = 1u << 12,
  needs_app_context = 1u << 13,
  sends = 1u << 14,
  opens_connection = 1u << 15,
  starts_thread = 1u << 16,
  writes_database = 1u << 17,
};
constexpr Effect operator|(Effect a, Effect b) {
  return static_cast<Effect>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr Effect operator&(Effect a, Effect b) {
  return static_cast<Effect>(static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b));
}
constexpr bool any(Effect effects) { return effects != Effect::none; }

/// An argument, by keyword name (may be empty) and 0-based position (-1: keyword only). Methods do not count `self`.
struct Argument {
  std::string_view parameter;
  std::int8_t position = -1;
};

/// "this argument has this source text", such as block=False. An empty value: "the argument is not given"; "*": "it is
/// given", whatever its value.
struct Condition {
  Argument argument;
  std::string_view value;
};

enum class TimeoutDefault : std::uint8_t { no_timeout_parameter, waits_for_ever, finite };

struct Callable {
  std::string_view name;  // canonical qualified name; a wildcard entry ends in ".*"
  Effect effects = Effect::none;
  Effect iterating = Effect::none;  // of the value returned
  bool is_async = false;
  std::string_view returns;  // type expression of README.md, empty when unknown; of a constructor: the class
  std::string_view item;
  std::string_view async_twin;
  Argument timeout;
  TimeoutDefault timeout_default = TimeoutDefault::no_timeout_parameter;
  std::span<const Condition> unless;
};

enum class Sides : std::uint8_t { neither, sync, async, both };

struct Attribute {
  std::string_view name;
  std::string_view type;
};

struct Class {
  std::string_view name;
  std::span<const std::string_view> bases;
  Sides manager = Sides::neither;
  Sides iterator = Sides::neither;
  std::string_view enter;  // empty: itself
  std::string_view item;
  std::string_view close;
  Effect iterating = Effect::none;
  Effect exiting = Effect::none;
  std::span<const Attribute> attributes;
  Effect entering = Effect::none;
  std::string_view awaits;  // type of `await instance`; empty: instances cannot be awaited
};

enum class Where : std::uint8_t {
  event_loop,
  worker_thread,
  process,
  after_commit,
  signal_handler,
  finalizer,
  background
};
/// How a bridge hands over the arguments; `later`: its value is a callable that takes them, as sync_to_async(f)(x).
enum class Handover : std::uint8_t { rest, tuple, none, later };

struct Bridge {
  std::string_view name;
  Argument callable;
  Where to = Where::worker_thread;
  bool is_async = false;  // its value, or that of the callable it gives, is an awaitable
  Handover arguments = Handover::rest;
};

struct Spawner {
  std::string_view name;
  bool caller_owns = true;
  std::string_view returns;
};

/// What calls the function that a decorator stands on; `anywhere`: whoever did before.
enum class Context : std::uint8_t {
  web_request,
  task_worker,
  startup,
  cli,
  test,
  fixture,
  signal_receiver,
  consumer,
  anywhere
};

struct Decorator {
  std::string_view name;
  Context context = Context::web_request;
  std::string_view framework;
  Where sync_runs_in = Where::worker_thread;
  bool keeps = true;
  std::string_view gives;       // type that the name has further attributes of; empty: it is the function and no more
  std::string_view parameters;  // a tuple: types of what the function is called with, `self` left out
};

enum class Provided : std::uint8_t {
  transaction,
  app_context,
  thread_lock,
  async_lock,
  timeout,
  cancel_scope,
  task_group,
  suppress
};

struct Provider {
  std::string_view name;
  Provided what = Provided::transaction;
};

/// The canonical spelling of a qualified name ("requests.sessions.Session.get" -> "requests.Session.get"); prefixes are
/// replaced too. A name that no alias covers, or of whose canonical spelling no table says anything, is given back as
/// it is: the view then lives as long as the argument's, and otherwise for ever.
std::string_view canonical(std::string_view name);

/// Exact names only (canonical ones), null when unknown. O(1).
const Callable* find_callable(std::string_view name);
const Class* find_class(std::string_view name);
const Bridge* find_bridge(std::string_view name);
const Spawner* find_spawner(std::string_view name);
const Decorator* find_decorator(std::string_view name);
const Provider* find_provider(std::string_view name);
bool is_limiter(std::string_view name);

/// The entry of a class's method: its own, its bases' (first match, depth first), then its or their ".*" entry. The
/// class need not be in the tables (nor be a class: any dotted prefix will do), and its name need not be canonical.
const Callable* find_method(std::string_view class_name, std::string_view method);
/// Likewise for methods that are bridges and so on: "run_in_executor" of a subclass of asyncio.AbstractEventLoop.
const Bridge* find_method_bridge(std::string_view class_name, std::string_view method);
const Spawner* find_method_spawner(std::string_view class_name, std::string_view method);
const Decorator* find_method_decorator(std::string_view class_name, std::string_view method);
/// False when no class has a bridge, or spawner, of this name.
bool may_be_bridge(std::string_view method);
bool may_be_spawner(std::string_view method);
const Provider* find_method_provider(std::string_view class_name, std::string_view method);
/// The type of a class's attribute through its bases; empty when unknown.
std::string_view find_attribute(std::string_view class_name, std::string_view attribute);

/// True when the two are the same class or the tables say that the first derives from the second.
bool is_subclass(std::string_view class_name, std::string_view base);

/// True when the tables say anything about the top-level import name ("requests").
bool knows_module(std::string_view top_level_name);

/// Everything, sorted by name, for pages and tests.
std::span<const Callable> all_callables();
std::span<const Class> all_classes();

}  // namespace surefoot::knowledge
