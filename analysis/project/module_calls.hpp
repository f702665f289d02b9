#pragma once
// What one module says of its functions and their calls to who asks about the project's call graph. It counts places in
// the file and needs no tree, so it may be kept when the module is gone; it is compact, since it is kept of every file
// that was read. Immutable; any thread.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/project/effects.hpp"
#include "analysis/project/file_text.hpp"

namespace surefoot::project {

/// Who calls a function, beside the code of the project.
enum class Entry : std::uint8_t { web_request, thread, process, consumer };

struct EntryPoint {
  FunctionKey function;
  Entry entry = Entry::web_request;
};

struct ModuleCalls {
  enum class Kind : std::uint8_t {
    plain,
    coroutine,
    import,   // the code of a module that runs when it is imported
    program,  // the code of a module that runs when it is the main program
  };
  /// A part of `words`.
  struct Word {
    std::uint32_t start = 0;
    std::uint32_t size = 0;
  };
  /// Its calls and causes go as far as the next function's first.
  struct Function {
    std::uint64_t path = 0;  // FunctionKey::path
    Word name;               // "Repo.fetch"; empty for the code outside functions
    text::Span shown;        // its name, or `lambda`; empty for the code outside functions
    text::Span whole;        // all of it, with its decorators
    std::uint32_t first_call = 0;
    std::uint32_t first_cause = 0;
    Kind kind = Kind::plain;
  };
  struct Call {
    text::Span span;           // what is called, as written; for what is handed over, that
    std::uint32_t end = 0;     // of the whole call
    std::uint32_t callee = 0;  // in `callees`
    Runs runs = Runs::body;
    bool is_handed_on = false;  // there is a HandedOn
  };
  /// Something that a function does by itself.
  struct Cause {
    std::string_view code;  // of the rule that speaks of it; static
    Word name;              // "requests.get"
    Word what;              // "waits for the network"
    text::Span span;
    std::uint32_t end = 0;  // of the whole call
  };
  /// Of a call whose callee is handed to a function, which runs it if it calls that parameter.
  struct HandedOn {
    std::uint32_t call = 0;
    std::uint32_t through = 0;  // in `callees`
    std::uint32_t parameter = 0;
  };
  struct CalledParameter {
    std::uint32_t function = 0;
    std::uint32_t parameter = 0;  // 0-based
    auto operator<=>(const CalledParameter&) const = default;
  };

  std::shared_ptr<const FileText> file;
  std::string words;
  /// In the order of the text. The code outside functions that runs at import is one, and so is that of the main
  /// program if it calls something; each stands where its first part does.
  std::vector<Function> functions;
  std::vector<Call> calls;           // in the order of their functions, of each in that of the text
  std::vector<Cause> causes;         // likewise
  std::vector<FunctionKey> callees;  // that calls lead to or through; sorted by module, then by path; each once
  std::vector<HandedOn> handed_on;   // sorted by call
  std::vector<CalledParameter> called_parameters;  // sorted
  std::vector<EntryPoint> entries;
  std::vector<ModuleKey> called;  // the modules that the calls lead to, sorted, each once

  std::string_view word(Word word) const { return std::string_view(words).substr(word.start, word.size); }
  /// Of the code outside functions, the module's path.
  std::string_view name_of(const Function& function) const;
  /// Of a call that has one, by its number.
  const HandedOn& handing_on(std::uint32_t call) const;
  /// True when the function runs what it gets there.
  bool runs_parameter(CalledParameter parameter) const;
  /// One past the last call of a function, by its number here.
  std::uint32_t calls_end(std::size_t function) const;
  std::uint32_t causes_end(std::size_t function) const;
};
using ModuleCallsPtr = std::shared_ptr<const ModuleCalls>;

/// `facts`: with calls of all kinds (Callees::all), and with the sources of coroutines. `texts`: as FileText has it.
ModuleCallsPtr module_calls(const Module& module, const ModuleFacts& facts, std::vector<EntryPoint> entries,
                            std::shared_ptr<const Texts> texts = nullptr);

}  // namespace surefoot::project
