#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

// Carried out by the engine, which alone knows what a comment has silenced (engine/collect.cpp).
extern const Rule unused_suppression;
const Rule unused_suppression{
    .code = "SF101",
    .name = "unused-suppression",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {},
    .in_tests = true,
};

}  // namespace surefoot::rules
