#pragma once
// Who calls whom over the files of a project that were read: every call that the types tell, of coroutines too, and
// what is handed over to threads, processes and the event loop. For questions that users ask; what reports need is in
// effects.hpp. Immutable; any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/project/module_calls.hpp"

namespace surefoot::project {

class CallGraph {
 public:
  enum class Kind : std::uint8_t {
    plain,
    coroutine,
    import,   // the code of a module that runs when it is imported
    program,  // the code of a module that runs when it is the main program
  };
  struct Call {
    std::uint32_t caller = 0;  // numbers of functions
    std::uint32_t callee = 0;
    Runs runs = Runs::body;
    Site site;              // what is called, as written; for what is handed over, that
    std::uint32_t end = 0;  // of the whole call
    /// The function that the callee is handed to, and which calls it.
    std::optional<std::uint32_t> through;
  };
  using Cause = project::Cause;
  struct Function {
    FunctionKey key;
    std::string name;  // "Repo.fetch"; of the code outside functions, the module's path
    std::string path;  // the dotted name of the module and of the function in it
    Kind kind = Kind::plain;
    Site site;                           // its name, or `lambda`; the module's start for the code outside functions
    text::Span whole;                    // all of it, with its decorators
    std::vector<std::uint32_t> calls;    // numbers of the calls it makes; by the callee's name, then by place
    std::vector<std::uint32_t> callers;  // and of those that run it; by the caller's name, then by place
    std::vector<Cause> causes;           // in the order of the text
    std::vector<Entry> entries;

    bool is_code_of_module() const { return kind == Kind::import || kind == Kind::program; }
  };

  explicit CallGraph(std::vector<ModuleCallsPtr> modules);

  /// In the order of their files' locations, and in the order of the text in a file.
  const std::vector<Function>& functions() const { return functions_; }
  const Function& function(std::uint32_t number) const { return functions_[number]; }
  const std::vector<Call>& calls() const { return calls_; }
  const Call& call(std::uint32_t number) const { return calls_[number]; }

  /// Null for one that was not read. The graph keeps it alive.
  const FileText* file(ModuleKey key) const;
  std::optional<std::uint32_t> find(const FunctionKey& key) const;
  /// The innermost function that holds the offset, else the code that runs at import; nothing for an unknown module.
  std::optional<std::uint32_t> around(ModuleKey module, std::uint32_t offset) const;
  /// The function of which something says the name there: its definition, a call of it, or a mention of it that hands
  /// it over. `span`, if given, is set to that name.
  std::optional<std::uint32_t> named_at(ModuleKey module, std::uint32_t offset, text::Span* span = nullptr) const;

 private:
  struct KeyHash {
    std::size_t operator()(const FunctionKey& key) const { return key.module ^ (key.path * 0x9e3779b97f4a7c15ull); }
  };
  struct Range {  // the functions of a module
    const FileText* file = nullptr;
    std::uint32_t first = 0;
    std::uint32_t last = 0;  // one past
  };

  class Builder;

  std::vector<ModuleCallsPtr> modules_;
  std::vector<Function> functions_;
  std::vector<Call> calls_;
  std::unordered_map<FunctionKey, std::uint32_t, KeyHash> numbers_;
  std::unordered_map<ModuleKey, Range> ranges_;
};

/// True for a call that runs the callee in its caller's context: what effects rise through.
bool runs_here(Runs runs);

}  // namespace surefoot::project
