#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/literal_sources.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

// Report::variant
constexpr int kLiteral = 0;
constexpr int kDecidedElsewhere = 1;  // by settings or a name: it can only ever make uvicorn exit

bool is_object(const Type& type) {
  if (type.tag == Type::Tag::object) return type.function != nullptr;
  return type.tag == Type::Tag::instance && type.name != "str" && type.name.find('.') != std::string_view::npos;
}

bool is_object(Node application, Context& context) {
  const TypeSet& types = context.type_of(application);
  return !types.empty() && std::all_of(types.begin(), types.end(), [](const Type& type) { return is_object(type); });
}

bool asks_for_more(std::string_view keyword, Node value) {
  if (keyword == "reload") return value.is(Kind::true_);
  const auto number = semantics::literal_int(value);
  return number && *number > 1;
}

bool is_settled(Node value) {
  return value.is(Kind::true_) || value.is(Kind::false_) || value.is(Kind::none) || value.is(Kind::integer);
}

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule server_run_with_object;
const Rule server_run_with_object{
    .code = "FAPI123",
    .name = "server-run-with-object",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) {
          return callee.is_one_of({"uvicorn.run", "uvicorn.main.run"});
        },
    .fix = fix,
    .confirm = confirm,
};

namespace {

void check(Node call, Context& context) {
  if (!context.calls(call, "uvicorn.run") && !context.calls(call, "uvicorn.main.run")) return;
  const Node application = argument(call, "app", 0);
  if (!application || !is_object(application, context)) return;
  for (const std::string_view keyword : {"reload", "workers"}) {
    const Node value = without_parentheses(argument(call, keyword));
    if (!value) continue;
    int variant = kLiteral;
    if (!asks_for_more(keyword, value)) {
      if (is_settled(value)) continue;
      variant = kDecidedElsewhere;
    }
    Report& report = context.report(
        server_run_with_object, call,
        fmt::format("uvicorn exits at once: with `{}` it needs the application as a string, \"module:app\"", keyword));
    report.span = application.span();
    report.variant = variant;
    return;
  }
}

// Not where all that a name is given leaves it at one process.
bool confirm(const Report& report, Context& context) {
  if (report.variant != kDecidedElsewhere) return true;
  const Node call = context.unit().unit->ast.node(report.node);
  for (const std::string_view keyword : {"reload", "workers"}) {
    const Node value = without_parentheses(argument(call, keyword));
    if (!value || is_settled(value)) continue;
    const auto sources = sources_of(value, context);
    const bool settled = !sources.empty() && std::all_of(sources.begin(), sources.end(), [&](const Source& source) {
      return is_settled(source.node) && !asks_for_more(keyword, source.node);
    });
    if (!settled) return true;
  }
  return false;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node application = argument(call, "app", 0);
  const auto* bound = application.is(Kind::identifier) ? context.module().find(application.text()) : nullptr;
  if (bound == nullptr || bound->empty()) return {{}, "the application is no name of this module"};
  for (const semantics::TermRef& ref : *bound) {
    if (ref.kind != semantics::BindingKind::assignment) return {{}, "the application is another module's"};
  }
  // Where the file stands in a package, it depends on the folder in which it is started.
  const bool at_root = context.path().find('/') == std::string_view::npos;
  const std::string name = fmt::format("\"{}:{}\"", context.module().name(), application.text());
  return {{fixes::make_fix(fmt::format("Hand over {}", name),
                           at_root ? fixes::Applicability::safe : fixes::Applicability::unsafe,
                           {fixes::replace(context.file(), context.place(application), name)})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
