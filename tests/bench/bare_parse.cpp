// Parses the files named on standard input with tree-sitter and nothing else, on as many threads as the first argument
// says: what a check of a whole project is measured against (tests/bench/project).

#include <tree_sitter/api.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

extern "C" const TSLanguage* tree_sitter_python(void);

int main(int argc, char** argv) {
  std::vector<std::string> files;
  for (std::string line; std::getline(std::cin, line);) files.push_back(line);
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> bytes{0};
  const auto work = [&] {
    TSParser* parser = ts_parser_new();
    ts_parser_set_language(parser, tree_sitter_python());
    for (std::size_t i = next++; i < files.size(); i = next++) {
      std::ifstream file(files[i], std::ios::binary);
      const std::string text(std::istreambuf_iterator<char>(file), {});
      bytes += text.size();
      ts_tree_delete(ts_parser_parse_string(parser, nullptr, text.data(), static_cast<std::uint32_t>(text.size())));
    }
    ts_parser_delete(parser);
  };
  const int jobs = argc > 1 ? std::atoi(argv[1]) : 1;
  std::vector<std::jthread> threads;
  for (int i = 0; i < jobs; ++i) threads.emplace_back(work);
  threads.clear();
  std::printf("%zu files, %zu bytes\n", files.size(), bytes.load());
}
