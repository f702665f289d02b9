#pragma once
// Small edits in the positions of the file, made from nodes. They change nothing but what they name, so comments and
// layout around them stay.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/fixes/file_view.hpp"
#include "analysis/fixes/fix.hpp"

namespace surefoot::fixes {

text::TextEdit replace(const FileView& file, const Place& place, std::string content);
text::TextEdit insert_before(const FileView& file, const Place& place, std::string content);
text::TextEdit insert_after(const FileView& file, const Place& place, std::string content);

/// Adds `text` ("pool_pre_ping=True", "url=x") as the last argument of a call. Behind a `**kwargs` too, which is valid
/// Python; a trailing comma and comments stay where they are.
text::TextEdit add_argument(const FileView& file, const Place& call, std::string_view text);

/// A fix of one file.
Fix make_fix(std::string title, Applicability applicability, std::vector<text::TextEdit> edits);

/// The comprehensions that an `await` is wanted in. In those that are collected at once (of lists, sets, dictionaries)
/// it may stand; a generator expression would become an asynchronous one.
enum class Comprehensions : std::uint8_t { none, collected, any };

/// Why an `await` cannot stand where this expression stands ("a lambda", "a comprehension", …); empty when it can. In a
/// comprehension inside another one it never can: that is a syntax error before Python 3.11.
std::string await_obstacle(syntax::Node expression, Comprehensions allowed = Comprehensions::none);

/// `await` before an expression, with parentheses where its surroundings need them (`(await f()).x`).
std::vector<text::TextEdit> add_await(const FileView& file, const Place& expression);

}  // namespace surefoot::fixes
