#pragma once
// How bad a finding is, and in which profile a rule takes part.

#include <cstdint>
#include <optional>
#include <string_view>

#include "analysis/fixes/fix.hpp"

namespace surefoot::rules {

enum class Severity : std::uint8_t { error, warning, information, hint };
enum class Profile : std::uint8_t { standard, strict };
using fixes::Applicability;

/// "error", "warning", "information", "hint".
std::string_view to_string(Severity severity);
std::optional<Severity> parse_severity(std::string_view text);

/// "default", "strict".
std::string_view to_string(Profile profile);
std::optional<Profile> parse_profile(std::string_view text);

/// "safe", "unsafe".
std::string_view to_string(Applicability applicability);

}  // namespace surefoot::rules
