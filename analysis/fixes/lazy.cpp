#include "analysis/fixes/lazy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/name_flow.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/semantics/module_index.hpp"

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

// `_NAME = value` at the top level.
struct Definition {
  Node statement;
  Node target;
  Node value;
  Node annotation;
};

Definition definition_of(Node call) {
  Node assignment = call;
  while (assignment && !assignment.is(Kind::assignment)) assignment = assignment.parent();
  const Node statement = assignment.parent();
  const Node target = assignment.child(Field::left);
  const bool is_plain = statement.is(Kind::expression_statement) && statement == call.ast().root() &&
                        target.is(Kind::identifier) && !assignment.child(Field::right).is(Kind::assignment);
  if (!is_plain) return {};
  return {statement, target, assignment.child(Field::right), assignment.child(Field::type)};
}

// True where the code runs when a function is called, not when it is defined.
bool runs_later(Node node) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if ((outer.is(Kind::function_definition) || outer.is(Kind::lambda)) && child.field() == Field::body) return true;
  }
  return false;
}

class Lazy {
 public:
  Lazy(const FileView& file, const Place& call) : file_(file), call_(call), definition_(definition_of(call.node)) {}

  Fixes run(bool has_cache) {
    if (std::string problem = obstacle(); !problem.empty()) return {{}, std::move(problem)};
    name_ = accessor();
    for (std::size_t unit = 0; unit < file_.models.size(); ++unit) {
      if (std::string problem = rewrite_uses(unit); !problem.empty()) return {{}, std::move(problem)};
    }
    Import functools = import_module(file_, call_, "functools");
    if (!functools.problem.empty()) return {{}, std::move(functools.problem)};
    if (functools.edit) edits_.push_back(std::move(*functools.edit));
    define(functools.name + (has_cache ? ".cache" : ".lru_cache(maxsize=None)"));
    const std::string title = fmt::format("Make `{}` when it is first used", definition_.target.text());
    return {{make_fix(title, Applicability::unsafe, std::move(edits_))}, ""};
  }

 private:
  std::string obstacle() const {
    if (!definition_.statement) return "what it gives is not kept under a name";
    const std::string_view name = definition_.target.text();
    const Place statement{call_.unit, definition_.statement};
    const auto* values = file_.module.find(name);
    if (!name.starts_with('_')) return fmt::format("other files may import `{}`", name);
    if (name.starts_with("__")) return "Python reads the name";
    if (values == nullptr || values->size() != 1) return fmt::format("`{}` is set more than once", name);
    if (!indentation(file_, statement) || !ends_its_line(file_, statement)) return "it shares its line";
    return "";
  }

  // The name in small letters, for a function.
  std::string accessor() const {
    std::string name(definition_.target.text());
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name == definition_.target.text() ? name : free_name(file_, call_, name);
  }

  // Calls the function where the unit reads the name. Gives the reason where that cannot be done.
  std::string rewrite_uses(std::size_t unit) {
    const std::string_view name = definition_.target.text();
    if (!file_.models[unit]->names.may_have(name)) return "";
    const syntax::Ast& ast = file_.units.units[unit].unit->ast;
    for (std::uint32_t i = 0; i < ast.size(); ++i) {
      const Node node = ast.node(i);
      if (node.is(Kind::opaque)) return "the file has a syntax error";
      if (!node.is(Kind::identifier) || node.text() != name) continue;
      if (std::string problem = rewrite({unit, node}); !problem.empty()) return problem;
    }
    return "";
  }

  std::string rewrite(const Place& use) {
    const Node node = use.node;
    if (node == definition_.target || !is_name(node) || is_shadowed(node, node.text())) return "";
    if (!is_read(node)) return fmt::format("`{}` is set elsewhere too", node.text());
    if (!runs_later(node)) return fmt::format("`{}` is used while the module is imported", node.text());
    edits_.push_back(replace(file_, use, name_ + "()"));
    return "";
  }

  void define(const std::string& decorator) {
    const Place statement{call_.unit, definition_.statement};
    const text::Span span = span_in_file(file_, statement);
    std::string head = missing_lines(file_.text.line_of(span.start), -1);
    head += cached_function(file_, decorator, name_, definition_.annotation.text());
    edits_.push_back({{span.start, span_in_file(file_, {call_.unit, definition_.value}).start}, std::move(head)});
    std::vector<text::TextEdit> lines = indent_lines(file_, statement, statement);
    edits_.insert(edits_.end(), lines.begin() + 1, lines.end());
    const std::uint32_t last = file_.text.line_of(span.end);
    const std::uint32_t stop = file_.text.line_span(last).end;
    edits_.push_back({{stop, stop}, missing_lines(last, 1)});
  }

  // What is missing to the two blank lines round a function, above (-1) or below (1) a line.
  std::string missing_lines(std::int64_t line, std::int64_t step) const {
    std::string missing;
    for (int wanted = 2; wanted > 0; --wanted) {
      line += step;
      if (line < 0 || line >= file_.text.line_count()) return "";
      if (!is_blank(static_cast<std::uint32_t>(line))) {
        for (; wanted > 0; --wanted) missing += file_.text.dominant_line_ending();
      }
    }
    return missing;
  }

  bool is_blank(std::uint32_t line) const {
    return file_.text.slice(file_.text.line_span(line)).find_first_not_of(" \t\f") == std::string_view::npos;
  }

  const FileView& file_;
  const Place& call_;
  Definition definition_;
  std::string name_;  // of the function
  std::vector<text::TextEdit> edits_;
};

}  // namespace

std::string cached_function(const FileView& file, std::string_view decorator, std::string_view name,
                            std::string_view annotation) {
  const std::string_view end = file.text.dominant_line_ending();
  return fmt::format("@{}{}def {}(){}{}:{}    return ", decorator, end, name, annotation.empty() ? "" : " -> ",
                     annotation, end);
}

Fixes make_lazy(const FileView& file, const Place& call, bool has_cache) { return Lazy(file, call).run(has_cache); }

}  // namespace surefoot::fixes
