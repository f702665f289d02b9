// The knowledge compiler: `surefoot_knowledge_compiler OUTPUT.cpp FILE.toml…` turns the TOML files into C++ source.
// Without files it writes empty tables. Exit status 1, with `file:line:col: message` on the standard error, when a file
// is wrong; 2 when one cannot be read or written.

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "analysis/knowledge/compiler/compile.hpp"
#include "analysis/knowledge/compiler/write.hpp"

namespace {

using surefoot::knowledge::compiler::Compiled;
using surefoot::knowledge::compiler::Input;

bool read_inputs(const std::vector<std::string>& files, std::vector<Input>& inputs) {
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      std::cerr << file << ": cannot be read\n";
      return false;
    }
    inputs.push_back({file, std::string(std::istreambuf_iterator<char>(in), {})});
  }
  return true;
}

int run(const std::string& output, const std::vector<std::string>& files) {
  std::vector<Input> inputs;
  if (!read_inputs(files, inputs)) return 2;
  const Compiled compiled = compile(inputs);
  for (const auto& problem : compiled.problems) std::cerr << to_string(problem) << "\n";
  if (!compiled.problems.empty()) return 1;
  std::ofstream out(output, std::ios::binary | std::ios::trunc);
  if (write(compiled.knowledge, out) && out.flush()) return 0;
  std::cerr << output << ": cannot be written, or there are more entries than its 16-bit indexes hold\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) {
    std::cerr << "usage: surefoot_knowledge_compiler OUTPUT.cpp FILE.toml...\n";
    return 2;
  }
  return run(arguments.front(), {arguments.begin() + 1, arguments.end()});
}
