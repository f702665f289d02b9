#pragma once
// What all pages of the site share, and the small pieces they are built of. Any thread.

#include <string>
#include <string_view>

#include "analysis/rules/catalogue.hpp"

namespace surefoot::docs {

struct Frame {
  std::string title;        // of the window
  std::string description;  // for those who list the page
  std::string up;           // from the page's folder to the site's: "" or "../"
};

/// A whole document round `body`, which is HTML.
std::string document(const Frame& frame, std::string_view body);

/// Markdown as HTML: paragraphs, lists, emphasis, code, tables, links. Raw HTML in it is shown, not obeyed.
std::string prose_html(std::string_view markdown);
/// The same for text within one line: no paragraph round it.
std::string inline_html(std::string_view markdown);

/// Where a rule's page is, seen from the site's folder.
std::string page_path(const rules::RuleInfo& rule);

/// Severity, profile and kinds of fix, as a row of labels.
std::string badges(const rules::RuleInfo& rule);

}  // namespace surefoot::docs
