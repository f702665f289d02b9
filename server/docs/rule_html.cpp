#include "server/docs/rule_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "server/cli/xml.hpp"
#include "server/docs/code_html.hpp"
#include "server/docs/layout.hpp"

namespace surefoot::docs {
namespace {

using server::xml_escaped;

/// "py310" -> "3.10".
std::string version_of(std::string_view target) {
  if (!target.starts_with("py") || target.size() < 4) return std::string(target);
  return fmt::format("{}.{}", target[2], target.substr(3));
}

std::string caption_of_word(std::string_view word) {
  if (word == "fixed") return "After the fix";
  if (word == "fixed=2") return "After the second fix";
  if (word.starts_with("fixed=")) return fmt::format("After fix {}", word.substr(6));
  if (word == "strict") return "With the strict profile";
  if (word.starts_with("path=")) return std::string(word.substr(5));
  if (word.starts_with("target=")) return fmt::format("For Python {} and later", version_of(word.substr(7)));
  if (word == "toml") return "surefoot.toml";
  return {};
}

std::string code_block(std::string_view words, std::string_view code) {
  const bool fixed = words.find(" fixed") != std::string_view::npos;
  const std::string caption = caption_of(words);
  std::string html = fmt::format("<figure{}>", fixed ? " class=\"fixed\"" : "");
  if (!caption.empty()) html += fmt::format("<figcaption>{}</figcaption>", xml_escaped(caption));
  html += fmt::format("<pre tabindex=\"0\"><code>{}</code></pre></figure>\n",
                      words.starts_with("python") ? python_html(code) : xml_escaped(code));
  return html;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// Everything below the heading and the line of facts.
std::string_view below_facts(std::string_view page) {
  while (!page.empty()) {
    if (take_line(page).starts_with("**")) break;
  }
  return page;
}

/// Prose and code by turns; no list or quote of a page has a code block in it.
std::string body_html(std::string_view markdown) {
  std::string html;
  std::string prose;
  while (!markdown.empty()) {
    const std::string_view line = take_line(markdown);
    if (!line.starts_with("```")) {
      prose.append(line).append("\n");
      continue;
    }
    html += prose_html(std::exchange(prose, {}));
    std::string code;
    for (std::string_view inside = take_line(markdown); !inside.starts_with("```"); inside = take_line(markdown)) {
      code.append(inside).append("\n");
      if (markdown.empty()) break;
    }
    html += code_block(line.substr(3), code);
  }
  return html + prose_html(prose);
}

}  // namespace

std::string caption_of(std::string_view words) {
  std::string caption;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    const std::string part = caption_of_word(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
    if (part.empty()) continue;
    if (!caption.empty()) caption += ", ";
    caption += part;
  }
  return caption;
}

std::string rule_html(const rules::RuleInfo& rule) {
  return fmt::format("<h1><span class=\"code\">{}</span> {}</h1>\n<p class=\"badges\">{}</p>\n{}", rule.code, rule.name,
                     badges(rule), body_html(below_facts(rule.page)));
}

}  // namespace surefoot::docs
