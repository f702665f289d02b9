#include "server/cli/rule_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "analysis/engine/config_suggest.hpp"
#include "analysis/rules/catalogue.hpp"
#include "server/cli/check.hpp"
#include "server/cli/markdown.hpp"

namespace surefoot::server {
namespace {

std::string with_case(std::string text, int (*convert)(int)) {
  for (char& each : text) each = static_cast<char>(convert(static_cast<unsigned char>(each)));
  return text;
}

const rules::RuleInfo* find_any_case(const std::string& code_or_name) {
  for (const std::string& each :
       {code_or_name, with_case(code_or_name, std::toupper), with_case(code_or_name, std::tolower)}) {
    if (const auto* rule = rules::find_rule(each)) return rule;
  }
  return nullptr;
}

std::string suggestions(const std::string& word) {
  const auto near = engine::nearest(word, engine::rule_selectors());
  if (near.empty()) return "; `surefoot rules` lists them all";
  std::string text = "; did you mean ";
  for (std::size_t i = 0; i < near.size(); ++i) text += fmt::format("{}`{}`", i == 0 ? "" : " or ", near[i]);
  return text + "?";
}

/// The line below the heading: "**warning** · on by default · fix: safe".
std::string_view facts_of_page(std::string_view page) {
  while (!page.empty()) {
    const std::size_t end = std::min(page.find('\n'), page.size());
    const std::string_view line = page.substr(0, end);
    if (line.starts_with("**")) return line;
    page.remove_prefix(std::min(end + 1, page.size()));
  }
  return {};
}

void print_json(Console& console) {
  auto json = nlohmann::ordered_json::array();
  for (const rules::RuleInfo& rule : rules::catalogue()) {
    json.push_back({{"code", rule.code},
                    {"name", rule.name},
                    {"severity", rules::to_string(rule.severity)},
                    {"profile", rules::to_string(rule.profile)},
                    {"fixes", fixes_of_page(rule.page)},
                    {"summary", rule.summary},
                    {"url", rules::rule_url(rule)}});
  }
  console.out << json.dump(2) << '\n';
}

void print_table(Console& console) {
  std::size_t longest = 0;
  for (const rules::RuleInfo& rule : rules::catalogue()) longest = std::max(longest, rule.name.size());
  const auto row = [&](std::string_view code, std::string_view name, std::string_view severity,
                       std::string_view profile, std::string_view fix) {
    return fmt::format("{:<8} {:<{}}  {:<11}  {:<7}  {}", code, name, longest, severity, profile, fix);
  };
  console.out << styled(row("code", "name", "severity", "profile", "fix"), Style::bold, console.colour_out) << '\n';
  for (const rules::RuleInfo& rule : rules::catalogue()) {
    console.out << row(rule.code, rule.name, rules::to_string(rule.severity), rules::to_string(rule.profile),
                       fmt::format("{}", fmt::join(fixes_of_page(rule.page), ", ")))
                << '\n';
  }
}

}  // namespace

std::string_view fix_of_page(std::string_view page) {
  constexpr std::string_view kMark = "fix: ";
  const std::string_view facts = facts_of_page(page);
  const std::size_t mark = facts.find(kMark);
  return mark == std::string_view::npos ? std::string_view() : facts.substr(mark + kMark.size());
}

std::vector<std::string_view> fixes_of_page(std::string_view page) {
  const std::string told = fmt::format(" {}", fix_of_page(page));
  std::vector<std::string_view> fixes;
  if (told.find(" safe") != std::string::npos) fixes.emplace_back("safe");
  if (told.find(" unsafe") != std::string::npos) fixes.emplace_back("unsafe");
  return fixes;
}

int run_rule(const std::string& code_or_name, Console& console) {
  const rules::RuleInfo* rule = find_any_case(code_or_name);
  if (rule == nullptr) {
    print_error(console, fmt::format("unknown rule `{}`{}", code_or_name, suggestions(code_or_name)));
    return kFailed;
  }
  console.out << (console.colour_out ? markdown_for_terminal(rule->page) : std::string(rule->page));
  if (!rule->page.ends_with('\n')) console.out << '\n';
  return kClean;
}

int run_rules(std::string_view format, Console& console) {
  format == "json" ? print_json(console) : print_table(console);
  return kClean;
}

}  // namespace surefoot::server
