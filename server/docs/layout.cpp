#include "server/docs/layout.hpp"

#include <fmt/format.h>
#include <md4c-html.h>

#include "server/cli/rule_command.hpp"
#include "server/cli/xml.hpp"

namespace surefoot::docs {
namespace {

using server::xml_escaped;

void append(const char* text, MD_SIZE size, void* into) { static_cast<std::string*>(into)->append(text, size); }

}  // namespace

std::string document(const Frame& frame, std::string_view body) {
  return fmt::format(
      "<!DOCTYPE html>\n"
      "<html lang=\"en\">\n"
      "<head>\n"
      "<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"description\" content=\"{description}\">\n"
      "<title>{title}</title>\n"
      "<link rel=\"icon\" href=\"data:,\">\n"
      "<link rel=\"stylesheet\" href=\"{up}style.css\">\n"
      "</head>\n"
      "<body>\n"
      "<header><nav><a class=\"home\" href=\"{up}index.html\">surefoot</a>\n"
      "<a href=\"{up}index.html\">Rules</a>\n"
      "<a href=\"{up}peers.html\">Codes of other tools</a></nav></header>\n"
      "<main>\n{body}</main>\n"
      "<footer>surefoot " SUREFOOT_VERSION
      ", MIT licence</footer>\n"
      "</body>\n"
      "</html>\n",
      fmt::arg("description", xml_escaped(frame.description)), fmt::arg("title", xml_escaped(frame.title)),
      fmt::arg("up", frame.up), fmt::arg("body", body));
}

std::string prose_html(std::string_view markdown) {
  std::string html;
  const unsigned dialect = MD_FLAG_TABLES | MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_NOHTML;
  md_html(markdown.data(), static_cast<MD_SIZE>(markdown.size()), append, &html, dialect, 0);
  return html;
}

std::string inline_html(std::string_view markdown) {
  std::string html = prose_html(markdown);
  constexpr std::string_view kOpen = "<p>";
  constexpr std::string_view kClose = "</p>\n";
  const bool one_paragraph = html.starts_with(kOpen) && html.ends_with(kClose);
  return one_paragraph ? html.substr(kOpen.size(), html.size() - kOpen.size() - kClose.size()) : html;
}

std::string page_path(const rules::RuleInfo& rule) { return fmt::format("rules/{}.html", rule.code); }

std::string badges(const rules::RuleInfo& rule) {
  const std::string_view severity = rules::to_string(rule.severity);
  const bool strict = rule.profile == rules::Profile::strict;
  const std::string_view fix = server::fix_of_page(rule.page);
  return fmt::format(
      R"(<span class="badge {0}">{0}</span> <span class="badge">{1}</span> <span class="badge">{2}</span>)", severity,
      strict ? "strict profile" : "on by default", fix == "none" ? "no fix" : "fix: " + inline_html(fix));
}

}  // namespace surefoot::docs
