#include <fmt/format.h>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/task_group.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/rule.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule timeout_over_wait_for;
const Rule timeout_over_wait_for{
    .code = "RT216",
    .name = "timeout-over-wait-for",
    .severity = Severity::hint,
    .profile = Profile::strict,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_one_of({"asyncio.wait_for"}); },
    .fix = fix,
};

namespace {

struct WaitFor {
  Node value, timeout;
};

WaitFor parts_of(Node call) { return {argument(call, "fut", 0), argument(call, "timeout", 1)}; }

// `wait_for` without a limit is RT215's.
void check(Node call, Context& context) {
  if (context.target() < semantics::PythonVersion{3, 11} || !context.in_coroutine(call)) return;
  if (!call.parent().is(Kind::await) || !context.calls(call, "asyncio.wait_for")) return;
  const WaitFor parts = parts_of(call);
  if (!parts.value || !parts.timeout || parts.timeout.is(Kind::none)) return;
  context
      .report(timeout_over_wait_for, call,
              "`asyncio.timeout` limits a whole block and needs no task of its own for what it waits for")
      .span = call.child(Field::function).span();
}

// `await asyncio.wait_for(f(), 5)` -> `await f()` on a line further in, below `async with asyncio.timeout(5):`.
std::vector<text::TextEdit> edits_for(Node call, Node statement, const std::string& asyncio, Context& context) {
  const fixes::FileView& file = context.file();
  const WaitFor parts = parts_of(call);
  const text::Span whole = fixes::span_in_file(file, context.place(call));
  const text::Span value = fixes::span_in_file(file, context.place(parts.value));
  const fixes::Place place = context.place(statement);
  std::vector<text::TextEdit> edits = fixes::indent_lines(file, place, place);
  const std::string header = fmt::format("{}async with {}.timeout({}):{}", *fixes::indentation(file, place), asyncio,
                                         parts.timeout.text(), file.text.dominant_line_ending());
  edits.front().content = header + edits.front().content;
  // Lines that disappear need no indentation.
  std::erase_if(edits, [&](const text::TextEdit& edit) {
    return (edit.span.start > whole.start && edit.span.start <= value.start) ||
           (edit.span.start > value.end && edit.span.start <= whole.end);
  });
  edits.push_back({{whole.start, value.start}, ""});
  edits.push_back({{value.end, whole.end}, ""});
  return edits;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node statement = fixes::statement_of(call.parent());
  if (!statement) return {{}, "its value is used in the middle of a statement"};
  const fixes::Place place = context.place(statement);
  if (!fixes::indentation(context.file(), place) || !fixes::ends_its_line(context.file(), place)) {
    return {{}, "the statement shares its line with others"};
  }
  if (fixes::has_comment(statement, statement)) return {{}, "a comment stands in the code that would be rewritten"};
  const fixes::Import asyncio = fixes::import_module(context.file(), place, "asyncio");
  if (!asyncio.problem.empty()) return {{}, asyncio.problem};
  std::vector<text::TextEdit> edits = edits_for(call, statement, asyncio.name, context);
  if (asyncio.edit) edits.insert(edits.begin(), *asyncio.edit);
  return {{fixes::make_fix("Use `asyncio.timeout`", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules
