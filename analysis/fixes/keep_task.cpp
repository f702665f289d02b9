#include "analysis/fixes/keep_task.hpp"

#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"

namespace surefoot::fixes {

using semantics::Binding;
using semantics::BindingKind;
using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

Node without_parentheses(Node node) {
  while (node.is(Kind::parenthesized_expression)) node = node.first_child();
  return node;
}

// True for `set()`, also behind an annotation.
bool makes_set(Node binding) {
  const Node value = without_parentheses(binding.child(Field::right));
  return value.is(Kind::call) && value.child(Field::function).text() == "set" &&
         value.child(Field::arguments).children().empty();
}

// A module-level set that is there for tasks, by its name.
std::string existing_set(const FileView& file) {
  for (const auto& unit : file.models) {
    for (const Binding& binding : unit->bindings) {
      if (binding.kind != BindingKind::assignment || !binding.container.empty()) continue;
      if (binding.name.find("task") == std::string_view::npos || !makes_set(unit->unit->ast.node(binding.node)))
        continue;
      const auto* all = file.module.find(binding.name);
      if (all != nullptr && all->size() == 1) return std::string(binding.name);
    }
  }
  return "";
}

// The assignment of the statement, when the call is all that it assigns and to one name.
Node plain_assignment(const LooseTask& task) {
  const Node assignment = task.statement.node.first_child();
  const bool plain = assignment.is(Kind::assignment) && assignment.child(Field::left) == task.target &&
                     without_parentheses(assignment.child(Field::right)) == task.call.node;
  return plain ? assignment : Node();
}

bool is_whole_statement(const LooseTask& task) {
  return without_parentheses(task.statement.node.first_child()) == task.call.node;
}

}  // namespace

Fixes keep_in_set(const FileView& file, const LooseTask& task) {
  const Node assignment = task.target ? plain_assignment(task) : Node();
  if (!assignment && !is_whole_statement(task)) return {{}, "the task is not started by a statement of its own"};
  std::vector<text::TextEdit> edits;
  std::string set = existing_set(file);
  if (set.empty()) {
    set = free_name(file, task.statement, "_background_tasks");
    edits.push_back(define_after_imports(file, set + " = set()"));
  } else if (is_shadowed(task.statement.node, set)) {
    return {{}, "`" + set + "` is shadowed here"};
  }
  std::string name(task.target ? task.target.text() : "");
  if (!task.target) {
    name = free_name(file, task.statement, "task");
    edits.push_back(insert_before(file, task.statement, name + " = "));
  } else if (name == "_") {
    name = free_name(file, task.statement, "task");
    edits.push_back(replace(file, {task.statement.unit, task.target}, name));
  }
  edits.push_back(add_statements(file, task.statement,
                                 {set + ".add(" + name + ")", name + ".add_done_callback(" + set + ".discard)"}));
  return {{make_fix("Keep the task in the module's set `" + set + "`", Applicability::unsafe, std::move(edits))}, ""};
}

namespace {

bool contains(Node tree, Kind kind) {
  for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (node.is(kind)) return true;
    if (node.is(Kind::function_definition) || node.is(Kind::lambda)) i = node.after() - 1;
  }
  return false;
}

bool awaits_behind(Node statement) {
  for (Node next = statement.next_sibling(); next; next = next.next_sibling()) {
    if (contains(next, Kind::await)) return true;
  }
  return false;
}

// `asyncio.create_task(…)` as a statement, written the same way as `function`.
bool starts_task(Node statement, Node function) {
  const Node call = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
  return call.is(Kind::call) && call.child(Field::function).text() == function.text();
}

bool takes_only_group_arguments(Node call) {
  for (const Node argument : call.child(Field::arguments).children()) {
    if (argument.is(Kind::dictionary_splat)) return false;
    if (!argument.is(Kind::keyword_argument)) continue;
    const std::string_view name = argument.child(Field::name).text();
    if (name != "name" && name != "context") return false;
  }
  return true;
}

bool group_is_right(const FileView& file, const LooseTask& task) {
  const Node block = task.statement.node.parent();
  const Node function = block.parent();
  if (file.facts.target() < semantics::PythonVersion{3, 11} || task.target || !is_whole_statement(task)) return false;
  if (!function.is(Kind::function_definition) || !function.is_async() || contains(block, Kind::yield)) return false;
  return awaits_behind(task.statement.node) && indentation(file, task.statement) &&
         ends_its_line(file, {task.statement.unit, block.last_child()});
}

}  // namespace

std::optional<Fix> own_in_group(const FileView& file, const LooseTask& task) {
  if (!group_is_right(file, task)) return std::nullopt;
  const Import asyncio = import_module(file, task.call, "asyncio");
  if (!asyncio.problem.empty()) return std::nullopt;
  std::vector<text::TextEdit> edits;
  if (asyncio.edit) edits.push_back(*asyncio.edit);
  const std::string group = free_name(file, task.statement, "tasks");
  const Node function = task.call.node.child(Field::function);
  const Place last{task.statement.unit, task.statement.node.parent().last_child()};
  std::vector<text::TextEdit> lines = indent_lines(file, task.statement, last);
  const std::string header = "async with " + asyncio.name + ".TaskGroup() as " + group + ":";
  const std::string end(file.text.dominant_line_ending());
  lines.front().content = std::string(*indentation(file, task.statement)) + header + end + lines.front().content;
  edits.insert(edits.end(), lines.begin(), lines.end());
  for (Node next = task.statement.node; next; next = next.next_sibling()) {
    if (!starts_task(next, function)) continue;
    if (!takes_only_group_arguments(next.first_child())) return std::nullopt;
    const Place start{task.statement.unit, next.first_child().child(Field::function)};
    edits.push_back(replace(file, start, group + ".create_task"));
  }
  return make_fix("Run the tasks in an `asyncio.TaskGroup`", Applicability::unsafe, std::move(edits));
}

}  // namespace surefoot::fixes
