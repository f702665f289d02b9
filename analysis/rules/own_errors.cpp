#include "analysis/rules/own_errors.hpp"

#include "analysis/rules/walk.hpp"

namespace surefoot::rules {
namespace {

bool raises(Node block) {
  bool found = false;
  for_each_own(block, [&](Node node) { found = found || node.is(Kind::raise_statement); });
  return found;
}

bool swallows_everything(Node try_statement) {
  for (const Node clause : try_statement.children()) {
    if (clause.is(Kind::except_clause) && catches_everything(clause)) return !raises(clause);
  }
  return false;
}

std::uint32_t size_of(Node node) { return node.after() - node.index(); }

// The number of nodes below the statement that stand in such a `try`.
std::uint32_t guarded_in(Node statement) {
  if (statement.is(Kind::try_statement)) {
    if (swallows_everything(statement)) return size_of(statement);
    return guarded_in(statement.child(Field::body));
  }
  const bool holds_statements = statement.is(Kind::block) || statement.is(Kind::with_statement) ||
                                statement.is(Kind::while_statement) || statement.is(Kind::for_statement) ||
                                statement.is(Kind::if_statement) || statement.is(Kind::else_clause) ||
                                statement.is(Kind::elif_clause) || statement.is(Kind::finally_clause);
  std::uint32_t guarded = 0;
  if (!holds_statements) return guarded;
  for (const Node child : statement.children()) guarded += guarded_in(child);
  return guarded;
}

}  // namespace

bool handles_own_errors(Node function_definition) {
  const Node body = function_definition.child(Field::body);
  return body && guarded_in(body) * 2 >= size_of(body);
}

}  // namespace surefoot::rules
