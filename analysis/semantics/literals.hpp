#pragma once
// Literals as Python reads them, and annotations written as strings.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/semantics/term.hpp"
#include "analysis/syntax/ast.hpp"

namespace surefoot::semantics {

/// The value of a plain string literal (implicit concatenation and parentheses allowed), common escapes replaced;
/// nothing for bytes, f-strings with a replacement field and anything else.
std::optional<std::string> literal_string(syntax::Node node);

/// The value of a decimal integer literal, with an optional minus sign.
std::optional<long long> literal_int(syntax::Node node);

/// One step of building an annotation's term; which members count depends on `op`, as in Term.
struct AnnotationTerm {
  Op op = Op::unknown;
  TermId a = kUnknown;
  TermId b = kUnknown;
  std::string_view name;
  std::vector<TermId> list;
};

/// Reads an annotation written as text ("Repo | None", "list['Item']"): names, attributes, subscripts, `|` and None.
/// kUnknown for anything else. `make` turns each step into a term.
TermId parse_annotation(std::string_view text, const std::function<TermId(AnnotationTerm)>& make);

}  // namespace surefoot::semantics
