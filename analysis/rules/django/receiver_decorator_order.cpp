#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

const Type* type_of(Node decorator, Context& context) {
  Node value = without_parentheses(decorator.first_child());
  if (value.is(Kind::call)) value = value.child(Field::function);
  return value ? semantics::only(context.type_of(value)) : nullptr;
}

bool is_receiver(Node decorator, Context& context) {
  const Type* type = type_of(decorator, context);
  return type != nullptr && type->is_object("django.dispatch.receiver") &&
         without_parentheses(decorator.first_child()).is(Kind::call);
}

// What the signal may do without: it makes a method of the function, or has it called by others as well.
bool may_stand_outside(Node decorator, Context& context) {
  const Type* type = type_of(decorator, context);
  if (type == nullptr) return false;
  if (type->name == "staticmethod" || type->name == "classmethod") return true;
  const knowledge::Decorator* facts = knowledge::find_decorator(type->name);
  return facts != nullptr && facts->context != knowledge::Context::anywhere;
}

std::vector<Node> decorators_of(Node definition) {
  std::vector<Node> decorators;
  for (const Node child : definition.children()) {
    if (child.is(Kind::decorator)) decorators.push_back(child);
  }
  return decorators;
}

void check(Node definition, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule receiver_decorator_order;
const Rule receiver_decorator_order{
    .code = "DJG119",
    .name = "receiver-decorator-order",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::decorated_definition},
    .check = check,
    .fix = fix,
};

namespace {

void check(Node definition, Context& context) {
  if (!context.module().imports("django")) return;
  Node outer;
  for (const Node decorator : decorators_of(definition)) {
    if (!is_receiver(decorator, context)) {
      if (!outer && !may_stand_outside(decorator, context)) outer = decorator;
      continue;
    }
    if (!outer) continue;
    const Node value = without_parentheses(outer.first_child());
    const Node name = value.is(Kind::call) ? value.child(Field::function) : value;
    context.report(receiver_decorator_order, decorator,
                   fmt::format("`{}` connects the function without `@{}`, which stands outside of it: the signal never "
                               "goes through that",
                               decorator.first_child().child(Field::function).text(), name.text()));
    return;
  }
}

// The receivers go up, the others keep their order; comments and layout stay where they are.
Fixes fix(const Report& report, Context& context) {
  const Node definition = context.unit().unit->ast.node(report.node).parent();
  const std::vector<Node> before = decorators_of(definition);
  std::vector<Node> after = before;
  std::stable_partition(after.begin(), after.end(), [&](Node one) { return is_receiver(one, context); });
  std::vector<text::TextEdit> edits;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[i]) continue;
    edits.push_back(fixes::replace(context.file(), context.place(before[i]), std::string(after[i].text())));
  }
  return {{fixes::make_fix("Put `@receiver` outermost", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules
