#include "server/docs/site.hpp"

#include <fmt/format.h>

#include <set>

#include "server/cli/rule_command.hpp"
#include "server/cli/xml.hpp"
#include "server/docs/layout.hpp"
#include "server/docs/peers.hpp"
#include "server/docs/rule_html.hpp"
#include "server/docs/tiers.hpp"

namespace surefoot::docs {
namespace {

using server::xml_escaped;

std::string link_to(const rules::RuleInfo& rule, std::string_view up, std::string_view text) {
  return fmt::format("<a href=\"{}{}\">{}</a>", up, page_path(rule), text);
}

std::string row(const rules::RuleInfo& rule) {
  const auto fixes = server::fixes_of_page(rule.page);
  const bool strict = rule.profile == rules::Profile::strict;
  return fmt::format(
      "<tr><td class=\"code\">{}</td><td><strong>{}</strong>{}<br>{}</td><td><span class=\"badge {}\">{}</span></td>"
      "<td>{}</td></tr>\n",
      link_to(rule, "", rule.code), rule.name, strict ? " <span class=\"badge\">strict</span>" : "",
      inline_html(rule.summary), rules::to_string(rule.severity), rules::to_string(rule.severity),
      fixes.empty() ? "none" : fmt::format("{}", fmt::join(fixes, ", ")));
}

std::string index_body(const std::vector<Tier>& all) {
  std::string contents;
  std::string tables;
  for (const Tier& tier : all) {
    contents += fmt::format("<li><a href=\"#{}\">{}</a> <span class=\"count\">{}</span></li>\n", tier.id,
                            xml_escaped(tier.title), tier.rules.size());
    tables += fmt::format(
        "<h2 id=\"{}\">{}</h2>\n<div class=\"table\"><table>\n<thead><tr><th>Code</th><th>Rule</th><th>Severity</th>"
        "<th>Fix</th></tr></thead>\n<tbody>\n",
        tier.id, xml_escaped(tier.title));
    for (const rules::RuleInfo* rule : tier.rules) tables += row(*rule);
    tables += "</tbody>\n</table></div>\n";
  }
  return fmt::format(
      "<h1>The rules of surefoot</h1>\n"
      "<p>{} rules for the reliability footguns of Python back ends: code that type-checks, passes its tests, and "
      "stalls, "
      "leaks, deadlocks or loses work in production. Coming from another linter? Look your rule up by "
      "<a href=\"peers.html\">its code there</a>.</p>\n"
      "<p>A <em>safe</em> fix leaves every run in which the defect does not show as it was; an <em>unsafe</em> one "
      "changes "
      "more and is worth a look. Rules marked <span class=\"badge\">strict</span> take part with "
      "<code>profile = \"strict\"</code>, or where they are selected by name.</p>\n"
      "<ul class=\"tiers\">\n{}</ul>\n{}",
      rules::catalogue().size(), contents, tables);
}

std::string peers_body() {
  std::string html =
      "<h1>Codes of other tools</h1>\n"
      "<p>What other tools call the thing that a rule of surefoot looks at. The two rarely report the very same "
      "code: a rule here asks what a name stands for and what type a value has.</p>\n";
  std::string tool;
  std::set<std::string> anchors;
  bool open = false;
  for (const auto& [peer, ours] : rules_by_peer()) {
    if (!open || peer.tool != tool) {
      if (open) html += "</tbody>\n</table></div>\n";
      tool = peer.tool;
      open = true;
      html += fmt::format(
          "<h2>{}</h2>\n<div class=\"table\"><table>\n<thead><tr><th>There</th><th>Here</th></tr></thead>\n<tbody>\n",
          tool.empty() ? "Others" : xml_escaped(tool));
    }
    std::string here;
    for (const rules::RuleInfo* rule : ours) {
      here += fmt::format("{}{} {}", here.empty() ? "" : "<br>", link_to(*rule, "", rule->code), rule->name);
    }
    // Several tools may use one code.
    const std::string id = anchors.insert(peer.code).second ? fmt::format(" id=\"{}\"", peer.code) : std::string();
    html += fmt::format("<tr{}><td class=\"code\">{}</td><td>{}</td></tr>\n", id, peer.code, here);
  }
  return open ? html + "</tbody>\n</table></div>\n" : html;
}

std::string rule_page(const Tier& tier, std::size_t i) {
  const rules::RuleInfo& rule = *tier.rules[i];
  std::string steps;
  if (i > 0)
    steps += fmt::format("<span>\xE2\x86\x90 {}</span>", link_to(*tier.rules[i - 1], "../", tier.rules[i - 1]->code));
  if (i + 1 < tier.rules.size()) {
    const rules::RuleInfo& next = *tier.rules[i + 1];
    steps += fmt::format("<span class=\"next\">{} \xE2\x86\x92</span>", link_to(next, "../", next.code));
  }
  const std::string body =
      fmt::format("<p class=\"tier\"><a href=\"../index.html#{}\">{}</a></p>\n{}<nav class=\"steps\">{}</nav>\n",
                  tier.id, xml_escaped(tier.title), rule_html(rule), steps);
  const std::string title = fmt::format("{} {} \xC2\xB7 surefoot", rule.code, rule.name);
  return document({title, std::string(rule.summary), "../"}, body);
}

}  // namespace

std::vector<SiteFile> build_site() {
  const std::vector<Tier> all = tiers();
  std::vector<SiteFile> files;
  files.push_back(
      {"index.html", document({"The rules of surefoot", "All rules of surefoot by tier", ""}, index_body(all))});
  files.push_back({"peers.html", document({"Codes of other tools \xC2\xB7 surefoot",
                                           "Rules of surefoot by the codes of other tools", ""},
                                          peers_body())});
  for (const Tier& tier : all) {
    for (std::size_t i = 0; i < tier.rules.size(); ++i)
      files.push_back({page_path(*tier.rules[i]), rule_page(tier, i)});
  }
  return files;
}

}  // namespace surefoot::docs
