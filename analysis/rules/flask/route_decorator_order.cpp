#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/flask_views.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node decorator, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule route_decorator_order;
const Rule route_decorator_order{
    .code = "FLK117",
    .name = "route-decorator-order",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::decorator},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

// Report::variant
constexpr int kKnown = 0;
constexpr int kOwn = 1;  // a function of the project: when it puts another function in place of the view

// The last route below the decorator; null when there is none.
Node route_below(Node decorator, Context& context) {
  Node found;
  for (Node next = decorator.next_sibling(); next; next = next.next_sibling()) {
    if (flask_route(next, context)) found = next;
  }
  return found;
}

// Names of decorators that guard a view or change what it gives, as against those that register it or describe it.
bool speaks_of_wrapping(std::string_view name) {
  if (has_word(name, {"exempt", "register", "handler", "loader", "callback", "skip", "allow", "public", "ignore"})) {
    return false;
  }
  return has_word(
      name, {"required",   "require",   "requires",      "auth",       "authenticated", "authenticate", "authorize",
             "authorized", "authorise", "login",         "permission", "permissions",   "admin",        "role",
             "roles",      "cache",     "cached",        "memoize",    "nocache",       "limit",        "limited",
             "ratelimit",  "throttle",  "throttled",     "protected",  "restrict",      "restricted",   "only",
             "validate",   "validated", "transactional", "retry",      "marshal",       "expects",      "use",
             "accepts",    "consumes",  "produces",      "timed",      "profiled",      "traced",       "audited",
             "logged",     "cross",     "templated",     "gzipped",    "compressed",    "conditional",  "etag"});
}

Node named(Node decorator) {
  const Node expression = without_parentheses(decorator.first_child());
  return expression.is(Kind::call) ? expression.child(Field::function) : expression;
}

bool wraps(const knowledge::Decorator& facts) {
  if (facts.context == knowledge::Context::anywhere) return true;
  if (facts.context != knowledge::Context::web_request) return false;
  return !facts.name.starts_with("flask.") && !facts.name.starts_with("quart.") && speaks_of_wrapping(facts.name);
}

// True when the same decorator stands below all routes, too.
bool stands_below_too(Node decorator, Context& context) {
  for (Node next = route_below(decorator, context).next_sibling(); next; next = next.next_sibling()) {
    if (next.is(Kind::decorator) && next.first_child().text() == decorator.first_child().text()) return true;
  }
  return false;
}

void check(Node decorator, Context& context) {
  if (!decorated_function(decorator) || flask_route(decorator, context) || !route_below(decorator, context)) return;
  if (stands_below_too(decorator, context)) return;
  const Node name = named(decorator);
  const Type* type = semantics::only(context.type_of(name));
  int variant = kKnown;
  if (type != nullptr && type->function != nullptr) {
    variant = kOwn;
  } else if (type != nullptr && type->tag != Type::Tag::object) {
    return;
  } else {
    const knowledge::Decorator* facts = type != nullptr ? knowledge::find_decorator(type->name) : nullptr;
    if (facts != nullptr ? !wraps(*facts) : !speaks_of_wrapping(last_name(name))) return;
  }
  context
      .report(route_decorator_order, decorator,
              fmt::format("`{}` stands above the route, so the view that is registered does not have it", name.text()))
      .variant = variant;
}

std::string_view wrapped_parameter(Node function) {
  for (Node parameter : function.child(Field::parameters).children()) {
    while (!parameter.is(Kind::identifier) && parameter.first_child()) parameter = parameter.first_child();
    if (parameter.text() != "self" && parameter.text() != "cls") return parameter.text();
  }
  return {};
}

// True when the function gives another one that calls what it is given.
bool puts_wrapper(Node function) {
  const std::string_view given = wrapped_parameter(function);
  const Node body = function.child(Field::body);
  if (given.empty() || !body) return false;
  std::vector<std::string_view> wrappers;
  bool returned = false;
  for_each_own(body, [&](Node node) {
    if (node.is(Kind::function_definition) && mentions(node.child(Field::body), given)) {
      wrappers.push_back(node.child(Field::name).text());
    }
    if (!node.is(Kind::return_statement)) return;
    returned = returned || std::any_of(wrappers.begin(), wrappers.end(),
                                       [&](std::string_view name) { return mentions(node, name); });
  });
  return returned;
}

// Of `@needs("admin")`, the decorator is what the function gives.
bool puts_wrapper_when_called(Node function) {
  for (std::uint32_t i = function.index() + 1; i < function.after(); ++i) {
    const Node node = function.ast().node(i);
    if (node.is(Kind::function_definition) && puts_wrapper(node)) return true;
  }
  return false;
}

// What a decorator hands on to another one cannot be seen; its name has to say enough.
bool may_hand_on(Node function) {
  bool returns_call = false;
  for_each_own(function.child(Field::body), [&](Node node) {
    returns_call = returns_call || (node.is(Kind::return_statement) && node.first_child().is(Kind::call));
  });
  return returns_call && speaks_of_wrapping(function.child(Field::name).text());
}

bool confirm(const Report& report, Context& context) {
  if (report.variant != kOwn) return true;
  const Node decorator = context.unit().unit->ast.node(report.node);
  const Type* type = semantics::only(context.type_of(named(decorator)));
  if (type == nullptr || type->function == nullptr) return false;
  const Node function = type->unit->unit->ast.node(type->function->node);
  const bool called = without_parentheses(decorator.first_child()).is(Kind::call);
  return may_hand_on(function) || (called ? puts_wrapper_when_called(function) : puts_wrapper(function));
}

// The decorator moves below the last route, with what stands behind it on its line and the comments of the lines after.
Fixes fix(const Report& report, Context& context) {
  const Node decorator = context.unit().unit->ast.node(report.node);
  const Node behind = route_below(decorator, context).next_sibling();
  const Node next = decorator.next_sibling();
  const std::string_view unit = decorator.ast().text();
  const std::string moved(unit.substr(decorator.start(), next.start() - decorator.start()));
  text::TextEdit cut = fixes::replace(context.file(), context.place(decorator), "");
  cut.span.end = fixes::span_in_file(context.file(), context.place(next)).start;
  return {{fixes::make_fix("Move it below the route", fixes::Applicability::unsafe,
                           {std::move(cut), fixes::insert_before(context.file(), context.place(behind), moved)})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
