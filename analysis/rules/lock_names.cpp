#include "analysis/rules/lock_names.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/module_state.hpp"
#include "analysis/rules/pools.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {

using semantics::Op;
using semantics::Term;

namespace {

constexpr int kMaxDepth = 8;

// ---- of which class

constexpr std::array<std::string_view, 8> kLockTypes = {
    "threading.Lock",        "threading.RLock",           "threading.Condition", "multiprocessing.Lock",
    "multiprocessing.RLock", "multiprocessing.Condition", "asyncio.Lock",        "asyncio.Condition"};

std::string_view lock_type(Node expression, Context& context) {
  const Type* type = semantics::only(context.type_of(expression));
  if (type == nullptr || type->tag != Type::Tag::instance) return {};
  for (const std::string_view name : kLockTypes) {
    if (context.resolver().is_subclass(type->name, name)) return name;
  }
  return {};
}

bool is_condition(std::string_view type) { return type.ends_with(".Condition"); }

// ---- which lock it is

// The class of the project that gives the attribute to objects of the class: the first of its bases that binds it, or
// the class itself. By its qualified name; empty when none does.
std::string owner_of(std::string_view name, std::string_view attribute, Context& context, int depth = 0) {
  const semantics::ClassEntry* entry = context.resolver().class_entry(name);
  if (entry == nullptr || depth > kMaxDepth) return {};
  for (const semantics::TermId base : entry->definition->bases) {
    const Type* type = semantics::only(context.resolver().type_of(*entry->unit, base));
    if (type == nullptr) continue;
    std::string owner = owner_of(type->name, attribute, context, depth + 1);
    if (!owner.empty()) return owner;
  }
  return entry->attributes.contains(attribute) ? std::string(name) : std::string();
}

bool makes_lock(const semantics::TermRef& value, Context& context) {
  const Term& term = value.unit->terms[value.term];
  if (term.op != Op::call) return false;
  const Type* called = semantics::only(context.resolver().type_of(*value.unit, term.a));
  return called != nullptr && std::find(kLockTypes.begin(), kLockTypes.end(), called->name) != kLockTypes.end();
}

// True for an attribute that the class has for all of its objects: `lock = Lock()` in its body.
bool is_of_class(std::string_view name, std::string_view attribute, Context& context) {
  const semantics::ClassEntry* entry = context.resolver().class_entry(name);
  if (entry == nullptr) return false;
  const auto values = entry->attributes.find(attribute);
  if (values == entry->attributes.end()) return false;
  return std::all_of(values->second.begin(), values->second.end(), [&](const semantics::TermRef& value) {
    const Node site = value.node == semantics::kNoNode ? Node() : value.unit->unit->ast.node(value.node);
    const bool by_object = site.is(Kind::attribute) && site.child(Field::object).text() == "self";
    return !by_object && makes_lock(value, context);
  });
}

std::optional<LockName> name_of(Node expression, Context& context, int depth);

LockName named(std::string key, bool of_object = false) {
  LockName name;
  name.order = key;
  name.key = std::move(key);
  name.of_object = of_object;
  return name;
}

bool is_bound_again(Node name, Node owner) {
  int bindings = mentions(owner.child(Field::parameters), name.text()) ? 1 : 0;
  const Node body = owner.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != name.text() || node.field() == Field::attribute) continue;
    if (is_binding_place(node) && !node.parent().is(Kind::keyword_argument)) ++bindings;
  }
  return bindings > 1;
}

LockName local_name(Node name, Node owner, std::string_view text, Context& context) {
  LockName local = named(std::to_string(context.unit_number()) + ":" + std::to_string(owner.index()) + ":");
  local.key += text.empty() ? name.text() : text;
  local.order = local.key;
  local.local_to = owner;
  return local;
}

// "app.locks.guard" as the module itself names it, whatever the path that led there.
std::string name_of_import(const std::string& path, Context& context) {
  const std::size_t cut = path.rfind('.');
  if (cut == std::string::npos || cut == 0) return path;
  const TypeSet from = context.resolver().import(context.module(), std::string_view(path).substr(0, cut));
  const Type* module = semantics::only(from);
  const bool known = module != nullptr && module->module != nullptr;
  return known ? module->module->name() + path.substr(cut) : path;
}

std::optional<LockName> name_of_identifier(Node name, Context& context, int depth) {
  const Node owner = owner_of_name(name, context);
  if (owner) {
    if (is_bound_again(name, owner)) return std::nullopt;
    const Node value = owner == context.enclosing_function(name) ? only_value_of(name, context) : Node();
    if (value.is(Kind::attribute) || value.is(Kind::identifier)) return name_of(value, context, depth + 1);
    if (value && !value.is(Kind::call)) return std::nullopt;
    return local_name(name, owner, {}, context);
  }
  const auto* values = context.module().find(name.text());
  if (values == nullptr) return std::nullopt;
  const semantics::TermRef& first = values->front();
  if (first.kind == semantics::BindingKind::import) {
    return named(name_of_import(context.module().absolute(first.unit->terms[first.term].name), context));
  }
  return named(context.module().name() + "." + std::string(name.text()));
}

// `self.pool.lock`, `account.lock`: by the text, where the first name keeps its value.
std::optional<LockName> name_of_path(Node attribute, Context& context) {
  Node root = attribute;
  while (root.is(Kind::attribute)) root = without_parentheses(root.child(Field::object));
  if (!root.is(Kind::identifier)) return std::nullopt;
  const Term& term = plain_term(root, context);
  if (term.op == Op::self) {
    return named(context.module().name() + "." + std::string(term.name) + ":" + std::string(attribute.text()), true);
  }
  const Node owner = owner_of_name(root, context);
  if (!owner) return named(context.module().name() + "." + std::string(attribute.text()));
  if (is_bound_again(root, owner)) return std::nullopt;
  return local_name(root, owner, attribute.text(), context);
}

std::string dotted(std::string_view name) { return "." + std::string(name); }

std::optional<LockName> name_of_attribute(Node attribute, Context& context) {
  const Node object = without_parentheses(attribute.child(Field::object));
  const std::string_view name = attribute.child(Field::attribute).text();
  const std::string& module = context.module().name();
  const Term& term = plain_term(object, context);
  const Type* type = semantics::only(context.type_of(object));
  if (type != nullptr && type->module != nullptr) return named(type->module->name() + dotted(name));
  const bool of_class = type != nullptr && type->tag == Type::Tag::object && type->function == nullptr &&
                        context.resolver().class_entry(type->name) != nullptr;
  if (term.op != Op::self && !of_class) {
    auto by_path = name_of_path(attribute, context);
    const bool known = type != nullptr && type->tag == Type::Tag::instance && !type->assumed;
    if (by_path && known && !owner_of(type->name, name, context).empty())
      by_path->order = std::string(type->name) + dotted(name);
    return by_path;
  }
  const std::string path = of_class ? std::string(type->name) : module + "." + std::string(term.name);
  std::string owner = owner_of(path, name, context);
  if (owner.empty()) owner = path;
  const bool shared = of_class || is_of_class(owner, name, context);
  LockName own = named(owner + dotted(name), !shared);
  if (!shared) own.order = path + dotted(name);
  return own;
}

// ---- conditions

// A condition is the lock that it is made with. Without one, that of threads makes an RLock and that of asyncio a Lock.
std::optional<LockName> name_of_condition(LockName own, Node expression, Context& context, int depth) {
  const auto made = maker_of(expression, context);
  if (!made) {
    own.reentrant = !own.of_asyncio;
    return own;
  }
  Context inside(context, made->unit);
  const Node lock = without_parentheses(argument(made->call, "lock", 0));
  const bool none = !lock || lock.is(Kind::none);
  if (none) {
    own.reentrant = !own.of_asyncio;
    return own;
  }
  if (!lock.is(Kind::call)) return name_of(lock, inside, depth + 1);
  own.reentrant = !lock_type(lock, inside).ends_with(".Lock");
  return own;
}

std::optional<LockName> name_of(Node expression, Context& context, int depth) {
  expression = without_parentheses(expression);
  const std::string_view type = expression && depth <= kMaxDepth ? lock_type(expression, context) : std::string_view();
  if (type.empty()) return std::nullopt;
  std::optional<LockName> name;
  if (expression.is(Kind::identifier)) name = name_of_identifier(expression, context, depth);
  if (expression.is(Kind::attribute)) name = name_of_attribute(expression, context);
  if (!name || !name->type.empty()) return name;
  name->type = type;
  name->of_asyncio = type.starts_with("asyncio.");
  name->reentrant = type.ends_with(".RLock");
  return is_condition(type) ? name_of_condition(*name, expression, context, depth) : name;
}

// ---- where it is taken

// `acquire()`, `acquire(True)`; anything else comes back without the lock sooner or later.
bool waits_for_ever(Node call) {
  for (const Node one : call.child(Field::arguments).children()) {
    const Node value = one.is(Kind::keyword_argument) ? one.child(Field::value) : one;
    if (!value.is(Kind::true_)) return false;
  }
  return true;
}

bool is_method_call(Node node, std::string_view name) {
  const Node function = node.is(Kind::call) ? node.child(Field::function) : Node();
  return function.is(Kind::attribute) && function.child(Field::attribute).text() == name;
}

bool is_release_of(Node node, std::string_view lock) {
  return is_method_call(node, "release") && node.child(Field::function).child(Field::object).text() == lock;
}

Node with_of(Node item) {
  Node statement = item.parent();
  while (statement && !statement.is(Kind::with_statement)) statement = statement.parent();
  return statement;
}

}  // namespace

std::optional<LockName> lock_name(Node expression, Context& context) { return name_of(expression, context, 0); }

std::optional<Taking> taking_at(Node node, Context& context) {
  Node lock;
  if (node.is(Kind::with_item)) lock = manager_of(node);
  const bool call = is_method_call(node, "acquire");
  if (call) lock = without_parentheses(node.child(Field::function).child(Field::object));
  if (!lock) return std::nullopt;
  auto name = lock_name(lock, context);
  if (!name) return std::nullopt;
  if (!call && name->of_asyncio != with_of(node).is_async()) return std::nullopt;
  if (call && name->of_asyncio != node.parent().is(Kind::await)) return std::nullopt;
  return Taking{node, lock, std::move(*name), call && !waits_for_ever(node)};
}

// ---- how long it is held

namespace {

bool matters(Node node) {
  return node.is(Kind::call) || node.is(Kind::attribute) || node.is(Kind::subscript) ||
         node.is(Kind::comparison_operator) || node.is(Kind::with_item);
}

// True when the last call before the node that takes or gives back the lock gives it back.
bool is_given_back(Node from, Node node, std::string_view lock) {
  bool released = false;
  for (std::uint32_t i = from.index(); i < node.index(); ++i) {
    const Node one = from.ast().node(i);
    if (!one.is(Kind::call)) continue;
    if (is_release_of(one, lock)) released = true;
    if (is_method_call(one, "acquire") && one.child(Field::function).child(Field::object).text() == lock)
      released = false;
  }
  return released;
}

void visit_with(const Taking& taking, Context& context, const std::function<void(Node)>& visit) {
  const Node statement = with_of(taking.site);
  for (const Node item : statement.child(Kind::with_clause).children()) {
    if (item.index() <= taking.site.index()) continue;
    for_each_own(item, [&](Node node) {
      if (matters(node)) visit(node);
    });
  }
  const Node body = statement.child(Field::body);
  const bool may_release = context.unit().names.may_have("release");
  for_each_own(body, [&](Node node) {
    if (!matters(node) || (may_release && is_given_back(body, node, taking.lock.text()))) return;
    visit(node);
  });
}

// The statement of which the call is a part, up to where its blocks begin.
Node statement_around(Node call) {
  Node statement = call;
  while (statement && !syntax::is_statement(statement.kind())) statement = statement.parent();
  return statement;
}

// True when the lock is surely held at the node, had the call been the last thing to touch it.
bool is_held_behind(const Taking& taking, Node statement, Node node) {
  if (!statement.is(Kind::if_statement)) {
    return statement.is(Kind::expression_statement) && !taking.may_give_up && statement.parent().covers(node) &&
           node.index() > statement.index();
  }
  const bool negated = without_parentheses(statement.child(Field::condition)).is(Kind::not_operator);
  const Node consequence = statement.child(Field::consequence);
  if (statement.covers(node)) return !negated && consequence.covers(node);
  return negated && jumps_away(consequence) && statement.parent().covers(node) && node.index() > statement.index();
}

void visit_behind(const Taking& taking, Context& context, const std::function<void(Node)>& visit) {
  const Node function = context.enclosing_function(taking.site);
  const Node statement = statement_around(taking.site);
  if (!function.is(Kind::function_definition) || !statement) return;
  const semantics::FlowGraph& graph = context.flow(function);
  semantics::Walk how;
  how.stop = [lock = taking.lock.text()](const semantics::Point& point) {
    bool releases = false;
    if (point.kind == semantics::PointKind::statement || point.kind == semantics::PointKind::test) {
      for_each_own(point.node, [&](Node node) { releases = releases || is_release_of(node, lock); });
    }
    return releases;
  };
  const auto reached = graph.walk(graph.points_of(taking.site), how);
  for_each_own(function.child(Field::body), [&](Node node) {
    if (!matters(node) || taking.site.covers(node) || node.covers(taking.site)) return;
    if (!is_held_behind(taking, statement, node)) return;
    const auto points = graph.points_of(node);
    if (std::any_of(points.begin(), points.end(), [&](semantics::PointId point) { return reached[point]; })) {
      visit(node);
    }
  });
}

}  // namespace

void for_each_while_held(const Taking& taking, Context& context, const std::function<void(Node)>& visit) {
  if (taking.site.is(Kind::with_item)) return visit_with(taking, context, visit);
  visit_behind(taking, context, visit);
}

bool is_released_before(Node node, const LockName& lock, Context& context) {
  if (!context.unit().names.may_have("release")) return false;
  const Node body = context.enclosing_function(node).child(Field::body);
  bool released = false;
  for (std::uint32_t i = body ? body.index() : node.index(); i < node.index(); ++i) {
    const Node one = node.ast().node(i);
    if (!is_method_call(one, "release")) continue;
    const auto name = lock_name(one.child(Field::function).child(Field::object), context);
    released = released || (name && name->key == lock.key);
  }
  return released;
}

}  // namespace surefoot::rules
