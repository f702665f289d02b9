#include "analysis/rules/sent_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;
using semantics::last_part;

constexpr std::string_view kAsyncToSync = "asgiref.sync.async_to_sync";

bool is_of_no_matter(std::string_view name) {
  static constexpr std::array<std::string_view, 6> kPrefixes = {"prometheus_client.", "datadog.", "statsd.",
                                                                "sentry_sdk.",        "mlflow.",  "celery.Task.retry"};
  return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

bool sends(const knowledge::Callable* facts) {
  return facts != nullptr && any(facts->effects & Effect::sends) && !is_of_no_matter(facts->name);
}

// `tasks.send_receipt.delay` of a file that is not there: only tasks have such methods.
bool publishes_unseen_task(const Type& callee) {
  const std::string_view method = last_part(callee.name);
  if (callee.tag != Type::Tag::object || callee.callable != nullptr || callee.function != nullptr) return false;
  return (method == "delay" || method == "apply_async") && callee.name.find("tasks.") != std::string_view::npos;
}

// `async_to_sync(layer.group_send)(group, event)`
bool runs_sending_coroutine(Node call, Context& context) {
  const Node maker = without_parentheses(call.child(Field::function));
  if (!maker.is(Kind::call) || !context.calls(maker, kAsyncToSync)) return false;
  const Node function = argument(maker, "awaitable", 0);
  const Type* type = function ? semantics::only(context.type_of(function)) : nullptr;
  return type != nullptr && sends(type->callable);
}

bool sends(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object) return runs_sending_coroutine(call, context);
  if (callee->callable == nullptr) return publishes_unseen_task(*callee) || runs_sending_coroutine(call, context);
  return !callee->callable->is_async && sends(callee->callable) &&
         any(effects_of(call, *callee->callable) & Effect::sends);
}

}  // namespace

bool may_send(const Callee& callee) {
  if (callee.facts == nullptr) return callee.is_written({"delay", "apply_async"});
  return sends(callee.facts);
}

std::optional<std::string> sent_by(Node call, Context& context) {
  if (!sends(call, context)) return std::nullopt;
  Node function = call.child(Field::function);
  if (function.is(Kind::call)) function = argument(function, "awaitable", 0);
  const std::string_view text = function.text();
  const Type* callee = context.callee(call);
  const bool brief = text.size() <= 60 && text.find('\n') == std::string_view::npos;
  if (brief || callee == nullptr) return std::string(brief ? text : last_name(function));
  return std::string(callee->name);
}

namespace {

// `rebuild.delay`: nothing happens when it is read.
bool is_plain_name(Node function) {
  while (function.is(Kind::attribute)) function = function.child(Field::object);
  return function.is(Kind::identifier);
}

// What to hand to `on_commit`: a lambda, or a partial where a loop gives its names other values before the commit.
std::vector<text::TextEdit> wrap(const fixes::Place& call, std::string_view transaction, std::string_view partial,
                                 const fixes::FileView& file) {
  const Node function = call.node.child(Field::function);
  const Node arguments = call.node.child(Field::arguments);
  const std::string start = fmt::format("{}.on_commit(", transaction);
  if (arguments.text() == "()" && is_plain_name(function)) {
    return {fixes::insert_before(file, call, start), fixes::replace(file, {call.unit, arguments}, ")")};
  }
  if (partial.empty()) {
    return {fixes::insert_before(file, call, start + "lambda: "), fixes::insert_after(file, call, ")")};
  }
  const text::Span name = fixes::span_in_file(file, {call.unit, function});
  const bool broken = arguments.text().starts_with("(\n");
  return {fixes::insert_before(file, call, fmt::format("{}{}(", start, partial)),
          text::TextEdit{{name.end, name.end + 1}, broken ? "," : ", "}, fixes::insert_after(file, call, ")")};
}

}  // namespace

void ask_whether_sent(const Rule& rule, Node call, std::string_view message, Context& context) {
  const auto run = run_at(call, context);
  if (!run || run->function->is_async) return;
  const Node name = call.child(Field::function);
  Question& question =
      context.ask(rule, call, {run->unit, run->function}, fmt::format("`{}` {}", name.text(), message));
  question.report.span = name.span();
  question.effects = {"DJG106"};
}

Fixes send_after_commit(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  const Node function = call.node.child(Field::function);
  if (report.variant == kAnswered) return {};
  if (!call.node.parent().is(Kind::expression_statement)) return {{}, "its value is used"};
  const bool loops = loop_around(call.node) && call.node.child(Field::arguments).text() != "()";
  const fixes::Import module = fixes::import_name(context.file(), call, "django.db", "transaction");
  if (!module.problem.empty()) return {{}, module.problem};
  fixes::Import partial;
  if (loops) partial = fixes::import_name(context.file(), call, "functools", "partial");
  if (!partial.problem.empty()) return {{}, partial.problem};
  if (loops && call.node.ast().text().substr(function.end(), 1) != "(") return {};
  std::vector<text::TextEdit> edits = wrap(call, module.name, partial.name, context.file());
  if (module.edit) edits.push_back(*module.edit);
  if (partial.edit) edits.push_back(*partial.edit);
  return {{fixes::make_fix("Send it with `transaction.on_commit`, after the commit", fixes::Applicability::unsafe,
                           std::move(edits))},
          ""};
}

}  // namespace surefoot::rules
