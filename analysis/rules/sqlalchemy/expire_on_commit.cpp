#include <fmt/format.h>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/mentions.hpp"

namespace surefoot::rules {
namespace {

constexpr std::string_view kAsyncSession = "sqlalchemy.ext.asyncio.AsyncSession";

bool is_async_session_class(Node expression, Context& context) {
  const Type* type = expression ? semantics::only(context.type_of(expression)) : nullptr;
  return type != nullptr && type->tag == Type::Tag::object && type->function == nullptr &&
         context.resolver().is_subclass(type->name, kAsyncSession);
}

// A constructor of the project's own may pass the argument on.
bool has_own_constructor(const Type& type, Context& context) {
  const TypeSet method = context.resolver().attribute(type, "__init__");
  const Type* function = semantics::only(method);
  return function != nullptr && function->function != nullptr;
}

// True for a call that makes an async session, or something that makes them.
bool makes_async_sessions(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || callee->function != nullptr) return false;
  if (callee->name == "sqlalchemy.ext.asyncio.async_sessionmaker") return true;
  // SQLAlchemy 1.4 takes the class by position.
  if (callee->name == "sqlalchemy.orm.sessionmaker") {
    return is_async_session_class(argument(call, "class_", 1), context);
  }
  return is_async_session_class(call.child(Field::function), context) && !has_own_constructor(*callee, context);
}

std::string_view last_name(Node expression) {
  const std::string_view text = expression.text();
  return text.substr(text.rfind('.') + 1);
}

bool switches_off(Node call) {
  const Node value = argument(call, "expire_on_commit");
  return has_double_splat(call) || (value && !value.is(Kind::true_));
}

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule expire_on_commit;
const Rule expire_on_commit{
    .code = "SQA103",
    .name = "expire-on-commit",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.is_of_project() || callee.name.ends_with("ession") || callee.name.ends_with("sessionmaker");
}

void check(Node call, Context& context) {
  if (!makes_async_sessions(call, context) || has_splat(call) || switches_off(call)) return;
  Node name = call.child(Field::function);
  if (name.is(Kind::subscript)) name = name.child(Field::value);
  context
      .report(expire_on_commit, call,
              fmt::format("`{}` without `expire_on_commit=False`: after a commit, reading an attribute needs a query "
                          "that nothing awaits",
                          last_name(name)))
      .span = name.span();
}

// A `configure(expire_on_commit=False)` on what this call is bound to cures it.
bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node target = call.parent().is(Kind::assignment) ? call.parent().child(Field::left) : Node();
  if (!target) return true;
  bool cured = false;
  for_each_identifier("configure", context, [&](Node identifier, Context&) {
    const Node function = identifier.parent();
    const Node other = function.parent();
    if (identifier.field() != Field::attribute || !other.is(Kind::call) || function.field() != Field::function) return;
    cured = cured || (last_name(function.child(Field::object)) == last_name(target) && switches_off(other));
  });
  return !cured;
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place call = context.place(context.unit().unit->ast.node(report.node));
  const Node value = argument(call.node, "expire_on_commit");
  text::TextEdit edit = value ? fixes::replace(context.file(), context.place(value), "False")
                              : fixes::add_argument(context.file(), call, "expire_on_commit=False");
  return {
      {fixes::make_fix(value ? "Change to `expire_on_commit=False`" : "Add `expire_on_commit=False`",
                       fixes::Applicability::unsafe, {std::move(edit)})},
      "",
  };
}

}  // namespace
}  // namespace surefoot::rules
