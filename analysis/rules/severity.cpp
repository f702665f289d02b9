#include "analysis/rules/severity.hpp"

namespace surefoot::rules {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::information:
      return "information";
    case Severity::hint:
      return "hint";
  }
  return "warning";
}

std::optional<Severity> parse_severity(std::string_view text) {
  for (const Severity each : {Severity::error, Severity::warning, Severity::information, Severity::hint}) {
    if (to_string(each) == text) return each;
  }
  return std::nullopt;
}

std::string_view to_string(Profile profile) { return profile == Profile::strict ? "strict" : "default"; }

std::optional<Profile> parse_profile(std::string_view text) {
  for (const Profile each : {Profile::standard, Profile::strict}) {
    if (to_string(each) == text) return each;
  }
  return std::nullopt;
}

std::string_view to_string(Applicability applicability) {
  return applicability == Applicability::safe ? "safe" : "unsafe";
}

}  // namespace surefoot::rules
