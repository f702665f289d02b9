#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lazy.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/clients.hpp"
#include "analysis/rules/import_time.hpp"
#include "analysis/rules/local_names.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/serverless.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule client_per_invocation;
const Rule client_per_invocation{
    .code = "RT502",
    .name = "client-per-invocation",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) { return callee.of == Callee::Of::library && makes_shared_client(callee.name); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

// The outermost function round the node.
Node function_of(Node node, Context& context) {
  Node function = context.enclosing_function(node);
  while (const Node outer = context.enclosing_function(function)) function = outer;
  return function.is(Kind::function_definition) ? function : Node();
}

// Calls that give the same in each invocation.
bool is_constant_call(Node call, Context& context) {
  static constexpr std::array<std::string_view, 12> kNames = {"os.getenv",
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
                                                              "boto3.session.Session"};
  const std::string_view text = call.child(Field::function).text();
  const Type* callee = context.callee(call);
  if (callee != nullptr && callee->function != nullptr && !call.child(Field::arguments).first_child()) {
    return has_word(last_part(callee->name), {"url", "uri", "dsn", "settings", "config", "endpoint", "region", "host"});
  }
  const auto listed = [&](std::string_view name) {
    return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
  };
  return listed(text) || (callee != nullptr && listed(callee->name));
}

// What an expression takes from the invocation.
class Dependence {
 public:
  Dependence(Node function, Context& context) : names_(function), context_(context) {}

  bool depends(Node expression) {
    for (std::uint32_t i = expression.index(); expression && i < expression.after(); ++i) {
      const Node node = expression.ast().node(i);
      if (node.is(Kind::await) || node.is(Kind::yield) || node.is(Kind::lambda)) return true;
      if (node.is(Kind::call) && node != expression && !is_constant_call(node, context_)) return true;
      const std::uint32_t local = names_.find(node);
      if (local != LocalNames::kNone && depends_local(local)) return true;
    }
    return false;
  }

  bool mentions_local(Node expression) const {
    for (std::uint32_t i = expression.index(); expression && i < expression.after(); ++i) {
      if (names_.find(expression.ast().node(i)) != LocalNames::kNone) return true;
    }
    return false;
  }

  bool is_local(Node identifier) const { return names_.find(identifier) != LocalNames::kNone; }

 private:
  bool depends_local(std::uint32_t number) {
    const Local& local = names_.local(number);
    if (local.is_parameter || local.bindings.size() != 1) return true;
    if (!asked_.insert(number).second) return false;
    if (local.bindings.front().parent().is(Kind::dotted_name)) return false;  // an import
    const Node value = bound_value(local.bindings.front());
    if (!value || (value.is(Kind::call) && !is_constant_call(value, context_))) return true;
    return depends(value);
  }

  LocalNames names_;
  Context& context_;
  std::set<std::uint32_t> asked_;
};

// True when the client outlives the call: it is kept in a global, an attribute, a dictionary.
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

bool is_decorated_by_others(Node function, Context& context) {
  return function.parent().is(Kind::decorated_definition) && invoked_by(function, context) == Platform::none;
}

void check(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !makes_shared_client(callee->name)) return;
  const Node function = function_of(call, context);
  if (!function || function.child(Field::name).text() == "__init__" || is_decorated_by_others(function, context))
    return;
  Dependence dependence(function, context);
  if (is_kept(call, dependence) || has_double_splat(call) || dependence.depends(call)) return;
  context
      .report(client_per_invocation, call,
              fmt::format("`{}` is made anew in each invocation, which connects and authenticates again: make it once, "
                          "outside of the handler",
                          callee->name))
      .span = call.child(Field::function).span();
}

bool confirm(const Report& report, Context& context) {
  return runs_per_invocation(function_of(context.unit().unit->ast.node(report.node), context), context);
}

// A name for the function that makes the client: after the variable it goes to, else after the service.
std::string name_for(Node call, Context& context) {
  const Node assignment = call.parent();
  const Node target = assignment.is(Kind::assignment) ? assignment.child(Field::left) : Node();
  std::string name = target.is(Kind::identifier) ? std::string(target.text()) : "client";
  while (name.starts_with('_')) name.erase(0, 1);
  return fixes::free_name(context.file(), context.place(call), "_get_" + (name.empty() ? "client" : name));
}

Fixes fix(const Report& report, Context& context) {
  const fixes::FileView& file = context.file();
  const Node call = context.unit().unit->ast.node(report.node);
  const Node function = function_of(call, context);
  const Node root = context.unit().unit->ast.root();
  const Dependence names(function, context);
  if (!context.unit().container.empty()) return {{}, "it stands in a class"};
  if (names.mentions_local(call)) return {{}, "its arguments are known in the function only"};
  fixes::Import functools = fixes::import_module(file, context.place(call), "functools");
  if (!functools.problem.empty()) return {{}, functools.problem};
  std::vector<text::TextEdit> edits;
  if (functools.edit) edits.push_back(std::move(*functools.edit));
  const std::string end(file.text.dominant_line_ending());
  const std::string name = name_for(call, context);
  const std::string_view cache = has_functools_cache(context) ? ".cache" : ".lru_cache(maxsize=None)";
  const std::string head = fixes::cached_function(file, functools.name + std::string(cache), name, "");
  const std::string definition = head + std::string(call.text()) + end + end + end;
  edits.push_back(fixes::insert_before(file, context.place(root), definition));
  edits.push_back(fixes::replace(file, context.place(call), name + "()"));
  return {{fixes::make_fix("Make it once, when it is first used", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules
