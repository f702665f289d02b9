#include "analysis/fixes/with_block.hpp"

#include <algorithm>

#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

bool mentions(Node tree, std::string_view name) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    if (node.is(Kind::identifier) && node.text() == name && node.field() != Field::attribute) return true;
  }
  return false;
}

Node function_around(Node node) {
  Node outer = node.parent();
  while (outer && !outer.is(Kind::function_definition)) outer = outer.parent();
  return outer;
}

// `name.close()`, `await name.aclose()` as a statement.
bool closes(Node statement, std::string_view name) {
  Node call = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
  if (call.is(Kind::await)) call = call.first_child();
  const Node function = call.is(Kind::call) ? call.child(Field::function) : Node();
  if (!function.is(Kind::attribute) || function.child(Field::object).text() != name) return false;
  const std::string_view method = function.child(Field::attribute).text();
  return method == "close" || method == "aclose" || method == "shutdown" || method == "cleanup";
}

bool binds(Node tree, std::string_view name) {
  for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    const bool assignment = node.is(Kind::assignment) && node.child(Field::left).text() == name;
    if (assignment || (node.is(Kind::delete_statement) && mentions(node, name))) return true;
  }
  return false;
}

struct Opening {
  std::string before, after;
  std::optional<text::TextEdit> import;
  std::string problem;
};

Opening opening(const FileView& file, const Place& place, Entering entering) {
  if (entering == Entering::with) return {"with ", "", {}, {}};
  if (entering == Entering::async_with) return {"async with ", "", {}, {}};
  Import import = import_name(file, place, "contextlib", "closing");
  return {"with " + import.name + "(", ")", std::move(import.edit), std::move(import.problem)};
}

bool has_lines_of_its_own(const FileView& file, const Place& statement) {
  return indentation(file, statement) && ends_its_line(file, statement);
}

Fixes one(Fix fix) {
  Fixes fixes;
  fixes.offered.push_back(std::move(fix));
  return fixes;
}

// The statements behind one that use the name, in its block.
class Uses {
 public:
  Uses(const FileView& file, const Place& statement, std::string_view name)
      : file_(file), statement_(statement), name_(name) {}

  std::string look() {
    const Node function = function_around(statement_.node);
    if (!function || !has_lines_of_its_own(file_, statement_)) return "it shares its line with other code";
    for (Node next = statement_.node.next_sibling(); next; next = next.next_sibling()) {
      if (!mentions(next, name_)) continue;
      if (close) return "it is used after it is closed";
      if (binds(next, name_)) return "the name is bound again";
      if (closes(next, name_)) {
        close = next;
      } else {
        last = next;
      }
    }
    if (!last) return "nothing is done with it";
    if (close && close.start() < last.start()) return "it is used after it is closed";
    return is_used_outside(function) ? "it is used outside of this block" : lines();
  }

  Node last, close;

 private:
  bool is_used_outside(Node function) {
    const Node end = close ? close : last;
    for (std::uint32_t i = function.index(); i < function.after(); ++i) {
      const Node node = function.ast().node(i);
      const bool inside = node.start() >= statement_.node.start() && node.end() <= end.end();
      if (!inside && node.is(Kind::identifier) && node.text() == name_ && node.field() != Field::attribute) return true;
    }
    return false;
  }

  std::string lines() {
    for (Node next = statement_.node.next_sibling(); next; next = next.next_sibling()) {
      if (!has_lines_of_its_own(file_, {statement_.unit, next})) return "it shares its line with other code";
      if (next == (close ? close : last)) break;
    }
    return {};
  }

  const FileView& file_;
  Place statement_;
  std::string_view name_;
};

text::TextEdit remove_statement(const FileView& file, const Place& statement) {
  const text::Span span = span_in_file(file, statement);
  return remove_lines(file, file.text.line_of(span.start), file.text.line_of(span.end));
}

}  // namespace

Fixes hold_in_with(const FileView& file, const Place& statement, Entering entering) {
  const Node assignment = statement.node.first_child();
  const Node target = assignment.child(Field::left);
  const Node value = assignment.child(Field::right);
  if (!target || !value || assignment.child(Field::type)) return {};
  Uses uses(file, statement, target.text());
  std::string reason = uses.look();
  if (!reason.empty()) return {{}, std::move(reason)};
  Opening open = opening(file, statement, entering);
  if (!open.problem.empty()) return {{}, open.problem};
  std::vector<text::TextEdit> edits;
  if (open.import) edits.push_back(std::move(*open.import));
  const text::Span span = span_in_file(file, {statement.unit, value});
  edits.push_back({{span_in_file(file, statement).start, span.start}, open.before});
  edits.push_back({{span.end, span.end}, open.after + " as " + std::string(target.text()) + ":"});
  for (text::TextEdit& edit : indent_behind(file, statement, {statement.unit, uses.last})) {
    edits.push_back(std::move(edit));
  }
  if (uses.close) edits.push_back(remove_statement(file, {statement.unit, uses.close}));
  return one(make_fix("Close it by a `with`", Applicability::unsafe, std::move(edits)));
}

namespace {

// The statement that a resource can be taken out of, to be opened before it; null when it is not opened first of all.
Node statement_of(Node resource) {
  for (Node child = resource, outer = resource.parent(); outer; child = outer, outer = outer.parent()) {
    switch (outer.kind()) {
      case Kind::expression_statement:
      case Kind::return_statement:
        return outer;
      case Kind::for_statement:
        return child.field() == Field::right ? outer : Node();
      case Kind::lambda:
      case Kind::boolean_operator:
      case Kind::conditional_expression:
      case Kind::list_comprehension:
      case Kind::set_comprehension:
      case Kind::dictionary_comprehension:
      case Kind::generator_expression:
        return {};
      case Kind::for_in_clause:
        // The first iterable is asked for once.
        if (child.field() != Field::right || outer.parent().child(Kind::for_in_clause) != outer) return {};
        if (outer.parent().is(Kind::generator_expression)) return {};
        outer = outer.parent();
        break;
      default:
        if (syntax::is_statement(outer.kind())) return {};
    }
  }
  return {};
}

}  // namespace

Fixes open_in_with(const FileView& file, const Place& resource, Entering entering, std::string_view name) {
  const Place statement{resource.unit, statement_of(resource.node)};
  if (!statement.node || !has_lines_of_its_own(file, statement)) return {{}, "it stands inside of other code"};
  Opening open = opening(file, statement, entering);
  if (!open.problem.empty()) return {{}, open.problem};
  const std::string variable = free_name(file, statement, name);
  const std::string indent(*indentation(file, statement));
  const std::string header = indent + open.before + std::string(resource.node.text()) + open.after + " as " + variable +
                             ":" + std::string(file.text.dominant_line_ending());
  std::vector<text::TextEdit> edits;
  if (open.import) edits.push_back(std::move(*open.import));
  const text::Span span = span_in_file(file, resource);
  std::vector<text::TextEdit> lines = indent_lines(file, statement, statement);
  std::erase_if(lines, [span](const text::TextEdit& edit) {
    return edit.span.start > span.start && edit.span.start < span.end;  // of the expression that moves
  });
  lines.front().content = header + lines.front().content;
  for (text::TextEdit& edit : lines) edits.push_back(std::move(edit));
  edits.push_back({span, variable});
  return one(make_fix("Close it by a `with`", Applicability::unsafe, std::move(edits)));
}

}  // namespace surefoot::fixes
