#include "analysis/rules/made_anew.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/words.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {

Node definition_round(Node node, Context& context) {
  Node function = context.enclosing_function(node);
  while (const Node outer = context.enclosing_function(function)) function = outer;
  return function.is(Kind::function_definition) ? function : Node();
}

namespace {

// Calls that give the same in each invocation.
bool is_constant_call(Node call, Context& context) {
  static constexpr std::array<std::string_view, 15> kNames = {"os.getenv",
                                                              "os.environ.get",
                                                              "str",
                                                              "int",
                                                              "float",
                                                              "bool",
                                                              "os.path.join",
                                                              "dict",
                                                              "boto3.Session",
                                                              "botocore.config.Config",
                                                              "botocore.client.Config",
                                                              "boto3.session.Session",
                                                              "sqlalchemy.make_url",
                                                              "sqlalchemy.engine.make_url",
                                                              "URL.create"};
  const std::string_view text = call.child(Field::function).text();
  const Type* callee = context.callee(call);
  if (callee != nullptr && callee->function != nullptr && !call.child(Field::arguments).first_child()) {
    return has_word(semantics::last_part(callee->name),
                    {"url", "uri", "dsn", "settings", "config", "endpoint", "region", "host"});
  }
  return contains(kNames, text) || (callee != nullptr && contains(kNames, callee->name));
}

// `self` of `self.url`.
bool is_self(Node node) {
  return node.is(Kind::identifier) && (node.text() == "self" || node.text() == "cls") &&
         node.field() == Field::object && node.parent().is(Kind::attribute);
}

}  // namespace

bool Dependence::depends(Node expression) {
  for (std::uint32_t i = expression.index(); expression && i < expression.after(); ++i) {
    const Node node = expression.ast().node(i);
    if (node.is(Kind::await) || node.is(Kind::yield) || node.is(Kind::lambda)) return true;
    if (node.is(Kind::call) && node != expression && !is_constant_call(node, context_)) return true;
    if (self_ == Self::same && is_self(node)) continue;
    const std::uint32_t local = names_.find(node);
    if (local != LocalNames::kNone && depends_local(local)) return true;
  }
  return false;
}

bool Dependence::mentions_local(Node expression) const {
  for (std::uint32_t i = expression.index(); expression && i < expression.after(); ++i) {
    if (names_.find(expression.ast().node(i)) != LocalNames::kNone) return true;
  }
  return false;
}

bool Dependence::depends_local(std::uint32_t number) {
  const Local& local = names_.local(number);
  if (local.is_parameter || local.bindings.size() != 1) return true;
  if (!asked_.insert(number).second) return false;
  if (local.bindings.front().parent().is(Kind::dotted_name)) return false;  // an import
  const Node value = bound_value(local.bindings.front());
  if (!value || (value.is(Kind::call) && !is_constant_call(value, context_))) return true;
  return depends(value);
}

bool is_kept(Node call, const Dependence& names) {
  for (Node child = call, parent = call.parent(); parent; child = parent, parent = parent.parent()) {
    if (parent.is(Kind::assignment)) {
      const Node target = parent.child(Field::left);
      if (!target.is(Kind::identifier) || !names.is_local(target)) return true;
    }
    const bool in_call = parent.is(Kind::argument_list);
    if (in_call && parent.parent().child(Field::function).text().ends_with("setdefault")) return true;
    if (syntax::is_statement(parent.kind())) return false;
  }
  return false;
}

}  // namespace surefoot::rules
