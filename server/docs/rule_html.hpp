#pragma once
// A rule's page as HTML. Any thread.

#include <string>
#include <string_view>

#include "analysis/rules/catalogue.hpp"

namespace surefoot::docs {

/// The heading with its labels, then the page. Code blocks say above them what they are: code after the fix, code for
/// another Python, another file, the strict profile.
std::string rule_html(const rules::RuleInfo& rule);

/// What stands above a code block whose fence opens with these words ("python fixed", "python path=app/settings.py");
/// empty when there is nothing to say.
std::string caption_of(std::string_view words);

}  // namespace surefoot::docs
