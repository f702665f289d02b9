#pragma once
// How the broken lines of one top-level statement are masked. Internal to syntax/.

#include <string>
#include <string_view>
#include <vector>

#include "analysis/syntax/logical_lines.hpp"

namespace surefoot::syntax {

/// A logical line, and whether it can be read on its own.
struct JudgedLine {
  LogicalLine line;
  bool is_broken = false;
};

struct Mask {
  text::Span span;
  std::string content;  // as long as the span
};

/// The masks of the lines of one top-level statement, in order and without overlap. Besides the broken lines they
/// cover those that have lost what they belong to: an `else` without its `if`, decorators without a definition.
std::vector<Mask> mask_lines(std::string_view text, const std::vector<JudgedLine>& lines);

/// A name in place of a whole statement (or several).
Mask name_mask(text::Span span);

}  // namespace surefoot::syntax
