#include "tests/bench/sample.hpp"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

extern "C" const TSLanguage* tree_sitter_python(void);

namespace surefoot::bench {
namespace {

std::string storefront() {
  std::istringstream paths(SUREFOOT_BENCH_SOURCES);
  std::string all;
  for (std::string path; std::getline(paths, path, ':');) {
    std::ifstream file(path, std::ios::binary);
    all.append(std::istreambuf_iterator<char>(file), {});
  }
  return all;
}

std::string first_lines(const std::string& text, std::int64_t lines) {
  std::string out;
  std::size_t from = 0;
  while (lines > 0) {
    const std::size_t end = text.find('\n', from);
    if (end == std::string::npos) {
      from = 0;
      continue;
    }
    out.append(text, from, end + 1 - from);
    from = end + 1;
    --lines;
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

void BareParser::parse(const std::string& text) {
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
