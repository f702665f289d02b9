#include "analysis/rules/literal_sources.hpp"

#include "analysis/semantics/frame.hpp"

namespace surefoot::rules {
namespace {

constexpr int kMaxSteps = 8;

class Finder {
 public:
  explicit Finder(Context& context) : context_(context) {}

  bool add(const semantics::UnitModel& unit, Node expression, int steps) {
    expression = without_parentheses(expression);
    if (!expression || steps > kMaxSteps || found.size() > kMaxSteps) return false;
    if (expression.is(Kind::conditional_expression)) {
      return add(unit, expression.first_child(), steps + 1) && add(unit, expression.last_child(), steps + 1);
    }
    if (!expression.is(Kind::identifier)) {
      found.push_back({&unit, expression});
      return true;
    }
    return add_name(unit, expression, steps + 1);
  }

  std::vector<Source> found;

 private:
  bool add_name(const semantics::UnitModel& unit, Node name, int steps) {
    for (Node at = name.parent(), child = name; at; child = at, at = at.parent()) {
      const bool function = at.is(Kind::function_definition) || at.is(Kind::lambda);
      if (!function || child.field() != Field::body) continue;
      if (has_parameter(at, name.text())) return false;
      semantics::Frame frame;
      if (at.is(Kind::function_definition)) semantics::collect_names(child, frame);
      const auto slot = frame.slots.find(name.text());
      if (frame.globals.contains(name.text())) break;
      if (frame.nonlocals.contains(name.text())) return false;
      if (!slot) continue;
      for (const semantics::Frame::Site& site : frame.sites) {
        if (site.slot == *slot && !add_binding(unit, unit.unit->ast.node(site.node), name.text(), steps)) {
          return false;
        }
      }
      return true;
    }
    if (const semantics::ClassEntry* entry = context_.module().find_class(unit.container)) {
      const auto member = entry->attributes.find(name.text());
      const bool in_body = !in_function(name);
      if (in_body && member != entry->attributes.end()) return add_all(member->second, name.text(), steps);
    }
    return add_global(name.text(), steps);
  }

  bool add_global(std::string_view name, int steps) {
    const auto* values = context_.module().find(name);
    return values != nullptr && add_all(*values, name, steps);
  }

  bool add_all(const std::vector<semantics::TermRef>& values, std::string_view name, int steps) {
    for (const semantics::TermRef& ref : values) {
      if (ref.node == semantics::kNoNode) return false;
      if (!add_binding(*ref.unit, ref.unit->unit->ast.node(ref.node), name, steps)) return false;
    }
    return true;
  }

  bool add_binding(const semantics::UnitModel& unit, Node site, std::string_view name, int steps) {
    while (site && !site.is(Kind::assignment) && !syntax::is_statement(site.kind())) site = site.parent();
    if (!site.is(Kind::assignment)) return false;
    const Node left = site.child(Field::left);
    Node value = site.child(Field::right);
    while (value.is(Kind::assignment)) value = value.child(Field::right);  // a = b = value
    if (!left.is(Kind::identifier) || left.text() != name || !value) return false;
    return add(unit, value, steps);
  }

  static bool in_function(Node node) {
    for (Node child = node, at = node.parent(); at; child = at, at = at.parent()) {
      if (at.is(Kind::function_definition) && child.field() == Field::body) return true;
    }
    return false;
  }

  static bool has_parameter(Node function, std::string_view name) {
    for (Node parameter : function.child(Field::parameters).children()) {
      if (const Node named = parameter.child(Field::name)) parameter = named;
      while (!parameter.is(Kind::identifier) && parameter.first_child()) parameter = parameter.first_child();
      if (parameter.text() == name) return true;
    }
    return false;
  }

  Context& context_;
};

}  // namespace

std::vector<Source> sources_of(const Source& expression, Context& context) {
  Finder finder(context);
  if (!finder.add(*expression.unit, expression.node, 0)) return {};
  return std::move(finder.found);
}

std::vector<Source> sources_of(Node expression, Context& context) {
  return sources_of(Source{&context.unit(), expression}, context);
}

}  // namespace surefoot::rules
