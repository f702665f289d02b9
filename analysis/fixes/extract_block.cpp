#include "analysis/fixes/extract_block.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/name_flow.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/fixes/offload.hpp"
#include "analysis/semantics/frame.hpp"

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

bool is_loop(Node node) { return node.is(Kind::for_statement) || node.is(Kind::while_statement); }

bool is_scope(Node node) {
  return node.is(Kind::function_definition) || node.is(Kind::lambda) || node.is(Kind::class_definition);
}

// Calls that speak of the frame they stand in.
bool needs_frame(Node call) {
  const std::string_view name = call.child(Field::function).text();
  const bool bare = call.child(Field::arguments).children().empty();
  return name == "locals" || name == "eval" || name == "exec" || ((name == "super" || name == "vars") && bare);
}

class Extractor {
 public:
  Extractor(const FileView& file, const Extraction& extraction)
      : file_(file), wanted_(extraction), first_(extraction.first.node), last_(extraction.last.node) {}

  Fixes run() {
    find_result();
    std::string problem = obstacle();
    if (problem.empty()) problem = read_names();
    if (!problem.empty()) return {{}, std::move(problem)};
    const std::string name = free_name(file_, wanted_.first, wanted_.name);
    Offload offload = offload_function(file_, wanted_.first, name, parameters_);
    if (!offload.problem.empty()) return {{}, offload.problem};
    std::vector<text::TextEdit> edits = std::move(offload.edits);
    move(name, offload.expression, edits);
    return {{make_fix("Extract this block and run it in a thread", Applicability::unsafe, std::move(edits))}, ""};
  }

 private:
  std::uint32_t begin() const { return first_.index(); }
  std::uint32_t end() const { return last_.after(); }
  Node node(std::uint32_t index) const { return first_.ast().node(index); }
  bool holds(Node node) const { return begin() <= node.index() && node.index() < end(); }

  // The statement that runs last, looked for in the blocks of `with` statements that do not end early.
  Node final_statement() const {
    Node statement = last_;
    while (statement.is(Kind::with_statement)) {
      for (const Node item : statement.child(Kind::with_clause).children()) {
        if (!is_known(item)) return statement;
      }
      statement = statement.child(Field::body).last_child();
    }
    return statement;
  }

  bool is_known(Node item) const {
    return std::any_of(wanted_.calls.begin(), wanted_.calls.end(), [&](Node call) {
      const Node value = item.child(Field::value);
      return value == call || (value.is(Kind::as_pattern) && value.first_child() == call);
    });
  }

  void find_result() { returns_ = final_statement().is(Kind::return_statement); }

  // Why the statements cannot move; empty when they can.
  std::string obstacle() const {
    if (!indentation(file_, wanted_.first) || !ends_its_line(file_, wanted_.last)) return "it shares its line";
    for (std::uint32_t i = begin(); i < end(); ++i) {
      if (std::string problem = obstacle(node(i)); !problem.empty()) return problem;
      if (is_scope(node(i))) {
        if (has_outer_names(node(i))) return "a nested function binds names around it";
        i = node(i).after() - 1;
      }
    }
    return "";
  }

  bool has_outer_names(Node scope) const {
    for (std::uint32_t i = scope.index(); i < scope.after(); ++i) {
      if (node(i).is(Kind::nonlocal_statement)) return true;
    }
    return false;
  }

  std::string obstacle(Node node) const {
    switch (node.kind()) {
      case Kind::opaque:
        return "the code has a syntax error";
      case Kind::await:
        return "the block awaits";
      case Kind::yield:
        return "the block yields";
      case Kind::for_statement:
      case Kind::for_in_clause:
      case Kind::with_statement:
        return node.is_async() ? "the block awaits" : "";
      case Kind::return_statement:
        return returns_ ? "" : "a `return` leaves the block on the way";
      case Kind::break_statement:
      case Kind::continue_statement:
        return leaves_loop(node) ? "the block leaves a loop around it" : "";
      case Kind::global_statement:
      case Kind::nonlocal_statement:
      case Kind::delete_statement:
        return "the block changes names in a way that cannot move";
      case Kind::call:
        return needs_frame(node) ? "a call in the block needs the function it stands in" : "";
      default:
        return "";
    }
  }

  bool leaves_loop(Node statement) const {
    for (Node child = statement, outer = statement.parent(); outer; child = outer, outer = outer.parent()) {
      if (is_loop(outer) && child.field() == Field::body) return !holds(outer);
    }
    return true;
  }

  // Finds parameters and results. Gives the reason where a name cannot be passed on.
  std::string read_names() {
    const Node function = function_around(first_);
    if (!function) return "it stands outside of any function";
    if (returns_ && yields(function)) return "the coroutine yields";
    semantics::Frame around;
    semantics::collect_names(function.child(Field::body), around);
    for (const std::string& name : bound_names()) {
      if (around.globals.contains(name) || around.nonlocals.contains(name)) return "`" + name + "` is not a local";
      if (std::string problem = read_name(name, is_bound_outside(name, around)); !problem.empty()) return problem;
    }
    return "";
  }

  bool yields(Node function) const {
    const Node body = function.child(Field::body);
    for (std::uint32_t i = body.index(); i < body.after(); ++i) {
      if (node(i).is(Kind::yield)) return true;
      if (is_scope(node(i))) i = node(i).after() - 1;
    }
    return false;
  }

  bool is_bound_outside(const std::string& name, const semantics::Frame& around) const {
    const auto slot = around.slots.find(name);
    return is_set_before(first_, name) || std::any_of(around.sites.begin(), around.sites.end(), [&](const auto& site) {
             return slot && site.slot == *slot && !holds(node(site.node));
           });
  }

  // In the order of the text.
  std::vector<std::string> bound_names() const {
    semantics::Frame frame;
    for (Node statement = first_; statement; statement = statement.next_sibling()) {
      semantics::collect_names(statement, frame);
      if (statement == last_) break;
    }
    return {frame.slots.names().begin(), frame.slots.names().end()};
  }

  std::string read_name(const std::string& name, bool is_bound_outside) {
    const bool is_result = !returns_ && is_read_behind(first_, last_, name);
    if (is_caught(name)) return "`" + name + "` is read where the block has failed";
    const NameEvent event = event_in_block(first_, name);
    const bool is_own = !is_result && !is_bound_outside;  // nothing but the block uses it
    if (event != NameEvent::set && !is_own && (is_result || event == NameEvent::read)) {
      if (!is_set_before(first_, name)) return "`" + name + "` may not be set";
      parameters_.push_back(name);
    }
    if (is_result) results_.push_back(name);
    return "";
  }

  // What the block does first to a name, where `with` statements of known calls count as the statements in them.
  NameEvent event_in_block(Node first, std::string_view name) const {
    for (Node statement = first; statement; statement = statement.next_sibling()) {
      const NameEvent event = statement_event(statement, name);
      if (event != NameEvent::none || statement == last_) return event;
    }
    return NameEvent::none;
  }

  NameEvent statement_event(Node statement, std::string_view name) const {
    if (!statement.is(Kind::with_statement)) return first_event(statement, name);
    bool all_known = true;
    for (const Node item : statement.child(Kind::with_clause).children()) {
      all_known = all_known && is_known(item);
      if (const NameEvent event = first_event(item, name); event != NameEvent::none) return event;
    }
    const NameEvent event = event_in_block(statement.child(Field::body).first_child(), name);
    return event == NameEvent::set && !all_known ? NameEvent::none : event;
  }

  // True when code that runs after an exception in the block could see what the block has bound so far. A name that the
  // last statement alone binds has its old value then, here and there.
  bool is_caught(const std::string& name) const {
    const bool is_last = last_binds_alone(name);
    for (Node child = first_, outer = first_.parent(); outer && !outer.is(Kind::function_definition);
         child = outer, outer = outer.parent()) {
      if (!outer.is(Kind::try_statement) || child.field() != Field::body || is_last) continue;
      if (is_read_behind(child, child, name)) return true;
    }
    return false;
  }

  bool last_binds_alone(const std::string& name) const {
    const Node final = final_statement();
    if (!final.is(Kind::expression_statement)) return false;
    semantics::Frame frame;
    for (Node statement = first_; statement; statement = statement.next_sibling()) {
      semantics::collect_names(statement, frame);
      if (statement == last_) break;
    }
    const auto slot = frame.slots.find(name);
    return slot && std::all_of(frame.sites.begin(), frame.sites.end(),
                               [&](const auto& site) { return site.slot != *slot || final.covers(node(site.node)); });
  }

  void move(const std::string& name, const std::string& call, std::vector<text::TextEdit>& edits) const {
    const std::string indent(*indentation(file_, wanted_.first));
    const std::string end(file_.text.dominant_line_ending());
    const std::string results = joined(results_);
    const std::uint32_t stop = last_line();
    std::vector<text::TextEdit> lines = indent_lines(file_, wanted_.first, stop);
    lines.front().content =
        blank_before(end) + indent + "def " + name + "(" + joined(parameters_) + "):" + end + lines.front().content;
    edits.insert(edits.end(), lines.begin(), lines.end());
    std::string tail;
    if (!results_.empty()) tail += end + deeper(indent) + "return " + results;
    tail += end + end + indent + (returns_ ? "return " : results_.empty() ? "" : results + " = ") + call;
    const std::uint32_t at = file_.text.line_span(stop).end;
    edits.push_back({{at, at}, std::move(tail)});
  }

  static std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
  }

  // A blank line, unless the function starts its block or something else parts it from the line above.
  std::string blank_before(const std::string& end) const {
    const std::uint32_t line = file_.text.line_of(span_in_file(file_, wanted_.first).start);
    if (line == 0 || first_ == first_.parent().first_child()) return "";
    const std::string_view above = file_.text.slice(file_.text.line_span(line - 1));
    const std::size_t code = above.find_first_not_of(" \t\f");
    return code == std::string_view::npos || above[code] == '#' ? "" : end;
  }

  // The last line that moves: comments that are indented like the inside of the last statement go with it.
  std::uint32_t last_line() const {
    const std::size_t indent = indentation(file_, wanted_.first)->size();
    std::uint32_t last = file_.text.line_of(span_in_file(file_, wanted_.last).end);
    for (std::uint32_t line = last + 1; line < file_.text.line_count(); ++line) {
      const std::string_view text = file_.text.slice(file_.text.line_span(line));
      const std::size_t code = text.find_first_not_of(" \t\f");
      if (code == std::string_view::npos) continue;
      if (text[code] != '#' || code <= indent) break;
      last = line;
    }
    return last;
  }

  const FileView& file_;
  const Extraction& wanted_;
  Node first_;
  Node last_;
  bool returns_ = false;                 // the statements end in `return`, whatever happens
  std::vector<std::string> parameters_;  // names that they need a value of, and bind
  std::vector<std::string> results_;     // names that they bind and that are read behind them
};

}  // namespace

Fixes extract_block(const FileView& file, const Extraction& extraction) { return Extractor(file, extraction).run(); }

}  // namespace surefoot::fixes
