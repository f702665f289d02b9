#pragma once
// Statements as lines of text: where they stand, and adding statements after them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/fixes/edits.hpp"

namespace surefoot::fixes {

/// The white space that a statement's line starts with; nothing when something else stands before it on its line
/// ("if x: f()", "a(); b()").
std::optional<std::string_view> indentation(const FileView& file, const Place& statement);

/// One more level: a tab where `indentation` ends in one, four spaces otherwise.
std::string deeper(std::string_view indentation);

/// True when nothing but a comment follows the statement on its last line.
bool ends_its_line(const FileView& file, const Place& statement);

/// True when a comment stands between the start of `first` and the end of `last`, nodes of one unit.
bool has_comment(syntax::Node first, syntax::Node last);

/// Adds simple statements after one, on lines of their own with the same indentation; behind semicolons where the
/// statement shares its line with others.
text::TextEdit add_statements(const FileView& file, const Place& statement, const std::vector<std::string>& lines);

/// Moves the lines from that of `first` to that of `last`, statements of one block, one level in. Blank lines and the
/// inside of strings stay.
std::vector<text::TextEdit> indent_lines(const FileView& file, const Place& first, const Place& last);

/// The same, down to a line of the file that stands behind the last statement: comments go along.
std::vector<text::TextEdit> indent_lines(const FileView& file, const Place& first, std::uint32_t last_line);

/// The same for the lines behind `statement` (comments on lines of their own included) to that of `last`.
std::vector<text::TextEdit> indent_behind(const FileView& file, const Place& statement, const Place& last);

/// Takes out the lines from that of `first` to that of `last`, whole, with what else stands on them.
text::TextEdit remove_lines(const FileView& file, std::uint32_t first, std::uint32_t last);

/// Adds a statement at the top level, behind the imports that open the file (and its docstring).
text::TextEdit define_after_imports(const FileView& file, std::string_view statement);

}  // namespace surefoot::fixes
