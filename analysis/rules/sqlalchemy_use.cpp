#include "analysis/rules/sqlalchemy_use.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/project_classes.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

constexpr std::string_view kSession = "sqlalchemy.orm.Session";
constexpr std::string_view kAsyncSession = "sqlalchemy.ext.asyncio.AsyncSession";
constexpr std::string_view kScoped = "sqlalchemy.orm.scoped_session";
constexpr std::string_view kAsyncScoped = "sqlalchemy.ext.asyncio.async_scoped_session";

bool is_session_class(std::string_view name, Context& context) {
  return context.resolver().is_subclass(name, kSession) || context.resolver().is_subclass(name, kAsyncSession);
}

}  // namespace

bool is_scoped_session(Node expression, Context& context) {
  return context.is_instance(expression, kScoped) || context.is_instance(expression, kAsyncScoped);
}

bool is_session(Node expression, Context& context) {
  return context.is_instance(expression, kSession) || context.is_instance(expression, kAsyncSession) ||
         is_scoped_session(expression, context);
}

bool makes_session(Node call, Context& context) {
  if (!is_session(call, context) || is_scoped_session(call, context)) return false;
  const Node function = call.child(Field::function);
  const Type* type = semantics::only(context.type_of(function));
  if (type == nullptr || type->function != nullptr) return false;
  if (type->tag == Type::Tag::instance) {
    return type->name == "sqlalchemy.orm.sessionmaker" || type->name == "sqlalchemy.ext.asyncio.async_sessionmaker";
  }
  return type->tag == Type::Tag::object && is_session_class(type->name, context);
}

bool may_make_session(const Callee& callee) {
  return callee.is_of_project() || callee.name.ends_with("ession") || callee.name.ends_with("sessionmaker") ||
         callee.name.ends_with(".__call__");
}

bool is_engine_maker(std::string_view name) {
  return name == "sqlalchemy.create_engine" || name == "sqlalchemy.ext.asyncio.create_async_engine";
}

std::string_view written_name(Node call) {
  Node name = call.child(Field::function);
  if (name.is(Kind::subscript)) name = name.child(Field::value);
  return semantics::last_part(name.text());
}

namespace {

bool is_mapped_class(const Type& type, Context& context) {
  static constexpr std::array<std::string_view, 3> kBases = {"sqlalchemy.orm.DeclarativeBase", "sqlmodel.SQLModel",
                                                             "flask_sqlalchemy.model.Model"};
  if (type.tag != Type::Tag::object || project_class(type.name, context) == nullptr) return false;
  return std::any_of(kBases.begin(), kBases.end(),
                     [&](std::string_view base) { return context.resolver().is_subclass(type.name, base); });
}

bool is_column_type(const Type* type) {
  return type != nullptr && type->tag == Type::Tag::instance &&
         (type->name == "sqlalchemy.Column" || type->name == "sqlalchemy.orm.MappedColumn" ||
          type->name == "sqlalchemy.orm.Mapped");
}

// What the expression is an attribute of, when that is a class; null otherwise.
const Type* class_of(Node attribute, Context& context) {
  const Type* owner = semantics::only(context.type_of(attribute.child(Field::object)));
  return owner != nullptr && owner->tag == Type::Tag::object ? owner : nullptr;
}

}  // namespace

bool is_declared_column(Node expression, Context& context) {
  expression = without_parentheses(expression);
  return expression.is(Kind::attribute) && class_of(expression, context) != nullptr &&
         is_column_type(semantics::only(context.type_of(expression)));
}

bool is_column(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (!expression.is(Kind::attribute)) return false;
  const Node object = expression.child(Field::object);
  const bool of_table = object.is(Kind::attribute) && object.child(Field::attribute).text() == "c";
  if (of_table && context.is_instance(object.child(Field::object), "sqlalchemy.Table")) return true;
  const Type* owner = class_of(expression, context);
  if (owner == nullptr) return false;
  const Type* type = semantics::only(context.type_of(expression));
  if (type != nullptr && type->function != nullptr) return false;
  return is_column_type(type) || (is_mapped_class(*owner, context) && !expression.text().ends_with("__"));
}

}  // namespace surefoot::rules
