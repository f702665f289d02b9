#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/flask_views.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

void check(Node attribute, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule g_as_cache;
const Rule g_as_cache{
    .code = "FLK104",
    .name = "g-as-cache",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::attribute},
    .check = check,
    .confirm = confirm,
};

namespace {

bool is_method_of_g(std::string_view name) {
  static constexpr std::array<std::string_view, 3> kNames = {"get", "pop", "setdefault"};
  return contains(kNames, name) || name.starts_with("_") || name.starts_with("flask_");
}

bool is_of_g(Node attribute, Context& context) {
  return attribute.is(Kind::attribute) && flask_proxy(attribute.child(Field::object), context) == "flask.g";
}

// `g.x = …`, `g.x, y = …`, `for g.x in …`, `with f() as g.x`, `g.x += 1`
bool is_written(Node attribute) {
  for (Node child = attribute, outer = attribute.parent(); outer; child = outer, outer = outer.parent()) {
    const bool assigned = outer.is(Kind::assignment) || outer.is(Kind::augmented_assignment) ||
                          outer.is(Kind::for_statement) || outer.is(Kind::for_in_clause);
    if (assigned) return child.field() == Field::left;
    if (outer.is(Kind::as_pattern_target)) return true;
    if (!outer.is(Kind::pattern_list) && !outer.is(Kind::tuple_pattern) && !outer.is(Kind::list_pattern)) return false;
  }
  return false;
}

bool is_deleted(Node attribute) {
  return attribute.parent().is(Kind::delete_statement) || attribute.parent().parent().is(Kind::delete_statement);
}

Node view_around(Node node, Context& context) {
  Node function = context.enclosing_function(node);
  while (function && !(function.is(Kind::function_definition) && is_flask_view(function, context))) {
    function = context.enclosing_function(function);
  }
  return function;
}

bool is_in_try(Node node, Node view) {
  for (Node outer = node.parent(); outer && outer != view; outer = outer.parent()) {
    if (outer.is(Kind::try_statement)) return true;
  }
  return false;
}

void check(Node attribute, Context& context) {
  if (!may_use_proxy(attribute, context) || !context.enclosing_function(attribute)) return;
  const Node name = attribute.child(Field::attribute);
  if (is_method_of_g(name.text()) || !is_of_g(attribute, context)) return;
  if (is_written(attribute) || is_deleted(attribute)) return;
  const Node view = view_around(attribute, context);
  if (!view || is_in_try(attribute, view)) return;
  context.report(g_as_cache, attribute,
                 fmt::format("Nothing sets `{}` in this request: `g` is empty again at each", attribute.text()));
}

// What the code of the file does to `g.name`.
struct Uses {
  bool in_other_views = false;  // set by views that this one does not call
  bool elsewhere = false;       // by anything else: hooks, helpers, decorators, this view; or asked about by its name
};

// `"x" in g`, `getattr(g, "x")`, `g.get("x")`
bool is_asked_for(Node string, std::string_view name) {
  static constexpr std::array<std::string_view, 7> kNames = {"hasattr", "getattr", "setattr",   "delattr",
                                                             "get",     "pop",     "setdefault"};
  const Node outer = string.parent();
  const bool place = outer.is(Kind::comparison_operator) ||
                     (outer.is(Kind::argument_list) && contains(kNames, last_name(outer.parent())));
  return place && string.is(Kind::string) && semantics::literal_string(string) == name;
}

Uses uses_of(Node attribute, Node view, Context& context) {
  const std::string_view name = attribute.child(Field::attribute).text();
  Uses uses;
  for_each_unit(context, [&](Node root, Context& inside) {
    for (std::uint32_t i = root.index(); i < root.after(); ++i) {
      const Node node = root.ast().node(i);
      uses.elsewhere = uses.elsewhere || is_asked_for(node, name);
      if (!node.is(Kind::attribute) || node.child(Field::attribute).text() != name || !is_written(node)) continue;
      if (!is_of_g(node, inside)) continue;
      const Node writer = view_around(node, inside);
      const bool other = writer && !(inside.unit_number() == context.unit_number() && writer == view);
      (other && !is_called(writer.child(Field::name).text(), context) ? uses.in_other_views : uses.elsewhere) = true;
    }
  });
  return uses;
}

// True when all that happens in a request stands in this file: it makes the application and imports libraries alone.
bool is_whole_application(Context& context) {
  if (!is_called("Flask", context)) return false;
  for (const auto& unit : context.units()) {
    for (const semantics::Binding& binding : unit->bindings) {
      if (binding.kind == semantics::BindingKind::star_import) return false;
      if (binding.kind != semantics::BindingKind::import) continue;
      const Type* type = semantics::only(context.resolver().type_of(*unit, binding.term));
      if (type == nullptr || type->module != nullptr || type->function != nullptr) return false;
      if (project_class(type->name, context) != nullptr || type->name.starts_with("flask_")) return false;
      if (unit->terms[binding.term].name.starts_with(".")) return false;
    }
  }
  return true;
}

bool confirm(const Report& report, Context& context) {
  const Node attribute = context.unit().unit->ast.node(report.node);
  const Uses uses = uses_of(attribute, view_around(attribute, context), context);
  if (uses.elsewhere) return false;
  return uses.in_other_views || is_whole_application(context);
}

}  // namespace
}  // namespace surefoot::rules
