#include <fmt/format.h>

#include <array>
#include <optional>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/django_orm.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

constexpr std::string_view kLock = "select_for_update";

struct Change {
  Node field;    // `order.total`
  Node operand;  // what is added to it
  Node old;      // the old value on the right side; null for `+=`
};

// `order.total += x`, `order.total = order.total + x`, `order.total = max(order.total - x, 0)`
std::optional<Change> change_at(Node node) {
  const Node field = node.child(Field::left);
  if (!field.is(Kind::attribute)) return std::nullopt;
  const Node right = without_parentheses(node.child(Field::right));
  if (node.is(Kind::augmented_assignment)) return Change{field, right, {}};
  for (std::uint32_t i = right.index(); right && i < right.after(); ++i) {
    const Node old = right.ast().node(i);
    const Node operation = old.parent();
    if (!old.is(Kind::attribute) || old.text() != field.text() || !operation.is(Kind::binary_operator)) continue;
    return Change{field, operation.child(old.field() == Field::left ? Field::right : Field::left), old};
  }
  return std::nullopt;
}

bool is_text(Node value) { return value.is(Kind::string) || value.is(Kind::concatenated_string); }

bool computes_in_database(Node value, Context& context) {
  bool found = false;
  for_each_own(value, [&](Node node) {
    if (!node.is(Kind::call)) return;
    const Type* callee = context.callee(node);
    found = found || (callee != nullptr && (callee->is_object("django.db.models.F") ||
                                            callee->name.starts_with("django.db.models.functions.")));
  });
  return found;
}

// The call behind the change that writes the row: `order.save()`.
Node save_after(Node change, std::string_view row, Context& context) {
  const Node body = context.enclosing_function(change).child(Field::body);
  const Node loop = loop_around(change);
  for (std::uint32_t i = loop ? loop.index() : change.after(); body && i < body.after(); ++i) {
    const Node call = body.ast().node(i);
    const Node function = call.is(Kind::call) ? call.child(Field::function) : Node();
    if (!function.is(Kind::attribute) || function.child(Field::object).text() != row) continue;
    const std::string_view method = function.child(Field::attribute).text();
    if (method == "save" || method == "asave") return call;
  }
  return {};
}

bool is_locked(std::string_view text) {
  return text.find(kLock) != std::string_view::npos || has_word(text, {"lock", "locked", "locks", "mutex"});
}

// True where some lock is held round the change, or its function says that it minds others.
bool minds_others(Node change, Context& context) {
  const Node function = context.enclosing_function(change);
  if (mentions(function, kLock) || is_locked(function.child(Field::name).text())) return true;
  for (Node at = change.parent(); at && at != function; at = at.parent()) {
    if (!at.is(Kind::with_statement)) continue;
    for (const Node manager : managers_of(at)) {
      if (is_locked(manager.text())) return true;
    }
  }
  const Node decorated = function.parent();
  for (const Node one : decorated.is(Kind::decorated_definition) ? decorated.children() : function.children()) {
    if (one.is(Kind::decorator) && is_locked(one.text())) return true;
  }
  return false;
}

enum class Row : std::uint8_t { none, own, read, given };

// True for a call that makes a row that nobody else has seen: `Order()`, `Order.objects.create()`.
bool makes_row(Node value, Context& context) {
  if (value.is(Kind::await)) value = without_parentheses(value.first_child());
  const Type* callee = value.is(Kind::call) ? context.callee(value) : nullptr;
  if (callee == nullptr || callee->tag != Type::Tag::object) return false;
  const std::string_view method = last_name(value.child(Field::function));
  if (method == "create" || method == "acreate" || method == "create_user") return true;
  return callee->function == nullptr && context.resolver().is_subclass(callee->name, "django.db.models.Model");
}

bool is_parameter(std::string_view name, Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr) return false;
  for (const semantics::Parameter& parameter : model->parameters) {
    if (parameter.name == name) return true;
  }
  return false;
}

Row row_of(Node name, Context& context) {
  const Node function = context.enclosing_function(name);
  if (!function.is(Kind::function_definition) || !is_model_instance(name, context)) return Row::none;
  if (!name.is(Kind::identifier)) return Row::given;  // `request.user`
  const semantics::Op op = context.unit().terms[context.unit().term_of(name)].op;
  if (op == semantics::Op::self) return Row::own;
  const Node value = only_value_of(name, context);
  if (value) return makes_row(value, context) ? Row::none : Row::read;
  return is_parameter(name.text(), function, context) ? Row::given : Row::read;
}

void check(Node node, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule lost_update;
const Rule lost_update{
    .code = "DJG110",
    .name = "lost-update",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::augmented_assignment, Kind::assignment},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

void check(Node node, Context& context) {
  const auto change = change_at(node);
  if (!change || is_text(change->operand) || is_migration_path(context.path())) return;
  const Node name = change->field.child(Field::object);
  const Row row = row_of(name, context);
  if (row == Row::none || !save_after(node, name.text(), context)) return;
  if (minds_others(node, context) || computes_in_database(node.child(Field::right), context)) return;
  context
      .report(lost_update, node,
              fmt::format("`{0}` is computed from a value that was read earlier: what others wrote in between is lost. "
                          "`F(\"{1}\")` has the database compute it, `select_for_update` keeps others out",
                          change->field.text(), change->field.child(Field::attribute).text()))
      .variant = static_cast<int>(row);
}

bool is_locked_by_helper(Node value, Context& context) {
  if (value.is(Kind::await)) value = without_parentheses(value.first_child());
  if (!value.is(Kind::call)) return false;
  if (is_locked(value.text())) return true;
  const auto run = run_at(value, context);
  return run && any_in_run(*run, context,
                           [](Node node, Context&, bool) { return node.is(Kind::identifier) && node.text() == kLock; });
}

// Of a row that the function did not read itself, its callers may hold a lock.
bool confirm(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  if (report.variant != static_cast<int>(Row::read)) return !is_mentioned(kLock, context);
  const Node value = only_value_of(node.child(Field::left).child(Field::object), context);
  return !value || !is_locked_by_helper(value, context);
}

// ---- fix

bool is_simple(Node value) {
  return value.is(Kind::identifier) || value.is(Kind::attribute) || value.is(Kind::call) || value.is(Kind::integer) ||
         value.is(Kind::float_) || value.is(Kind::subscript) || value.is(Kind::parenthesized_expression);
}

// True when the function reads the attribute behind the change: it would get the expression.
bool is_read_afterwards(Node change, Node field, Context& context) {
  const Node body = context.enclosing_function(change).child(Field::body);
  for (std::uint32_t i = change.after(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (node.is(Kind::attribute) && node.text() == field.text()) return true;
  }
  return false;
}

bool sets_more(Node change, Node field, Context& context) {
  bool more = false;
  for_each_own(context.enclosing_function(change).child(Field::body), [&](Node node) {
    if (node == change || (!node.is(Kind::assignment) && !node.is(Kind::augmented_assignment))) return;
    const Node left = node.child(Field::left);
    more = more || (left.is(Kind::attribute) && left.child(Field::object).text() == field.child(Field::object).text());
  });
  return more;
}

Fixes fix(const Report& report, Context& context) {
  const Node node = context.unit().unit->ast.node(report.node);
  const auto change = change_at(node);
  if (!change) return {};
  if (change->old && without_parentheses(node.child(Field::right)) != change->old.parent()) return {};
  if (is_read_afterwards(node, change->field, context)) return {{}, "the new value is read afterwards"};
  const fixes::FileView& file = context.file();
  const fixes::Import name = fixes::import_name(file, context.place(node), "django.db.models", "F");
  if (!name.problem.empty()) return {{}, name.problem};
  const std::string_view attribute = change->field.child(Field::attribute).text();
  const std::string expression = fmt::format("{}(\"{}\")", name.name, attribute);
  std::vector<text::TextEdit> edits;
  if (change->old) {
    edits.push_back(fixes::replace(file, context.place(change->old), expression));
  } else {
    const std::string_view operation = node.child(Field::operator_).text();
    const Node right = node.child(Field::right);
    const std::string operand = is_simple(right) ? std::string(right.text()) : fmt::format("({})", right.text());
    edits.push_back(fixes::replace(file, context.place(node),
                                   fmt::format("{} = {} {} {}", change->field.text(), expression,
                                               operation.substr(0, operation.size() - 1), operand)));
  }
  const Node save = save_after(node, change->field.child(Field::object).text(), context);
  if (save.child(Field::arguments).text() == "()" && !sets_more(node, change->field, context)) {
    edits.push_back(fixes::add_argument(file, context.place(save), fmt::format("update_fields=[\"{}\"]", attribute)));
  }
  if (name.edit) edits.push_back(*name.edit);
  return {{fixes::make_fix("Have the database compute it with `F`", fixes::Applicability::unsafe, std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
