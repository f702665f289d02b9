#pragma once
// What one module says of its functions and their calls to who asks about the project's call graph. It counts places in
// the file and needs no tree, so it may be kept when the module is gone. Immutable; any thread.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/project/effects.hpp"

namespace surefoot::project {

/// Who calls a function, beside the code of the project.
enum class Entry : std::uint8_t { web_request, thread, process, consumer };

struct EntryPoint {
  FunctionKey function;
  Entry entry = Entry::web_request;
};

/// A file without its trees.
struct FileText {
  Place place;
  std::string name;  // dotted: ModuleIndex::name
  text::SourceText text;
};

/// A span of a file. Whoever gives it keeps the file alive.
struct Site {
  const FileText* file = nullptr;
  text::Span span;
  bool operator==(const Site&) const = default;
};

/// Something that a function does by itself.
struct Cause {
  std::string_view code;  // of the rule that speaks of it; static
  std::string name;       // "requests.get"
  std::string what;       // "waits for the network"
  Site site;
  std::uint32_t end = 0;  // of the whole call
};

struct ModuleCalls {
  struct Call {
    FunctionKey callee;
    FunctionKey through;          // as project::Call has it
    std::uint32_t parameter = 0;  // likewise
    Runs runs = Runs::body;
    text::Span span;        // what is called, as written; for what is handed over, that
    std::uint32_t end = 0;  // of the whole call
  };
  /// Of the functions without a name, which stand for the code outside the others, some run when the module is imported
  /// (`is_module`), the others when it is the main program.
  struct Function {
    FunctionKey key;
    std::string name;  // "Repo.fetch"; empty for the code outside functions
    bool is_async = false;
    bool is_module = false;
    text::Span shown;  // its name, or `lambda`
    text::Span whole;  // all of it, with its decorators
    std::vector<std::uint32_t> called_parameters;
    std::vector<Cause> causes;
    std::vector<Call> calls;
  };
  std::shared_ptr<const FileText> file;
  std::vector<Function> functions;  // in the order of the text, and the code outside them, in several parts
  std::vector<EntryPoint> entries;
  std::vector<ModuleKey> called;  // the modules that the calls lead to, each once
};
using ModuleCallsPtr = std::shared_ptr<const ModuleCalls>;

/// `facts`: with calls of all kinds (Callees::all), and with the sources of coroutines.
ModuleCallsPtr module_calls(const Module& module, const ModuleFacts& facts, std::vector<EntryPoint> entries);

}  // namespace surefoot::project
