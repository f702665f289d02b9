#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/serverless.hpp"
#include "analysis/semantics/decorators.hpp"

namespace surefoot::rules {
namespace {

void check(Node function, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule async_serverless_handler;
const Rule async_serverless_handler{
    .code = "RT505",
    .name = "async-serverless-handler",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

// Decorators that hand on what the function gives; others may await it.
bool is_passed_through(const semantics::Function& function, Context& context) {
  return std::all_of(function.decorators.begin(), function.decorators.end(), [&](semantics::TermId decorator) {
    const Type* type = semantics::type_of_decorator(context.unit(), decorator, context.resolver());
    return type != nullptr && (type->name.starts_with("aws_lambda_powertools.") ||
                               type->name.starts_with("functions_framework.") || type->name.starts_with("chalice."));
  });
}

bool takes_event_and_context(const semantics::Function& function) {
  return function.parameters.size() == 2 && function.parameters[0].kind == semantics::Parameter::Kind::normal;
}

void check(Node definition, Context& context) {
  if (!definition.is_async()) return;
  const semantics::Function* function = context.unit().function_at(definition.index());
  if (function == nullptr || function->is_generator || !is_passed_through(*function, context)) return;
  const Platform platform = invoked_by(definition, context);
  if (platform != Platform::aws && platform != Platform::google) return;
  if (platform == Platform::aws && function->decorators.empty() && !takes_event_and_context(*function)) return;
  context
      .report(async_serverless_handler, definition,
              fmt::format("{} calls `{}` and never awaits it: the handler does nothing",
                          platform == Platform::aws ? "AWS Lambda" : "The functions framework", function->name))
      .span = definition.child(Field::name).span();
}

// True for code under `if __name__ == "__main__":`, which tries the handler out.
bool is_trial(Node node) {
  for (; node; node = node.parent()) {
    if (node.is(Kind::if_statement) && node.child(Field::condition).text().find("__name__") != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

// A function that other code of the file awaits or wraps is not the one that the platform calls.
bool confirm(const Report& report, Context& context) {
  const Node definition = context.unit().unit->ast.node(report.node);
  const Node name = definition.child(Field::name);
  bool alone = true;
  for_each_identifier(name.text(), context, [&](Node node, Context&) {
    const bool itself = &node.ast() == &name.ast() && node == name;
    const bool label = node.field() == Field::attribute || node.parent().is(Kind::keyword_argument);
    alone = alone && (itself || label || is_trial(node));
  });
  return alone;
}

// The parameter's name as an argument: `event`, `*args`, `key=key`.
std::string handed_on(const semantics::Parameter& parameter) {
  const std::string name(parameter.name);
  switch (parameter.kind) {
    case semantics::Parameter::Kind::variadic:
      return "*" + name;
    case semantics::Parameter::Kind::keywords:
      return "**" + name;
    case semantics::Parameter::Kind::keyword_only:
      return name + "=" + name;
    case semantics::Parameter::Kind::normal:
      break;
  }
  return name;
}

// `def handler(event, context):` with a body that runs the coroutine.
std::string wrapper_of(const semantics::Function& function, Node definition, std::string_view inner,
                       std::string_view asyncio, std::string_view end) {
  std::string arguments;
  for (const semantics::Parameter& parameter : function.parameters) {
    arguments += (arguments.empty() ? "" : ", ") + handed_on(parameter);
  }
  std::string head = fmt::format("def {}{}", function.name, definition.child(Field::parameters).text());
  if (const Node type = definition.child(Field::return_type)) head += fmt::format(" -> {}", type.text());
  return fmt::format("{}:{}    return {}.run({}({}))", head, end, asyncio, inner, arguments);
}

Fixes fix(const Report& report, Context& context) {
  const fixes::FileView& file = context.file();
  const Node definition = context.unit().unit->ast.node(report.node);
  const semantics::Function* function = context.unit().function_at(report.node);
  const fixes::Place place = context.place(definition);
  fixes::Import asyncio = fixes::import_module(file, place, "asyncio");
  if (!asyncio.problem.empty()) return {{}, asyncio.problem};
  const std::string end(file.text.dominant_line_ending());
  const std::string inner = fixes::free_name(file, place, "_" + std::string(function->name));
  std::vector<text::TextEdit> edits;
  if (asyncio.edit) edits.push_back(std::move(*asyncio.edit));
  const std::uint32_t start = fixes::span_in_file(file, context.place(context.unit().unit->ast.root())).start;
  const text::Span span = fixes::span_in_file(file, place);
  const std::string decorators(file.text.slice({start, span.start}));
  if (!decorators.empty()) edits.push_back({{start, span.start}, ""});
  edits.push_back(fixes::replace(file, context.place(definition.child(Field::name)), inner));
  const std::uint32_t at = file.text.line_span(file.text.line_of(span.end)).end;
  const std::string wrapper = wrapper_of(*function, definition, inner, asyncio.name, end);
  edits.push_back({{at, at}, end + end + end + decorators + wrapper});
  return {{fixes::make_fix("Wrap it in a plain function that runs it", fixes::Applicability::unsafe, std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
