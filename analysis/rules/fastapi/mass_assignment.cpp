#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/fastapi_routes.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

constexpr int kMaxBases = 8;

bool is_a(std::string_view name, std::initializer_list<std::string_view> bases, Context& context) {
  return std::any_of(bases.begin(), bases.end(),
                     [&](std::string_view base) { return context.resolver().is_subclass(name, base); });
}

bool is_schema(std::string_view name, Context& context) {
  return project_class(name, context) != nullptr && is_a(name, {"pydantic.BaseModel", "sqlmodel.SQLModel"}, context);
}

// A table is what an ORM's class declares; of SQLModel, what is no schema by its use here.
bool is_table(std::string_view name, Context& context, int depth = 0) {
  if (is_a(name,
           {"sqlalchemy.orm.DeclarativeBase", "django.db.models.Model", "tortoise.models.Model", "tortoise.Model",
            "sqlmodel.SQLModel", "beanie.Document", "flask_sqlalchemy.model.Model"},
           context)) {
    return true;
  }
  const semantics::ClassEntry* entry = project_class(name, context);
  if (entry == nullptr || depth > kMaxBases) return false;
  if (entry->attributes.contains("__tablename__") || entry->attributes.contains("__table__")) return true;
  return std::any_of(entry->definition->bases.begin(), entry->definition->bases.end(), [&](semantics::TermId base) {
    const Type* type = semantics::only(context.resolver().type_of(*entry->unit, base));
    return type != nullptr && is_table(type->name, context, depth + 1);
  });
}

struct Fields {
  std::set<std::string, std::less<>> names;
  bool complete = true;
};

void add_fields(std::string_view name, Fields& fields, Context& context, int depth = 0) {
  const semantics::ClassEntry* entry = project_class(name, context);
  if (entry == nullptr || depth > kMaxBases) {
    fields.complete = fields.complete && (name.starts_with("pydantic.") || name.starts_with("sqlmodel."));
    return;
  }
  for (const auto& [attribute, values] : entry->attributes) fields.names.emplace(attribute);
  for (const semantics::TermId base : entry->definition->bases) {
    const Type* type = semantics::only(context.resolver().type_of(*entry->unit, base));
    if (type == nullptr) {
      fields.complete = false;
    } else {
      add_fields(type->name, fields, context, depth + 1);
    }
  }
}

// What a client must not say of itself.
bool is_privileged(std::string_view field) {
  static constexpr std::array<std::string_view, 12> kNames = {
      "role",    "roles",   "is_active",   "owner_id",        "tenant_id",     "is_verified",
      "balance", "credits", "permissions", "hashed_password", "password_hash", "email_verified"};
  return contains(kNames, field) || has_word(field, {"admin", "superuser", "staff"});
}

// What the server gives, or decides.
bool is_of_server(std::string_view field) {
  static constexpr std::array<std::string_view, 6> kNames = {"id",         "created_at", "updated_at",
                                                             "created_by", "user_id",    "deleted_at"};
  return contains(kNames, field) ||
         has_word(field, {"owner", "tenant", "merchant", "tier", "plan", "status", "approved", "verified", "paid",
                          "price", "discount", "quota", "credit", "points", "rank"});
}

// A schema of its own for what clients send.
bool is_dedicated(std::string_view schema) {
  return has_word(schema.substr(schema.rfind('.') + 1), {"create", "update", "patch", "new", "register", "registration",
                                                         "signup", "add", "edit", "insert", "upsert"});
}

// `body.model_dump(…)`, perhaps by a local that holds it.
struct Dump {
  Node call;
  Node model;        // `body`
  bool raw = false;  // no schema says what it holds
};

// `await request.json()`, or the parameter of a route that takes any object for its body.
bool is_raw_body(Node expression, Context& context) {
  if (expression.is(Kind::await)) expression = without_parentheses(expression.first_child());
  if (expression.is(Kind::call)) return context.calls(expression, "starlette.requests.Request.json");
  const Node function = expression.is(Kind::identifier) ? context.enclosing_function(expression) : Node();
  const semantics::Function* model = function ? context.unit().function_at(function.index()) : nullptr;
  if (model == nullptr || routes_of(function, context).empty()) return false;
  if (context.names_of(function).slots.contains(expression.text())) return false;
  return std::any_of(model->parameters.begin(), model->parameters.end(), [&](const semantics::Parameter& one) {
    return one.name == expression.text() && !marker_of(context.unit(), one, context) &&
           context.is_instance(expression, "dict");
  });
}

std::optional<Dump> dump_of(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (is_raw_body(expression, context)) return Dump{expression, expression, true};
  if (expression.is(Kind::identifier)) expression = only_value_of(expression, context);
  if (expression && is_raw_body(expression, context)) return Dump{expression, expression, true};
  if (!expression.is(Kind::call)) return std::nullopt;
  const Node function = expression.child(Field::function);
  const std::string_view method = function.child(Field::attribute).text();
  if (!function.is(Kind::attribute) || (method != "model_dump" && method != "dict")) return std::nullopt;
  if (argument(expression, "include")) return std::nullopt;
  return Dump{expression, function.child(Field::object)};
}

// Takes the names that `exclude={…}` leaves out of the fields; false when it cannot be read.
bool leave_out(Node dump, Fields& fields) {
  const Node excluded = argument(dump, "exclude");
  if (!excluded) return !has_double_splat(dump);
  if (!excluded.is(Kind::set) && !excluded.is(Kind::list) && !excluded.is(Kind::tuple)) return false;
  for (const Node one : excluded.children()) {
    const auto name = semantics::literal_string(one);
    if (!name) return false;
    fields.names.erase(*name);
  }
  return true;
}

// The field by which a client gets too much; nothing when there is none, or the schema is not known.
std::optional<std::string> dangerous_field(const Dump& dump, Node given, Context& context) {
  if (dump.raw) return "id";
  const Type* type = semantics::only(context.type_of(dump.model));
  if (type == nullptr || type->tag != Type::Tag::instance || !is_schema(type->name, context)) return std::nullopt;
  Fields fields;
  add_fields(type->name, fields, context);
  if (!leave_out(dump.call, fields)) return std::nullopt;
  for (const Node argument : given.children()) {
    if (argument.is(Kind::keyword_argument)) fields.names.erase(std::string(argument.child(Field::name).text()));
  }
  const bool dedicated = is_dedicated(type->name);
  for (const std::string& field : fields.names) {
    if (is_privileged(field) || (!dedicated && is_of_server(field))) return field;
  }
  return std::nullopt;
}

// The name `key` that the loop over `….items()` gives to setattr; null when it does something else, or looks at the
// name.
Node set_by_loop(Node loop, Context& context) {
  const Node left = loop.child(Field::left);
  const bool pair = left.is(Kind::pattern_list) || left.is(Kind::tuple_pattern);
  const Node key = pair ? left.first_child() : left;
  const Node body = loop.child(Field::body);
  if (!key.is(Kind::identifier)) return {};
  Node found;
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    const bool asks = node.is(Kind::if_statement) && mentions(node.child(Field::condition), key.text());
    if (asks) return {};
    if (!node.is(Kind::call) || node.child(Field::function).text() != "setattr") continue;
    if (argument(node, "", 1).text() == key.text() && context.calls(node, "setattr")) found = node;
  }
  return found;
}

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule mass_assignment;
const Rule mass_assignment{
    .code = "FAPI109",
    .name = "mass-assignment",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call, Kind::for_statement},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_of_project(); },
    .confirm = confirm,
};

namespace {

std::string_view one_line(Node node) {
  return node.text().find('\n') == std::string_view::npos ? node.text() : "the body";
}

void check_call(Node call, Context& context) {
  if (!has_double_splat(call)) return;
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || callee->function != nullptr) return;
  for (const Node one : call.child(Field::arguments).children()) {
    const auto dump = one.is(Kind::dictionary_splat) ? dump_of(one.first_child(), context) : std::nullopt;
    if (!dump) continue;
    const auto field = dangerous_field(*dump, call.child(Field::arguments), context);
    if (!field || !is_table(callee->name, context)) return;
    context
        .report(mass_assignment, call,
                fmt::format("Whoever sends `{}` sets every column, `{}` among them: name those that a client may set",
                            one_line(dump->model), *field))
        .span = one.span();
    return;
  }
}

// What `for key, value in dump.items()`, `for key in dump` and `for key in dump.keys()` run through.
Node run_through(Node loop) {
  const Node items = without_parentheses(loop.child(Field::right));
  const Node function = items.is(Kind::call) ? items.child(Field::function) : Node();
  const std::string_view method = function.child(Field::attribute).text();
  return method == "items" || method == "keys" ? function.child(Field::object) : items;
}

void check_loop(Node loop, Context& context) {
  if (!context.unit().names.may_have("setattr")) return;
  const auto dump = dump_of(run_through(loop), context);
  if (!dump) return;
  const Node set = set_by_loop(loop, context);
  const auto field = set ? dangerous_field(*dump, Node(), context) : std::nullopt;
  if (!field) return;
  context
      .report(mass_assignment, set,
              fmt::format("Whoever sends `{}` sets every attribute, `{}` among them: name those that a client may set",
                          one_line(dump->model), *field))
      .span = set.child(Field::function).span();
}

// SQLModel's classes are tables where they say so.
bool is_plain_sqlmodel(std::string_view name, Context& context) {
  const semantics::ClassEntry* entry = project_class(name, context);
  if (entry == nullptr || !context.resolver().is_subclass(name, "sqlmodel.SQLModel")) return false;
  const Node arguments = entry->unit->unit->ast.node(entry->definition->node).child(Field::superclasses);
  for (const Node one : arguments.children()) {
    if (one.is(Kind::keyword_argument) && one.child(Field::name).text() == "table") return false;
  }
  return true;
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Type* callee = context.callee(call);
  return callee == nullptr || call.child(Field::function).text() == "setattr" ||
         !is_plain_sqlmodel(callee->name, context);
}

void check(Node node, Context& context) {
  if (node.is(Kind::call)) {
    check_call(node, context);
  } else {
    check_loop(node, context);
  }
}

}  // namespace
}  // namespace surefoot::rules
