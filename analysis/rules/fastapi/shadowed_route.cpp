#include <fmt/format.h>

#include <algorithm>

#include "analysis/rules/fastapi_routes.hpp"
#include "analysis/rules/same_scope.hpp"
#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  for (std::size_t at = 0;;) {
    const std::size_t slash = path.find('/', at);
    segments.push_back(path.substr(at, slash - at));
    if (slash == std::string_view::npos) return segments;
    at = slash + 1;
  }
}

// One name and nothing else: "{id}", "{id:int}".
bool is_name(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}') && segment.find('{', 1) == std::string_view::npos;
}

std::string_view converter_of(std::string_view segment) {
  const std::size_t colon = segment.find(':');
  return colon == std::string_view::npos ? "str" : segment.substr(colon + 1, segment.size() - colon - 2);
}

// "v{major}.json" as "v{}.json".
std::string without_names(std::string_view segment) {
  std::string text;
  bool inside = false;
  for (const char c : segment) {
    if (c == '{') inside = true;
    if (c == ':') inside = false;
    if (!inside || c == '{') text += c;
    if (c == '}') inside = false;
  }
  return text;
}

// True when all that the later segment can be is taken by the earlier one. (Annotations play no part: they are looked
// at once the route is chosen.)
bool takes_segment(std::string_view earlier, std::string_view later) {
  const bool open = later.find('{') != std::string_view::npos;
  if (!is_name(earlier)) {
    if (earlier.find('{') == std::string_view::npos) return earlier == later;
    return open && !is_name(later) && without_names(earlier) == without_names(later);
  }
  const std::string_view takes = converter_of(earlier);
  if (is_name(later)) return takes == converter_of(later) || (takes == "str" && converter_of(later) != "path");
  if (takes == "str") return !later.empty();
  const bool digits =
      !later.empty() && std::all_of(later.begin(), later.end(), [](char c) { return c >= '0' && c <= '9'; });
  return takes == "int" && digits;
}

bool takes_path(std::string_view earlier, std::string_view later) {
  const auto first = segments_of(earlier);
  const auto second = segments_of(later);
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (i >= second.size()) return false;
    if (i + 1 == first.size() && is_name(first[i]) && converter_of(first[i]) == "path") return true;
    if (!takes_segment(first[i], second[i])) return false;
  }
  return first.size() == second.size();
}

bool takes_methods(const FastapiRoute& earlier, const FastapiRoute& later) {
  const std::string taken = methods_of(earlier);
  const std::string wanted = methods_of(later);
  if (taken.empty() || wanted.empty()) return false;
  for (std::size_t at = 1; at < wanted.size();) {
    const std::size_t end = wanted.find(' ', at);
    if (taken.find(wanted.substr(at - 1, end - at + 2)) == std::string::npos) return false;
    at = end + 1;
  }
  return true;
}

// `@version(2, 0)`: the same path once a version.
bool has_versions(const FastapiRoute& route) {
  for (const Node child : route.call.parent().parent().children()) {
    if (!child.is(Kind::decorator) || child.first_child() == route.call) continue;
    if (child.text().find("ersion") != std::string_view::npos) return true;
  }
  return false;
}

bool is_plain(const FastapiRoute& route) {
  return route.path && route.object.is(Kind::identifier) && route.call.parent().is(Kind::decorator) &&
         !has_versions(route) && !argument(route.call, "host");
}

// The earlier route that takes the path of this one.
std::optional<fixes::Place> earlier_route(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const auto route = route_of(call, context);
  if (!route || !is_plain(*route)) return std::nullopt;
  const bool at_top = !context.enclosing_function(call);
  const auto* bound = at_top ? context.module().find(route->object.text()) : nullptr;
  if (at_top && (bound == nullptr || bound->size() != 1)) return std::nullopt;
  std::optional<fixes::Place> found;
  const Node decorated = call.parent().parent();
  for_each_call_beside(decorated, route->object.text(), context, [&](Node other, Context& inside, bool before) {
    if (found || !before || !other.parent().is(Kind::decorator)) return;
    const auto earlier = route_of(other, inside);
    if (!earlier || !is_plain(*earlier) || earlier->object.text() != route->object.text()) return;
    if (!is_unconditional(other) || !takes_methods(*earlier, *route)) return;
    if (takes_path(*earlier->path, *route->path)) found = inside.place(other);
  });
  return found;
}

void check(Node function, Context& context);
bool confirm(const Report& report, Context& context);
std::vector<Explanation> explain(const Report& report, Context& context);

}  // namespace

extern const Rule shadowed_route;
const Rule shadowed_route{
    .code = "FAPI121",
    .name = "shadowed-route",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::function_definition},
    .check = check,
    .confirm = confirm,
    .explain = explain,
};

namespace {

void check(Node function, Context& context) {
  for (const FastapiRoute& route : routes_of(function, context)) {
    if (!is_plain(route) || methods_of(route).empty() || !is_unconditional(route.call)) continue;
    context
        .report(shadowed_route, route.call,
                fmt::format("`{}` is never called here: an earlier route of `{}` takes this path",
                            function.child(Field::name).text(), route.object.text()))
        .span = argument(route.call, "path", 0).span();
  }
}

bool confirm(const Report& report, Context& context) { return earlier_route(report, context).has_value(); }

std::vector<Explanation> explain(const Report& report, Context& context) {
  const auto earlier = earlier_route(report, context);
  if (!earlier) return {};
  return {{*earlier, "this route is asked first"}};
}

}  // namespace
}  // namespace surefoot::rules
