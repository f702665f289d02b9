#include "analysis/rules/orm_rows.hpp"

#include <array>

#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

struct Base {
  std::string_view name;
  Row row;
};

constexpr std::string_view kSqlModel = "sqlmodel.SQLModel";

// `class Hero(SQLModel, table=True)`: the others are plain data.
bool is_table(std::string_view class_name, Context& context) {
  const semantics::ClassEntry* entry = project_class(class_name, context);
  if (entry == nullptr) return false;
  const Node definition = entry->unit->unit->ast.node(entry->definition->node);
  for (const Node base : definition.child(Field::superclasses).children()) {
    if (base.is(Kind::keyword_argument) && base.child(Field::name).text() == "table") return true;
  }
  return false;
}

Row row_of_class(std::string_view name, Context& context) {
  static constexpr std::array<Base, 7> kBases = {{{"django.db.models.Model", Row::django},
                                                  {"django.db.models.QuerySet", Row::queryset},
                                                  {"sqlalchemy.orm.DeclarativeBase", Row::sqlalchemy},
                                                  {"flask_sqlalchemy.model.Model", Row::sqlalchemy},
                                                  {"mongoengine.Document", Row::other},
                                                  {"peewee.Model", Row::other},
                                                  {kSqlModel, Row::sqlalchemy}}};
  for (const Base& base : kBases) {
    if (!context.resolver().is_subclass(name, base.name)) continue;
    return base.name != kSqlModel || is_table(name, context) ? base.row : Row::none;
  }
  return Row::none;
}

bool is_mapped_class(Node expression, Context& context) {
  const Type* type = expression ? semantics::only(context.type_of(without_parentheses(expression))) : nullptr;
  return type != nullptr && type->tag == Type::Tag::object && type->function == nullptr &&
         row_of_class(type->name, context) == Row::sqlalchemy;
}

std::string_view method_of(Node call) {
  const Node called = call.child(Field::function);
  return called.is(Kind::attribute) ? called.child(Field::attribute).text() : called.text();
}

// `session.get(User, 1)`, `session.query(User)`, `select(User)`, `session.scalars(select(User))`: what asks for rows of
// one mapped class.
bool asks_for_rows(Node call, Context& context) {
  const std::string_view method = method_of(call);
  const Node first = argument(call, "", 0);
  if (method == "get" || method == "get_one") return is_mapped_class(first, context);
  if (method == "query" || method == "select") return positional_count(call) == 1 && is_mapped_class(first, context);
  if (method != "scalars" && method != "scalar" && method != "execute") return false;
  for (Node inner = first; inner; inner = made_on(inner)) {
    if (inner.is(Kind::call) && method_of(inner) == "select") return asks_for_rows(inner, context);
  }
  return false;
}

// True for a call that gives one row: `session.query(User).filter(…).first()`, `User.query.get(1)`.
bool loads_row(Node call, Context& context) {
  static constexpr std::array<std::string_view, 12> kOne = {
      "get",         "get_one",      "first",      "one",
      "one_or_none", "scalar_one",   "scalar",     "scalar_one_or_none",
      "get_or_404",  "first_or_404", "one_or_404", "scalars_one"};
  if (!call.is(Kind::call) || !contains(kOne, method_of(call))) return false;
  for (Node inner = call; inner; inner = made_on(without_parentheses(inner))) {
    if (inner.is(Kind::call) && asks_for_rows(inner, context)) return true;
    const bool query = inner.is(Kind::attribute) && inner.child(Field::attribute).text() == "query";
    if (query && is_mapped_class(inner.child(Field::object), context)) return true;
  }
  return false;
}

// The value behind a local that is bound once, and behind `await`.
Node source_of(Node value, Context& context) {
  if (value.is(Kind::identifier)) value = only_value_of(value, context);
  while (value.is(Kind::await) || value.is(Kind::parenthesized_expression)) value = value.first_child();
  return value;
}

bool uses_django(Context& context) {
  static const semantics::ModuleNames kNames = {"django", "rest_framework"};
  return context.module().imports_any(kNames);
}

// `request.user`, `self.request.user`
bool is_user_of_request(Node value, Context& context) {
  if (!value.is(Kind::attribute) || value.child(Field::attribute).text() != "user") return false;
  const Node request = value.child(Field::object);
  if (request.text() == "request" || request.text() == "self.request") return uses_django(context);
  return context.is_instance(request, "django.http.HttpRequest") ||
         context.is_instance(request, "rest_framework.request.Request");
}

bool is_model_signal(Node decorator, Context& context) {
  const Node call = decorator.is(Kind::decorator) ? decorator.first_child() : Node();
  if (!call.is(Kind::call) || !context.calls(call, "django.dispatch.receiver")) return false;
  Node signal = without_parentheses(argument(call, "signal", 0));
  if (signal.is(Kind::list) || signal.is(Kind::tuple)) signal = signal.first_child();
  const Type* type = signal ? semantics::only(context.type_of(signal)) : nullptr;
  return type != nullptr && type->name.starts_with("django.db.models.signals.");
}

// `instance` of `@receiver(post_save, sender=Order)`.
bool is_sent_instance(Node value, Context& context) {
  if (!value.is(Kind::identifier) || value.text() != "instance") return false;
  const semantics::UnitModel& unit = context.unit();
  const semantics::Function* function = unit.function_around(value);
  if (function == nullptr || unit.terms[unit.term_of(value)].op != semantics::Op::parameter) return false;
  for (const Node child : value.ast().node(function->statement).children()) {
    if (is_model_signal(child, context)) return true;
  }
  return false;
}

}  // namespace

Row row_of(Node expression, Context& context) {
  expression = without_parentheses(expression);
  const TypeSet& types = context.type_of(expression);
  if (const Type* type = semantics::only(types)) {
    return type->tag == Type::Tag::instance ? row_of_class(type->name, context) : Row::none;
  }
  if (!types.empty()) return Row::none;
  if (is_user_of_request(expression, context) || is_sent_instance(expression, context)) return Row::django;
  return loads_row(source_of(expression, context), context) ? Row::sqlalchemy : Row::none;
}

}  // namespace surefoot::rules
