#pragma once
// How control goes through the body of one function: a graph of points (a simple statement, a condition, the entering
// or leaving of a `with`, …) and edges between them. `finally` blocks and the leaving of a `with` are copied, once for
// each way in which control gets there (its end, break, continue, return, an error, a cancellation), so one syntax node
// may have several points and a `return` through a `finally` does not seem to go on behind it.
//
// Exceptions are of two kinds: *errors* (Exception and what derives from it) and *cancellation* (BaseException alone:
// CancelledError, GeneratorExit, SystemExit). Errors come from whatever runs other code: calls, awaits, yields,
// subscripts, imports, iteration, unpacking; arithmetic, comparisons, formatting and attribute accesses count as never
// raising. Cancellation comes from awaits and yields alone (an interrupt from the keyboard is not looked at).
//
// Pure, total and deterministic: code that does not parse gives some graph, with `is_complete()` false. Cost is linear
// in the size of the function (the copies of a `finally` inside of a `finally` inside of a `finally` are merged). A
// graph borrows the function's Ast. Any thread may read it. Sources: Python reference, 8 "Compound statements", 7
// "Simple statements".

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "analysis/semantics/flow_facts.hpp"

namespace surefoot::semantics {

using PointId = std::uint32_t;

enum class PointKind : std::uint8_t {
  entry,      // of the function; node: the function_definition, as for the next three
  exit,       // `return`, or the end of the body
  raised,     // an error leaves the function
  cancelled,  // a cancellation leaves the function
  statement,  // a simple statement, a nested definition; the iterable of a `for`, the subject of a `match`
  test,       // the condition of if, elif, while; a case_clause (its pattern and guard)
  iterate,    // asks a `for` statement's iterator for the next item; node: the for_statement
  enter,      // evaluates and enters a with_item
  leave,      // leaves a with_item
  handler,    // an except_clause that has caught something
  other,      // nothing happens here: an exception looks for its handler, or goes on behind a `finally`
};

enum class FlowEdge : std::uint8_t { next, when_true, when_false, raises, cancels };

struct Edge {
  PointId to = 0;
  FlowEdge kind = FlowEdge::next;
};

struct Point {
  PointKind kind = PointKind::other;
  bool awaits = false;  // the coroutine may stop here: await, async for, async with, an async comprehension
  bool yields = false;
  syntax::Node node;  // never null; of `other`: the try_statement, finally_clause or with_item
};

/// Which way a walk through the graph goes. Both functions may be empty.
struct Walk {
  bool errors = false;        // follow errors to their handlers too
  bool cancellation = false;  // likewise for cancellation
  /// The walk reaches such a point but does not go on behind it. (A point where it starts is not asked.)
  std::function<bool(const Point&)> stop = {};
  /// Edges that are not taken: "the branch in which `error` is a CancelledError".
  std::function<bool(const Point&, const Edge&)> skip = {};
};

/// The points that a walk came by.
class Reached {
 public:
  explicit Reached(std::size_t size) : seen_(size) {}
  bool operator[](PointId point) const { return seen_[point]; }
  void add(PointId point) { seen_[point] = true; }

 private:
  std::vector<bool> seen_;
};

class FlowGraph {
 public:
  /// `function` is a function_definition (anything else gives an empty function). `facts` is asked while building only.
  static FlowGraph build(syntax::Node function, const FlowFacts& facts = {});

  syntax::Node function() const { return points_[entry()].node; }
  static constexpr PointId entry() { return 0; }
  static constexpr PointId exit() { return 1; }
  static constexpr PointId raised() { return 2; }
  static constexpr PointId cancelled() { return 3; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(points_.size()); }
  const Point& point(PointId id) const { return points_[id]; }
  std::span<const Edge> edges(PointId id) const {
    return {edges_.data() + first_edge_[id], edges_.data() + first_edge_[id + 1]};
  }
  /// False when a part of the body could not be parsed: no answer then says anything.
  bool is_complete() const { return complete_; }

  /// The points at which the node itself, or the innermost node around it that has points, is carried out: for a call,
  /// those of its statement or condition; for a with_item, where it is entered. Unreachable copies included; empty for
  /// nodes outside of the body.
  std::vector<PointId> points_of(syntax::Node node) const;
  /// Where control goes when it comes to a block (once a copy): its first statement, or what follows an empty one.
  std::vector<PointId> starts_of(syntax::Node block) const;

  /// True when the code at this point can run at all.
  bool is_reachable(PointId id) const { return reachable_[id]; }
  bool is_reachable(syntax::Node node) const;

  /// All that can be reached from these points, which are not counted unless the walk comes back to them. The walk
  /// begins with the edges that go out of them.
  Reached walk(std::span<const PointId> from, const Walk& how) const;
  /// True when a walk gets to one of the points: "can control go from the acquire to the exit without a release".
  bool can_reach(std::span<const PointId> from, std::span<const PointId> to, const Walk& how) const;
  bool can_reach(std::span<const PointId> from, PointId to, const Walk& how) const {
    return can_reach(from, std::span(&to, 1), how);
  }

  /// The reachable points inside of the node (a block, a clause, a statement) where the coroutine may stop, in the
  /// order of the text, copies once.
  std::vector<PointId> awaits_in(syntax::Node region) const;
  /// True when control that starts at these points can get out of the region (a clause, a block) other than by an
  /// exception: at its end, by `break`, `continue` or `return`.
  bool can_leave(syntax::Node region, std::span<const PointId> from, const Walk& how) const;

 private:
  friend class FlowBuilder;
  FlowGraph() = default;

  std::vector<Point> points_;
  std::vector<std::uint32_t> first_edge_;
  std::vector<Edge> edges_;
  std::vector<std::pair<std::uint32_t, PointId>> by_node_;  // sorted
  std::vector<std::pair<std::uint32_t, PointId>> starts_;   // of blocks, sorted
  std::vector<bool> reachable_;
  bool complete_ = true;
};

}  // namespace surefoot::semantics
