#include "analysis/rules/failed_commits.hpp"

#include <fmt/format.h>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/rules/handlers.hpp"

namespace surefoot::rules {

bool is_first_in_try(Node call, Node except_clause) {
  const Node guarded = except_clause.parent().child(Field::body);
  for (std::uint32_t i = guarded.index(); i < call.index(); ++i) {
    const Node node = call.ast().node(i);
    if (node.is(Kind::call) && node.child(Field::function).text() == call.child(Field::function).text()) return false;
  }
  return true;
}

Fixes roll_back_in(Node except_clause, Node commit, Context& context) {
  const fixes::FileView& file = context.file();
  const Node first = block_of(except_clause).first_child();
  const auto indent = fixes::indentation(file, context.place(first));
  if (!indent) return {{}, "the handler stands on one line"};
  const std::string_view await = commit.parent().is(Kind::await) ? "await " : "";
  const std::string rollback =
      fmt::format("{}{}.rollback()", await, commit.child(Field::function).child(Field::object).text());
  const bool alone = first.is(Kind::pass_statement) && !first.next_sibling();
  const text::TextEdit edit =
      alone ? fixes::replace(file, context.place(first), rollback)
            : fixes::insert_before(file, context.place(first),
                                   fmt::format("{}{}{}", rollback, file.text.dominant_line_ending(), *indent));
  return {{fixes::make_fix("Roll back", fixes::Applicability::safe, {edit})}, ""};
}

}  // namespace surefoot::rules
