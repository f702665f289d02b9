#include "tests/unit/analysis/page.hpp"

#include <algorithm>
#include <regex>
#include <sstream>

namespace surefoot::test {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

void read_words(const std::string& info, Example& example) {
  std::istringstream stream(info);
  for (std::string word; stream >> word;) {
    if (word == "strict") example.strict = true;
    if (word.starts_with("target=")) example.target = word.substr(7);
    if (word.starts_with("path=")) example.path = word.substr(5);
  }
}

void read_file(const std::vector<std::string>& lines, ExampleFile& example) {
  static const std::regex kUnder(R"(^\s*#\s*(\^+)\s+([A-Z]+[0-9]+)\s*(.*)$)");
  static const std::regex kTrailing(R"(\s+#((?: [A-Z]{2,4}[0-9]{3},?)+)$)");
  static const std::regex kCode("[A-Z]+[0-9]+");
  std::uint32_t line = 0;
  for (std::string text : lines) {
    std::smatch match;
    if (std::regex_match(text, match, kUnder)) {
      const auto column = static_cast<std::uint32_t>(match.position(1));
      example.markers.push_back(
          {line - 1, true, column, column + static_cast<std::uint32_t>(match.length(1)), match[2], match[3]});
      continue;
    }
    if (std::regex_search(text, match, kTrailing)) {
      const std::string codes = match[1];
      for (std::sregex_iterator it(codes.begin(), codes.end(), kCode), end; it != end; ++it) {
        example.markers.push_back({line, false, 0, 0, it->str(), ""});
      }
      text = match.prefix();
    }
    example.code += text + "\n";
    ++line;
  }
}

void read_code(const std::vector<std::string>& lines, Example& example) {
  static constexpr std::string_view kFile = "# file: ";
  std::vector<std::string> file;
  const auto finish = [&] {
    static_cast<ExampleFile&>(example).code.clear();
    example.markers.clear();
    read_file(file, example);
    file.clear();
  };
  for (const std::string& line : lines) {
    if (!line.starts_with(kFile)) {
      file.push_back(line);
      continue;
    }
    if (!file.empty()) {
      finish();
      example.others.push_back(example);
    }
    example.path = line.substr(kFile.size());
  }
  finish();
}

}  // namespace

std::vector<Example> read_examples(std::string_view page) {
  std::vector<Example> examples;
  std::string config;
  const std::vector<std::string> lines = lines_of(page);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with("```")) continue;
    const std::string info = lines[i].substr(3);
    const std::size_t fence = i;
    std::vector<std::string> body;
    while (++i < lines.size() && lines[i] != "```") body.push_back(lines[i]);
    std::string text;
    for (const std::string& line : body) text += line + "\n";
    if (info == "toml") {
      config = text;
    } else if (info.starts_with("python fixed")) {
      const std::size_t equals = info.find('=');
      const std::size_t choice = equals == std::string::npos ? 0 : std::stoul(info.substr(equals + 1)) - 1;
      if (!examples.empty()) examples.back().fixed.push_back({choice, text});
    } else if (info == "python" || info.starts_with("python ")) {
      Example& example = examples.emplace_back();
      example.page_line = static_cast<std::uint32_t>(fence) + 1;
      example.config = config;
      read_words(info.substr(6), example);
      read_code(body, example);
    }
  }
  return examples;
}

}  // namespace surefoot::test
