#include <fmt/format.h>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/value_use.hpp"

namespace surefoot::rules {
namespace {

void check(Node loop, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule unclosed_async_generator;
const Rule unclosed_async_generator{
    .code = "RT219",
    .name = "unclosed-async-generator",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::for_statement},
    .check = check,
    .fix = fix,
};

namespace {

bool is_async_generator(Node value, Context& context) {
  const Type* type = semantics::only(context.type_of(value));
  if (type == nullptr || type->tag != Type::Tag::instance) return false;
  return type->name == "<async-generator>" || type->name == "typing.AsyncGenerator" ||
         type->name == "collections.abc.AsyncGenerator";
}

// The statement that leaves the loop before its end; null when there is none.
Node early_exit(Node block, bool own) {
  for (const Node node : block.children()) {
    if (node.is(Kind::function_definition) || node.is(Kind::class_definition) || node.is(Kind::lambda)) continue;
    if (node.is(Kind::return_statement) || (own && node.is(Kind::break_statement))) return node;
    const bool loop = node.is(Kind::for_statement) || node.is(Kind::while_statement);
    if (const Node exit = early_exit(node, own && !loop)) return exit;
  }
  return {};
}

bool is_closed(Node name, Context& context) {
  bool closed = false;
  for_each_mention_in(context.enclosing_function(name), name.text(), [&](Node place) {
    const Node parent = place.parent();
    const bool method = parent.is(Kind::attribute) && parent.child(Field::attribute).text() == "aclose";
    closed = closed || method || parent.is(Kind::argument_list);
  });
  return closed;
}

// True for a generator that this function has made, and nobody else will close.
bool is_own(Node iterable, Context& context) {
  if (iterable.is(Kind::call)) return true;
  const Node made = iterable.is(Kind::identifier) ? only_value_of(iterable, context) : Node();
  if (!made.is(Kind::call) || context.calls(made, "contextlib.aclosing")) return false;
  return !is_closed(iterable, context);
}

void check(Node loop, Context& context) {
  if (!loop.is_async()) return;
  const Node iterable = without_parentheses(loop.child(Field::right));
  if (!is_async_generator(iterable, context) || !is_own(iterable, context)) return;
  const Node exit = early_exit(loop.child(Field::body), true);
  if (!exit) return;
  context
      .report(unclosed_async_generator, loop,
              fmt::format("The loop may be left by `{}` while the generator is suspended: its clean-up then runs at "
                          "some later time, in another context. Use `contextlib.aclosing`",
                          exit.is(Kind::break_statement) ? "break" : "return"))
      .span = {loop.start(), loop.child(Field::right).end()};
}

Fixes fix(const Report& report, Context& context) {
  const Node loop = context.unit().unit->ast.node(report.node);
  const fixes::Place place = context.place(loop);
  const fixes::FileView& file = context.file();
  Fixes fixes;
  const auto indent = fixes::indentation(file, place);
  if (context.target() < semantics::PythonVersion{3, 10}) fixes.reason = "Python has `aclosing` from 3.10 on";
  if (!indent) fixes.reason = "the loop does not start its line";
  fixes::Import import = fixes::import_module(file, place, "contextlib");
  if (!import.problem.empty()) fixes.reason = import.problem;
  if (!fixes.reason.empty()) return fixes;
  const Node iterable = loop.child(Field::right);
  const text::Span replaced = fixes::span_in_file(file, context.place(iterable));
  std::vector<text::TextEdit> edits;
  if (import.edit) edits.push_back(*import.edit);
  for (text::TextEdit& edit : fixes::indent_lines(file, place, place)) {
    const bool inside = edit.span.start > replaced.start && edit.span.start < replaced.end;
    if (!inside) edits.push_back(std::move(edit));
  }
  const std::string name = fixes::free_name(file, place, "items");
  const std::string header = fmt::format("{}async with {}.aclosing({}) as {}:{}", *indent, import.name, iterable.text(),
                                         name, file.text.dominant_line_ending());
  text::TextEdit& first = edits[import.edit ? 1 : 0];
  first.content = header + first.content;
  edits.push_back({replaced, name});
  fixes.offered.push_back(
      fixes::make_fix("Close it with `contextlib.aclosing`", fixes::Applicability::unsafe, std::move(edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
