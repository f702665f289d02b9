#include "server/docs/peers.hpp"

#include <algorithm>
#include <cctype>

#include "analysis/engine/suppress.hpp"

namespace surefoot::docs {
namespace {

bool is_word_byte(char each) {
  return std::isalnum(static_cast<unsigned char>(each)) != 0 || each == '-' || each == '_';
}

bool is_upper(char each) { return each >= 'A' && each <= 'Z'; }
bool is_digit(char each) { return each >= '0' && each <= '9'; }

/// One to six capitals, then three or four digits.
bool is_code(std::string_view word) {
  const auto letters = std::find_if_not(word.begin(), word.end(), is_upper) - word.begin();
  const auto digits = std::count_if(word.begin(), word.end(), is_digit);
  return letters >= 1 && letters <= 6 && (digits == 3 || digits == 4) &&
         letters + digits == static_cast<std::ptrdiff_t>(word.size());
}

/// Tools are written as names: "Ruff", "Sonar", "flake8-pie".
bool is_tool(std::string_view word) { return is_upper(word.front()) || word.starts_with("flake8"); }

std::string_view sources_of(std::string_view page) {
  constexpr std::string_view kHeading = "\n## Sources\n";
  const std::size_t start = page.find(kHeading);
  if (start == std::string_view::npos) return {};
  const std::string_view section = page.substr(start + kHeading.size());
  return section.substr(0, section.find("\n## "));
}

void add(std::vector<const rules::RuleInfo*>& rules, const rules::RuleInfo* rule) {
  if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(rule);
}

}  // namespace

std::vector<PeerCode> peers_of_page(std::string_view page) {
  std::vector<PeerCode> peers;
  std::string tool;
  const std::string_view text = sources_of(page);
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\n') tool.clear();
    if (!is_word_byte(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_word_byte(text[end])) ++end;
    const std::string_view word = text.substr(at, end - at);
    at = end;
    if (!is_code(word)) {
      if (is_tool(word)) tool = word;
    } else if (rules::find_rule(word) == nullptr) {
      peers.push_back({tool, std::string(word)});
    }
  }
  return peers;
}

std::map<PeerCode, std::vector<const rules::RuleInfo*>> rules_by_peer() {
  std::map<PeerCode, std::vector<const rules::RuleInfo*>> all;
  for (const rules::RuleInfo& rule : rules::catalogue()) {
    for (const PeerCode& peer : peers_of_page(rule.page)) add(all[peer], &rule);
  }
  for (auto& [peer, ours] : all) {
    for (const std::string_view code : engine::twins_of(peer.code)) {
      if (const rules::RuleInfo* rule = rules::find_rule(code)) add(ours, rule);
    }
    std::sort(ours.begin(), ours.end(), [](const auto* a, const auto* b) { return a->code < b->code; });
  }
  return all;
}

}  // namespace surefoot::docs
