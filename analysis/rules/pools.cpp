#include "analysis/rules/pools.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {

using knowledge::Where;

namespace {

constexpr std::string_view kExecutor = "concurrent.futures.Executor";

Workers pool_of_class(std::string_view name, Context& context) {
  const auto is = [&](std::string_view base) { return context.resolver().is_subclass(name, base); };
  if (is("concurrent.futures.ProcessPoolExecutor")) return Workers::processes;
  if (is("concurrent.futures.ThreadPoolExecutor") || is("multiprocessing.pool.ThreadPool")) return Workers::threads;
  if (is("multiprocessing.Pool")) return Workers::processes;
  return is(kExecutor) ? Workers::unknown : Workers::none;
}

}  // namespace

Workers pool_of(Node expression, Context& context) {
  const Type* type = semantics::only(context.type_of(expression));
  const bool instance = type != nullptr && type->tag == Type::Tag::instance;
  return instance ? pool_of_class(type->name, context) : Workers::none;
}

Workers pool_made_by(Node call, Context& context) {
  const Type* callee = call.is(Kind::call) ? context.callee(call) : nullptr;
  if (callee == nullptr || callee->tag != Type::Tag::object || callee->function != nullptr) return Workers::none;
  if (callee->name == kExecutor) return Workers::none;
  const bool of_context = callee->name.starts_with("multiprocessing.context.");
  return of_context ? pool_of(call, context) : pool_of_class(callee->name, context);
}

bool may_make_pool(const Callee& callee) {
  if (callee.of != Callee::Of::library) return callee.is_of_project();
  if (callee.is_in("multiprocessing.")) return true;
  if (knowledge::find_class(callee.name) == nullptr) return false;
  const auto is = [&](std::string_view base) { return knowledge::is_subclass(callee.name, base); };
  return is(kExecutor) || is("multiprocessing.Pool") || is("multiprocessing.pool.ThreadPool");
}

namespace {

// The value that the name was given last, in its own block or one around it; null when that is no plain assignment.
Node value_before(Node name) {
  for (Node child = name, outer = name.parent(); outer; child = outer, outer = outer.parent()) {
    if (is_definition(outer)) return {};
    if (!outer.is(Kind::block)) continue;
    Node value;
    for (const Node statement : outer.children()) {
      if (statement == child) break;
      const Node assignment = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
      const bool same = assignment.is(Kind::assignment) && assignment.child(Field::left).text() == name.text();
      if (same) value = assignment.child(Field::right);
    }
    if (value) return without_parentheses(value);
  }
  return {};
}

}  // namespace

bool starts_process(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute) || function.child(Field::attribute).text() != "start") return false;
  const Node process = function.child(Field::object);
  if (context.is_instance(process, "multiprocessing.Process")) return true;
  if (!process.is(Kind::identifier) || !context.type_of(process).empty()) return false;
  const Node value = value_before(process);
  return value && context.is_instance(value, "multiprocessing.Process");
}

namespace {

bool is_setting_up(const knowledge::Bridge& bridge) {
  return bridge.name.ends_with(".add_done_callback") || bridge.name.ends_with("PoolExecutor") ||
         bridge.name.ends_with(".Pool") || bridge.name.ends_with(".ThreadPool");
}

bool is_of_pool(std::string_view name) {
  return name.starts_with("concurrent.futures.") || name.starts_with("multiprocessing.");
}

Workers workers_of(Node call, const knowledge::Bridge& bridge, Context& context) {
  if (bridge.name.ends_with(".run_in_executor")) {
    const Node executor = argument(call, "executor", 0);
    if (!executor) return Workers::unknown;
    if (executor.is(Kind::none)) return Workers::threads;
    const Workers pool = pool_of(executor, context);
    return pool == Workers::none ? Workers::unknown : pool;
  }
  if (is_of_pool(bridge.name)) {  // a method, which a base may have in common with pools of the other kind
    const Workers pool = pool_of(call.child(Field::function).child(Field::object), context);
    if (pool != Workers::none) return pool;
  }
  return bridge.to == Where::process ? Workers::processes : Workers::threads;
}

bool runs_for_each_item(std::string_view name) {
  const std::string_view method = name.substr(name.rfind('.') + 1);
  return is_of_pool(name) && (method.starts_with("map") || method.starts_with("starmap") || method.starts_with("imap"));
}

}  // namespace

std::optional<HandedWork> handed_work(Node call, Context& context) {
  const Type* callee = call.is(Kind::call) ? context.callee(call) : nullptr;
  if (callee != nullptr && callee->function != nullptr) return std::nullopt;
  const knowledge::Bridge* bridge = call.is(Kind::call) ? bridge_of(call, context) : nullptr;
  if (bridge == nullptr || (bridge->to != Where::worker_thread && bridge->to != Where::process)) return std::nullopt;
  if (is_setting_up(*bridge)) return std::nullopt;
  HandedWork work;
  work.bridge = bridge;
  work.name = std::string(!bridge->name.empty() ? bridge->name : callee != nullptr ? callee->name : "");
  work.workers = workers_of(call, *bridge, context);
  work.many = runs_for_each_item(work.name);
  work.function = without_parentheses(argument(call, bridge->callable));
  return work;
}

const Type* handed_function(const HandedWork& work, Context& context) {
  Node function = without_partial(work.function, context);
  if (function.is(Kind::lambda)) {
    const Node called = without_parentheses(function.child(Field::body));
    function = called.is(Kind::call) ? called.child(Field::function) : Node();
  } else if (function.is(Kind::call)) {
    return nullptr;
  }
  const Type* type = function ? semantics::only(context.type_of(function)) : nullptr;
  return type != nullptr && type->function != nullptr ? type : nullptr;
}

semantics::FunctionRef handed_elsewhere(Node call, Context& context) {
  const auto work = handed_work(call, context);
  if (!work || work->workers == Workers::processes || !work->function || work->function.is(Kind::lambda)) return {};
  const Type* type = handed_function(*work, context);
  if (type == nullptr || type->function->is_async) return {};
  const bool elsewhere = &context.resolver().module_of(*type->unit) != &context.module();
  return elsewhere ? semantics::FunctionRef{type->unit, type->function} : semantics::FunctionRef{};
}

bool is_nested_or_lambda(const Type& type) {
  if (type.tag == Type::Tag::lambda) return true;
  return type.function != nullptr && type.function->container.empty() &&
         type.function->path.find("<locals>") != std::string::npos;
}

namespace {

bool is_none(Node value) { return value.is(Kind::none); }

Node assigned_at(Node site) {
  while (site && !site.is(Kind::assignment) && !syntax::is_statement(site.kind())) site = site.parent();
  Node value = site.is(Kind::assignment) ? site.child(Field::right) : Node();
  while (value.is(Kind::assignment)) value = value.child(Field::right);  // a = b = value
  return without_parentheses(value);
}

std::optional<PlacedCall> only_call(const std::vector<semantics::TermRef>& values, Context& context) {
  std::optional<PlacedCall> found;
  for (const semantics::TermRef& ref : values) {
    if (ref.node == semantics::kNoNode || ref.unit == nullptr) return std::nullopt;
    const Node value = assigned_at(ref.unit->unit->ast.node(ref.node));
    if (value && is_none(value)) continue;
    const auto unit = unit_of(ref.unit, context);
    if (!value.is(Kind::call) || found || !unit) return std::nullopt;
    found = PlacedCall{*unit, value};
  }
  return found;
}

const std::vector<semantics::TermRef>* values_of_attribute(Node attribute, Context& context) {
  const Type* owner = semantics::only(context.type_of(attribute.child(Field::object)));
  const std::string& module = context.module().name();
  if (owner == nullptr || !owner->name.starts_with(module) || owner->name.size() <= module.size()) return nullptr;
  const semantics::ClassEntry* entry = context.module().find_class(owner->name.substr(module.size() + 1));
  if (entry == nullptr) return nullptr;
  const auto values = entry->attributes.find(attribute.child(Field::attribute).text());
  return values != entry->attributes.end() ? &values->second : nullptr;
}

}  // namespace

std::optional<PlacedCall> maker_of(Node expression, Context& context) {
  expression = without_parentheses(expression);
  if (expression.is(Kind::call)) return PlacedCall{context.unit_number(), expression};
  if (expression.is(Kind::attribute)) {
    const auto* values = values_of_attribute(expression, context);
    return values != nullptr ? only_call(*values, context) : std::nullopt;
  }
  if (!expression.is(Kind::identifier)) return std::nullopt;
  if (const Node value = only_value_of(expression, context)) {
    return value.is(Kind::call) ? std::optional(PlacedCall{context.unit_number(), value}) : std::nullopt;
  }
  const auto* values = context.module().find(expression.text());
  return values != nullptr ? only_call(*values, context) : std::nullopt;
}

}  // namespace surefoot::rules
