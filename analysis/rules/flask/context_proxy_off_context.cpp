#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/flask_views.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/run_by.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
std::vector<Explanation> explain(const Report& report, Context& context);

}  // namespace

extern const Rule context_proxy_off_context;
const Rule context_proxy_off_context{
    .code = "FLK102",
    .name = "context-proxy-off-context",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::attribute, Kind::subscript, Kind::comparison_operator, Kind::for_statement, Kind::call},
    .check = check,
    .concerns = concerns,
    .confirm = confirm,
    .explain = explain,
    .notes = true,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.may_run_project() ||
         (callee.facts != nullptr && any(callee.facts->effects & knowledge::Effect::needs_app_context));
}

// ---- what needs a context

// What a cache was given an application for works without a context, too.
bool calls_for_context(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->tag == Type::Tag::object && !callee->name.starts_with("flask_caching.") &&
         needs_app_context(call, context);
}

// The part of the node that fails where there is no context; null when none does.
Node needy_part(Node node, Context& context) {
  if (node.is(Kind::call)) return calls_for_context(node, context) ? node.child(Field::function) : Node();
  return may_use_proxy(node, context) ? proxy_used(node, context) : Node();
}

bool pushes(Node function) { return mentions(function, "push"); }

bool asks_for_context(Node function) {
  return mentions(function, "has_app_context") || mentions(function, "has_request_context");
}

bool may_lack_context(Node node, Node function, Context& context) {
  return !is_in_app_context(node, context) && !pushes(function) && !asks_for_context(function) &&
         !minds_missing_context(node, context);
}

std::string message_about(Node needy) {
  return fmt::format("`{}` needs an application context, and there is none here: this runs outside of every request",
                     needy.text());
}

// The first use in a function says all.
bool is_first_use(Node node, Node function, Context& context) {
  bool first = true;
  for_each_own(function.child(Field::body), [&](Node one) {
    if (!first || one.index() >= node.index()) return;
    first = !(needy_part(one, context) && may_lack_context(one, function, context));
  });
  return first;
}

// ---- what runs a function

bool has_decorator_of_flask(const semantics::Function& function, Context& context) {
  return std::any_of(function.decorators.begin(), function.decorators.end(), [&](semantics::TermId decorator) {
    const knowledge::Decorator* facts = semantics::facts_of_decorator(context.unit(), decorator, context.resolver());
    return facts != nullptr && facts->framework == "flask";
  });
}

// What a file needs for a function of it to run in a thread or a job, as far as it can be seen from here.
bool may_start(Context& context) {
  static const semantics::ModuleNames kNames = {
      "threading", "_thread",       "concurrent", "concurrent.futures", "apscheduler", "celery",   "rq",
      "schedule",  "sched",         "asyncio",    "multiprocessing",    "gevent",      "eventlet", "flask_apscheduler",
      "flask_rq2", "flask_executor"};
  return context.module().imports_any(kNames) || context.unit().names.may_have("enqueue");
}

bool is_in_flask_project(Context& context) {
  static const semantics::ModuleNames kNames = {"flask", "flask_sqlalchemy", "flask_login", "flask_mail"};
  return context.module().imports_any(kNames) || contains(context.facts().frameworks, std::string("flask"));
}

// Of a function of another file, which may be one that has no context of its own.
void ask_about(Node call, Node function, Context& context) {
  if (!is_in_flask_project(context) || !may_start(context)) return;
  const auto run = run_elsewhere(call, context);
  if (!run || run->function->is_async || !may_lack_context(call, function, context)) return;
  const Node name = call.child(Field::function);
  Question& question = context.ask(context_proxy_off_context, call, {run->unit, run->function}, message_about(name));
  question.report.span = name.span();
  question.effects = {"FLK102"};
  question.at_once = true;
}

// False for what Flask calls itself, with a context.
bool may_run_elsewhere(Node function, Context& context) {
  if (function.is(Kind::lambda)) return true;
  const semantics::Function* model = context.unit().function_at(function.index());
  return model != nullptr && !model->is_async && !has_decorator_of_flask(*model, context);
}

void check(Node node, Context& context) {
  if (!node.is(Kind::call) && !may_use_proxy(node, context)) return;
  const Node function = context.enclosing_function(node);
  if (!function || !may_run_elsewhere(function, context)) return;
  const Node needy = needy_part(node, context);
  if (!needy) {
    if (node.is(Kind::call)) ask_about(node, function, context);
    return;
  }
  if (!may_lack_context(node, function, context)) return;
  if (!function.is(Kind::lambda)) {
    context.note(context_proxy_off_context, needy, std::string(needy.text()), "needs an application context");
  }
  if (!may_start(context) || !is_first_use(node, function, context)) return;
  context.report(context_proxy_off_context, needy, message_about(needy));
}

// Frameworks whose jobs begin with no context. Celery's do where its application is made here, in the plain way.
bool is_job(Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr) return false;
  return std::any_of(model->decorators.begin(), model->decorators.end(), [&](semantics::TermId decorator) {
    const knowledge::Decorator* facts = semantics::facts_of_decorator(context.unit(), decorator, context.resolver());
    if (facts == nullptr || facts->context != knowledge::Context::task_worker) return false;
    if (facts->framework == "celery") {
      const Type* type = semantics::type_of_decorator(context.unit(), decorator, context.resolver());
      return type != nullptr && type->name != "celery.shared_task" && is_called("Celery", context) &&
             !is_mentioned("app_context", context);
    }
    return facts->framework == "rq" || facts->framework == "apscheduler";
  });
}

// True when the call has other code run its argument.
bool hands_over(Node place, Context& inside) {
  for (Node child = place, outer = place.parent(); outer; child = outer, outer = outer.parent()) {
    if (syntax::is_statement(outer.kind()) || (is_definition(outer) && outer != place)) return false;
    if (!outer.is(Kind::call)) continue;
    if (child.field() != Field::arguments) return false;
    if (inside.calls(outer, "functools.partial")) continue;
    const knowledge::Bridge* bridge = bridge_of(outer, inside);
    return bridge != nullptr && begins_without_context(*bridge) && argument(outer, bridge->callable).covers(place);
  }
  return false;
}

// The place that starts the function outside of every request.
std::optional<fixes::Place> start_of(Node function, Context& context) {
  if (function.is(Kind::lambda)) {
    return hands_over(function, context) ? std::optional(context.place(function)) : std::nullopt;
  }
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr) return std::nullopt;
  const RunBy by = run_by_declaration(function, context);
  if (by == RunBy::thread || by == RunBy::process || is_job(function, context)) {
    return context.place(function.child(Field::name));
  }
  if (!model->decorators.empty()) return std::nullopt;
  std::optional<fixes::Place> found;
  for_each_name_of(*model, context, [&](Node place, Context& inside) {
    if (!found && hands_over(place, inside)) found = inside.place(place);
  });
  return found;
}

std::optional<fixes::Place> start_of(const Report& report, Context& context) {
  const Node function = context.enclosing_function(context.unit().unit->ast.node(report.node));
  const bool pushed = is_reached_from(function, Reach::calls, context, [&](Node one, Context&) {
    return one != function && (mentions(one, "app_context") || mentions(one, "test_request_context"));
  });
  std::optional<fixes::Place> found;
  if (pushed) return found;
  is_reached_from(function, Reach::calls, context, [&](Node one, Context& inside) {
    found = start_of(one, inside);
    return found.has_value();
  });
  return found;
}

bool confirm(const Report& report, Context& context) {
  return report.variant == kNoted || start_of(report, context).has_value();
}

std::vector<Explanation> explain(const Report& report, Context& context) {
  const auto start = start_of(report, context);
  if (!start) return {};
  return {{*start, fmt::format("`{}` is started without a context", start->node.text())}};
}

}  // namespace
}  // namespace surefoot::rules
