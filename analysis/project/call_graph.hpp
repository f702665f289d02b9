#pragma once
// Who calls whom over the files of a project that were read: every call that the types tell, of coroutines too, and
// what is handed over to threads, processes and the event loop. For questions that users ask; what reports need is in
// effects.hpp. It is an index over what the modules say, and what it gives are views of that: they live as long as the
// graph. Immutable; any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/project/module_calls.hpp"

namespace surefoot::project {

class CallGraph {
 public:
  using Kind = ModuleCalls::Kind;
  struct Call {
    std::uint32_t caller = 0;  // numbers of functions
    std::uint32_t callee = 0;
    Runs runs = Runs::body;
    Site site;              // what is called, as written; for what is handed over, that
    std::uint32_t end = 0;  // of the whole call
    /// The function that the callee is handed to, and which calls it.
    std::optional<std::uint32_t> through;
  };
  /// Something that a function does by itself.
  struct Cause {
    std::string_view code;  // of the rule that speaks of it; static
    std::string_view name;  // "requests.get"
    std::string_view what;  // "waits for the network"
    Site site;
    std::uint32_t end = 0;  // of the whole call
  };
  struct Function {
    FunctionKey key;
    std::string_view name;  // "Repo.fetch"; of the code outside functions, the module's path
    Kind kind = Kind::plain;
    Site site;                               // its name, or `lambda`; the module's start for the code outside functions
    text::Span whole;                        // all of it, with its decorators
    std::span<const std::uint32_t> calls;    // numbers of the calls it makes; by the callee's name, then by place
    std::span<const std::uint32_t> callers;  // and of those that run it; by the caller's name, then by place

    bool is_code_of_module() const { return kind == Kind::import || kind == Kind::program; }
  };
  /// Numbers that follow each other. (Clang 14 cannot compile the `std::views::iota` of GCC 12.)
  class Numbers {
   public:
    class Iterator {
     public:
      explicit Iterator(std::uint32_t number) : number_(number) {}
      std::uint32_t operator*() const { return number_; }
      Iterator& operator++() { return ++number_, *this; }
      bool operator==(const Iterator&) const = default;

     private:
      std::uint32_t number_;
    };
    Numbers(std::uint32_t first, std::uint32_t end) : first_(first), end_(end) {}
    Iterator begin() const { return Iterator(first_); }
    Iterator end() const { return Iterator(end_); }
    std::uint32_t size() const { return end_ - first_; }
    bool empty() const { return first_ == end_; }

   private:
    std::uint32_t first_;
    std::uint32_t end_;
  };

  explicit CallGraph(std::vector<ModuleCallsPtr> modules);

  /// The functions, in the order of their files' locations, and in the order of the text in a file.
  std::uint32_t size() const { return starts_.back().function; }
  Numbers numbers() const { return {0, size()}; }
  /// Those of one file; none for one that was not read.
  Numbers functions_of(ModuleKey module) const;
  Function function(std::uint32_t number) const;
  /// The dotted name of the module and of the function in it.
  std::string path_of(std::uint32_t number) const;
  /// In the order of the text.
  std::vector<Cause> causes_of(std::uint32_t number) const;
  std::vector<Entry> entries_of(std::uint32_t number) const;
  Call call(std::uint32_t number) const;

  /// Null for one that was not read. The graph keeps it alive.
  const FileText* file(ModuleKey key) const;
  std::optional<std::uint32_t> find(const FunctionKey& key) const;
  /// The innermost function that holds the offset, else the code that runs at import; nothing for an unknown module.
  std::optional<std::uint32_t> around(ModuleKey module, std::uint32_t offset) const;
  /// The function of which something says the name there: its definition, a call of it, or a mention of it that hands
  /// it over. `span`, if given, is set to that name.
  std::optional<std::uint32_t> named_at(ModuleKey module, std::uint32_t offset, text::Span* span = nullptr) const;

 private:
  /// A module, and the numbers of its first function and call.
  struct Start {
    ModuleKey module = 0;
    std::uint32_t function = 0;
    std::uint32_t call = 0;
  };
  /// Numbers of calls for each function.
  struct Lists {
    std::vector<std::uint32_t> starts;  // one more than there are functions
    std::vector<std::uint32_t> calls;

    std::span<const std::uint32_t> of(std::uint32_t function) const {
      return std::span(calls).subspan(starts[function], starts[function + 1] - starts[function]);
    }
  };
  struct EntryOf {
    std::uint32_t function = 0;
    Entry entry = Entry::web_request;
  };
  /// Where a function or a call is found.
  struct At {
    const ModuleCalls& module;
    std::uint32_t number = 0;  // in the module
    Start start;
  };
  class Builder;
  static constexpr std::uint32_t kUnknown = UINT32_MAX;

  At at(std::uint32_t Start::*kind, std::uint32_t number) const;
  /// The number of a module; nothing for one that was not read.
  std::optional<std::uint32_t> module_number(ModuleKey key) const;

  std::vector<ModuleCallsPtr> modules_;  // sorted by location
  std::vector<Start> starts_;            // one more than there are modules
  std::vector<std::uint32_t> by_key_;    // numbers of modules, sorted by key
  std::vector<std::uint32_t> by_path_;   // numbers of functions, those of each module sorted by FunctionKey::path
  std::vector<std::uint32_t> callees_;   // by the number of the call; kUnknown where it was not read, or is not run
  Lists calls_;
  Lists callers_;
  std::vector<EntryOf> entries_;  // sorted by function
};

/// True for a call that runs the callee in its caller's context: what effects rise through.
bool runs_here(Runs runs);

}  // namespace surefoot::project
