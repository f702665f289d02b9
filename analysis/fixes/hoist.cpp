#include "analysis/fixes/hoist.hpp"

#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/semantics/module_index.hpp"

namespace surefoot::fixes {

using semantics::BindingKind;
using semantics::TermRef;
using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

constexpr std::string_view kLocalArguments = "its arguments are known in the function only";

std::uint32_t offset_of(const FileView& file, const semantics::UnitModel* model) {
  for (std::size_t i = 0; i < file.models.size(); ++i) {
    if (file.models[i].get() == model) return file.units.units[i].offset;
  }
  return UINT32_MAX;
}

// True when the module binds the name above `position` and nowhere else.
bool is_bound_above(const FileView& file, std::string_view name, std::uint32_t position, bool only_imports) {
  const std::vector<TermRef>* values = file.module.find(name);
  if (values == nullptr || values->empty()) return false;
  for (const TermRef& value : *values) {
    if (only_imports && value.kind != BindingKind::import) return false;
    if (offset_of(file, value.unit) >= position) return false;
  }
  return true;
}

bool is_all_bound_above(const FileView& file, const Place& call, std::uint32_t position, bool only_imports) {
  for (std::uint32_t i = call.node.index(); i < call.node.after(); ++i) {
    const Node node = call.node.ast().node(i);
    if (node.is(Kind::lambda) || node.is(Kind::await) || node.is(Kind::yield)) return false;
    if (!is_name(node)) continue;
    if (is_shadowed(call.node, node.text()) || !is_bound_above(file, node.text(), position, only_imports)) return false;
  }
  return true;
}

// The start of the line where the top-level statement that holds the place begins.
std::uint32_t start_of_statement(const FileView& file, std::size_t unit) {
  while (unit > 0 && file.units.units[unit].level > 0) --unit;
  std::uint32_t line = file.text.line_of(file.units.units[unit].offset);
  while (line > 0 && file.text.slice(file.text.line_span(line - 1)).starts_with('#')) --line;
  return file.text.line_start(line);
}

// The `__init__` of the class that the unit is a member of; null when it has none.
Place init_of(const FileView& file, std::size_t unit) {
  const std::string& container = file.models[unit]->container;
  for (std::size_t i = 0; !container.empty() && i < file.models.size(); ++i) {
    if (file.models[i]->container != container) continue;
    Node root = file.models[i]->unit->ast.root();
    if (root.is(Kind::decorated_definition)) root = root.last_child();
    if (root.is(Kind::function_definition) && root.child(Field::name).text() == "__init__") return {i, root};
  }
  return {};
}

// True for a method that takes the instance as `self`.
bool takes_self(Node function) {
  const Node first = function.child(Field::parameters).first_child();
  return first.is(Kind::identifier) && first.text() == "self";
}

std::string free_attribute(const FileView& file, const Place& call, std::string_view wanted) {
  const auto* entry = file.module.find_class(file.models[call.unit]->container);
  std::string name(wanted);
  for (int number = 2; entry != nullptr && entry->attributes.contains(name); ++number) {
    name = std::string(wanted) + "_" + std::to_string(number);
  }
  return name;
}

// True when what the call needs is known in `__init__` too: names of the module, attributes of `self`.
bool is_known_in_init(const FileView& file, const Place& call, std::uint32_t position) {
  for (std::uint32_t i = call.node.index(); i < call.node.after(); ++i) {
    const Node node = call.node.ast().node(i);
    if (!is_name(node) || node.text() == "self") continue;
    if (is_shadowed(call.node, node.text()) || !is_bound_above(file, node.text(), position, false)) return false;
  }
  return true;
}

}  // namespace

Hoisted hoist_to_module(const FileView& file, const Place& call, std::string_view wanted) {
  Hoisted result;
  result.name = free_name(file, call, wanted);
  const std::string definition = result.name + " = " + std::string(call.node.text());
  result.edit = define_after_imports(file, definition);
  if (is_all_bound_above(file, call, result.edit.span.start, true)) return result;
  const std::uint32_t start = start_of_statement(file, call.unit);
  if (!is_all_bound_above(file, call, start, false)) {
    result.problem = kLocalArguments;
    return result;
  }
  const std::string end(file.text.dominant_line_ending());
  result.edit = {{start, start}, definition + end + end + end};
  return result;
}

Hoisted hoist_to_init(const FileView& file, const Place& call, std::string_view wanted) {
  Hoisted result;
  const Place init = init_of(file, call.unit);
  Node method = call.node.ast().root();
  if (method.is(Kind::decorated_definition)) method = method.last_child();
  if (!init.node || !takes_self(method) || !takes_self(init.node)) {
    result.problem = "the class has no `__init__`";
    return result;
  }
  if (!is_known_in_init(file, call, file.units.units[call.unit].offset)) {
    result.problem = kLocalArguments;
    return result;
  }
  const Node last = init.node.child(Field::body).last_child();
  if (last.is(Kind::return_statement) || last.is(Kind::raise_statement)) {
    result.problem = "`__init__` ends early";
    return result;
  }
  result.name = "self." + free_attribute(file, call, wanted);
  result.edit = add_statements(file, {init.unit, last}, {result.name + " = " + std::string(call.node.text())});
  return result;
}

}  // namespace surefoot::fixes
