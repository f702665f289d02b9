#pragma once
// The documentation site: one page a rule, an index by tier, an index by the codes of other tools. Plain HTML and one
// style sheet; nothing is fetched from elsewhere and no script runs. Made from rules::catalogue() alone, so that the
// site is as deterministic as the rules. Any thread.

#include <string>
#include <vector>

namespace surefoot::docs {

struct SiteFile {
  std::string path;  // relative to the site's folder: "rules/RT101.html"
  std::string html;
};

/// All pages. The style sheet that they name is "style.css" in the site's folder.
std::vector<SiteFile> build_site();

}  // namespace surefoot::docs
