#include "analysis/rules/secret_values.hpp"

#include <fmt/format.h>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/semantics/literals.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::rules {

using semantics::last_part;

bool is_text_literal(Node value) {
  value = without_parentheses(value);
  if (value.is(Kind::call)) {
    const Node function = value.child(Field::function);
    return function.is(Kind::attribute) && function.child(Field::attribute).text() == "encode" &&
           is_text_literal(function.child(Field::object));
  }
  if (!value.is(Kind::string) && !value.is(Kind::concatenated_string)) return false;
  bool filled = false;
  for (std::uint32_t i = value.index(); i < value.after(); ++i) {
    const Node part = value.ast().node(i);
    if (part.is(Kind::interpolation)) return false;
    filled = filled || (part.is(Kind::string_content) && part.text().find_first_not_of(' ') != std::string_view::npos);
  }
  return filled;
}

bool reads_environment(Node call) {
  const std::string_view name = call.child(Field::function).text();
  return call.is(Kind::call) &&
         (last_part(name) == "getenv" || name == "environ.get" || name.ends_with(".environ.get"));
}

Node literal_default(Node call) {
  if (!call.is(Kind::call)) return {};
  Node value = argument(call, "default");
  // `config` is python-decouple's, `env.str` django-environ's.
  const std::string_view function = last_part(call.child(Field::function).text());
  const bool positional = function == "get" || function == "config" || function == "str";
  if (!value && (positional || reads_environment(call))) value = argument(call, "default", 1);
  return value && is_text_literal(value) ? value : Node();
}

bool falls_back(Node value) {
  value = without_parentheses(value);
  if (value.is(Kind::boolean_operator)) {
    return value.child(Field::operator_).text() == "or" && is_text_literal(value.child(Field::right)) &&
           !is_text_literal(value.child(Field::left));
  }
  const Node inner = value.child(Field::function).child(Field::object);  // os.environ.get("X", "dev").encode()
  return literal_default(value) || (value.is(Kind::call) && inner.is(Kind::call) && literal_default(inner));
}

bool in_handler(Node node) {
  for (; node; node = node.parent()) {
    if (node.is(Kind::except_clause)) return true;
    if (node.is(Kind::function_definition)) return false;
  }
  return false;
}

namespace {

// The call in a value that looks the secret up, without its default: null when it is none.
Node lookup_of(Node value) {
  if (value.is(Kind::boolean_operator)) value = without_parentheses(value.child(Field::left));
  const Node inner = value.child(Field::function).child(Field::object);
  if (value.is(Kind::call) && inner.is(Kind::call)) value = inner;
  return value.is(Kind::call) ? value : Node();
}

}  // namespace

Fixes read_secret(Node node, std::string name, bool is_fallback, Context& context) {
  const fixes::Place value = context.place(node);
  const Node lookup = is_fallback ? lookup_of(value.node) : Node();
  if (lookup) {
    const Node key = argument(lookup, "key", 0);
    const auto written = key ? semantics::literal_string(key) : std::nullopt;
    if (reads_environment(lookup)) {
      if (!written) return {{}, "the variable's name is computed"};
      name = *written;
    } else if (!is_text_literal(value.node)) {
      if (!written || lookup != value.node || lookup.child(Field::arguments).child_count() != 2) return {};
      const std::string text = fmt::format("{}({})", lookup.child(Field::function).text(), key.text());
      return {{fixes::make_fix("Remove the default", fixes::Applicability::unsafe,
                               {fixes::replace(context.file(), value, text)})},
              ""};
    }
  }
  const fixes::Import os = fixes::import_module(context.file(), value, "os");
  if (!os.problem.empty()) return {{}, os.problem};
  const std::string text = fmt::format("{}.environ[\"{}\"]", os.name, name);
  std::vector<text::TextEdit> edits{fixes::replace(context.file(), value, text)};
  if (os.edit) edits.push_back(*os.edit);
  return {{fixes::make_fix(fmt::format("Read `{}` from the environment", name), fixes::Applicability::unsafe,
                           std::move(edits))},
          ""};
}

}  // namespace surefoot::rules
