#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/run_by.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule blocking_in_callback;
const Rule blocking_in_callback{
    .code = "RT115",
    .name = "blocking-in-callback",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_bridge || callee.blocks() || callee.may_run_project(); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

using knowledge::Effect;

// Report::variant
constexpr int kRegistered = 0;  // a callback, when it is registered somewhere
constexpr int kProtocol = 1;    // a method of a protocol
constexpr int kHanded = 2;      // a function of a library, registered by this call

constexpr Effect kWanted = Effect::blocks_network | Effect::blocks_database | Effect::blocks_sleep |
                           Effect::blocks_input | Effect::blocks_subprocess | Effect::blocks_file;

// The methods that the loop calls (Python documentation, "Transports and
// Protocols").
bool is_protocol_method(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kNames = {
      "connection_made",   "connection_lost", "pause_writing",      "resume_writing",
      "data_received",     "eof_received",    "buffer_updated",     "get_buffer",
      "datagram_received", "error_received",  "pipe_data_received", "process_exited"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool is_method_of_protocol(Node function, Context& context) {
  const std::string_view path = context.enclosing_class(function);
  if (path.empty() || !function.is(Kind::function_definition)) return false;
  if (!is_protocol_method(function.child(Field::name).text())) return false;
  const std::string name = context.module().name() + "." + std::string(path);
  return context.resolver().is_subclass(name, "asyncio.BaseProtocol");
}

// True when this call has the loop call the function at `node` of `unit`.
bool registers(Node call, const semantics::UnitModel& unit, std::uint32_t node, Context& context) {
  const knowledge::Bridge* bridge = bridge_of(call, context);
  if (bridge == nullptr || bridge->to != knowledge::Where::event_loop) return false;
  const Node callback = without_partial(argument(call, bridge->callable), context);
  if (!callback) return false;
  if (callback.is(Kind::lambda)) return &context.unit() == &unit && callback.index() == node;
  const Type* type = semantics::only(context.type_of(callback));
  if (type == nullptr || type->unit != &unit) return false;
  return type->function != nullptr ? type->function->node == node
                                   : type->tag == Type::Tag::lambda && type->node == node;
}

// The plain function of another file that this call has the loop call.
semantics::FunctionRef registered_elsewhere(Node call, Context& context) {
  const knowledge::Bridge* bridge = bridge_of(call, context);
  if (bridge == nullptr || bridge->to != knowledge::Where::event_loop) return {};
  const Node callback = without_partial(argument(call, bridge->callable), context);
  const Type* type = callback ? semantics::only(context.type_of(callback)) : nullptr;
  if (type == nullptr || type->function == nullptr || type->function->is_async) return {};
  const bool elsewhere = &context.resolver().module_of(*type->unit) != &context.module();
  return elsewhere ? semantics::FunctionRef{type->unit, type->function} : semantics::FunctionRef{};
}

void ask(Node call, Node name, const semantics::FunctionRef& function, Context& context) {
  Question& question = context.ask(
      blocking_in_callback, call, function,
      fmt::format("`{}` blocks in a callback of the event loop, and stops the loop for so long", name.text()));
  question.report.span = name.span();
  question.effects = {"RT101", "DJG101", "RT103", "RT104"};
}

// `loop.call_soon(time.sleep, 1)`: a function of a library that blocks, handed over as it is.
void check_handed(Node call, Context& context) {
  const knowledge::Bridge* bridge = bridge_of(call, context);
  if (bridge == nullptr || bridge->to != knowledge::Where::event_loop || bridge->is_async) return;
  const Node callback = without_partial(argument(call, bridge->callable), context);
  const Type* type = callback && !callback.is(Kind::lambda) ? semantics::only(context.type_of(callback)) : nullptr;
  if (type == nullptr || type->tag != Type::Tag::object || type->callable == nullptr) return;
  const Effect blocks = type->callable->effects & kWanted;
  if (type->callable->is_async || !any(blocks)) return;
  Report& report = context.report(blocking_in_callback, call,
                                  fmt::format("`{}` {} in a callback of the event loop, and stops the loop "
                                              "for so long",
                                              type->callable->name, describe(blocks)));
  report.span = callback.span();
  report.variant = kHanded;
}

bool may_run_loop(Context& context) {
  static const semantics::ModuleNames kModules = {"asyncio", "anyio", "trio", "tornado"};
  return context.module().imports_any(kModules);
}

void check(Node call, Context& context) {
  check_handed(call, context);
  if (const auto callback = registered_elsewhere(call, context); callback.function != nullptr) {
    ask(call, without_partial(argument(call, bridge_of(call, context)->callable), context), callback, context);
  }
  const Scope scope = context.scope_of(call);
  if (scope != Scope::function && scope != Scope::lambda) return;
  const auto blocking = blocking_call(call, context);
  const bool counts = blocking && any(blocking->effects & kWanted);
  const auto run = blocking ? std::nullopt : run_at(call, context);
  if (!counts && (!run || run->function->is_async)) return;
  const bool protocol = is_method_of_protocol(context.enclosing_function(call), context);
  if (!protocol && !may_run_loop(context)) return;
  if (!counts) return ask(call, call.child(Field::function), {run->unit, run->function}, context);
  Report& report = context.report(blocking_in_callback, call,
                                  fmt::format("`{}` {} in a callback of the event loop, and stops the loop "
                                              "for so long",
                                              blocking->name, describe(blocking->effects & kWanted)));
  report.span = call.child(Field::function).span();
  report.variant = protocol ? kProtocol : kRegistered;
}

// Functions are registered anywhere in the file, by their name. Looking for the name first keeps this off the types of
// all calls of the file, which a keystroke cannot wait for.
bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node function = context.enclosing_function(call);
  if (report.variant == kProtocol || report.variant == kHanded) return true;
  if (report.variant == kAnswered &&
      (registered_elsewhere(call, context).function != nullptr || is_method_of_protocol(function, context))) {
    return true;
  }
  const std::string_view name = function.child(Field::name).text();
  const auto hands_over = [&](Node root, Context& inside) {
    for (std::uint32_t at = root.index(); at < root.after(); ++at) {
      const Node node = root.ast().node(at);
      if (!node.is(Kind::call)) continue;
      const bool mentions = name.empty() ? node.covers(function)
                                         : node.child(Field::arguments).text().find(name) != std::string_view::npos;
      if (mentions && registers(node, context.unit(), function.index(), inside)) return true;
    }
    return false;
  };
  if (name.empty()) return hands_over(function.ast().root(), context);  // a lambda
  return any_unit_with(name, context, hands_over);
}

bool has_keywords(Node call) {
  const Node arguments = call.child(Field::arguments);
  return arguments.child(Kind::keyword_argument) || arguments.child(Kind::dictionary_splat);
}

Fixes fix(const Report& report, Context& context) {
  const fixes::FileView& file = context.file();
  const Node call = context.unit().unit->ast.node(report.node);
  if (report.variant == kHanded) return {{}, "nothing is called here"};
  if (!call.parent().is(Kind::expression_statement) && !call.parent().is(Kind::lambda)) {
    return {{}, "its result is used here"};
  }
  if (has_keywords(call) || call.child(Field::arguments).is(Kind::generator_expression)) {
    return {{}, "`run_in_executor` takes positional arguments only"};
  }
  const Node function = call.child(Field::function);
  fixes::Import import = fixes::import_module(file, context.place(call), "asyncio");
  if (!import.problem.empty()) return {{}, import.problem};
  std::vector<text::TextEdit> edits;
  if (import.edit) edits.push_back(std::move(*import.edit));
  edits.push_back(fixes::replace(file, context.place(function), import.name + ".get_running_loop().run_in_executor"));
  const std::uint32_t open = fixes::span_in_file(file, context.place(call.child(Field::arguments))).start + 1;
  const bool more = static_cast<bool>(call.child(Field::arguments).first_child());
  edits.push_back({{open, open}, fmt::format("None, {}{}", function.text(), more ? ", " : "")});
  Fixes fixes;
  fixes.offered.push_back(fixes::make_fix(fmt::format("Run `{}` in a thread", function.text()),
                                          fixes::Applicability::unsafe, std::move(edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
