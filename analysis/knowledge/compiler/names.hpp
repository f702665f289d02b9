#pragma once
// The grammar of qualified names and of type expressions (README.md of the knowledge folder).

#include <functional>
#include <string>
#include <string_view>

namespace surefoot::knowledge::compiler {

/// "requests.Session.get": ASCII identifiers joined by dots; "X.*" too when `wildcard` is allowed.
bool is_dotted_name(std::string_view name);
bool is_identifier(std::string_view name);
bool is_wildcard(std::string_view name);

/// The part before the first dot.
std::string_view top_level(std::string_view name);

/// True when `name` is `prefix` or lies below it ("a.b.c" under "a.b").
bool is_under(std::string_view name, std::string_view prefix);

/// A builtin type that is written bare, such as `str`.
bool is_builtin_type(std::string_view name);

/// The type expression with every dotted class name replaced by `replace(name)`, in normal spacing
/// ("dict[str, a.B] | None"). Empty when the expression is malformed, and `error` says why.
std::string map_type(std::string_view expression, const std::function<std::string(std::string_view)>& replace,
                     std::string& error);

}  // namespace surefoot::knowledge::compiler
