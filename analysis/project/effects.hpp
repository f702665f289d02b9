#pragma once
// What functions do that concerns their callers, over all files: what each function says by itself (facts), and what
// follows from its calls (effects). An effect is named by the code of the rule that speaks of it.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/project/program.hpp"

namespace surefoot::project {

/// Names a function across versions of its file: by the file's location and its path in the module.
struct FunctionKey {
  ModuleKey module = 0;
  std::uint64_t path = 0;
  bool operator==(const FunctionKey&) const = default;
};
FunctionKey function_key(const semantics::ModuleIndex& module, std::string_view path);
/// FunctionKey::path of a function of this path.
std::uint64_t path_key(std::string_view path);
/// Names no function, but the file itself.
FunctionKey key_of_file(const semantics::ModuleIndex& file);

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

/// How a call runs the callee's body. Effects rise through the first two only, and facts have no others but the last
/// one, save where they are made for a call graph.
enum class Runs : std::uint8_t {
  body,       // here and now
  iteration,  // here, step by step
  coroutine,  // on the event loop: what is made here is awaited, or becomes a task
  callback,   // on the event loop, later
  thread,     // in a worker thread it is handed over to
  process,    // in another process
  asked,      // not by this: its effects are asked about here, since it runs in a thread, or under a lock
};

/// A method that objects of a class have instead of one of its base classes.
struct Override {
  std::uint64_t name = 0;  // a hash
  FunctionKey function;
};

struct Call {
  FunctionKey callee;
  Runs runs = Runs::body;
  Spot spot;
  /// Set where the callee is handed to another function, which runs it if it calls that parameter.
  FunctionKey through = {};
  std::uint32_t parameter = 0;  // 0-based, `self` counted
  /// Calls of one function with the same number (not 0) are one call, of which it is not known which it makes: it has
  /// the effects that all of them have.
  std::uint32_t group = 0;
  std::uint64_t self_method = 0;  // `self.f()`: a hash of `f`; else 0
  /// Of a base class's method that is called on an object of a derived class: what that has instead of the methods
  /// which the base class may call on itself. Sorted by name.
  std::vector<Override> overrides = {};
};

struct FunctionFacts {
  FunctionKey key;
  std::string name;  // as users read it: "Repo.fetch"
  bool is_async = false;
  bool is_module = false;                        // the code outside all functions, which runs at import
  Spot spot;                                     // of its definition
  std::vector<std::uint32_t> called_parameters;  // 0-based
  std::vector<Source> sources;
  std::vector<Call> calls;  // of functions of the project, in the order of the text; see Callees
};

/// What the functions of one unit say. `unit` of each spot is left 0: ModuleFacts knows the number.
struct UnitFacts {
  std::vector<FunctionFacts> functions;
  std::uint64_t hash = 0;     // of all but the spots
  bool asks_effects = false;  // a coroutine, or code that runs at import, calls functions of the project; or one asks
};

struct ModuleFacts {
  std::vector<std::shared_ptr<const UnitFacts>> units;  // one a unit of the module; null for one that was left out
  bool is_complete = true;                              // false when some were: of those nothing is asked of others
  std::uint64_t hash = 0;
};
using FactsPtr = std::shared_ptr<const ModuleFacts>;

/// Functions of a module, by FunctionKey::path; none: all that it has.
struct Wanted {
  ModuleKey module = 0;
  std::vector<std::uint64_t> functions = {};
};
/// The facts of modules, in their order; null for one that has none. They may leave out units that hold none of the
/// functions that are wanted. Each function is asked for once.
using FactsOf = std::function<std::vector<FactsPtr>(const std::vector<Wanted>&)>;

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
  FunctionKey callee = {};         // the function that the call runs: perhaps a method of a derived class
};

/// The effects of all functions that the roots' coroutines, code that runs at import, and questions can reach: of
/// others it may know less than there is. Immutable; keeps the facts alive; any thread.
class Effects {
 public:
  /// A module whose functions ask, with its facts: of those that need not be complete, others are asked for when a call
  /// leads to them.
  struct Root {
    ModuleKey module = 0;
    FactsPtr facts;
  };
  Effects(const std::vector<Root>& roots, const FactsOf& facts_of);
  /// The same effects in the places of newer facts; null when some module says something else now.
  std::shared_ptr<const Effects> in_new_places(const FactsOf& facts_of) const;
  /// True when both say the same, wherever it stands.
  bool says_the_same(const Effects& other) const { return graph_ == other.graph_; }

  /// What the call runs: its callee, and the methods of a derived class that this calls on its object.
  std::vector<FunctionKey> targets(const Call& call) const { return targets(*graph_, call); }
  /// True when running this target of the call has the effect on the object that the call is made on: not where the way
  /// to it leads through methods that the object's class has others for.
  bool has(const Call& call, const FunctionKey& target, std::string_view code) const;
  /// False for a call that may be another one (Call::group) which does not have the effect.
  bool is_sure(const Call& call, const std::vector<Call>& calls, std::string_view code) const;
  /// The codes of the effects that calling the function has, sorted.
  std::vector<std::string_view> of(const FunctionKey& function) const;
  /// The shortest way from the function's body to a source; ties break by name, then by place. Empty when it has no
  /// such effect.
  std::vector<Hop> chain(const FunctionKey& function, std::string_view code) const;
  /// The same for what calling the function does itself, be it a coroutine or not, to a source of this name (empty: of
  /// any).
  std::vector<Hop> chain(const FunctionKey& function, std::string_view code, std::string_view name) const;
  /// The functions of a file that have the effect by themselves, from a source of this name.
  std::vector<FunctionKey> all_in(ModuleKey file, std::string_view code, std::string_view name) const;
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
    std::uint32_t module = 0;  // number in `modules`
    std::uint32_t unit = 0;
    std::uint32_t function = 0;  // number in the unit
    std::vector<std::uint32_t> callers;
    std::vector<std::uint16_t> distance;  // by code: steps to a source, kFar when there is none
  };
  static constexpr std::uint16_t kFar = UINT16_MAX;
  /// All but the places.
  struct Graph {
    std::vector<ModuleKey> modules;
    std::unordered_map<ModuleKey, std::uint32_t> module_numbers;
    std::unordered_set<FunctionKey, KeyHash> asked;
    std::vector<std::vector<std::uint32_t>> asking;  // by module: the functions whose calls are asked about
    std::vector<std::string_view> codes;
    std::vector<Node> nodes;
    std::unordered_map<FunctionKey, std::uint32_t, KeyHash> numbers;
  };
  Effects() = default;

  void read(const std::vector<Root>& roots, const FactsOf& facts_of, Graph& graph);
  void add_functions(const std::vector<FunctionKey>& functions, const FactsOf& facts_of, Graph& graph);
  void add_module(ModuleKey module, FactsPtr facts, Graph& graph);
  void add_unit(std::uint32_t module, std::uint32_t unit, Graph& graph) const;
  void connect(Graph& graph) const;
  void spread(std::size_t code, Graph& graph) const;
  const FunctionFacts& facts_of(const Node& node) const {
    return facts_[node.module]->units[node.unit]->functions[node.function];
  }
  const FunctionFacts& facts_of(const Graph& graph, std::uint32_t number) const {
    return facts_of(graph.nodes[number]);
  }
  PlacedFunction placed(const Node& node) const { return {graph_->modules[node.module], node.unit, &facts_of(node)}; }
  const Node* find(const FunctionKey& key) const { return find(*graph_, key); }
  static const Node* find(const Graph& graph, const FunctionKey& key);
  bool happens(const Graph& graph, const Call& call) const;
  std::vector<FunctionKey> targets(const Graph& graph, const Call& call) const;
  bool leads_to(const Graph& graph, const FunctionKey& method, const std::vector<Override>& overrides,
                std::size_t code) const;
  std::uint16_t distance_of(const Graph& graph, const Call& call, std::size_t code) const;
  std::uint16_t distance_by_group(const Graph& graph, const std::vector<Call>& calls, const Call& one,
                                  std::size_t code) const;
  /// False when all that leads from the function to the effect may as well be another call, which has it not.
  bool is_led_to(const Graph& graph, const Node& caller, std::size_t code) const;
  Hop next_hop(const Node& node, std::size_t code) const;

  std::shared_ptr<const Graph> graph_;
  std::vector<FactsPtr> facts_;  // of the graph's modules
};

}  // namespace surefoot::project
