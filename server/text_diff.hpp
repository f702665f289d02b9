#pragma once
// What to change in one text to get another, as edits that leave alone what is equal, so that cursors, folds and marks
// in editors stay. Edits never cut a character or a CRLF in two. Any thread.

#include <string_view>
#include <vector>

#include "analysis/text/source_text.hpp"

namespace surefoot::server {

/// One edit from the first difference to the last; empty with empty content when the texts are equal.
text::TextEdit single_edit(std::string_view before, std::string_view after);

/// Edits of whole lines, ascending and disjoint, as few lines as a shortest line diff takes; texts that differ in very
/// many lines get one edit round all of them.
std::vector<text::TextEdit> line_edits(std::string_view before, std::string_view after);

}  // namespace surefoot::server
