#include <fmt/format.h>

#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/flask_settings.hpp"
#include "analysis/rules/flask_views.hpp"
#include "analysis/rules/units.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule stream_without_context;
const Rule stream_without_context{
    .code = "FLK119",
    .name = "stream-without-context",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call, Kind::return_statement},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool is_response_class(std::string_view name) {
  static constexpr std::array<std::string_view, 4> kNames = {"flask.Response", "werkzeug.wrappers.Response",
                                                             "werkzeug.Response", "flask.make_response"};
  return contains(kNames, name);
}

bool concerns(const Callee& callee) {
  return callee.is_written({"response_class"}) || is_response_class(callee.name) || callee.is_of_project();
}

bool makes_response(Node call, Context& context) {
  if (last_name(call) == "response_class") return true;
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || callee->function != nullptr) return false;
  return is_response_class(callee->name) || context.resolver().is_subclass(callee->name, "flask.Response");
}

// What the response streams: the argument of `Response(…)`, what a view returns, alone or with a status.
Node body_of_response(Node node, Context& context) {
  if (node.is(Kind::call)) return makes_response(node, context) ? argument(node, "response", 0) : Node();
  const Node function = context.enclosing_function(node);
  if (!function.is(Kind::function_definition) || !is_flask_view(function, context)) return {};
  const Node value = without_parentheses(node.first_child());
  return value.is(Kind::tuple) || value.is(Kind::expression_list) ? value.first_child() : value;
}

// The call of a generator of this project, or the generator expression, that a value is; null for others.
Node generator_in(Node value, Context& context) {
  value = without_parentheses(value);
  if (value.is(Kind::identifier)) value = only_value_of(value, context);
  if (value.is(Kind::generator_expression)) return value;
  const Type* callee = value.is(Kind::call) ? context.callee(value) : nullptr;
  if (callee == nullptr || callee->function == nullptr) return {};
  const semantics::Function& function = *callee->function;
  const bool plain = function.is_generator && !function.is_async && function.decorators.empty();
  return plain ? value : Node();
}

constexpr std::string_view kMessage =
    "The response is streamed when the request is over, and its generator still asks for it: wrap it in "
    "`stream_with_context`";

// The generator of another file that the call runs; null function for others.
semantics::FunctionRef generator_elsewhere(Node generator, Context& context) {
  const Type* callee = generator.is(Kind::call) ? context.callee(generator) : nullptr;
  if (callee == nullptr || &context.resolver().module_of(*callee->unit) == &context.module()) return {};
  return {callee->unit, callee->function};
}

void check(Node node, Context& context) {
  const Node body = body_of_response(node, context);
  const Node generator = body ? generator_in(body, context) : Node();
  if (!generator) return;
  if (const auto elsewhere = generator_elsewhere(generator, context); elsewhere.function != nullptr) {
    Question& question = context.ask(stream_without_context, body, elsewhere, std::string(kMessage));
    question.effects = {"FLK102"};
    question.at_once = true;
  } else {
    context.report(stream_without_context, body, std::string(kMessage));
  }
}

bool reads_context(Node node, Context& inside) {
  if (is_in_app_context(node, inside)) return false;
  if (node.is(Kind::call)) return needs_app_context(node, inside);
  const bool name = node.is(Kind::identifier) && node.field() != Field::attribute && !is_binding_place(node);
  return (name || node.is(Kind::attribute)) && !flask_proxy(node, inside).empty();
}

bool reads_context_in(Node code, Context& inside) {
  bool found = false;
  for_each_own(code, [&](Node node) {
    if (found) return;
    found = reads_context(node, inside);
    if (found || !node.is(Kind::call)) return;
    const auto run = run_at(node, inside);
    found =
        run && any_in_run(*run, inside, [](Node place, Context& there, bool) { return reads_context(place, there); });
  });
  return found;
}

// All but what the first `for` goes through, which is evaluated at once.
bool reads_context_later(Node generator, Context& context) {
  const Node first = generator.child(Kind::for_in_clause);
  for (const Node part : generator.children()) {
    if (part == first) {
      if (reads_context_in(part.child(Field::left), context)) return true;
    } else if (reads_context_in(part, context)) {
      return true;
    }
  }
  return false;
}

bool confirm(const Report& report, Context& context) {
  if (report.variant == kAnswered) return true;
  const Node generator = generator_in(context.unit().unit->ast.node(report.node), context);
  if (generator.is(Kind::generator_expression)) return reads_context_later(generator, context);
  const Type* callee = generator ? context.callee(generator) : nullptr;
  const auto unit = callee != nullptr ? unit_of(callee->unit, context) : std::nullopt;
  if (!unit) return false;
  Context inside(context, *unit);
  return reads_context_in(callee->unit->unit->ast.node(callee->function->node).child(Field::body), inside);
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place body = context.place(context.unit().unit->ast.node(report.node));
  const fixes::Import wrapper = fixes::import_name(context.file(), body, "flask", "stream_with_context");
  if (!wrapper.problem.empty()) return {{}, wrapper.problem};
  std::vector<text::TextEdit> edits{
      fixes::replace(context.file(), body, fmt::format("{}({})", wrapper.name, body.node.text()))};
  if (wrapper.edit) edits.push_back(*wrapper.edit);
  return {{fixes::make_fix("Wrap it in `stream_with_context`", fixes::Applicability::safe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules
