#pragma once
// The whole compilation of named texts, without files: what main.cpp does and what tests call.

#include <string>
#include <vector>

#include "analysis/knowledge/compiler/records.hpp"

namespace surefoot::knowledge::compiler {

struct Input {
  std::string file;
  std::string toml;
};

struct Compiled {
  Knowledge knowledge;
  std::vector<Problem> problems;  // in order of file, line and column; no problem: `knowledge` is valid
};

Compiled compile(const std::vector<Input>& inputs);

/// "file:line:col: message"
std::string to_string(const Problem& problem);

}  // namespace surefoot::knowledge::compiler
