#include "analysis/fixes/offload.hpp"
#include "analysis/rules/event_loop.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule cpu_bound_in_async;
const Rule cpu_bound_in_async{
    .code = "RT108",
    .name = "cpu-bound-in-async",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .fix = fix,
    .rises = true,
};

namespace {

constexpr Effect kOtherRules = Effect::blocks_network | Effect::blocks_database | Effect::blocks_sleep |
                               Effect::blocks_input | Effect::blocks_subprocess | Effect::blocks_wait |
                               Effect::runs_loop;

// True when everything the call works on is written out in the code, so it is small.
bool works_on_literals(Node call) {
  bool any_argument = false;
  for (const Node argument : call.child(Field::arguments).children()) {
    const Node value = argument.is(Kind::keyword_argument) ? argument.child(Field::value) : argument;
    if (!value.is(Kind::string) && !value.is(Kind::integer)) return false;
    any_argument = true;
  }
  return any_argument;
}

bool compresses(std::string_view name) {
  return name.ends_with("compress") && (name.starts_with("zlib.") || name.starts_with("gzip.") ||
                                        name.starts_with("bz2.") || name.starts_with("lzma."));
}

// One chunk of a stream at a time: mostly short.
bool works_on_chunks(std::string_view name) {
  for (const std::string_view stream : {"zlib.Compress.", "zlib.Decompress.", "Compressor.", "Decompressor."}) {
    if (name.find(stream) != std::string_view::npos) return true;
  }
  return false;
}

std::optional<BlockingCall> wanted(Node call, Context& context) {
  if (!context.may_run_on_loop(call)) return std::nullopt;
  auto blocking = blocking_call(call, context);
  if (!blocking || any(blocking->effects & kOtherRules) || !computes_for_long(*blocking)) return std::nullopt;
  if (compresses(blocking->name) && works_on_literals(call)) return std::nullopt;
  if (works_on_chunks(blocking->name) && !context.strict()) return std::nullopt;
  return blocking;
}

// True when what the call is made on is itself the result of a call that is reported: one cause, one finding.
bool follows_reported_call(Node call, Context& context) {
  Node node = call.child(Field::function);
  while (node) {
    node = without_parentheses(node);
    if (node.is(Kind::call)) {
      if (wanted(node, context)) return true;
      node = node.child(Field::function);
    } else {
      node = node.is(Kind::subscript) ? node.child(Field::value) : node.child(Field::object);
    }
  }
  return false;
}

void check(Node call, Context& context) {
  const auto blocking = wanted(call, context);
  if (!blocking || follows_reported_call(call, context)) return;
  report_blocking(cpu_bound_in_async, call, call.child(Field::function), blocking->name, describe(Effect::blocks_cpu),
                  context);
}

Fixes fix(const Report& report, Context& context) {
  return fixes::offload_call(context.file(), context.place(context.unit().unit->ast.node(report.node)));
}

}  // namespace
}  // namespace surefoot::rules
