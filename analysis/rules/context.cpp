#include <algorithm>
#include <array>

#include "analysis/rules/rule.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {

Context::OfCall& Context::read_call(Node call) {
  const Node function = call.child(Field::function);
  OfCall& kept = calls_.emplace_back();
  if (function) kept.callee = semantics::only(type_of(function));
  if (!call) return kept;
  if (ast_of_calls_ != &call.ast()) {
    ast_of_calls_ = &call.ast();
    call_at_.assign(call.ast().size(), nullptr);
  }
  return *(call_at_[call.index()] = &kept);
}

const semantics::Frame& Context::names_of(Node function) {
  const auto [known, is_new] = names_.try_emplace({&function.ast(), function.index()});
  if (is_new) semantics::collect_names(function.child(Field::body), known->second);
  return known->second;
}

bool Context::calls(Node call, std::string_view qualified_name) {
  const Type* type = callee(call);
  return type != nullptr && type->is_object(qualified_name);
}

bool Context::is_instance(Node expression, std::string_view class_name) {
  const Type* type = semantics::only(type_of(expression));
  return type != nullptr && type->tag == Type::Tag::instance && resolver_.is_subclass(type->name, class_name);
}

Node Context::enclosing_function(Node node) const {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    const bool function = outer.is(Kind::function_definition) || outer.is(Kind::lambda);
    if (function && child.field() == Field::body) return outer;
  }
  return {};
}

Scope Context::scope_of(Node node) const {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (child.field() != Field::body) continue;
    if (outer.is(Kind::function_definition)) return outer.is_async() ? Scope::coroutine : Scope::function;
    if (outer.is(Kind::lambda)) return Scope::lambda;
    if (outer.is(Kind::class_definition)) return Scope::class_body;
  }
  return unit().container.empty() ? Scope::module : Scope::class_body;
}

std::string_view Context::enclosing_class(Node node) const {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (child.field() != Field::body) continue;
    if (outer.is(Kind::function_definition) || outer.is(Kind::lambda)) return {};
    if (!outer.is(Kind::class_definition)) continue;
    for (const semantics::Class& one : unit().classes) {
      if (one.node == outer.index()) return one.path;
    }
  }
  return unit().container;
}

Report& Context::report(const Rule& rule, Node anchor, std::string message) {
  const Scope scope = rule.rises ? scope_of(anchor) : Scope::coroutine;
  const bool is_effect = scope == Scope::function || scope == Scope::lambda;
  Report& report = is_effect ? effects_.emplace_back() : reports_.emplace_back();
  ++said_;
  report.rule = &rule;
  report.node = anchor.index();
  report.span = anchor.span();
  report.message = std::move(message);
  report.severity = rule.severity;
  return report;
}

void Context::note(const Rule& rule, Node anchor, std::string subject, std::string effect) {
  Report& note = effects_.emplace_back();
  ++said_;
  note.rule = &rule;
  note.node = anchor.index();
  note.span = anchor.span();
  note.variant = kNoted;
  note.subject = std::move(subject);
  note.effect = std::move(effect);
}

Question& Context::ask(const Rule& rule, Node anchor, const semantics::FunctionRef& function, std::string message) {
  Question& question = questions_.emplace_back();
  ++said_;
  question.report = {&rule, anchor.index(), anchor.span(), std::move(message), rule.severity, kAnswered, {}, {}};
  question.function = function;
  return question;
}

Question& Context::ask(const Rule& rule, Node anchor, const semantics::ModuleIndex& file, std::string message) {
  Question& question = ask(rule, anchor, semantics::FunctionRef{}, std::move(message));
  question.file = &file;
  return question;
}

Node argument(Node call, std::string_view keyword, int position) {
  int at = 0;
  bool splat = false;
  for (const Node child : call.child(Field::arguments).children()) {
    if (child.is(Kind::keyword_argument)) {
      if (child.child(Field::name).text() == keyword) return child.child(Field::value);
    } else if (child.is(Kind::list_splat) || child.is(Kind::dictionary_splat)) {
      splat = true;
    } else if (at++ == position && !splat) {
      return child;
    }
  }
  return {};
}

Node argument(Node call, const knowledge::Argument& which) { return argument(call, which.parameter, which.position); }

bool has_splat(Node call) {
  const Node arguments = call.child(Field::arguments);
  return arguments.child(Kind::list_splat) || arguments.child(Kind::dictionary_splat);
}

bool has_double_splat(Node call) {
  return static_cast<bool>(call.child(Field::arguments).child(Kind::dictionary_splat));
}

std::uint32_t positional_count(Node call) {
  std::uint32_t count = 0;
  for (const Node child : call.child(Field::arguments).children()) {
    if (!child.is(Kind::keyword_argument) && !child.is(Kind::dictionary_splat)) ++count;
  }
  return count;
}

namespace {

// `executor.shutdown(wait=wait)` in a function that is given `wait`: its callers say what it does.
bool is_own_parameter(Node value) {
  if (!value.is(Kind::identifier)) return false;
  Node function = value.parent();
  while (function && !function.is(Kind::function_definition) && !function.is(Kind::lambda))
    function = function.parent();
  for (const Node parameter : function.child(Field::parameters).children()) {
    const Node name = parameter.is(Kind::identifier) ? parameter : parameter.first_child();
    if (name && name.text() == value.text()) return true;
  }
  return false;
}

}  // namespace

knowledge::Effect effects_of(Node call, const knowledge::Callable& facts) {
  for (const knowledge::Condition& condition : facts.unless) {
    const Node value = argument(call, condition.argument);
    const bool unseen = condition.value.empty() && !value && has_splat(call);
    if (unseen) continue;
    const bool holds =
        condition.value.empty() ? !value : value && (condition.value == "*" || value.text() == condition.value);
    const bool is_flag = condition.value == "False" || condition.value == "True";
    if (holds || (is_flag && is_own_parameter(value))) return knowledge::Effect::none;
  }
  return facts.effects;
}

namespace {

bool has_part(std::string_view path, std::string_view part) {
  for (std::size_t at = path.find(part); at != std::string_view::npos; at = path.find(part, at + 1)) {
    const bool starts = at == 0 || path[at - 1] == '/';
    const std::size_t end = at + part.size();
    if (starts && (end == path.size() || path[end] == '/')) return true;
  }
  return false;
}

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

bool is_test_path(std::string_view path) {
  const std::string_view name = file_name(path);
  return has_part(path, "tests") || has_part(path, "test") || name.starts_with("test_") || name.ends_with("_test.py") ||
         name == "tests.py" || name == "conftest.py";
}

bool is_migration_path(std::string_view path) {
  return has_part(path, "migrations") || has_part(path, "versions") || has_part(path, "alembic");
}

bool is_development_path(std::string_view path) {
  return has_word(path, {"dev", "devel", "develop", "development", "local", "test", "tests", "testing", "example",
                         "examples", "sample", "samples", "demo", "debug"});
}

Node without_parentheses(Node expression) {
  while (expression.is(Kind::parenthesized_expression)) expression = expression.first_child();
  return expression;
}

}  // namespace surefoot::rules
