#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/fastapi_routes.hpp"
#include "analysis/rules/literal_sources.hpp"
#include "analysis/rules/project_classes.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

constexpr int kMaxDepth = 6;

// Whether something gets hold of a name of the path. Unknown counts as yes; what an alias in an annotation hides, only
// where code of other units may be read.
class Taker {
 public:
  enum class Aliases : std::uint8_t { left_out, followed };
  Taker(std::string_view name, Context& context, Aliases aliases = Aliases::left_out)
      : name_(name), context_(context), aliases_(aliases) {}

  bool takes(const semantics::UnitModel& unit, const semantics::Function& function, std::size_t first, int depth) {
    for (std::size_t i = first; i < function.parameters.size(); ++i) {
      if (takes(unit, function.parameters[i], depth)) return true;
    }
    return false;
  }

  /// What a `Depends` is given.
  bool takes_dependency(const semantics::UnitModel& unit, Node given, int depth) {
    if (!given || depth > kMaxDepth) return true;
    const Type* type = semantics::only(context_.resolver().type_of(unit, given));
    if (type == nullptr) return true;
    if (type->name.starts_with("fastapi.security.")) return false;
    if (type->tag == Type::Tag::instance) return takes_call(*type, "__call__", depth);
    if (type->tag != Type::Tag::object) return true;
    if (type->function != nullptr) return takes(*type->unit, *type->function, bound(*type), depth + 1);
    return takes_class(*type, depth);
  }

 private:
  static std::size_t bound(const Type& function) { return function.function->container.empty() ? 0 : 1; }

  bool takes_call(const Type& object, std::string_view method, int depth) {
    const TypeSet found = context_.resolver().attribute(object, method);
    const Type* function = semantics::only(found);
    if (function == nullptr || function->function == nullptr) return true;
    return takes(*function->unit, *function->function, 1, depth + 1);
  }

  // By `__init__`, or by the fields of a dataclass or model.
  bool takes_class(const Type& type, int depth) {
    const semantics::ClassEntry* entry = project_class(type.name, context_);
    if (entry == nullptr) return true;
    if (entry->attributes.contains("__init__")) return takes_call(type, "__init__", depth);
    if (entry->attributes.contains(name_) || entry->definition->bases.empty()) {
      return entry->attributes.contains(name_);
    }
    const Type* base = semantics::only(context_.resolver().type_of(*entry->unit, entry->definition->bases.front()));
    if (entry->definition->bases.size() > 1 || base == nullptr) return true;
    return base->name != "pydantic.BaseModel" && (depth > kMaxDepth || takes_class(*base, depth + 1));
  }

  bool takes(const semantics::UnitModel& unit, const semantics::Parameter& parameter, int depth) {
    if (parameter.kind == semantics::Parameter::Kind::keywords) return true;
    if (parameter.name == name_ || has_alias(unit, parameter)) return true;
    if (const Node marker = marker_of(unit, parameter, context_)) {
      return takes_dependency(unit, dependency_of(marker), depth + 1);
    }
    return may_read_request(unit, parameter) || may_hide_dependency(unit, parameter, depth);
  }

  // `Path(alias="item-id")`; an alias that is no literal may be any.
  bool has_alias(const semantics::UnitModel& unit, const semantics::Parameter& parameter) {
    const Node node = unit.unit->ast.node(parameter.node);
    for (std::uint32_t i = node.index(); i < node.after(); ++i) {
      const Node keyword = node.ast().node(i);
      if (!keyword.is(Kind::keyword_argument)) continue;
      const std::string_view name = keyword.child(Field::name).text();
      if (name != "alias" && name != "validation_alias") continue;
      const auto alias = semantics::literal_string(keyword.child(Field::value));
      if (!alias || *alias == name_) return true;
    }
    return false;
  }

  // A request says what its path was to who asks it, or hands it on.
  bool may_read_request(const semantics::UnitModel& unit, const semantics::Parameter& parameter) {
    const Type* type = semantics::only(context_.resolver().type_of(unit, parameter.annotation));
    const bool is_request = parameter.name == "request" || (type != nullptr && is_connection(type->name));
    if (!is_request) return false;
    if (&unit != &context_.unit()) {
      if (!is_of_file(unit)) return true;
      if (aliases_ == Aliases::left_out) return false;  // `confirm` reads its code
    }
    const semantics::Function* function = nullptr;
    for (const semantics::Function& one : unit.functions) {
      if (unit.unit->ast.node(one.node).covers(unit.unit->ast.node(parameter.node))) function = &one;
    }
    return function == nullptr || uses_path(unit.unit->ast.node(function->node).child(Field::body), parameter.name);
  }

  static bool is_connection(std::string_view name) {
    return name == "starlette.requests.Request" || name == "starlette.requests.HTTPConnection" ||
           name == "starlette.websockets.WebSocket";
  }

  bool is_of_file(const semantics::UnitModel& unit) {
    const auto& units = context_.units();
    return std::any_of(units.begin(), units.end(), [&](const auto& one) { return one.get() == &unit; });
  }

  // Attributes and methods that say nothing of the path leave it alone.
  static bool uses_path(Node body, std::string_view request) {
    for (std::uint32_t i = body.index(); i < body.after(); ++i) {
      const Node node = body.ast().node(i);
      if (!node.is(Kind::identifier) || node.text() != request) continue;
      const Node use = node.parent();
      const bool read = use.is(Kind::attribute) && use.child(Field::object) == node;
      if (!read) return true;
      const std::string_view attribute = use.child(Field::attribute).text();
      if (attribute == "path_params" || attribute == "scope" || attribute == "url") return true;
    }
    return false;
  }

  // `user: CurrentUser`, where that is an alias of `Annotated[User, Depends(…)]`.
  bool may_hide_dependency(const semantics::UnitModel& unit, const semantics::Parameter& parameter, int depth) {
    if (aliases_ == Aliases::left_out) return false;
    Node type = unit.unit->ast.node(parameter.node).child(Field::type);
    while (type.is(Kind::type)) type = type.first_child();
    if (!type.is(Kind::identifier) && !type.is(Kind::attribute)) return false;
    const Type* found = semantics::only(context_.resolver().type_of(unit, parameter.annotation));
    if (found != nullptr && is_class(found->name, last_name(type))) return false;
    const AnnotationAlias alias = alias_of(unit, type, context_);
    if (!alias.known) return true;
    return alias.marker && takes_dependency(*alias.unit, dependency_of(alias.marker), depth + 1);
  }

  // One that a name of the code means directly.
  bool is_class(std::string_view qualified, std::string_view written) {
    const std::size_t dot = qualified.find('.');
    if (dot == std::string_view::npos) return qualified == written;
    const std::string_view package = qualified.substr(0, dot);
    if (package == "starlette" || package == "fastapi" || fixes::is_standard_library(package)) return true;
    const bool known = project_class(qualified, context_) != nullptr || knowledge::find_class(qualified) != nullptr ||
                       package == "pydantic";
    return known && qualified.substr(qualified.rfind('.') + 1) == written;
  }

  std::string_view name_;
  Context& context_;
  Aliases aliases_;
};

// A path that takes the rest of the address is there for all of it: a single-page application's.
bool is_wanted(const PathName& name) {
  return name.converter != "path" && !name.name.empty() && name.name.front() != '_' &&
         std::all_of(name.name.begin(), name.name.end(),
                     [](char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; });
}

// `raise HTTPException(410)`: an endpoint that answers the same whatever is asked.
bool only_raises(Node body) {
  bool raises = false;
  for (const Node statement : body.children()) {
    const bool text = statement.is(Kind::expression_statement) && statement.first_child().is(Kind::string);
    const bool nothing = statement.is(Kind::raise_statement) || statement.is(Kind::pass_statement);
    if (!text && !nothing) return false;
    raises = raises || nothing;
  }
  return raises;
}

bool any_marker_takes(const semantics::UnitModel& unit, Node list, std::string_view name, Context& context,
                      Taker::Aliases aliases) {
  if (!list) return false;
  if (!list.is(Kind::list) && !list.is(Kind::tuple)) return true;
  for (const Node one : list.children()) {
    const bool known = is_dependency_marker(unit, one, context);
    if (!known || Taker(name, context, aliases).takes_dependency(unit, dependency_of(one), 1)) return true;
  }
  return false;
}

void check(Node function, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule unused_path_parameter;
const Rule unused_path_parameter{
    .code = "FAPI119",
    .name = "unused-path-parameter",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool is_taken(std::string_view name, const FastapiRoute& route, const semantics::Function& function, Context& context,
              Taker::Aliases aliases) {
  const std::size_t first = function.container.empty() ? 0 : 1;
  return Taker(name, context, aliases).takes(context.unit(), function, first, 0) ||
         any_marker_takes(context.unit(), argument(route.call, "dependencies"), name, context, aliases);
}

void check_route(const FastapiRoute& route, Node function, Context& context) {
  const semantics::Function* model = context.unit().function_at(function.index());
  if (model == nullptr || !route.path || route.verb == "options") return;
  int number = 0;
  for (const PathName& name : names_in_path(*route.path)) {
    ++number;
    if (!is_wanted(name) || is_taken(name.name, route, *model, context, Taker::Aliases::left_out)) continue;
    Report& report = context.report(
        unused_path_parameter, route.call,
        fmt::format("`{{{}}}` of the path is no parameter of `{}`: its value is dropped", name.name, model->name));
    report.span = argument(route.call, "path", 0).span();
    report.variant = number;
  }
}

void check(Node function, Context& context) {
  const auto routes = routes_of(function, context);
  if (routes.empty() || only_raises(function.child(Field::body))) return;
  for (const FastapiRoute& route : routes) check_route(route, function, context);
}

std::string name_of(const Report& report, const FastapiRoute& route) {
  const auto names = names_in_path(*route.path);
  return std::string(names[static_cast<std::size_t>(report.variant) - 1].name);
}

const semantics::Function* function_of(const FastapiRoute& route, Context& context) {
  return context.unit().function_at(route.call.parent().parent().child(Field::definition).index());
}

// Not when a dependency behind an alias or of the whole router takes it.
bool confirm(const Report& report, Context& context) {
  const auto route = route_of(context.unit().unit->ast.node(report.node), context);
  const semantics::Function* function = route && route->path ? function_of(*route, context) : nullptr;
  if (function == nullptr) return false;
  const std::string name = name_of(report, *route);
  if (is_taken(name, *route, *function, context, Taker::Aliases::followed)) return false;
  for (const Source& source : sources_of(route->object, context)) {
    if (!source.node.is(Kind::call)) continue;
    const Node dependencies = argument(source.node, "dependencies");
    if (any_marker_takes(*source.unit, dependencies, name, context, Taker::Aliases::followed)) return false;
  }
  return true;
}

Fixes fix(const Report& report, Context& context) {
  const auto route = route_of(context.unit().unit->ast.node(report.node), context);
  const Node decorated = route ? route->call.parent().parent() : Node();
  const Node parameters = decorated.child(Field::definition).child(Field::parameters);
  const semantics::Function* model = context.unit().function_at(decorated.child(Field::definition).index());
  if (!parameters || model == nullptr || !model->container.empty()) return {{}, "it is a method"};
  const std::string name = name_of(report, *route);
  const Node first = parameters.first_child();
  const std::string added = name + ": str";
  const text::TextEdit edit = first ? fixes::insert_before(context.file(), context.place(first), added + ", ")
                                    : fixes::replace(context.file(), context.place(parameters), "(" + added + ")");
  return {{fixes::make_fix(fmt::format("Add the parameter `{}`", name), fixes::Applicability::unsafe, {edit})}, ""};
}

}  // namespace
}  // namespace surefoot::rules
