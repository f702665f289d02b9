#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "analysis/rules/flask_views.hpp"
#include "analysis/rules/units.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

void check(Node decorator, Context& context);
bool confirm(const Report& report, Context& context);

}  // namespace

extern const Rule duplicate_endpoint;
const Rule duplicate_endpoint{
    .code = "FLK118",
    .name = "duplicate-endpoint",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::decorator},
    .check = check,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kEndpoint = 0;
constexpr int kRule = 1;

// What a view is registered under; nothing where it is computed.
std::optional<std::string> endpoint_of(const FlaskRoute& route, Node function) {
  if (has_double_splat(route.call)) return std::nullopt;
  const Node given = argument(route.call, "endpoint");
  return given ? semantics::literal_string(given) : std::string(function.child(Field::name).text());
}

using Methods = std::vector<std::string>;

std::optional<Methods> methods_of(const FlaskRoute& route) {
  const auto upper = [](std::string text) {
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
  };
  if (route.method != "route") return Methods{upper(std::string(route.method))};
  const Node given = without_parentheses(argument(route.call, "methods"));
  if (!given) return Methods{"GET"};
  if (!given.is(Kind::list) && !given.is(Kind::tuple) && !given.is(Kind::set)) return std::nullopt;
  Methods methods;
  for (const Node one : given.children()) {
    const auto method = semantics::literal_string(one);
    if (!method) return std::nullopt;
    methods.push_back(upper(*method));
  }
  return methods;
}

// The rule without the names of its variables: "/items/<int:>". Nothing when more than the rule decides what matches.
std::optional<std::string> rule_of(const FlaskRoute& route) {
  for (const Node child : route.call.child(Field::arguments).children()) {
    const std::string_view name = child.is(Kind::keyword_argument) ? child.child(Field::name).text() : "rule";
    if (name != "rule" && name != "methods" && name != "endpoint") return std::nullopt;
  }
  const Node given = argument(route.call, "rule", 0);
  const auto written = given ? semantics::literal_string(given) : std::nullopt;
  if (!written) return std::nullopt;
  std::string rule;
  for (std::size_t i = 0; i < written->size(); ++i) {
    rule += (*written)[i];
    if ((*written)[i] != '<') continue;
    const std::size_t end = written->find('>', i);
    const std::size_t colon = written->find(':', i);
    if (end == std::string::npos) return std::nullopt;
    const bool converted = colon != std::string::npos && colon < end;
    if (converted && written->substr(i + 1, colon - i - 1) != "string") rule += written->substr(i + 1, colon - i);
    i = end - 1;
  }
  return rule;
}

bool same_rule(const FlaskRoute& one, const FlaskRoute& other) {
  const auto methods = methods_of(one), others = methods_of(other);
  const auto rule = rule_of(one);
  if (!rule || !methods || !others || rule != rule_of(other)) return false;
  return std::any_of(methods->begin(), methods->end(), [&](const std::string& one) { return contains(*others, one); });
}

// True when the name may hold several applications or blueprints, one after the other.
bool is_bound_again(Node owner, Context& context) {
  Node root = owner;
  while (root.is(Kind::attribute)) root = root.child(Field::object);
  if (!root.is(Kind::identifier)) return true;
  for (Node function = context.enclosing_function(owner); function; function = context.enclosing_function(function)) {
    if (!function.is(Kind::function_definition)) return true;
    const semantics::Frame& names = context.names_of(function);
    const auto slot = names.slots.find(root.text());
    if (!slot) continue;
    return std::count_if(names.sites.begin(), names.sites.end(), [&](const auto& site) { return site.slot == *slot; }) >
           1;
  }
  const auto* values = context.module().find(root.text());
  return values != nullptr && values->size() > 1;
}

void check(Node decorator, Context& context) {
  const Node function = decorated_function(decorator);
  const auto route = function ? flask_route(decorator, context) : std::nullopt;
  if (!route || is_bound_again(route->owner, context)) return;
  if (endpoint_of(*route, function)) {
    context
        .report(duplicate_endpoint, route->call,
                fmt::format("`{}` has another view under the same name, and refuses this one", route->owner.text()))
        .variant = kEndpoint;
  }
  if (!rule_of(*route) || !methods_of(*route)) return;
  context
      .report(duplicate_endpoint, route->call,
              fmt::format("`{}` has another view for this rule and method, which is called in place of this one",
                          route->owner.text()))
      .variant = kRule;
}

struct View {
  std::size_t unit;
  Node function;
  FlaskRoute route;
};

bool stands_in_same_block(const View& one, const View& other) {
  const Node block = one.function.parent().parent(), others = other.function.parent().parent();
  return block ? block == others : !others;
}

// ---- names that decorators take away

Node function_behind(Node decorator, Context& context, bool& called) {
  Node expression = without_parentheses(decorator.first_child());
  called = expression.is(Kind::call);
  if (called) expression = expression.child(Field::function);
  const Type* type = semantics::only(context.type_of(expression));
  const bool known = type != nullptr && type->tag == Type::Tag::object && type->function != nullptr;
  return known ? type->unit->unit->ast.node(type->function->node) : Node();
}

// The function inside of this one that is all it returns, by its name; null for another value.
Node returned_function(Node function) {
  Node made;
  std::string_view returned;
  for_each_own(function.child(Field::body), [&](Node node) {
    if (node.is(Kind::return_statement)) returned = node.first_child().text();
  });
  for_each_own(function.child(Field::body), [&](Node node) {
    if (node.is(Kind::function_definition) && node.child(Field::name).text() == returned) made = node;
  });
  return made;
}

// `def wrapper(*args): …` without `functools.wraps`: the name that the view has by then; empty when it keeps its own.
std::string_view name_given_by(Node decorator, Context& context) {
  bool called = false;
  Node maker = function_behind(decorator, context, called);
  if (maker && called) maker = returned_function(maker);
  const Node wrapper = maker ? returned_function(maker) : Node();
  if (!wrapper || wrapper.parent().is(Kind::decorated_definition)) return {};
  if (mentions(maker, "wraps") || mentions(maker, "update_wrapper") || mentions(maker, "__name__")) return {};
  return wrapper.child(Field::name).text();
}

// The endpoint where the decorators between the route and the function are taken into account.
std::optional<std::string> endpoint_of(const View& view, Context& context) {
  auto endpoint = endpoint_of(view.route, view.function);
  if (!endpoint || argument(view.route.call, "endpoint")) return endpoint;
  for (Node at = view.route.call.parent().next_sibling(); at.is(Kind::decorator); at = at.next_sibling()) {
    const std::string_view name = name_given_by(at, context);
    if (!name.empty()) return std::string(name);
  }
  return endpoint;
}

bool is_same(const View& earlier, Context& inside, const View& view, Context& context, int variant) {
  if (earlier.route.owner.text() != view.route.owner.text() || !stands_in_same_block(earlier, view)) return false;
  if (variant == kRule) return same_rule(earlier.route, view.route);
  const auto endpoint = endpoint_of(view, context);
  return endpoint && endpoint == endpoint_of(earlier, inside);
}

bool has_same_before(const View& view, Context& context, int variant, Node root, Context& inside) {
  for (std::uint32_t i = root.index(); i < root.after(); ++i) {
    const Node node = root.ast().node(i);
    if (inside.unit_number() == view.unit && i >= view.function.parent().index()) return false;
    const Node function = node.is(Kind::decorator) ? decorated_function(node) : Node();
    const auto route = function ? flask_route(node, inside) : std::nullopt;
    if (route && is_same({inside.unit_number(), function, *route}, inside, view, context, variant)) return true;
  }
  return false;
}

bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node function = decorated_function(call.parent());
  const auto route = flask_route(call.parent(), context);
  if (!function || !route) return false;
  const View view{context.unit_number(), function, *route};
  const bool found = any_unit_with(last_name(route->owner), context, [&](Node root, Context& inside) {
    if (inside.unit_number() > view.unit || !inside.unit().container.empty()) return false;
    return has_same_before(view, context, report.variant, root, inside);
  });
  if (!found || report.variant == kEndpoint) return found;
  // One word about a view is enough.
  Report endpoint = report;
  endpoint.variant = kEndpoint;
  return !confirm(endpoint, context);
}

}  // namespace
}  // namespace surefoot::rules
