#pragma once
// What a control-flow graph must know of the names in its function: what handlers catch, what is raised, which calls
// never return. This class goes by the spelling; whoever can resolve names derives from it.

#include <cstdint>

#include "analysis/syntax/ast.hpp"

namespace surefoot::semantics {

enum class Part : std::uint8_t { none, some, all };

/// How much of each kind of exception something catches, raises or suppresses.
struct Exceptions {
  Part errors = Part::none;        // Exception and what derives from it
  Part cancellation = Part::none;  // the rest of BaseException: CancelledError, GeneratorExit, SystemExit
  bool operator==(const Exceptions&) const = default;
};

/// Of both together.
Exceptions operator|(Exceptions a, Exceptions b);

/// Whether a call comes back; when not, what it raises.
enum class Return : std::uint8_t { yes, raises, raises_exit, ends_process };

class FlowFacts {
 public:
  FlowFacts() = default;
  FlowFacts(const FlowFacts&) = default;
  FlowFacts& operator=(const FlowFacts&) = default;
  virtual ~FlowFacts() = default;

  /// Count every statement as one that may raise, but for those that plainly cannot (`pass`, `x = 1`).
  bool any_statement_raises = false;

  /// What an expression behind `except` (not a tuple) names.
  virtual Exceptions exceptions_of(syntax::Node expression) const;
  /// `sys.exit()` raises SystemExit, `os._exit()` does not even raise.
  virtual Return returns(syntax::Node call) const;
  /// True for a manager that swallows the exceptions its arguments name, as contextlib.suppress.
  virtual bool suppresses(syntax::Node call) const;

  /// What an except_clause catches: everything, when it names nothing.
  Exceptions caught_by(syntax::Node except_clause) const;
  /// What a raise_statement raises. A bare one, and one that raises the handler's own name, raises what was caught.
  Exceptions raised_by(syntax::Node raise_statement) const;
  /// What a with_item swallows.
  Exceptions suppressed_by(syntax::Node with_item) const;
  /// What an expression names, looking into tuples and parentheses.
  Exceptions named_by(syntax::Node expression) const;
};

/// The except_clause around a statement, of the same function; null when there is none.
syntax::Node handler_around(syntax::Node statement);

/// The except_clause whose exception a raise_statement raises again: `raise`, or `raise error` with the name that a
/// clause around it gives it; null when it raises anything else.
syntax::Node raised_again(syntax::Node raise_statement);

}  // namespace surefoot::semantics
