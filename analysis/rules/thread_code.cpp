#include "analysis/rules/thread_code.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/run_by.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/semantics/decorators.hpp"
#include "analysis/text/words.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Where;

// ---- by what the function is

struct Methods {
  std::string_view base;
  std::string_view prefix;
};

// Classes of libraries whose methods are called in a thread that the library, or a server that blocks, runs them in.
bool is_method_of_thread(const semantics::Function& function, Context& context) {
  static constexpr std::array<Methods, 6> kMethods = {{{"watchdog.events.FileSystemEventHandler", "on_"},
                                                       {"watchdog.events.FileSystemEventHandler", "dispatch"},
                                                       {"watchdog.events.PatternMatchingEventHandler", "on_"},
                                                       {"socketserver.BaseRequestHandler", "handle"},
                                                       {"http.server.BaseHTTPRequestHandler", "do_"},
                                                       {"serial.threaded.Protocol", "data_received"}}};
  if (function.container.empty()) return false;
  const std::string name = context.module().name() + "." + function.container;
  return std::any_of(kMethods.begin(), kMethods.end(), [&](const Methods& one) {
    return function.name.starts_with(one.prefix) && context.resolver().is_subclass(name, one.base);
  });
}

// What Home Assistant calls in its pool of threads when it is a plain `def` (developers.home-assistant.io, "Working
// with Async", and the `async_…` defaults of its entity classes).
bool is_entity_service(const semantics::Function& function, Context& context) {
  static const text::Words kNames(
      "alarm_arm_away alarm_arm_home alarm_arm_night alarm_disarm alarm_trigger clear_playlist close_cover "
      "close_cover_tilt close_valve locate lock media_next_track media_pause media_play media_previous_track "
      "media_stop "
      "mute_volume open open_cover open_cover_tilt open_valve oscillate pause play_media press return_to_base "
      "select_option select_source send_command set_cover_position set_direction set_fan_mode set_humidity "
      "set_hvac_mode set_native_value set_operation_mode set_percentage set_preset_mode set_swing_mode set_temperature "
      "set_volume_level start stop stop_cover toggle turn_off turn_on unlock update volume_down volume_up");
  if (function.container.empty() || !kNames.contain(function.name)) return false;
  const std::string name = context.module().name() + "." + function.container;
  return context.resolver().is_subclass(name, "homeassistant.helpers.entity.Entity");
}

// A plain `def` that the framework runs in a pool of threads, away from the loop.
bool is_route_in_pool(const semantics::Function& function, Context& context) {
  return std::any_of(function.decorators.begin(), function.decorators.end(), [&](semantics::TermId decorator) {
    const knowledge::Decorator* facts = semantics::facts_of_decorator(context.unit(), decorator, context.resolver());
    return facts != nullptr && facts->context == knowledge::Context::web_request &&
           facts->sync_runs_in == Where::worker_thread;
  });
}

bool is_thread_by_declaration(Node definition, const semantics::Function& function, Context& context) {
  return run_by_declaration(definition, context) == RunBy::thread || is_method_of_thread(function, context) ||
         is_entity_service(function, context) || is_route_in_pool(function, context);
}

// ---- by who gets it

// Bridges to the background that are threads, for a plain function.
bool is_background_thread(std::string_view bridge) {
  return bridge.starts_with("starlette.background.") || bridge.find(".BackgroundScheduler.") != std::string_view::npos;
}

// True when the call has a thread run its argument `place`.
bool hands_to_thread(Node call, Node place, Context& inside) {
  const auto work = handed_work(call, inside);
  if (work) return work->workers != Workers::processes && work->function.covers(place);
  const knowledge::Bridge* bridge = bridge_of(call, inside);
  if (bridge == nullptr) return false;
  const bool thread =
      bridge->name == "concurrent.futures.Future.add_done_callback" || is_background_thread(bridge->name);
  return thread && argument(call, bridge->callable).covers(place);
}

struct Callback {
  std::string_view callee;
  std::string_view keyword;  // its beginning
};

// Libraries that call what they are given in a thread of their own.
bool registers_thread_callback(Node call, std::string_view keyword, Context& inside) {
  static constexpr std::array<Callback, 8> kCallbacks = {{{"websocket.WebSocketApp", "on_"},
                                                          {"pynput.keyboard.Listener", "on_"},
                                                          {"pynput.mouse.Listener", "on_"},
                                                          {"sounddevice.InputStream", "callback"},
                                                          {"sounddevice.OutputStream", "callback"},
                                                          {"sounddevice.RawInputStream", "callback"},
                                                          {"sounddevice.Stream", "callback"},
                                                          {"RPi.GPIO.add_event_detect", "callback"}}};
  const Type* callee = inside.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || keyword.empty()) return false;
  return std::any_of(kCallbacks.begin(), kCallbacks.end(), [&](const Callback& one) {
    return callee->name == one.callee && keyword.starts_with(one.keyword);
  });
}

// True for `client.on_message = f` of a paho client.
bool is_paho_callback(Node place, Context& inside) {
  const Node assignment = place.parent();
  const Node left =
      assignment.is(Kind::assignment) && place.field() == Field::right ? assignment.child(Field::left) : Node();
  return left.is(Kind::attribute) && left.child(Field::attribute).text().starts_with("on_") &&
         inside.is_instance(left.child(Field::object), "paho.mqtt.client.Client");
}

bool is_paho_topic_callback(Node place, Context& inside) {
  const Node call = place.parent().parent();
  return place.parent().is(Kind::argument_list) && call.is(Kind::call) &&
         inside.calls(call, "paho.mqtt.client.Client.message_callback_add");
}

bool is_given_to_thread(Node place, Context& inside) {
  if (is_paho_callback(place, inside) || is_paho_topic_callback(place, inside)) return true;
  std::string_view keyword;
  for (Node child = place, outer = place.parent(); outer; child = outer, outer = outer.parent()) {
    if (syntax::is_statement(outer.kind()) || (is_definition(outer) && outer != place)) return false;
    if (outer.is(Kind::keyword_argument)) keyword = outer.child(Field::name).text();
    if (!outer.is(Kind::call)) continue;
    if (child.field() != Field::arguments) return false;
    if (inside.calls(outer, "functools.partial")) continue;
    if (inside.calls(outer, "fastapi.Depends")) return true;  // a plain `def` runs in the pool, as a route does
    return hands_to_thread(outer, place, inside) || registers_thread_callback(outer, keyword, inside);
  }
  return false;
}

// A paho client that asyncio drives itself calls back on the loop.
bool drives_paho_on_loop(Context& context) {
  return is_mentioned("loop_read", context) || is_mentioned("loop_misc", context);
}

bool hands_over_connecting(Node root) {
  for (std::uint32_t i = root.index(); i < root.after(); ++i) {
    const Node node = root.ast().node(i);
    const std::string_view name = node.is(Kind::attribute) ? node.child(Field::attribute).text() : std::string_view();
    if ((name == "connect" || name == "reconnect") && node.parent().is(Kind::argument_list)) return true;
  }
  return false;
}

// `run_in_executor(None, client.connect, …)`: the sockets' callbacks then run in that thread as well.
bool connects_in_thread(Context& context) {
  const auto connects = [](Node root, Context&) { return hands_over_connecting(root); };
  return any_unit_with("run_in_executor", context, connects) || any_unit_with("to_thread", context, connects);
}

// True when the callback of a paho client runs in a thread: the client's own, or the one that connects.
bool runs_in_thread_of_paho(Node place, Context& inside) {
  if (!drives_paho_on_loop(inside)) return true;
  const Node left = place.parent().child(Field::left);
  return left.is(Kind::attribute) && left.child(Field::attribute).text().starts_with("on_socket_") &&
         connects_in_thread(inside);
}

}  // namespace

std::optional<fixes::Place> thread_start_of(Node definition, Context& context) {
  if (definition.is(Kind::lambda)) {
    return is_given_to_thread(definition, context) ? std::optional(context.place(definition)) : std::nullopt;
  }
  const semantics::Function* function = context.unit().function_at(definition.index());
  if (function == nullptr || function->is_async) return std::nullopt;
  if (is_thread_by_declaration(definition, *function, context)) return context.place(definition.child(Field::name));
  std::optional<fixes::Place> found;
  for_each_name_of(*function, context, [&](Node place, Context& inside) {
    if (found || !is_given_to_thread(place, inside)) return;
    const bool of_paho = is_paho_callback(place, inside) || is_paho_topic_callback(place, inside);
    if (!of_paho || runs_in_thread_of_paho(place, inside)) found = inside.place(place);
  });
  return found;
}

}  // namespace surefoot::rules
