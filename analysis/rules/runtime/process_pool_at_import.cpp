#include <fmt/format.h>

#include "analysis/fixes/lines.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule process_pool_at_import;
const Rule process_pool_at_import{
    .code = "RT304",
    .name = "process-pool-at-import",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return may_make_pool(callee) || callee.is_written({"start"}); },
    .fix = fix,
};

namespace {

bool runs_at_import(Node node, Context& context) {
  const Scope scope = context.scope_of(node);
  return (scope == Scope::module || scope == Scope::class_body) && !is_under_main_guard(node);
}

// multiprocessing does not import the `__main__` module of a package again (Lib/multiprocessing/spawn.py).
bool is_package_main(std::string_view path) { return path.substr(path.rfind('/') + 1) == "__main__.py"; }

void check(Node call, Context& context) {
  const bool starts = starts_process(call, context);
  if (!starts && pool_made_by(call, context) != Workers::processes) return;
  if (!runs_at_import(call, context) || is_package_main(context.path())) return;
  const std::string name = starts ? "multiprocessing.Process.start" : std::string(context.callee(call)->name);
  context
      .report(process_pool_at_import, call,
              fmt::format("`{}` runs when the module is imported: each process that it starts imports the module again "
                          "and fails, or starts more",
                          name))
      .span = call.child(Field::function).span();
}

// ---- fix

bool is_declaration(Node statement) {
  return statement.is(Kind::function_definition) || statement.is(Kind::class_definition) ||
         statement.is(Kind::decorated_definition) || statement.is(Kind::import_statement) ||
         statement.is(Kind::import_from_statement);
}

// The last of the top-level statements, from this unit on, that belong under the guard with it.
std::size_t last_unit(std::size_t first, Context& context) {
  const auto& units = context.file().units.units;
  std::size_t last = first;
  while (last + 1 < units.size()) {
    const Node root = units[last + 1].unit->ast.root();
    if (units[last + 1].level != 0 || is_declaration(root)) break;
    if (root.is(Kind::if_statement) && mentions(root.child(Field::condition), "__name__")) break;
    ++last;
  }
  return last;
}

bool is_bound_in(std::string_view name, std::size_t first, std::size_t last, Context& context) {
  for (std::size_t i = first; i <= last; ++i) {
    for (const semantics::Binding& binding : context.file().models[i]->bindings) {
      if (binding.name == name && binding.container.empty()) return true;
    }
  }
  return false;
}

// A name that functions use and that the guarded statements bind; empty when there is none.
std::string needed_name(std::size_t first, std::size_t last, Context& context) {
  std::string found;
  for_each_unit(context, [&](Node root, Context& inside) {
    if (inside.unit_number() >= first && inside.unit_number() <= last) return;
    for (std::uint32_t i = root.index(); i < root.after() && found.empty(); ++i) {
      const Node node = root.ast().node(i);
      const bool name = node.is(Kind::identifier) && node.field() != Field::attribute;
      if (name && is_bound_in(node.text(), first, last, context)) found = node.text();
    }
  });
  return found;
}

Fixes fix(const Report&, Context& context) {
  const std::size_t first = context.unit_number();
  const auto& units = context.file().units.units;
  if (units[first].level != 0 || is_declaration(units[first].unit->ast.root())) return {{}, "it stands in a class"};
  const std::size_t last = last_unit(first, context);
  const std::string name = needed_name(first, last, context);
  if (!name.empty()) return {{}, fmt::format("`{}` is used elsewhere in the module", name)};
  std::vector<text::TextEdit> edits;
  for (std::size_t i = first; i <= last; ++i) {
    const fixes::Place place{i, units[i].unit->ast.root()};
    if (!fixes::indentation(context.file(), place)) return {{}, "it shares its line with other statements"};
    for (text::TextEdit& edit : fixes::indent_lines(context.file(), place, place)) edits.push_back(std::move(edit));
  }
  edits.front().content =
      fmt::format("if __name__ == \"__main__\":{}", context.file().text.dominant_line_ending()) + edits.front().content;
  return {{fixes::make_fix("Run it only in the main program", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules
