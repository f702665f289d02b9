#include "analysis/rules/cpu_bound.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

constexpr std::size_t kMaxCalls = 5;         // functions of the file, one inside the other
constexpr std::int64_t kManyRounds = 10000;  // of a loop whose length is written out

// Builtins that work on what they are given and on nothing else (Python library reference, "Built-in Functions").
bool is_pure_builtin(std::string_view name) {
  static constexpr std::array<std::string_view, 49> kNames = {
      "abs",     "all",   "any",    "ascii",      "bin",    "bool",       "bytearray",  "bytes",     "chr",
      "complex", "dict",  "divmod", "enumerate",  "filter", "float",      "format",     "frozenset", "getattr",
      "hasattr", "hash",  "hex",    "id",         "int",    "isinstance", "issubclass", "iter",      "len",
      "list",    "map",   "max",    "memoryview", "min",    "next",       "object",     "oct",       "ord",
      "pow",     "range", "repr",   "reversed",   "round",  "set",        "setattr",    "slice",     "sorted",
      "str",     "sum",   "tuple",  "zip"};
  return contains(kNames, name) || (name.find('.') == std::string_view::npos && name.ends_with("Error"));
}

// Modules that compute and hold the GIL while they do.
bool is_pure_module(std::string_view name) {
  static constexpr std::array<std::string_view, 24> kPrefixes = {
      "math.",   "cmath.",     "random.",    "itertools.",  "functools.", "operator.",    "collections.", "re.",
      "string.", "json.loads", "json.dumps", "statistics.", "decimal.",   "fractions.",   "heapq.",       "bisect.",
      "copy.",   "datetime.",  "struct.",    "textwrap.",   "difflib.",   "unicodedata.", "array.",       "calendar."};
  static constexpr std::array<std::string_view, 5> kNames = {"time.time", "time.perf_counter", "time.monotonic",
                                                             "time.process_time", "time.perf_counter_ns"};
  return contains(kNames, name) || std::any_of(kPrefixes.begin(), kPrefixes.end(),
                                               [&](std::string_view prefix) { return name.starts_with(prefix); });
}

bool is_builtin_class(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kNames = {"str",  "bytes",   "bytearray", "int",       "float",
                                                              "list", "dict",    "set",       "frozenset", "tuple",
                                                              "bool", "complex", "range",     "memoryview"};
  return contains(kNames, name);
}

// Methods that no object has but strings and containers, for receivers of unknown type.
bool is_method_of_builtin(std::string_view name) {
  static constexpr std::array<std::string_view, 30> kNames = {
      "append",  "extend",  "items",      "keys",    "values",  "split",     "rsplit",     "splitlines",
      "strip",   "lstrip",  "rstrip",     "lower",   "upper",   "title",     "startswith", "endswith",
      "isdigit", "isalpha", "isalnum",    "isspace", "islower", "isupper",   "replace",    "zfill",
      "ljust",   "rjust",   "setdefault", "encode",  "decode",  "bit_length"};
  return contains(kNames, name);
}

bool speaks(std::string_view name) { return name == "print" || name.starts_with("logging."); }

bool is_loop(Node node) { return node.is(Kind::for_statement) || node.is(Kind::while_statement); }

// ---- how often, and what

std::optional<std::int64_t> integer_of(Node node) {
  if (!node.is(Kind::integer)) return std::nullopt;
  std::string digits(node.text());
  std::erase(digits, '_');
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// `range(1000)`, `range(0, 10 ** 7)`: the largest number that is written out; nothing when a name decides.
std::optional<std::int64_t> written_size(Node range) {
  std::int64_t largest = 0;
  for (std::uint32_t i = range.child(Field::arguments).index(); i < range.after(); ++i) {
    const Node node = range.ast().node(i);
    if (node.is(Kind::identifier)) return std::nullopt;
    if (node.is(Kind::binary_operator) && node.child(Field::operator_).text() == "**") largest = kManyRounds;
    largest = std::max(largest, integer_of(node).value_or(0));
  }
  return largest;
}

enum class Length : std::uint8_t { small, counted, collection };

// Whether the loop may go round many times: as often as a number says, or over a collection that is not written out.
Length length_of(Node iterable) {
  iterable = without_parentheses(iterable);
  while (iterable.is(Kind::call)) {
    const std::string_view name = iterable.child(Field::function).text();
    const Node first = iterable.child(Field::arguments).first_child();
    if (name == "range")
      return written_size(iterable).value_or(kManyRounds) >= kManyRounds ? Length::counted : Length::small;
    if (name != "enumerate" && name != "zip" && name != "reversed" && name != "sorted" && name != "list") break;
    iterable = without_parentheses(first);
  }
  const bool written = iterable.is(Kind::list) || iterable.is(Kind::tuple) || iterable.is(Kind::string) ||
                       iterable.is(Kind::set) || iterable.is(Kind::dictionary);
  return written || !iterable ? Length::small : Length::collection;
}

bool is_string_work(Node call) {
  static constexpr std::array<std::string_view, 12> kNames = {
      "split", "replace", "lower", "upper", "strip", "join", "encode", "decode", "ord", "chr", "format", "append"};
  const std::string_view name = last_name(call);
  return contains(kNames, name) || call.child(Field::function).text().starts_with("re.");
}

// The steps of arithmetic and string work below the node.
int work_in(Node tree) {
  int work = 0;
  for_each_own(tree, [&](Node node) {
    const bool step = node.is(Kind::binary_operator) || node.is(Kind::augmented_assignment) ||
                      node.is(Kind::interpolation) || (node.is(Kind::call) && is_string_work(node));
    work += step ? 1 : 0;
  });
  return work;
}

Node repeated_part(Node loop) { return loop.child(Field::body); }

bool has_loop_below(Node loop) {
  bool found = false;
  for_each_own(repeated_part(loop), [&](Node node) { found = found || is_loop(node) || is_comprehension(node); });
  return found;
}

bool is_text(Node node) {
  node = without_parentheses(node);
  return node.is(Kind::string) || node.is(Kind::concatenated_string) || node.is(Kind::list) || node.is(Kind::tuple);
}

// Arithmetic on numbers, as far as can be seen: no joining of strings or lists.
bool is_arithmetic(Node node) {
  if (node.is(Kind::augmented_assignment)) return !is_text(node.child(Field::right));
  if (!node.is(Kind::binary_operator)) return false;
  return !is_text(node.child(Field::left)) && !is_text(node.child(Field::right));
}

// `data[start : start + size]`: where to look, not what to compute.
bool is_in_index(Node node, Node tree) {
  for (Node child = node; child && child != tree; child = child.parent()) {
    if (child.parent().is(Kind::subscript) && child.field() == Field::subscript) return true;
  }
  return false;
}

bool has_arithmetic(Node tree) {
  bool found = false;
  for_each_own(tree, [&](Node node) { found = found || (is_arithmetic(node) && !is_in_index(node, tree)); });
  return found;
}

bool has_computing_loop_below(Node loop) {
  bool found = false;
  for_each_own(repeated_part(loop), [&](Node node) {
    const bool inner = node.is(Kind::for_statement) || is_comprehension(node);
    found = found || (inner && has_arithmetic(repeated_part(node)));
  });
  return found;
}

Length length_of_loop(Node loop) {
  const Node clause = is_loop(loop) ? loop : loop.child(Kind::for_in_clause);
  return length_of(clause.child(Field::right));
}

bool computes_over_range(Node loop) {
  if (loop.is(Kind::while_statement)) return false;
  const Length length = length_of_loop(loop);
  if (length == Length::counted) return has_arithmetic(repeated_part(loop));
  return length == Length::collection && has_computing_loop_below(loop);
}

// True for a loop, or comprehension, that goes round often and computes in each round.
bool is_heavy(Node loop, Computing computing) {
  if (computing == Computing::over_range) return computes_over_range(loop);
  const int work = work_in(repeated_part(loop));
  if (loop.is(Kind::while_statement)) return work + work_in(loop.child(Field::condition)) > 1;
  if (work == 0) return false;
  const Length length = length_of_loop(loop);
  if (length == Length::counted) return true;
  const int least = computing == Computing::shared_out ? 2 : 3;
  return length == Length::collection && (has_loop_below(loop) || (is_loop(loop) && work >= least));
}

// ---- what is called

class Analysis {
 public:
  Analysis(Computing computing, Context& context) : computing_(computing), context_(context) {}

  bool run(const Type& function) { return visit(function) && heavy_; }

  bool run_loop(Node loop) {
    heavy_ = is_heavy(loop, computing_);
    return walk(loop, context_.unit(), nullptr) && heavy_;
  }

 private:
  bool visit(const Type& function) {
    if (function.function->is_async || function.function->is_generator || functions_.size() >= kMaxCalls) return false;
    const Node body = function.unit->unit->ast.node(function.function->node).child(Field::body);
    functions_.push_back(function.function);
    const bool pure = body && walk(body, *function.unit, function.function);
    functions_.pop_back();
    return pure;
  }

  bool walk(Node tree, const semantics::UnitModel& unit, const semantics::Function* function) {
    int calls_to_itself = 0;
    for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
      const Node node = tree.ast().node(i);
      if (!is_pure(node)) return false;
      if (node.is(Kind::call) && !is_pure_call(node, unit, function, calls_to_itself)) return false;
      heavy_ = heavy_ || ((is_loop(node) || is_comprehension(node)) && is_heavy(node, computing_));
    }
    heavy_ = heavy_ || calls_to_itself > 1;
    return true;
  }

  static bool is_pure(Node node) {
    switch (node.kind()) {
      case Kind::await:
      case Kind::yield:
      case Kind::with_statement:  // a lock, a file, a connection
      case Kind::global_statement:
      case Kind::nonlocal_statement:
      case Kind::opaque:
        return false;
      case Kind::for_statement:
      case Kind::for_in_clause:
        return !node.is_async();
      default:
        return true;
    }
  }

  bool is_pure_call(Node call, const semantics::UnitModel& unit, const semantics::Function* function, int& itself) {
    const Node called = call.child(Field::function);
    const Type* callee = semantics::only(context_.resolver().type_of(unit, called));
    if (callee == nullptr) return is_pure_method(called, unit);
    if (callee->function != nullptr) {
      if (callee->function == function) ++itself;
      if (contains(functions_, callee->function)) return true;
      return callee->function->decorators.empty() && visit(*callee);
    }
    if (callee->tag != Type::Tag::object) return false;
    if (is_pure_builtin(callee->name) || is_pure_module(callee->name)) return true;
    if (speaks(callee->name)) return !loop_around(call);
    return is_method_of_builtin_class(called, unit);
  }

  bool is_method_of_builtin_class(Node called, const semantics::UnitModel& unit) {
    if (!called.is(Kind::attribute)) return false;
    const Type* owner = semantics::only(context_.resolver().type_of(unit, called.child(Field::object)));
    return owner != nullptr && owner->tag == Type::Tag::instance && is_builtin_class(owner->name);
  }

  bool is_pure_method(Node called, const semantics::UnitModel& unit) {
    if (!called.is(Kind::attribute)) return false;
    if (is_method_of_builtin_class(called, unit)) return true;
    return context_.resolver().type_of(unit, called.child(Field::object)).empty() &&
           is_method_of_builtin(called.child(Field::attribute).text());
  }

  Computing computing_;
  Context& context_;
  std::vector<const semantics::Function*> functions_;
  bool heavy_ = false;
};

}  // namespace

bool computes_in_python(const Type& function, Computing computing, Context& context) {
  return function.function != nullptr && Analysis(computing, context).run(function);
}

bool computes_in_python(Node loop, Computing computing, Context& context) {
  return Analysis(computing, context).run_loop(loop);
}

}  // namespace surefoot::rules
