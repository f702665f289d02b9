#include "analysis/fixes/move_to_startup.hpp"

#include <fmt/format.h>

#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/module_values.hpp"
#include "analysis/fixes/names.hpp"

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

Node first_statement(Node function) {
  for (const Node child : function.child(Field::body).children()) {
    if (!child.is(Kind::comment)) return child;
  }
  return {};
}

bool is_docstring(Node statement) {
  return statement.is(Kind::expression_statement) && statement.first_child().is(Kind::string);
}

// `NAME: Class` where the value is that class called: what is left at the top level. Else empty.
std::string declaration(const ModuleValue& definition, Node call) {
  const std::string_view name = definition.target.text();
  if (definition.annotation) return fmt::format("{}: {}", name, definition.annotation.text());
  const Node callee = call.child(Field::function);
  const std::string_view text = callee.text();
  const std::string_view last = text.substr(text.rfind('.') + 1);
  const bool is_class = definition.value == call && !last.empty() && last.front() >= 'A' && last.front() <= 'Z';
  return is_class ? fmt::format("{}: {}", name, text) : "";
}

bool has_long_string(Node tree) {
  for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (node.is(Kind::string) && node.text().find('\n') != std::string_view::npos) return true;
  }
  return false;
}

// The text of a node, its further lines moved in; a string over several lines stays as it is, and all with it.
std::string moved_in(Node node, std::string_view indentation) {
  std::string text(node.text());
  if (has_long_string(node)) return text;
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
    if (at + 1 < text.size() && text[at + 1] != '\r' && text[at + 1] != '\n') text.insert(at + 1, indentation);
  }
  return text;
}

class Move {
 public:
  Move(const FileView& file, const Place& call, const Place& startup)
      : file_(file), call_(call), startup_(startup), definition_(module_value_of(call.node)) {
    const Node root = call.node.ast().root();
    const bool is_task = root.is(Kind::expression_statement) && call.node.parent() == root;
    statement_ = {call.unit, is_task ? root : definition_.statement};
  }

  Fixes run() {
    if (std::string problem = obstacle(); !problem.empty()) return {{}, std::move(problem)};
    const Node function = startup_.node;
    const std::string title = fmt::format("Move it into `{}`", function.child(Field::name).text());
    std::vector<text::TextEdit> edits = {take_away(), put_in()};
    return {{make_fix(title, Applicability::unsafe, std::move(edits))}, ""};
  }

 private:
  std::string obstacle() const {
    if (!statement_.node || !file_.models[call_.unit]->container.empty())
      return "what it gives is no name of the module";
    if (!indentation(file_, statement_) || !ends_its_line(file_, statement_)) return "it shares its line";
    if (!first().node || !indentation(file_, first())) return "the start-up code stands on one line";
    for (std::uint32_t i = statement_.node.index(); i < statement_.node.after(); ++i) {
      const Node node = statement_.node.ast().node(i);
      if (is_name(node) && is_shadowed(first().node, node.text())) {
        return fmt::format("`{}` means something else in the start-up code", node.text());
      }
    }
    return definition_.statement ? later_uses(file_, call_, definition_).problem : "";
  }

  Place first() const { return {startup_.unit, first_statement(startup_.node)}; }

  text::TextEdit take_away() const {
    const text::Span span = span_in_file(file_, statement_);
    const std::string left = definition_.statement ? declaration(definition_, call_.node) : "";
    if (!left.empty()) return {span, left};
    return remove_lines(file_, file_.text.line_of(span.start), file_.text.line_of(span.end));
  }

  std::vector<std::string> lines() const {
    const std::string_view indent = *indentation(file_, first());
    if (!definition_.statement) return {moved_in(statement_.node, indent)};
    const std::string_view name = definition_.target.text();
    return {fmt::format("global {}", name), fmt::format("{} = {}", name, moved_in(definition_.value, indent))};
  }

  text::TextEdit put_in() const {
    if (is_docstring(first().node)) return add_statements(file_, first(), lines());
    const std::string separator =
        std::string(file_.text.dominant_line_ending()) + std::string(*indentation(file_, first()));
    std::string content;
    for (const std::string& line : lines()) content += line + separator;
    return insert_before(file_, first(), std::move(content));
  }

  const FileView& file_;
  const Place& call_;
  const Place& startup_;
  ModuleValue definition_;
  Place statement_;
};

}  // namespace

Fixes move_to_startup(const FileView& file, const Place& call, const Place& startup) {
  return Move(file, call, startup).run();
}

}  // namespace surefoot::fixes
