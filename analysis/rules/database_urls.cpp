#include "analysis/rules/database_urls.hpp"

#include <algorithm>

#include "analysis/rules/literal_sources.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {
namespace {

using semantics::last_part;

class Starts {
 public:
  explicit Starts(Context& context) : context_(context) {}

  /// False when a beginning is not literal.
  bool add(const Source& source, bool whole, bool driver, int depth) {
    if (depth > 8) return false;
    switch (source.node.kind()) {
      case Kind::concatenated_string:
        return add({source.unit, source.node.first_child()}, false, driver, depth + 1);
      case Kind::string:
        return add_string(source, whole, driver, depth);
      case Kind::binary_operator:
        return add_sources({source.unit, source.node.child(Field::left)}, false, driver, depth);
      case Kind::call:
        return add_call(source, depth);
      default:
        return false;
    }
  }

  bool add_sources(const Source& value, bool whole, bool driver, int depth) {
    const std::vector<Source> sources = sources_of(value, context_);
    return !sources.empty() && std::all_of(sources.begin(), sources.end(),
                                           [&](const Source& one) { return add(one, whole, driver, depth + 1); });
  }

  std::vector<UrlStart> take() { return std::move(starts_); }

 private:
  bool add_string(const Source& source, bool whole, bool driver, int depth) {
    const Node first = source.node.first_child();
    if (!first) return false;
    if (first.is(Kind::interpolation)) {
      return add_sources({source.unit, first.first_child()}, false, driver, depth);
    }
    starts_.push_back({source.unit, first, whole && !first.next_sibling(), driver});
    return true;
  }

  // `"sqlite:///{}".format(x)`, `URL.create("sqlite", …)`, `make_url("sqlite://")`.
  bool add_call(const Source& source, int depth) {
    const Node function = source.node.child(Field::function);
    const std::string_view name = last_part(function.text());
    if (function.is(Kind::attribute) && name == "format") {
      return add_sources({source.unit, function.child(Field::object)}, false, false, depth);
    }
    if (name != "create" && name != "URL" && name != "make_url" && name != "str") return false;
    const bool driver = name == "create" || name == "URL";
    Node first = argument(source.node, "drivername", 0);
    if (!first) first = argument(source.node, "name_or_url");
    return first && add_sources({source.unit, first}, true, driver, depth);
  }

  Context& context_;
  std::vector<UrlStart> starts_;
};

}  // namespace

std::string_view UrlStart::scheme() const {
  const std::size_t end = text().find(':');
  if (end != std::string_view::npos) return text().substr(0, end);
  return is_driver && is_whole ? text() : std::string_view();
}

std::vector<UrlStart> url_starts(Node url, Context& context) {
  Starts starts(context);
  if (!url || !starts.add_sources({&context.unit(), url}, true, false, 0)) return {};
  return starts.take();
}

bool is_embedded_url(Node url, Context& context) {
  const std::vector<UrlStart> starts = url_starts(url, context);
  return !starts.empty() && std::all_of(starts.begin(), starts.end(), [](const UrlStart& start) {
    return start.text().starts_with("sqlite") || start.text().starts_with("duckdb");
  });
}

}  // namespace surefoot::rules
