#include "tests/bench/sample.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string_view>

extern "C" const TSLanguage* tree_sitter_python(void);

namespace surefoot::bench {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string storefront() {
  std::istringstream paths(SUREFOOT_BENCH_SOURCES);
  std::string all;
  for (std::string path; std::getline(paths, path, ':');) all += read(path);
  return all;
}

bool is_of_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// The identifiers and keywords of the text, and what stands between them, by turns.
void for_each_word(std::string_view text, const auto& take) {
  for (std::size_t at = 0; at < text.size();) {
    const bool is_word = is_of_name(text[at]);
    std::size_t end = at + 1;
    while (end < text.size() && is_of_name(text[end]) == is_word) ++end;
    take(text.substr(at, end - at), is_word);
    at = end;
  }
}

/// What the lines that are not indented define.
std::set<std::string, std::less<>> names_defined_in(const std::string& text) {
  std::set<std::string, std::less<>> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first;
    std::string second;
    words >> first >> second;
    if (line.empty() || !is_of_name(line[0])) continue;
    if (first == "async") words >> second;
    if (first == "class" || first == "def" || first == "async")
      names.insert(second.substr(0, second.find_first_of("(:")));
    if (second == "=") names.insert(first);
  }
  return names;
}

/// The same shop with names of its own: no file defines each of its classes ten times.
std::string copy_of(const std::string& text, const std::set<std::string, std::less<>>& names, int number) {
  std::string out;
  for_each_word(text, [&](std::string_view word, bool is_word) {
    out += word;
    if (is_word && number > 0 && names.contains(word)) out += "_" + std::to_string(number);
  });
  return out;
}

std::string first_lines(const std::string& text, std::int64_t lines) {
  const auto names = names_defined_in(text);
  std::string out;
  for (int copy = 0; lines > 0; ++copy) {
    std::istringstream rest(copy_of(text, names, copy));
    for (std::string line; lines > 0 && std::getline(rest, line); --lines) out += line + "\n";
  }
  return out;
}

TSPoint point_of(const text::SourceText& text, std::uint32_t offset) {
  const std::uint32_t line = text.line_of(offset);
  return {line, offset - text.line_start(line)};
}

}  // namespace

const std::string& python_of(std::int64_t lines) {
  static const std::string once = storefront();
  static std::map<std::int64_t, std::string> cut;
  auto& text = cut[lines];
  if (text.empty()) text = first_lines(once, lines);
  return text;
}

std::vector<std::string> python_below(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".py") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  std::transform(paths.begin(), paths.end(), std::back_inserter(texts), read);
  return texts;
}

std::uint32_t typing_place(const std::string& text) {
  const std::string statement = "    return ";
  std::size_t place = text.find("\n" + statement, text.size() / 2);
  if (place == std::string::npos) place = text.rfind("\n" + statement);
  return static_cast<std::uint32_t>(place + 1 + statement.size() + 1);
}

BareParser::BareParser() : parser_(ts_parser_new()) { ts_parser_set_language(parser_, tree_sitter_python()); }

BareParser::~BareParser() {
  replace(nullptr);
  ts_parser_delete(parser_);
}

void BareParser::replace(TSTree* tree) {
  if (tree_ != nullptr) ts_tree_delete(tree_);
  tree_ = tree;
}

void BareParser::parse(std::string_view text) {
  replace(ts_parser_parse_string(parser_, nullptr, text.data(), static_cast<std::uint32_t>(text.size())));
}

void BareParser::reparse(const text::TextEdit& edit, const text::SourceText& before, const text::SourceText& after) {
  const auto new_end = edit.span.start + static_cast<std::uint32_t>(edit.content.size());
  const TSInputEdit input{edit.span.start,
                          edit.span.end,
                          new_end,
                          point_of(before, edit.span.start),
                          point_of(before, edit.span.end),
                          point_of(after, new_end)};
  ts_tree_edit(tree_, &input);
  replace(ts_parser_parse_string(parser_, tree_, after.bytes().data(), after.size()));
}

}  // namespace surefoot::bench
