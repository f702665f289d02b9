#pragma once
// Going over the units of a file, for Rule::confirm and Rule::fix. What is looked for is written down, so that a report
// is only asked about again when it may have changed.

#include <optional>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

/// Calls `visit(root, inside)` for each unit of the file, with a context of its own. Reads other units: for `confirm`,
/// which is asked again at every change then; for_each_unit_with costs less.
template <typename Visit>
void for_each_unit(Context& context, const Visit& visit) {
  const auto& models = context.file().models;
  for (std::size_t i = 0; i < models.size(); ++i) {
    Context inside(context, i);
    visit(models[i]->unit->ast.root(), inside);
  }
}

/// Calls `visit(root, inside)` for each unit of the file that may have the identifier `name`, with a context of its
/// own, until it returns true; says whether it did. Reads other units: for `confirm`.
template <typename Visit>
bool any_unit_with(std::string_view name, Context& context, const Visit& visit) {
  if (auto* reads = semantics::Reads::current()) reads->name(name);
  for (const std::uint32_t i : context.resolver().units_with(context.module(), semantics::NameFilter::hash(name))) {
    Context inside(context, i);
    if (visit(context.unit(i).unit.get()->ast.root(), inside)) return true;
  }
  return false;
}

/// The same for all of them.
template <typename Visit>
void for_each_unit_with(std::string_view name, Context& context, const Visit& visit) {
  any_unit_with(name, context, [&](Node root, Context& inside) {
    visit(root, inside);
    return false;
  });
}

/// The same for the units that are no definitions: what runs when the module is imported.
template <typename Visit>
bool any_statement(Context& context, const Visit& visit) {
  if (auto* reads = semantics::Reads::current()) reads->statements();
  for (std::size_t i = 0; i < context.unit_count(); ++i) {
    if (context.is_definition(i)) continue;
    Context inside(context, i);
    if (visit(context.unit(i).unit.get()->ast.root(), inside)) return true;
  }
  return false;
}

/// The number of the unit that the model belongs to; nothing when it is one of another file.
std::optional<std::size_t> unit_of(const semantics::UnitModel* model, Context& context);

}  // namespace surefoot::rules
