#include "analysis/syntax/joined_lines.hpp"

#include "analysis/syntax/logical_lines.hpp"

namespace surefoot::syntax {
namespace {

bool may_start_line(Kind kind) {
  switch (kind) {
    case Kind::case_clause:
    case Kind::decorator:
    case Kind::elif_clause:
    case Kind::else_clause:
    case Kind::except_clause:
    case Kind::finally_clause:
    case Kind::opaque:
    case Kind::other:
      return true;
    default:
      return is_statement(kind);
  }
}

}  // namespace

std::optional<std::uint32_t> find_joined_line(const Ast& ast) {
  LogicalLines lines(ast.text());
  std::uint32_t index = 0;
  for (auto line = lines.next(0); line; line = lines.next(lines.line_after(line->span.end))) {
    const std::uint32_t start = line->span.start;
    std::uint32_t opaque_end = 0;
    while (index < ast.size() && (ast.data(index).start < start || !may_start_line(ast.data(index).kind))) {
      if (ast.data(index).kind == Kind::opaque) opaque_end = ast.data(index).end;
      ++index;
    }
    const bool is_start = index < ast.size() && ast.data(index).start == start;
    if (!is_start && start >= opaque_end) return start;
  }
  return std::nullopt;
}

}  // namespace surefoot::syntax
