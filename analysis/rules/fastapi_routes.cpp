#include "analysis/rules/fastapi_routes.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

constexpr std::array<std::string_view, 10> kVerbs = {"get",  "put",   "post",  "delete",    "options",
                                                     "head", "patch", "trace", "api_route", "websocket"};

bool is_of_fastapi(std::string_view qualified) {
  return qualified.starts_with("fastapi.FastAPI.") || qualified.starts_with("fastapi.APIRouter.");
}

}  // namespace

std::optional<FastapiRoute> route_of(Node call, Context& context) {
  if (!call.is(Kind::call)) return std::nullopt;
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !is_of_fastapi(callee->name)) return std::nullopt;
  FastapiRoute route;
  route.verb = semantics::last_part(callee->name);
  if (!contains(kVerbs, route.verb)) return std::nullopt;
  route.call = call;
  route.object = call.child(Field::function).child(Field::object);
  if (const Node path = without_parentheses(argument(call, "path", 0))) route.path = semantics::literal_string(path);
  return route;
}

std::vector<FastapiRoute> routes_of(Node function, Context& context) {
  std::vector<FastapiRoute> routes;
  const Node statement = function.parent();
  if (!statement.is(Kind::decorated_definition)) return routes;
  for (const Node child : statement.children()) {
    if (!child.is(Kind::decorator)) continue;
    if (auto route = route_of(child.first_child(), context)) routes.push_back(std::move(*route));
  }
  return routes;
}

std::string methods_of(const FastapiRoute& route) {
  if (route.is_websocket()) return " WEBSOCKET ";
  std::string methods = " ";
  const auto add = [&](std::string_view method) {
    for (const char c : method) methods += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    methods += ' ';
  };
  if (route.verb != "api_route") {
    add(route.verb);
    return methods;
  }
  const Node given = without_parentheses(argument(route.call, "methods"));
  if (!given) return has_double_splat(route.call) ? "" : " GET ";
  if (!given.is(Kind::list) && !given.is(Kind::tuple) && !given.is(Kind::set)) return "";
  for (const Node method : given.children()) {
    const auto name = semantics::literal_string(method);
    if (!name) return "";
    add(*name);
  }
  return methods;
}

std::vector<PathName> names_in_path(std::string_view path) {
  std::vector<PathName> names;
  for (std::size_t open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
    const std::size_t close = path.find('}', open);
    if (close == std::string_view::npos) break;
    const std::string_view inside = path.substr(open + 1, close - open - 1);
    const std::size_t colon = inside.find(':');
    PathName name{inside.substr(0, colon), {}};
    if (colon != std::string_view::npos) name.converter = inside.substr(colon + 1);
    names.push_back(name);
  }
  return names;
}

bool is_dependency_marker(const semantics::UnitModel& unit, Node expression, Context& context) {
  if (!expression.is(Kind::call)) return false;
  const Type* callee = semantics::only(context.resolver().type_of(unit, expression.child(Field::function)));
  return callee != nullptr && (callee->is_object("fastapi.Depends") || callee->is_object("fastapi.Security"));
}

Node marker_of(const semantics::UnitModel& unit, const semantics::Parameter& parameter, Context& context) {
  if (parameter.node == semantics::kNoNode) return {};
  const Node node = unit.unit->ast.node(parameter.node);
  const Node value = without_parentheses(node.child(Field::value));
  if (value && is_dependency_marker(unit, value, context)) return value;
  const Node type = node.child(Field::type);
  for (std::uint32_t i = type.index(); type && i < type.after(); ++i) {
    if (is_dependency_marker(unit, type.ast().node(i), context)) return type.ast().node(i);
  }
  return {};
}

namespace {

constexpr int kMaxImports = 8;

AnnotationAlias alias_by_value(const semantics::UnitModel& unit, Node value, Context& context) {
  AnnotationAlias alias;
  for (std::uint32_t i = value.index(); value && i < value.after(); ++i) {
    const Node node = value.ast().node(i);
    if (is_dependency_marker(unit, node, context)) return {true, &unit, node};
    if (node.is(Kind::identifier) && node.text() == "Annotated") alias.known = true;
  }
  return alias;
}

AnnotationAlias alias_in(const semantics::ModuleIndex& module, std::string_view name, Context& context, int depth) {
  const auto* refs = depth < kMaxImports ? module.find(name) : nullptr;
  if (refs == nullptr || refs->size() != 1 || refs->front().node == semantics::kNoNode) return {};
  const semantics::TermRef& ref = refs->front();
  if (ref.kind == semantics::BindingKind::class_) return {true, nullptr, {}};
  if (ref.kind == semantics::BindingKind::import) {
    const semantics::Term& term = ref.unit->terms[ref.term];
    const std::size_t dot = term.name.rfind('.');
    if (term.op != semantics::Op::imported || dot == std::string_view::npos) return {};
    const std::string path = module.absolute(term.name);
    const TypeSet found = context.resolver().import(module, std::string_view(path).substr(0, path.rfind('.')));
    const Type* parent = semantics::only(found);
    if (parent == nullptr || parent->module == nullptr) return {};
    return alias_in(*parent->module, term.name.substr(dot + 1), context, depth + 1);
  }
  if (ref.kind != semantics::BindingKind::assignment) return {};
  Node site = ref.unit->unit->ast.node(ref.node);
  while (site && !site.is(Kind::assignment)) site = site.parent();
  return alias_by_value(*ref.unit, site.child(Field::right), context);
}

}  // namespace

AnnotationAlias alias_of(const semantics::UnitModel& unit, Node annotation, Context& context) {
  while (annotation.is(Kind::type)) annotation = annotation.first_child();
  if (annotation.is(Kind::identifier)) {
    return alias_in(context.resolver().module_of(unit), annotation.text(), context, 0);
  }
  if (!annotation.is(Kind::attribute)) return {};
  const Type* owner = semantics::only(context.resolver().type_of(unit, annotation.child(Field::object)));
  if (owner == nullptr || owner->module == nullptr) return {};
  return alias_in(*owner->module, annotation.child(Field::attribute).text(), context, 0);
}

namespace {

Node inside_type(Node node) { return node.is(Kind::type) ? node.first_child() : node; }

}  // namespace

Node dependency_of(Node marker) {
  if (const Node given = without_parentheses(argument(marker, "dependency", 0))) return given;
  for (Node outer = marker.parent(); outer; outer = outer.parent()) {
    if (outer.is(Kind::typed_default_parameter) && outer.child(Field::value).covers(marker)) {
      return inside_type(outer.child(Field::type));
    }
    if (outer.is(Kind::subscript)) return outer.child(Field::subscript);
    if (outer.is(Kind::generic_type)) return inside_type(outer.last_child().first_child());
    if (outer.is(Kind::parameters) || syntax::is_statement(outer.kind())) break;
  }
  return {};
}

}  // namespace surefoot::rules
