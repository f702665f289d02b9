#pragma once
// What a rule is, and what it may ask. A rule is one value in one file (`analysis/rules/<tier>/<name>.cpp`) with its
// page beside it (`<name>.md`); the registry is generated from the folder. Rules keep no state: the same unit in the
// same module gives the same reports.

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/fixes/file_view.hpp"
#include "analysis/fixes/fix.hpp"
#include "analysis/knowledge/tables.hpp"
#include "analysis/rules/severity.hpp"
#include "analysis/semantics/control_flow.hpp"
#include "analysis/semantics/frame.hpp"
#include "analysis/semantics/python_version.hpp"
#include "analysis/semantics/resolver.hpp"

namespace surefoot::rules {

using fixes::Fix;
using fixes::Fixes;
using semantics::Type;
using semantics::TypeSet;
using syntax::Field;
using syntax::Kind;
using syntax::Node;

struct Callee;
struct Rule;
class Context;

/// What a rule saw, in positions of its unit. Kept with the unit; becomes a finding of each version of the file.
struct Report {
  const Rule* rule = nullptr;
  std::uint32_t node = 0;  // the anchor: where the fix starts from
  text::Span span;         // what is underlined; the anchor's span when not said otherwise
  std::string message;
  Severity severity = Severity::warning;
  int variant = 0;  // which form of the rule it is, for the rule's own fix
  // Of what rises to callers (Rule::rises): what it is that has the effect, and what that does.
  std::string subject;  // "requests.get"
  std::string effect;   // "waits for the network"
};

/// Report::variant of a call whose callee has the effect: in a coroutine, and in code that runs at import.
inline constexpr int kThroughHelper = -1;
inline constexpr int kThroughHelperAtImport = -2;

/// Report::variant of what is noted for questions, and of their answers, which have no fix.
inline constexpr int kNoted = -3;
inline constexpr int kAnswered = -4;

/// What a rule wants to know of a function that its code runs or hands over, which may be one of another file: whether
/// it has an effect, by itself or through what it runs. Or of another file: whether some function of it has an effect
/// by itself.
struct Question {
  Report report;  // what to say if so; the way to the effect is added to its message
  semantics::FunctionRef function;
  const semantics::ModuleIndex* file = nullptr;  // asked about in place of a function
  std::vector<std::string_view> effects;         // the codes of the rules that note them: one is enough
  std::string name;                              // Report::subject of the only one that counts; empty: any
  bool beyond = false;                           // effects in this file do not count, however they are reached
  bool at_once = false;                          // the function itself has to have the effect
};

/// Another place of the file that explains a report: where the lock is taken first, what calls the function.
struct Explanation {
  fixes::Place place;
  std::string message;
};

/// The kinds of node that a rule wants to see; up to eight.
class Kinds {
 public:
  Kinds(std::initializer_list<Kind> kinds) {
    for (const Kind kind : kinds) kinds_[size_++] = kind;
  }
  const Kind* begin() const { return kinds_; }
  const Kind* end() const { return kinds_ + size_; }

 private:
  Kind kinds_[8] = {};
  std::size_t size_ = 0;
};

struct Rule {
  std::string_view code;
  std::string_view name;
  Severity severity = Severity::warning;
  Profile profile = Profile::standard;
  Kinds kinds;
  /// Called for each node of these kinds, in the order of the text. Null for a rule that the engine itself carries out.
  void (*check)(Node node, Context& context) = nullptr;
  /// For a rule about calls: false for what is called (rules/callee.hpp) when no call of that can make `check` say
  /// anything. It looks at nothing but that, and is asked once for each. Null: the rule looks at all calls.
  bool (*concerns)(const Callee& callee) = nullptr;
  /// The cures of one report, best first; null when there is none. Called only when somebody asks.
  Fixes (*fix)(const Report& report, Context& context) = nullptr;
  /// Whether a report holds in this version of the file. Null: always. `check` may look at its own unit and at what
  /// other units declare (names, classes, signatures), since its reports are kept while those stay the same; a rule
  /// that must read the code or comments of other units does so here, for its few reports. What it reads is written
  /// down, and it is asked again when some of that changed. After Context::file() that is any change at all; to go over
  /// the units of the file, take for_each_unit_with (rules/walk.hpp) or Context::units().
  bool (*confirm)(const Report& report, Context& context) = nullptr;
  /// Places that explain a report that holds, in the order in which they are to be read. Null: none. May read other
  /// units, as `confirm`.
  std::vector<Explanation> (*explain)(const Report& report, Context& context) = nullptr;
  /// Tests do on purpose what production code must not; true for a rule that is right there too.
  bool in_tests = false;
  /// True for a rule about what blocks the event loop: it asks Context::may_run_on_loop, and what it reports in a plain
  /// function becomes an effect of that function, which is reported where a coroutine calls it.
  bool rises = false;
  /// True for a rule that notes effects (Context::note) for its own questions: it runs in all files of the project.
  bool notes = false;
  /// Whether an effect is worth reporting at a call of a function that has it. In a coroutine the rule is asked whose
  /// effect it is; in code that runs at import, the one that reports. `subject` is set. Null: always.
  bool (*matters_at)(const Report& report, Context& context) = nullptr;
};

/// Where a piece of code runs, by the function that holds it.
enum class Scope : std::uint8_t { module, class_body, function, coroutine, lambda };

/// One unit of one file, and whatever a rule may ask about it. One thread at a time.
class Context {
 public:
  Context(const fixes::FileView& file, std::size_t unit, semantics::Resolver& resolver,
          Profile profile = Profile::standard)
      : file_(file), unit_(unit), resolver_(resolver), profile_(profile) {}
  /// Another unit of the same file.
  Context(Context& other, std::size_t unit) : Context(other.file_, unit, other.resolver_, other.profile_) {}

  // The code.
  /// All of the file.
  const fixes::FileView& file() const {
    if (auto* reads = semantics::Reads::current()) reads->everything();
    return file_;
  }
  std::string_view path() const { return file_.path; }
  const semantics::UnitModel& unit() const { return *file_.models[unit_]; }
  std::size_t unit_number() const { return unit_; }
  /// Each unit of the file by its number, for rules/units.hpp.
  const semantics::UnitModel& unit(std::size_t number) const { return *file_.models[number]; }
  /// True for a function, and for a class or its header.
  bool is_definition(std::size_t number) const { return file_.units.units[number].is_definition; }
  std::size_t unit_count() const { return file_.models.size(); }
  /// What the file declares.
  const semantics::ModuleIndex& module() const { return file_.module; }
  /// True for a file that the system runs by itself, with `#!` in its first line.
  bool is_script() const { return file_.text.bytes().starts_with("#!"); }
  /// The units of the file, for what they declare; who reads their code does so by for_each_unit_with.
  const std::vector<std::shared_ptr<const semantics::UnitModel>>& units() const {
    if (auto* reads = semantics::Reads::current()) reads->declarations();
    return file_.models;
  }
  fixes::Place place(Node node) const { return {unit_, node}; }
  semantics::Resolver& resolver() { return resolver_; }
  semantics::PythonVersion target() const { return file_.facts.target(); }
  const semantics::ProjectFacts& facts() const { return file_.facts; }
  /// True in the strict profile: for the forms of a rule that only it reports.
  bool strict() const { return profile_ == Profile::strict; }

  // What things are. An empty set or a null pointer means: not known, so stay silent.
  const TypeSet& type_of(Node expression) { return resolver_.type_of(unit(), expression); }
  /// What a call calls, when it is one thing; also what its facts are (Type::callable).
  const Type* callee(Node call) { return of_call(call).callee; }
  /// True when the call calls exactly this ("asyncio.create_task").
  bool calls(Node call, std::string_view qualified_name);
  /// True when the expression is an instance of the class or of one derived from it.
  bool is_instance(Node expression, std::string_view class_name);

  // Where things stand.
  Scope scope_of(Node node) const;
  /// The innermost function or lambda around the node, as its definition's node; null at module or class level.
  Node enclosing_function(Node node) const;
  /// The path of the class that the unit or node is directly a member of; empty when there is none.
  std::string_view enclosing_class(Node node) const;
  /// True in the body of an `async def` itself: not in a nested def or lambda, not in its decorators or defaults.
  bool in_coroutine(Node node) const { return scope_of(node) == Scope::coroutine; }
  /// True there and in the body of a plain `def` or lambda, which a coroutine may call.
  bool may_run_on_loop(Node node) const {
    const Scope scope = scope_of(node);
    return scope == Scope::coroutine || scope == Scope::function || scope == Scope::lambda;
  }

  /// How control goes through a function_definition of this unit, with what its names mean taken into account. Made
  /// once; lives as long as the context.
  const semantics::FlowGraph& flow(Node function) { return flow(function, false); }
  /// The same where every statement may raise (FlowFacts::any_statement_raises).
  const semantics::FlowGraph& wary_flow(Node function) { return flow(function, true); }

  /// The names that the statements of a function bind, and those that it declares global or nonlocal. Made once; lives
  /// as long as the context.
  const semantics::Frame& names_of(Node function);

  /// What several rules ask about a call, found once. The reference lives as long as the context.
  struct OfCall {
    const Type* callee = nullptr;
    std::optional<const knowledge::Bridge*> bridge;    // rules/handover.hpp
    std::optional<const knowledge::Spawner*> spawner;  // likewise
  };
  OfCall& of_call(Node call) {
    const bool is_known = call && call.index() < call_at_.size() && call_at_[call.index()] != nullptr;
    return is_known && &call.ast() == ast_of_calls_ ? *call_at_[call.index()] : read_call(call);
  }

  /// What rules/coroutines.hpp found out about an attribute of instances of a class. Kept as long as the context.
  std::optional<std::uint8_t>& promise_of_property(std::string_view class_name, std::string_view attribute) {
    return properties_[{class_name, attribute}];
  }

  // Saying it.
  Report& report(const Rule& rule, Node anchor, std::string message);
  std::vector<Report>& reports() { return reports_; }
  /// What rising rules reported in plain functions, and what others noted.
  std::vector<Report>& effects() { return effects_; }
  /// Notes what the code does at the anchor, as an effect of the function around it: no report, but an answer to the
  /// rule's questions. Rule::confirm is asked about it, with Report::variant kNoted.
  void note(const Rule& rule, Node anchor, std::string subject, std::string effect);
  /// Asks of what the code runs or hands over at the anchor. Once the effects of all files are known, the report is
  /// made if the function has the effect and Rule::confirm agrees.
  Question& ask(const Rule& rule, Node anchor, const semantics::FunctionRef& function, std::string message);
  Question& ask(const Rule& rule, Node anchor, const semantics::ModuleIndex& file, std::string message);
  std::vector<Question>& questions() { return questions_; }
  /// How many of these rules have said.
  std::size_t said() const { return said_; }

 private:
  const fixes::FileView& file_;
  std::size_t unit_;
  semantics::Resolver& resolver_;
  Profile profile_;
  const semantics::FlowGraph& flow(Node function, bool any_statement_raises);
  OfCall& read_call(Node call);

  std::vector<Report> reports_;
  std::vector<Report> effects_;
  std::vector<Question> questions_;
  std::size_t said_ = 0;
  std::map<std::pair<std::uint32_t, bool>, semantics::FlowGraph> flows_;  // by the function's node
  std::map<std::pair<const syntax::Ast*, std::uint32_t>, semantics::Frame> names_;
  std::deque<OfCall> calls_;
  const syntax::Ast* ast_of_calls_ = nullptr;
  std::vector<OfCall*> call_at_;  // by node of that tree; null: nobody has asked
  std::map<std::pair<std::string_view, std::string_view>, std::optional<std::uint8_t>> properties_;
};

// Reading calls.

/// The value of a keyword argument, or of the positional one at `position` (-1: keyword only); null when it is not
/// given.
Node argument(Node call, std::string_view keyword, int position = -1);
Node argument(Node call, const knowledge::Argument& which);
/// True when `*args` or `**kwargs` may hold arguments that are not seen.
bool has_splat(Node call);
bool has_double_splat(Node call);
/// The number of positional arguments, splats included.
std::uint32_t positional_count(Node call);
/// The effects of a call by the knowledge base, with its conditions (`block=False`) taken into account.
knowledge::Effect effects_of(Node call, const knowledge::Callable& facts);

// Reading paths.

bool is_test_path(std::string_view path);
/// "alembic/versions/0001_x.py", "shop/migrations/0002_y.py".
bool is_migration_path(std::string_view path);
/// True when a part of the path or file name says that it is for development ("dev", "local", "test", …).
bool is_development_path(std::string_view path);

/// Parentheses taken off.
Node without_parentheses(Node expression);

}  // namespace surefoot::rules
