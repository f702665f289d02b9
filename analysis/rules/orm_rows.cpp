#include "analysis/rules/orm_rows.hpp"

#include <algorithm>
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
                                                  {"django.db.models.QuerySet", Row::rows},
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

// What views, forms and serializers give: `self.get_object()`, `form.save()`.
bool is_given_by_django(Node value, Context& context) {
  if (!uses_django(context)) return false;
  const Node called = value.is(Kind::call) ? value.child(Field::function) : Node();
  const Type* callee = called ? context.callee(value) : nullptr;
  if (!called.is(Kind::attribute) || (callee != nullptr && callee->function != nullptr)) return false;
  const std::string_view method = called.child(Field::attribute).text();
  const std::string_view object = called.child(Field::object).text();
  if (method == "get_object") return object == "self";
  return method == "save" && (object == "form" || object == "serializer");
}

// `order.customer`, where the class of the order says `customer = ForeignKey(…)`.
bool is_related(Node value, Context& context) {
  if (!value.is(Kind::attribute)) return false;
  const Type* owner = semantics::only(context.type_of(value.child(Field::object)));
  if (owner == nullptr || owner->tag != Type::Tag::instance) return false;
  const auto* bound = context.resolver().bound_by_class(*owner, value.child(Field::attribute).text());
  if (bound == nullptr || bound->empty()) return false;
  const semantics::UnitModel& unit = *bound->front().unit;
  const semantics::Term& made = unit.terms[bound->front().term];
  if (made.op != semantics::Op::call) return false;
  const Type* field = semantics::only(context.resolver().type_of(unit, made.a));
  return field != nullptr && field->name.starts_with("django.db.models.") &&
         (field->name.ends_with(".ForeignKey") || field->name.ends_with(".OneToOneField"));
}

Row row_of_source(Node value, Context& context) {
  const bool django = is_user_of_request(value, context) || is_sent_instance(value, context) ||
                      is_given_by_django(value, context) || is_related(value, context);
  if (django) return Row::django;
  return loads_row(value, context) ? Row::sqlalchemy : Row::none;
}

Row row_of_type(const Type& type, Context& context) {
  if (type.tag == Type::Tag::object) return type.name == "flask_login.current_user" ? Row::sqlalchemy : Row::none;
  if (type.tag != Type::Tag::instance) return Row::none;
  if (type.name != "list" || type.arguments == nullptr || type.arguments->empty())
    return row_of_class(type.name, context);
  const Type* item = semantics::only(type.arguments->front());
  const bool rows =
      item != nullptr && item->tag == Type::Tag::instance && row_of_class(item->name, context) != Row::none;
  return rows ? Row::rows : Row::none;
}

constexpr int kMaxSteps = 24;

// True for what came out of `values()` or `values_list()` on its way: no rows, whatever its type says.
bool holds_plain_values(const semantics::UnitModel& unit, semantics::TermId id, int steps) {
  static constexpr std::array<std::string_view, 5> kPlain = {"values", "values_list", "dates", "datetimes",
                                                             "aggregate"};
  using semantics::Op;
  const semantics::Term& term = unit.terms[id];
  if (steps > kMaxSteps) return true;
  switch (term.op) {
    case Op::attribute:
      return contains(kPlain, term.name) || holds_plain_values(unit, term.a, steps + 1);
    case Op::call: {
      const Node first = argument(unit.unit->ast.node(term.node), "", 0);
      const bool list = unit.unit->ast.node(term.node).child(Field::function).text() == "list";
      if (list && first) return holds_plain_values(unit, unit.term_of(first), steps + 1);
      return holds_plain_values(unit, term.a, steps + 1);
    }
    case Op::await_:
    case Op::item:
    case Op::async_item:
    case Op::index:
    case Op::element:
      return holds_plain_values(unit, term.a, steps + 1);
    case Op::list:
    case Op::join:
      return std::any_of(unit.operands[term.b].begin(), unit.operands[term.b].end(),
                         [&](semantics::TermId operand) { return holds_plain_values(unit, operand, steps + 1); });
    default:
      return false;
  }
}

// The value behind a local that is bound once, and behind `await`.
Node source_of(Node value, Context& context) {
  if (value.is(Kind::identifier)) value = only_value_of(value, context);
  while (value.is(Kind::await) || value.is(Kind::parenthesized_expression)) value = value.first_child();
  return value;
}

}  // namespace

Row row_of(Node expression, Context& context) {
  expression = without_parentheses(expression);
  const TypeSet& types = context.type_of(expression);
  if (const Type* type = semantics::only(types)) {
    const Row row = row_of_type(*type, context);
    const bool queryset = type->tag == Type::Tag::instance && type->name != "list" && row == Row::rows;
    const bool plain =
        row != Row::none && !queryset && holds_plain_values(context.unit(), context.unit().term_of(expression), 0);
    return plain ? Row::none : row;
  }
  if (!types.empty()) return Row::none;
  if (const Row row = row_of_source(expression, context); row != Row::none) return row;
  const Node source = source_of(expression, context);
  return source && source != expression ? row_of_source(source, context) : Row::none;
}

}  // namespace surefoot::rules
