#include "analysis/knowledge/compiler/compile.hpp"

#include <algorithm>

#include "analysis/knowledge/compiler/check.hpp"
#include "analysis/knowledge/compiler/read.hpp"

namespace surefoot::knowledge::compiler {

Compiled compile(const std::vector<Input>& inputs) {
  Compiled compiled;
  for (const Input& input : inputs) read(input.file, input.toml, compiled.knowledge, compiled.problems);
  check(compiled.knowledge, compiled.problems);
  std::stable_sort(compiled.problems.begin(), compiled.problems.end(),
                   [](const Problem& a, const Problem& b) { return a.place.order() < b.place.order(); });
  return compiled;
}

std::string to_string(const Problem& problem) {
  return problem.place.file + ":" + std::to_string(problem.place.line) + ":" + std::to_string(problem.place.column) +
         ": " + problem.message;
}

}  // namespace surefoot::knowledge::compiler
