#include "analysis/fixes/name_flow.hpp"

#include <algorithm>

#include "analysis/semantics/frame.hpp"

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

bool binds_as_target(Node target, std::string_view name) {
  bool found = false;
  if (target) semantics::for_each_target(target, [&](Node one) { found = found || one.text() == name; });
  return found;
}

// True for a local of the code below `body`.
bool binds_in(Node body, std::string_view name) {
  semantics::Frame frame;
  semantics::collect_names(body, frame);
  return frame.slots.contains(name);
}

bool is_comprehension(Node node) {
  return node.is(Kind::list_comprehension) || node.is(Kind::set_comprehension) ||
         node.is(Kind::dictionary_comprehension) || node.is(Kind::generator_expression);
}

bool has_parameter(Node function, std::string_view name) {
  for (const Node parameter : function.child(Field::parameters).children()) {
    Node named = parameter.child(Field::name) ? parameter.child(Field::name) : parameter;
    while (named && !named.is(Kind::identifier)) named = named.first_child();
    if (named && named.text() == name) return true;
  }
  return false;
}

// True when a comprehension, lambda or nested function around the identifier, below `root`, has the name to itself.
bool is_inner(Node identifier, Node root) {
  if (identifier == root) return false;
  for (Node child = identifier, node = identifier.parent(); node; child = node, node = node.parent()) {
    if (is_comprehension(node)) {
      for (const Node clause : node.children()) {
        if (clause.is(Kind::for_in_clause) && binds_as_target(clause.child(Field::left), identifier.text()))
          return true;
      }
    }
    const bool function = node.is(Kind::lambda) || node.is(Kind::function_definition);
    const bool in_body = function && child.field() == Field::body;
    if (in_body && (has_parameter(node, identifier.text()) || binds_in(child, identifier.text()))) return true;
    if (node == root) return false;
  }
  return false;
}

NameEvent simple_event(Node node, std::string_view name) {
  if (is_read_in(node, name)) return NameEvent::read;
  return binds_in(node, name) ? NameEvent::set : NameEvent::none;
}

NameEvent block_event(Node block, std::string_view name) {
  for (const Node statement : block.children()) {
    const NameEvent event = first_event(statement, name);
    if (event != NameEvent::none) return event;
  }
  return NameEvent::none;
}

// Branches of which one at most runs, each a block or a clause that ends in one.
NameEvent branches_event(Node statement, std::string_view name) {
  const NameEvent first = block_event(statement.child(Field::consequence), name);
  bool all_set = first == NameEvent::set;
  bool has_else = false;
  if (first == NameEvent::read) return first;
  for (const Node clause : statement.children()) {
    if (!clause.is(Kind::elif_clause) && !clause.is(Kind::else_clause)) continue;
    if (clause.is(Kind::elif_clause) && is_read_in(clause.child(Field::condition), name)) return NameEvent::read;
    has_else = has_else || clause.is(Kind::else_clause);
    const NameEvent event = block_event(clause.child(Kind::block), name);
    if (event == NameEvent::read) return event;
    all_set = all_set && event == NameEvent::set;
  }
  return all_set && has_else ? NameEvent::set : NameEvent::none;
}

// The body may run never or often; what happens first in it happens first in each round.
NameEvent loop_event(Node loop, std::string_view name) {
  const bool reads =
      block_event(loop.child(Field::body), name) == NameEvent::read || is_read_in(loop.child(Field::alternative), name);
  return reads ? NameEvent::read : NameEvent::none;
}

NameEvent for_event(Node loop, std::string_view name) {
  if (is_read_in(loop.child(Field::right), name)) return NameEvent::read;
  return binds_as_target(loop.child(Field::left), name) ? NameEvent::none : loop_event(loop, name);
}

NameEvent with_event(Node with, std::string_view name) {
  for (const Node item : with.child(Kind::with_clause).children()) {
    const NameEvent event = simple_event(item, name);
    if (event != NameEvent::none) return event;
  }
  return block_event(with.child(Field::body), name);
}

bool leaves(Node block) {
  const Node last = block.last_child();
  return last.is(Kind::raise_statement) || last.is(Kind::return_statement) || last.is(Kind::continue_statement) ||
         last.is(Kind::break_statement);
}

// Set when the body sets it and each handler sets it or leaves.
NameEvent try_event(Node statement, std::string_view name) {
  const Node body = statement.child(Field::body);
  const NameEvent first = block_event(body, name);
  bool all_set = first == NameEvent::set;
  if (first == NameEvent::read) return first;
  for (Node clause = body.next_sibling(); clause; clause = clause.next_sibling()) {
    if (is_read_in(clause, name)) return NameEvent::read;
    const Node block = clause.child(Kind::block);
    if (clause.is(Kind::except_clause)) {
      all_set = all_set && (leaves(block) || block_event(block, name) == NameEvent::set);
    }
  }
  return all_set ? NameEvent::set : NameEvent::none;
}

}  // namespace

bool is_read(Node identifier) {
  Node node = identifier;
  while (node.parent().is(Kind::pattern_list) || node.parent().is(Kind::tuple_pattern) ||
         node.parent().is(Kind::list_pattern) || node.parent().is(Kind::list_splat_pattern)) {
    node = node.parent();
  }
  const Node parent = node.parent();
  switch (parent.kind()) {
    case Kind::assignment:
    case Kind::for_statement:
    case Kind::for_in_clause:
      return node.field() != Field::left;
    case Kind::attribute:
      return node.field() != Field::attribute;
    case Kind::keyword_argument:
    case Kind::named_expression:
    case Kind::function_definition:
    case Kind::class_definition:
    case Kind::default_parameter:
    case Kind::typed_default_parameter:
      return node.field() != Field::name;
    case Kind::as_pattern_target:
    case Kind::parameters:
    case Kind::lambda_parameters:
    case Kind::typed_parameter:
    case Kind::dotted_name:
    case Kind::global_statement:
    case Kind::nonlocal_statement:
      return false;
    default:
      return true;
  }
}

bool is_read_in(Node node, std::string_view name) {
  for (std::uint32_t i = node ? node.index() : 0; node && i < node.after(); ++i) {
    const Node one = node.ast().node(i);
    if (one.is(Kind::identifier) && one.text() == name && is_read(one) && !is_inner(one, node)) return true;
  }
  return false;
}

NameEvent first_event(Node node, std::string_view name) {
  switch (node.kind()) {
    case Kind::if_statement:
      if (const NameEvent event = simple_event(node.child(Field::condition), name); event != NameEvent::none) {
        return event;
      }
      return branches_event(node, name);
    case Kind::for_statement:
      return for_event(node, name);
    case Kind::with_statement:
      return with_event(node, name);
    case Kind::while_statement:
      if (const NameEvent event = simple_event(node.child(Field::condition), name); event != NameEvent::none) {
        return event;
      }
      return loop_event(node, name);
    case Kind::try_statement:
      return try_event(node, name);
    case Kind::match_statement:
      return is_read_in(node, name) ? NameEvent::read : NameEvent::none;
    case Kind::opaque:
      return NameEvent::read;
    default:
      return simple_event(node, name);
  }
}

NameEvent first_event(Node first, Node last, std::string_view name) {
  for (Node statement = first; statement; statement = statement.next_sibling()) {
    const NameEvent event = first_event(statement, name);
    if (event != NameEvent::none || statement == last) return event;
  }
  return NameEvent::none;
}

Node function_around(Node node) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::function_definition) && child.field() == Field::body) return outer;
  }
  return {};
}

namespace {

// True when a function or lambda nested in `function`, outside of the code from `first` to `last`, sees the name.
bool is_read_in_closure(Node function, Node first, Node last, std::string_view name) {
  const Node body = function.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    const bool inside = first.index() <= i && i < last.after();
    const bool nested = node.is(Kind::lambda) || node.is(Kind::function_definition) || node.is(Kind::class_definition);
    if (nested && !inside && !node.covers(first) && is_read_in(node, name)) return true;
  }
  return false;
}

// What may run in `outer` behind the part of it that ends with `child`: the rest of a block, the next round of a loop,
// the other clauses of a `try`.
NameEvent event_behind(Node outer, Node child, std::string_view name) {
  switch (outer.kind()) {
    case Kind::block:
      return child.next_sibling() ? first_event(child.next_sibling(), outer.last_child(), name) : NameEvent::none;
    case Kind::for_statement:
      if (child.field() != Field::body) return NameEvent::none;
      if (is_read_in(outer.child(Field::alternative), name)) return NameEvent::read;
      if (binds_as_target(outer.child(Field::left), name)) return NameEvent::none;
      return block_event(child, name) == NameEvent::read ? NameEvent::read : NameEvent::none;
    case Kind::while_statement:
      if (child.field() != Field::body) return NameEvent::none;
      if (is_read_in(outer.child(Field::condition), name)) return NameEvent::read;
      if (is_read_in(outer.child(Field::alternative), name)) return NameEvent::read;
      return block_event(child, name) == NameEvent::read ? NameEvent::read : NameEvent::none;
    case Kind::try_statement:
      for (Node clause = child.next_sibling(); clause; clause = clause.next_sibling()) {
        if (is_read_in(clause, name)) return NameEvent::read;
      }
      return NameEvent::none;
    default:
      return NameEvent::none;
  }
}

}  // namespace

bool is_read_behind(Node first, Node last, std::string_view name) {
  const Node function = function_around(first);
  if (!function || is_read_in_closure(function, first, last, name)) return true;
  for (Node child = last, outer = last.parent(); outer && child != function; child = outer, outer = outer.parent()) {
    const NameEvent event = event_behind(outer, child, name);
    if (event != NameEvent::none) return event == NameEvent::read;
  }
  return false;
}

bool is_set_before(Node statement, std::string_view name) {
  const Node function = function_around(statement);
  for (Node child = statement, outer = statement.parent(); outer && child != function;
       child = outer, outer = outer.parent()) {
    if (outer.is(Kind::for_statement) && child.field() == Field::body &&
        binds_as_target(outer.child(Field::left), name)) {
      return true;
    }
    if (outer.is(Kind::with_statement) && binds_in(outer.child(Kind::with_clause), name)) return true;
    if (!outer.is(Kind::block)) continue;
    for (const Node sibling : outer.children()) {
      if (sibling == child) break;
      if (first_event(sibling, name) == NameEvent::set) return true;
    }
  }
  return has_parameter(function, name);
}

}  // namespace surefoot::fixes
