#pragma once
// `surefoot rule` and `surefoot rules`: what the rules are.

#include <string>
#include <string_view>
#include <vector>

#include "server/cli/console.hpp"

namespace surefoot::server {

/// Prints the page of a rule, by code or name, letter case aside. The exit status; an unknown rule is an error that
/// names the nearest ones.
int run_rule(const std::string& code_or_name, Console& console);

/// Lists all rules. `format` is "text" or "json" (an array of {code, name, severity, profile, fixes, summary, url}).
int run_rules(std::string_view format, Console& console);

/// What a page's line of facts says after "fix:": "safe for `time.sleep`, unsafe otherwise".
std::string_view fix_of_page(std::string_view page);

/// The kinds of fix that a page's line of facts promises after "fix:": "safe", "unsafe", both or none, in this order.
std::vector<std::string_view> fixes_of_page(std::string_view page);

}  // namespace surefoot::server
