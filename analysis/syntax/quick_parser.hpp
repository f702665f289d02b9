#pragma once
// A fast reader of ordinary Python: gives the units that the full parser (syntax/tree.hpp) would give, many times
// faster, or nothing where a text holds anything unusual or wrong. Whatever it gives is the same, node by node
// (tests/corpus holds the two together).

#include <optional>

#include "analysis/syntax/units.hpp"

namespace surefoot::syntax {

std::optional<UnitList> read_quickly(const text::SourceText& text);

}  // namespace surefoot::syntax
