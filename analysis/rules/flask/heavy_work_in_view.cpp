#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/event_loop.hpp"
#include "analysis/rules/flask_views.hpp"
#include "analysis/rules/loops.hpp"
#include "analysis/rules/timeouts.hpp"
#include "analysis/rules/units.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule heavy_work_in_view;
const Rule heavy_work_in_view{
    .code = "FLK111",
    .name = "heavy-work-in-view",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .confirm = confirm,
    .notes = true,
};

namespace {

using knowledge::Effect;

// Report::variant
constexpr int kSure = 0;
constexpr int kRequest = 1;  // when nothing else of the file limits it

bool concerns(const Callee& callee) {
  return callee.is_of_project() || callee.blocks(Effect::blocks_sleep | Effect::blocks_subprocess) ||
         (callee.blocks(Effect::blocks_network) &&
          callee.facts->timeout_default == knowledge::TimeoutDefault::waits_for_ever);
}

// A plain `def` that answers requests: a route, or a method of a view class.
bool is_in_view(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  if (!function.is(Kind::function_definition) || function.is_async()) return false;
  if (is_flask_view(function, context)) return true;
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr || model->container.empty()) return false;
  static constexpr std::array<std::string_view, 6> kMethods = {"get",   "post",   "put",
                                                               "patch", "delete", "dispatch_request"};
  if (!contains(kMethods, model->name)) return false;
  static constexpr std::array<std::string_view, 4> kBases = {"flask.views.View", "flask.views.MethodView",
                                                             "flask_restful.Resource", "flask_restx.Resource"};
  const std::string name = context.module().name() + "." + model->container;
  return std::any_of(kBases.begin(), kBases.end(),
                     [&](std::string_view base) { return context.resolver().is_subclass(name, base); });
}

// An HTTP request that nothing limits.
bool waits_for_ever(Node call, const knowledge::Callable& facts) {
  if (!any(effects_of(call, facts) & Effect::blocks_network) || !any(facts.effects & Effect::sends)) return false;
  if (facts.timeout_default != knowledge::TimeoutDefault::waits_for_ever || has_double_splat(call)) return false;
  const Node limit = argument(call, facts.timeout);
  return !limit || limit.is(Kind::none);
}

void report_work(Node call, std::string_view what, int variant, Context& context) {
  const Node name = call.child(Field::function);
  Report& report =
      context.report(heavy_work_in_view, call,
                     fmt::format("`{}` {}, and the worker answers nobody else meanwhile", name.text(), what));
  report.span = name.span();
  report.variant = variant;
}

bool only_starts(std::string_view name) { return name.ends_with(".Popen") || name.ends_with(".start"); }

Question& ask_about(Node call, const Type& function, Context& context) {
  const Node name = call.child(Field::function);
  Question& question =
      context.ask(heavy_work_in_view, call, {function.unit, function.function},
                  fmt::format("`{}` keeps the worker, which answers nobody else meanwhile", name.text()));
  question.report.span = name.span();
  return question;
}

// Through functions of the project, by what the rules about the event loop have found in them.
void ask(Node call, const Type& function, Context& context) {
  static constexpr std::array<std::string_view, 6> kCalls = {
      "time.sleep", "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output",
      "os.system"};
  for (const std::string_view one : kCalls) {
    Question& question = ask_about(call, function, context);
    question.effects = {"RT101", "RT104"};
    question.name = one;
  }
  ask_about(call, function, context).effects = {"FLK111"};
}

// For views that run the function.
void note_request(Node call, const Type& callee, Context& context) {
  if (context.scope_of(call) != Scope::function || callee.callable == nullptr || callee.callable->is_async) return;
  if (!waits_for_ever(call, *callee.callable)) return;
  context.note(heavy_work_in_view, call, std::string(callee.name), "waits for the other side without a timeout");
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return;
  if (!is_in_view(call, context)) return note_request(call, *callee, context);
  if (callee->function != nullptr) {
    if (!callee->function->is_async && !callee->function->is_generator) ask(call, *callee, context);
    return;
  }
  if (callee->callable == nullptr || callee->callable->is_async) return;
  const Effect effects = effects_of(call, *callee->callable);
  if (any(effects & Effect::blocks_sleep)) {
    report_work(call, "sleeps", kSure, context);
  } else if (any(effects & Effect::blocks_subprocess) && !only_starts(callee->name)) {
    report_work(call, "waits for a process", kSure, context);
  } else if (waits_for_ever(call, *callee->callable)) {
    report_work(call, "waits for the other side without a timeout", kRequest, context);
  }
}

// One finding for each function of a file that views call says enough.
bool is_called_by_view_before(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->function == nullptr) return false;
  return any_unit_with(last_name(call), context, [&](Node root, Context& inside) {
    if (inside.unit_number() > context.unit_number()) return false;
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node one = root.ast().node(i);
      if (inside.unit_number() == context.unit_number() && i >= call.index()) return false;
      if (!one.is(Kind::call) || last_name(one) != last_name(call)) continue;
      const Type* other = inside.callee(one);
      if (other != nullptr && other->function == callee->function && is_in_view(one, inside)) return true;
    }
    return false;
  });
}

bool confirm(const Report& report, Context& context) {
  if (report.variant == kAnswered) {
    return !is_called_by_view_before(context.unit().unit->ast.node(report.node), context);
  }
  if (report.variant != kRequest && report.variant != kNoted) return true;
  const Node call = context.unit().unit->ast.node(report.node);
  const Node session = call.child(Field::function).child(Field::object);
  const bool limited = session && context.is_instance(session, "requests.Session") &&
                       (limits_session(session, context) || has_own_sending(call, context));
  return !limited && !sets_default_timeout(context);
}

}  // namespace
}  // namespace surefoot::rules
