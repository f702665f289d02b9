#include <fmt/format.h>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/import_time.hpp"
#include "analysis/rules/scopes.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

void check(Node call, Context& context);
bool matters_at(const Report& report, Context& context);

}  // namespace

extern const Rule heavy_import_work;
const Rule heavy_import_work{
    .code = "RT501",
    .name = "heavy-import-work",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.blocks(); },
    .fix = make_lazy,
    .confirm = may_be_imported,
    .matters_at = matters_at,
};

namespace {

constexpr Effect kWaits =
    Effect::blocks_network | Effect::blocks_database | Effect::blocks_sleep | Effect::blocks_subprocess;
constexpr Effect kOtherRules = Effect::opens_connection | Effect::starts_thread | Effect::queries_orm;

std::string_view what(const BlockingCall& call) {
  if (any(call.effects & kWaits)) return describe(call.effects & kWaits);
  const bool loads = loads_much(call.name) && any(call.effects & (Effect::blocks_cpu | Effect::blocks_file));
  return loads ? "loads much data" : "";
}

// Opens a file, and asks nothing of it.
bool is_light(std::string_view name) { return name == "sqlite3.connect"; }

// RT304 speaks of these, which do not wait for their processes.
bool starts_process(std::string_view name) { return name.starts_with("multiprocessing."); }

// `os.popen("date").read()`: one cause, one finding.
bool follows_heavy_call(Node call, Context& context) {
  for (Node receiver = made_on(call); receiver; receiver = made_on(receiver)) {
    const auto blocking = receiver.is(Kind::call) ? blocking_call(receiver, context) : std::nullopt;
    if (blocking && !what(*blocking).empty()) return true;
  }
  return false;
}

void check(Node call, Context& context) {
  if (!runs_at_import(call, context) || follows_heavy_call(call, context)) return;
  const auto blocking = blocking_call(call, context);
  if (!blocking || any(blocking->effects & kOtherRules) || is_light(blocking->name) || starts_process(blocking->name))
    return;
  const std::string_view effect = what(*blocking);
  if (effect.empty()) return;
  context.report(heavy_import_work, call, fmt::format("`{}` {} when the module is imported", blocking->name, effect))
      .span = call.child(Field::function).span();
}

// Reading a file counts only when much is loaded from it.
bool is_mere_file(const Report& report) {
  const bool file =
      report.effect == describe(Effect::blocks_file) || report.effect == describe(Effect::blocks_file_metadata);
  return file && !loads_much(report.subject);
}

// Computing counts only when it is the loading of something.
bool matters_at(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  // DJG114 speaks of queries.
  const knowledge::Callable* facts = knowledge::find_callable(report.subject);
  if (facts != nullptr && any(facts->effects & Effect::queries_orm)) return false;
  const bool waits = !is_light(report.subject) && !starts_process(report.subject) && !is_mere_file(report);
  return runs_at_import(node, context) && waits && !report.subject.starts_with("hashlib.");
}

}  // namespace
}  // namespace surefoot::rules
