#pragma once
// Makes a FlowGraph. Internal to semantics/. Works from the end of a block to its start, so that each statement knows
// where control goes behind it. Recurses as deep as statements are nested, which the Ast bounds.

#include <array>
#include <deque>

#include "analysis/semantics/control_flow.hpp"

namespace surefoot::semantics {

/// How control may leave a statement other than by its end.
enum class Way : std::uint8_t { end, break_, continue_, return_, raise, cancel };
inline constexpr std::size_t kWays = 6;

class FlowBuilder {
 public:
  FlowBuilder(syntax::Node function, const FlowFacts& facts) : function_(function), facts_(facts) {}
  FlowGraph run();

 private:
  using Node = syntax::Node;
  static constexpr PointId kNone = UINT32_MAX;

  /// A place that control passes, or ends at, when it leaves a statement early.
  struct Scope {
    enum class Kind : std::uint8_t { function, loop, handlers, finally, manager } kind = Kind::function;
    Scope* outer = nullptr;
    Node node;       // handlers: the try_statement; finally: the finally_clause; manager: the with_item
    int copies = 0;  // of how many `finally` blocks this is inside
    std::array<PointId, kWays> to{};  // what has been made so far, else kNone
    std::vector<PointId> handlers;    // in the order of the text
    PointId behind = kNone;           // manager: where control goes on when it swallows an exception
    PointId merged_end = kNone;       // finally: the end of the one copy, when there is only one
    PointId merged_start = kNone;
  };
  struct Raw {
    PointId from = 0;
    Edge edge;
  };

  Scope scope(Scope::Kind kind, Scope& outer, Node node) const;
  PointId add(PointKind kind, Node node);
  void connect(PointId from, PointId to, FlowEdge kind = FlowEdge::next) { raw_.push_back({from, {to, kind}}); }
  void connect_exceptions(PointId from, Exceptions which, Scope& scope);
  /// A point that evaluates these nodes, with edges for the exceptions they may raise.
  PointId evaluate(PointKind kind, Node node, std::initializer_list<Node> evaluated, Scope& scope);

  PointId target(Scope& scope, Way way);
  PointId dispatch(Scope& scope, Way way);
  PointId finally_copy(Scope& scope, Way way, PointId next);
  PointId merged_copy(Scope& scope, Way way, PointId next);
  PointId leave(Scope& scope, Way way, PointId next);

  PointId block(Node block, PointId next, Scope& scope);
  PointId statement(Node node, PointId next, Scope& scope);
  PointId simple(Node node, PointId next, Scope& scope);
  PointId expression_statement(Node node, PointId next, Scope& scope);
  PointId jump(Node node, Way way, Scope& scope);
  PointId raise_statement(Node node, Scope& scope);
  PointId if_statement(Node node, PointId next, Scope& scope);
  PointId while_statement(Node node, PointId next, Scope& scope);
  PointId for_statement(Node node, PointId next, Scope& scope);
  PointId with_statement(Node node, PointId next, Scope& scope);
  PointId enter(Node item, PointId next, Scope& scope);
  PointId try_statement(Node node, PointId next, Scope& scope);
  PointId match_statement(Node node, PointId next, Scope& scope);
  void finish();

  Node function_;
  const FlowFacts& facts_;
  FlowGraph graph_;
  std::vector<Raw> raw_;
};

}  // namespace surefoot::semantics
