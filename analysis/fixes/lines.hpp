#pragma once
// Statements as lines of text: where they stand, and adding statements after them.

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

/// Adds simple statements after one, on lines of their own with the same indentation; behind semicolons where the
/// statement shares its line with others.
text::TextEdit add_statements(const FileView& file, const Place& statement, const std::vector<std::string>& lines);

}  // namespace surefoot::fixes
