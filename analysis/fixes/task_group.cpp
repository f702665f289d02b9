#include "analysis/fixes/task_group.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

TaskGroupBlock::TaskGroupBlock(const FileView& file, const Place& first, Node last) : file_(file), first_(first) {
  const Place end{first.unit, last};
  span_ = {span_in_file(file, first).start, span_in_file(file, end).end};
  const auto indent = indentation(file, first);
  if (!indent || !ends_its_line(file, end)) {
    problem_ = "the statement shares its line with others";
    return;
  }
  if (has_comment(first.node, last)) {
    problem_ = "a comment stands in the code that would be rewritten";
    return;
  }
  const Import asyncio = import_module(file, first, "asyncio");
  problem_ = asyncio.problem;
  import_ = asyncio.edit;
  indent_ = *indent;
  group_ = free_name(file, first, "group");
  header_ = fmt::format("async with {}.TaskGroup() as {}:", asyncio.name, group_);
}

std::string TaskGroupBlock::claim(std::string_view wanted) {
  std::string name(wanted);
  const auto is_taken = [&] {
    return std::find(taken_.begin(), taken_.end(), name) != taken_.end() || free_name(file_, first_, name) != name;
  };
  for (int number = 2; is_taken(); ++number) name = fmt::format("{}_{}", wanted, number);
  taken_.push_back(name);
  return name;
}

std::string TaskGroupBlock::start(std::string_view coroutine, std::string_view wanted) {
  std::string line = fmt::format("{}.create_task({})", group_, coroutine);
  if (wanted.empty()) {
    lines_.push_back(std::move(line));
    return {};
  }
  std::string name = claim(wanted);
  lines_.push_back(fmt::format("{} = {}", name, line));
  return name;
}

std::string TaskGroupBlock::start_each(std::string_view coroutine, std::string_view clauses) {
  std::string name = claim("tasks");
  lines_.push_back(fmt::format("{} = [{}.create_task({}) {}]", name, group_, coroutine, clauses));
  return name;
}

std::vector<text::TextEdit> TaskGroupBlock::finish(std::string_view behind) const {
  const std::string end(file_.text.dominant_line_ending());
  std::string content = header_;
  for (const std::string& line : lines_) content += end + deeper(indent_) + line;
  if (!behind.empty()) content += end + indent_ + std::string(behind);
  std::vector<text::TextEdit> edits;
  if (import_) edits.push_back(*import_);
  edits.push_back({span_, std::move(content)});
  return edits;
}

Node statement_of(Node expression) {
  Node parent = expression.parent();
  if (parent.is(Kind::assignment) && expression.field() == Field::right) parent = parent.parent();
  return parent.is(Kind::expression_statement) || parent.is(Kind::return_statement) ? parent : Node();
}

std::string_view clauses_of(Node comprehension) {
  const Node first = comprehension.child(Kind::for_in_clause);
  return comprehension.ast().text().substr(first.start(), comprehension.last_child().end() - first.start());
}

std::string_view before_value(Node statement, Node expression) {
  return statement.ast().text().substr(statement.start(), expression.start() - statement.start());
}

}  // namespace surefoot::fixes
