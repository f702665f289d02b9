#pragma once
// Rewriting statements to an `async with asyncio.TaskGroup()` block.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/fixes/imports.hpp"

namespace surefoot::fixes {

/// A block that starts tasks, written in place of statements that stand on lines of their own.
class TaskGroupBlock {
 public:
  /// The statements from `first` to `last` (of one block) will be replaced.
  TaskGroupBlock(const FileView& file, const Place& first, syntax::Node last);

  /// Why it cannot be done; else empty.
  const std::string& problem() const { return problem_; }

  /// Starts a task of a coroutine. A task with a `wanted` name is bound to it (or one like it); gives that name.
  std::string start(std::string_view coroutine, std::string_view wanted);
  /// Starts a task of the coroutine for each round of `clauses` ("for x in y if z") and binds the list of them; gives
  /// its name.
  std::string start_each(std::string_view coroutine, std::string_view clauses);

  /// The edits, with a statement behind the block ("" for none).
  std::vector<text::TextEdit> finish(std::string_view behind) const;

 private:
  std::string claim(std::string_view wanted);

  const FileView& file_;
  Place first_;
  text::Span span_;
  std::string problem_;
  std::string indent_;
  std::string group_;
  std::string header_;
  std::vector<std::string> lines_;
  std::vector<std::string> taken_;
  std::optional<text::TextEdit> import_;
};

/// The statement that does nothing but bind, return or drop the value of the expression; null for all others.
syntax::Node statement_of(syntax::Node expression);

/// The clauses of a comprehension: "for x in y if z".
std::string_view clauses_of(syntax::Node comprehension);

/// What stands before the expression in its statement: "first, second = ", "return ", "".
std::string_view before_value(syntax::Node statement, syntax::Node expression);

}  // namespace surefoot::fixes
