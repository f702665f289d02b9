#include "analysis/engine/suppress.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace surefoot::engine {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

bool starts_with_word(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  return std::equal(word.begin(), word.end(), text.begin(),
                    [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

std::vector<std::string> split_codes(std::string_view list) {
  std::vector<std::string> codes;
  std::string code;
  for (const char c : list) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_') {
      code += c;
    } else if (!code.empty()) {
      codes.push_back(std::exchange(code, {}));
    }
  }
  if (!code.empty()) codes.push_back(code);
  return codes;
}

bool is_code(const std::string& word) {
  const std::size_t digits = word.find_first_of("0123456789");
  return digits != std::string::npos && digits > 0 &&
         std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(digits),
                     [](unsigned char c) { return std::isalpha(c) != 0; });
}

// "noqa", "noqa: RT101, ASYNC251 because …"
void read_noqa(std::string_view rest, Suppression suppression, std::vector<Suppression>& into) {
  suppression.is_noqa = true;
  rest = trim(rest);
  if (rest.starts_with(':')) {
    for (std::string& word : split_codes(rest.substr(1))) {
      if (!is_code(word)) break;
      std::transform(word.begin(), word.end(), word.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      suppression.codes.push_back(std::move(word));
    }
    if (suppression.codes.empty()) return;
  }
  into.push_back(std::move(suppression));
}

// "ignore[RT101]", "ignore-file[…]", "ignore"
void read_ours(std::string_view rest, Suppression suppression, std::vector<Suppression>& into) {
  rest = trim(rest);
  if (!rest.starts_with("ignore")) return;
  rest.remove_prefix(6);
  if (rest.starts_with("-file")) {
    suppression.scope = Suppression::Scope::file;
    rest.remove_prefix(5);
  }
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return;
    suppression.codes = split_codes(rest.substr(1, close - 1));
    if (suppression.codes.empty()) return;
  } else if (!rest.empty() && std::isalnum(static_cast<unsigned char>(rest.front())) != 0) {
    return;
  }
  into.push_back(std::move(suppression));
}

}  // namespace

std::vector<Suppression> parse_suppressions(std::string_view comment, std::uint32_t offset) {
  std::vector<Suppression> result;
  for (std::size_t start = 0; start < comment.size();) {
    const std::size_t end = std::min(comment.find('#', start + 1), comment.size());
    const std::string_view part = trim(comment.substr(start + 1, end - start - 1));
    Suppression suppression;
    suppression.comment = {offset + static_cast<std::uint32_t>(start), offset + static_cast<std::uint32_t>(end)};
    if (starts_with_word(part, "noqa")) {
      read_noqa(part.substr(4), std::move(suppression), result);
    } else if (starts_with_word(part, "surefoot:")) {
      read_ours(part.substr(9), std::move(suppression), result);
    }
    start = end;
  }
  return result;
}

std::vector<std::string_view> twins_of(std::string_view peer_code) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 21> kTwins = {{
      {"ASYNC100", "RT220"}, {"ASYNC101", "RT206"}, {"ASYNC102", "RT205"}, {"ASYNC103", "RT204"}, {"ASYNC104", "RT204"},
      {"ASYNC109", "RT231"}, {"ASYNC110", "RT110"}, {"ASYNC115", "RT119"}, {"ASYNC116", "RT119"}, {"ASYNC119", "RT206"},
      {"ASYNC210", "RT101"}, {"ASYNC212", "RT101"}, {"ASYNC220", "RT104"}, {"ASYNC221", "RT104"}, {"ASYNC222", "RT104"},
      {"ASYNC230", "RT103"}, {"ASYNC240", "RT103"}, {"ASYNC250", "RT101"}, {"ASYNC251", "RT101"}, {"RUF006", "RT202"},
      {"S113", "RT401"},
  }};
  std::vector<std::string_view> ours;
  for (const auto& [peer, code] : kTwins) {
    if (peer == peer_code) ours.push_back(code);
  }
  return ours;
}

}  // namespace surefoot::engine
