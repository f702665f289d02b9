#pragma once
// Runs a command in a folder of its own, with strings for streams.

#include <sstream>
#include <string>
#include <vector>

#include "server/cli/command_line.hpp"
#include "tests/unit/server/temp_folder.hpp"

namespace surefoot::test {

struct Outcome {
  int status = -1;
  std::string out;
  std::string err;
};

struct RunOptions {
  std::string input;
  bool colour = false;
};

inline Outcome run(const std::string& folder, const std::vector<std::string>& arguments,
                   const RunOptions& options = {}) {
  std::istringstream in(options.input);
  std::ostringstream out;
  std::ostringstream err;
  server::Console console{in, out, err, options.colour, options.colour, false, 100};
  const int status = server::run_command_line(arguments, folder, console);
  return {status, out.str(), err.str()};
}

inline Outcome run(const TempFolder& folder, const std::vector<std::string>& arguments,
                   const RunOptions& options = {}) {
  return run(folder.path(), arguments, options);
}

}  // namespace surefoot::test
