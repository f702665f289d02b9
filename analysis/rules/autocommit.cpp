#include "analysis/rules/autocommit.hpp"

#include "analysis/fixes/lines.hpp"

namespace surefoot::rules {

std::vector<text::TextEdit> put_in_autocommit_block(const MigrationOperation& operation, Context& context) {
  const fixes::FileView& file = context.file();
  const Node statement = operation.call.parent();
  const Node op = operation.call.child(Field::function).child(Field::object);
  if (!statement.is(Kind::expression_statement) || !op.is(Kind::identifier) || operation.in_batch) return {};
  const fixes::Place place = context.place(statement);
  const auto indent = fixes::indentation(file, place);
  if (!indent || !fixes::ends_its_line(file, place)) return {};
  std::vector<text::TextEdit> edits = fixes::indent_lines(file, place, place);
  if (edits.empty()) return {};
  const std::uint32_t start = fixes::span_in_file(file, place).start;
  const std::string with = std::string(op.text()) + ".get_context().autocommit_block():";
  const std::string line = "with " + with + std::string(file.text.dominant_line_ending());
  text::TextEdit& first = edits.front();
  const bool behind_indent = first.span.start == start;
  first.content =
      behind_indent ? line + std::string(*indent) + first.content : std::string(*indent) + line + first.content;
  return edits;
}

}  // namespace surefoot::rules
