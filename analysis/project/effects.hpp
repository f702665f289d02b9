#pragma once
// What functions do that concerns their callers, over all files: what each function says by itself (facts), and what
// follows from its calls (effects). An effect is named by the code of the rule that speaks of it.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/project/program.hpp"

namespace surefoot::project {

/// Names a function across versions of its file: by the file's location and its path in the module.
struct FunctionKey {
  ModuleKey module = 0;
  std::uint64_t path = 0;
  bool operator==(const FunctionKey&) const = default;
};
FunctionKey function_key(std::string_view location, std::string_view path);

/// Where something stands: a unit of its module, and a node and a span in that unit.
struct Spot {
  std::uint32_t unit = 0;
  std::uint32_t node = 0;
  text::Span span;
};

/// A place where a function has an effect by itself.
struct Source {
  std::string_view code;  // of the rule; static
  std::string name;       // what does it: "requests.get"
  std::string what;       // "waits for the network"
  Spot spot;
};

/// How a call runs the callee's body.
enum class Runs : std::uint8_t { body, iteration };

struct Call {
  FunctionKey callee;
  Runs runs = Runs::body;
  Spot spot;
  /// Set where the callee is handed to another function, which runs it if it calls that parameter.
  FunctionKey through = {};
  std::uint32_t parameter = 0;  // 0-based, `self` counted
};

struct FunctionFacts {
  FunctionKey key;
  std::string name;  // as users read it: "Repo.fetch"
  bool is_async = false;
  bool is_module = false;                        // the code outside all functions, which runs at import
  Spot spot;                                     // of its definition
  std::vector<std::uint32_t> called_parameters;  // 0-based
  std::vector<Source> sources;
  std::vector<Call> calls;  // of functions of the project that are not asynchronous, in the order of the text
};

/// What the functions of one unit say. `unit` of each spot is left 0: ModuleFacts knows the number.
struct UnitFacts {
  std::vector<FunctionFacts> functions;
  std::uint64_t hash = 0;  // of all but the spots
};

struct ModuleFacts {
  std::vector<std::shared_ptr<const UnitFacts>> units;  // one a unit of the module
  std::uint64_t hash = 0;
};
using FactsPtr = std::shared_ptr<const ModuleFacts>;

/// The facts of a module; null when there are none. Called once for each module that matters.
using FactsOf = std::function<FactsPtr(ModuleKey)>;

/// A function with the number of its unit.
struct PlacedFunction {
  ModuleKey module = 0;
  std::uint32_t unit = 0;
  const FunctionFacts* facts = nullptr;
};

/// One step from a call down to the source of an effect.
struct Hop {
  PlacedFunction function;         // where the step is made
  const Call* call = nullptr;      // null for the last one,
  const Source* source = nullptr;  // which is the source itself
};

/// The effects of all functions that the roots can reach. Immutable; keeps the facts alive; any thread.
class Effects {
 public:
  Effects(const std::vector<ModuleKey>& roots, const FactsOf& facts_of);

  /// The codes of the effects that calling the function has, sorted.
  std::vector<std::string_view> of(const FunctionKey& function) const;
  /// The shortest way from the function's body to a source; ties break by name, then by place. Empty when it has no
  /// such effect.
  std::vector<Hop> chain(const FunctionKey& function, std::string_view code) const;
  /// False for a call of a function that was handed to one which does not call it.
  bool happens(const Call& call) const;
  /// The modules that were read, sorted: the roots, and what they lead to.
  std::vector<ModuleKey> modules() const;
  /// Of these, the ones whose functions the coroutines of a module, and its code that runs at import, may run: on what
  /// those say depends what is found at their calls. Sorted, perhaps itself among them.
  std::vector<ModuleKey> modules_behind(ModuleKey module) const;
  /// The name of a function; empty when it is not known.
  std::string_view name(const FunctionKey& function) const;

 private:
  struct KeyHash {
    std::size_t operator()(const FunctionKey& key) const { return key.module ^ (key.path * 0x9e3779b97f4a7c15ull); }
  };
  struct Node {
    PlacedFunction function;
    std::vector<std::uint32_t> callers;
    std::vector<std::uint16_t> distance;  // by code: steps to a source, kFar when there is none
  };
  static constexpr std::uint16_t kFar = UINT16_MAX;

  void read(const std::vector<ModuleKey>& roots, const FactsOf& facts_of);
  void connect();
  void spread(std::size_t code);
  std::size_t number_of(std::string_view code);
  const Node* find(const FunctionKey& key) const;
  const Call* next_call(const Node& node, std::size_t code) const;

  std::vector<ModuleKey> modules_;
  std::vector<FactsPtr> facts_;
  std::vector<std::string_view> codes_;
  std::vector<Node> nodes_;
  std::unordered_map<ModuleKey, std::uint32_t> first_node_;  // of a module's, which stand together
  std::unordered_map<FunctionKey, std::uint32_t, KeyHash> numbers_;
};

}  // namespace surefoot::project
