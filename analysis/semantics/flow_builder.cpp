#include "analysis/semantics/flow_builder.hpp"

#include <algorithm>

#include "analysis/semantics/flow_expressions.hpp"

namespace surefoot::semantics {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

// Copies inside of so many copies are merged: the cost stays linear.
constexpr int kMaxCopies = 2;
// Of one `with`; what follows is entered and never left. Scopes nest, so this bounds the recursion.
constexpr std::size_t kMaxItems = 64;

constexpr std::size_t number(Way way) { return static_cast<std::size_t>(way); }
bool is_exceptional(Way way) { return way == Way::raise || way == Way::cancel; }

FlowEdge edge_of(Way way) {
  if (way == Way::raise) return FlowEdge::raises;
  return way == Way::cancel ? FlowEdge::cancels : FlowEdge::next;
}

Part part_of(Exceptions exceptions, Way way) { return way == Way::raise ? exceptions.errors : exceptions.cancellation; }

}  // namespace

FlowGraph FlowBuilder::run() {
  for (const PointKind kind : {PointKind::entry, PointKind::exit, PointKind::raised, PointKind::cancelled}) {
    add(kind, function_);
  }
  Scope whole;
  whole.to = {FlowGraph::exit(), FlowGraph::exit(),   FlowGraph::exit(),
              FlowGraph::exit(), FlowGraph::raised(), FlowGraph::cancelled()};
  const Node body = function_.is(Kind::function_definition) ? function_.child(Field::body) : Node();
  connect(FlowGraph::entry(), block(body, FlowGraph::exit(), whole));
  finish();
  return std::move(graph_);
}

FlowBuilder::Scope FlowBuilder::scope(Scope::Kind kind, Scope& outer, Node node) const {
  Scope inner;
  inner.kind = kind;
  inner.outer = &outer;
  inner.node = node;
  inner.copies = outer.copies;
  inner.to.fill(kNone);
  return inner;
}

PointId FlowBuilder::add(PointKind kind, Node node) {
  Point& point = graph_.points_.emplace_back();
  point.kind = kind;
  point.node = node;
  return static_cast<PointId>(graph_.points_.size() - 1);
}

void FlowBuilder::connect_exceptions(PointId from, Exceptions which, Scope& scope) {
  if (which.errors != Part::none) connect(from, target(scope, Way::raise), FlowEdge::raises);
  if (which.cancellation != Part::none) connect(from, target(scope, Way::cancel), FlowEdge::cancels);
}

PointId FlowBuilder::evaluate(PointKind kind, Node node, std::initializer_list<Node> evaluated, Scope& scope) {
  const PointId id = add(kind, node);
  Evaluation all;
  for (const Node one : evaluated) all.add(evaluation_of(one));
  if (all.broken) graph_.complete_ = false;
  if (facts_.any_statement_raises && !is_harmless(node)) all.raises = true;
  graph_.points_[id].awaits = all.awaits;
  graph_.points_[id].yields = all.yields;
  const bool cancellation = all.awaits || all.yields;
  connect_exceptions(id, {all.raises ? Part::some : Part::none, cancellation ? Part::some : Part::none}, scope);
  return id;
}

// Where control goes that leaves a statement of this scope so.
PointId FlowBuilder::target(Scope& scope, Way way) {
  PointId& made = scope.to[number(way)];
  if (made != kNone) return made;
  switch (scope.kind) {
    case Scope::Kind::finally:
      return made = finally_copy(scope, way, target(*scope.outer, way));
    case Scope::Kind::manager:
      return made = leave(scope, way, target(*scope.outer, way));
    case Scope::Kind::handlers:
      return made = is_exceptional(way) ? dispatch(scope, way) : target(*scope.outer, way);
    default:
      return made = target(*scope.outer, way);
  }
}

// An exception looks for its handler.
PointId FlowBuilder::dispatch(Scope& scope, Way way) {
  const PointId id = add(PointKind::other, scope.node);
  for (const PointId handler : scope.handlers) {
    const Part part = part_of(facts_.caught_by(graph_.points_[handler].node), way);
    if (part != Part::none) connect(id, handler, edge_of(way));
    if (part == Part::all) return id;
  }
  connect(id, target(*scope.outer, way), edge_of(way));
  return id;
}

PointId FlowBuilder::finally_copy(Scope& scope, Way way, PointId next) {
  Scope inner = this->scope(Scope::Kind::loop, *scope.outer, scope.node);  // passes everything on
  inner.copies = scope.copies + 1;
  if (inner.copies > kMaxCopies) return merged_copy(scope, way, next);
  if (is_exceptional(way)) {
    const PointId end = add(PointKind::other, scope.node);
    connect(end, next, edge_of(way));
    next = end;
  }
  return block(scope.node.child(Kind::block), next, inner);
}

PointId FlowBuilder::merged_copy(Scope& scope, Way way, PointId next) {
  if (scope.merged_start == kNone) {
    Scope inner = this->scope(Scope::Kind::loop, *scope.outer, scope.node);
    inner.copies = scope.copies + 1;
    scope.merged_end = add(PointKind::other, scope.node);
    scope.merged_start = block(scope.node.child(Kind::block), scope.merged_end, inner);
  }
  connect(scope.merged_end, next, edge_of(way));
  return scope.merged_start;
}

PointId FlowBuilder::leave(Scope& scope, Way way, PointId next) {
  const PointId id = add(PointKind::leave, scope.node);
  graph_.points_[id].awaits = scope.node.parent().parent().is_async();
  const Part swallowed = is_exceptional(way) ? part_of(facts_.suppressed_by(scope.node), way) : Part::none;
  if (swallowed != Part::none) connect(id, scope.behind);
  if (swallowed != Part::all) connect(id, next, edge_of(way));
  const Part cancellation = graph_.points_[id].awaits ? Part::some : Part::none;
  connect_exceptions(id, {Part::some, cancellation}, *scope.outer);
  return id;
}

PointId FlowBuilder::block(Node block, PointId next, Scope& scope) {
  std::vector<Node> statements;
  for (const Node child : block.children()) statements.push_back(child);
  for (auto at = statements.rbegin(); at != statements.rend(); ++at) next = statement(*at, next, scope);
  if (block) graph_.starts_.emplace_back(block.index(), next);
  return next;
}

PointId FlowBuilder::statement(Node node, PointId next, Scope& scope) {
  switch (node.kind()) {
    case Kind::expression_statement:
      return expression_statement(node, next, scope);
    case Kind::return_statement:
      return jump(node, Way::return_, scope);
    case Kind::break_statement:
      return jump(node, Way::break_, scope);
    case Kind::continue_statement:
      return jump(node, Way::continue_, scope);
    case Kind::raise_statement:
      return raise_statement(node, scope);
    case Kind::if_statement:
      return if_statement(node, next, scope);
    case Kind::while_statement:
      return while_statement(node, next, scope);
    case Kind::for_statement:
      return for_statement(node, next, scope);
    case Kind::with_statement:
      return with_statement(node, next, scope);
    case Kind::try_statement:
      return try_statement(node, next, scope);
    case Kind::match_statement:
      return match_statement(node, next, scope);
    case Kind::block:
      return block(node, next, scope);
    default:
      return simple(node, next, scope);
  }
}

PointId FlowBuilder::simple(Node node, PointId next, Scope& scope) {
  const PointId id = evaluate(PointKind::statement, node, {node}, scope);
  const Node condition = node.is(Kind::assert_statement) ? node.first_child() : Node();
  if (truth_of(condition) != Truth::never) connect(id, next);
  return id;
}

PointId FlowBuilder::expression_statement(Node node, PointId next, Scope& scope) {
  Node call = node.first_child();
  if (call.is(Kind::await)) call = call.first_child();
  const Return returns = call.is(Kind::call) ? facts_.returns(call) : Return::yes;
  if (returns == Return::yes) return simple(node, next, scope);
  const PointId id = add(PointKind::statement, node);
  const Part errors = returns == Return::raises ? Part::some : Part::none;
  if (returns != Return::ends_process) connect_exceptions(id, {errors, Part::some}, scope);
  return id;
}

PointId FlowBuilder::jump(Node node, Way way, Scope& scope) {
  const PointId id = evaluate(PointKind::statement, node, {node}, scope);
  connect(id, target(scope, way));
  return id;
}

PointId FlowBuilder::raise_statement(Node node, Scope& scope) {
  const PointId id = add(PointKind::statement, node);
  connect_exceptions(id, facts_.raised_by(node), scope);
  return id;
}

PointId FlowBuilder::if_statement(Node node, PointId next, Scope& scope) {
  std::vector<Node> clauses = {node};
  PointId otherwise = next;
  for (const Node child : node.children()) {
    if (child.is(Kind::elif_clause)) clauses.push_back(child);
    if (child.is(Kind::else_clause)) otherwise = block(child.child(Field::body), next, scope);
  }
  for (auto clause = clauses.rbegin(); clause != clauses.rend(); ++clause) {
    const Node condition = clause->child(Field::condition);
    const Truth truth = truth_of(condition);
    const PointId id = evaluate(PointKind::test, condition ? condition : *clause, {condition}, scope);
    const PointId then = block(clause->child(Field::consequence), next, scope);
    if (truth != Truth::never) connect(id, then, FlowEdge::when_true);
    if (truth != Truth::always) connect(id, otherwise, FlowEdge::when_false);
    otherwise = id;
  }
  return otherwise;
}

PointId FlowBuilder::while_statement(Node node, PointId next, Scope& scope) {
  const Node condition = node.child(Field::condition);
  const PointId id = evaluate(PointKind::test, condition ? condition : node, {condition}, scope);
  Scope inner = this->scope(Scope::Kind::loop, scope, node);
  inner.to[number(Way::break_)] = next;
  inner.to[number(Way::continue_)] = id;
  const Truth truth = truth_of(condition);
  const PointId body = block(node.child(Field::body), id, inner);
  if (truth != Truth::never) connect(id, body, FlowEdge::when_true);
  const PointId otherwise = block(node.child(Field::alternative).child(Field::body), next, scope);
  if (truth != Truth::always) connect(id, otherwise, FlowEdge::when_false);
  return id;
}

PointId FlowBuilder::for_statement(Node node, PointId next, Scope& scope) {
  const PointId id = add(PointKind::iterate, node);
  graph_.points_[id].awaits = node.is_async();
  connect_exceptions(id, {Part::some, node.is_async() ? Part::some : Part::none}, scope);
  Scope inner = this->scope(Scope::Kind::loop, scope, node);
  inner.to[number(Way::break_)] = next;
  inner.to[number(Way::continue_)] = id;
  connect(id, block(node.child(Field::body), id, inner), FlowEdge::when_true);
  connect(id, block(node.child(Field::alternative).child(Field::body), next, scope), FlowEdge::when_false);
  const Node iterable = node.child(Field::right);
  if (!iterable) return id;
  const PointId start = evaluate(PointKind::statement, iterable, {iterable}, scope);
  connect(start, id);
  return start;
}

PointId FlowBuilder::with_statement(Node node, PointId next, Scope& scope) {
  std::deque<Scope> managers;
  std::vector<Node> items;
  Scope* outer = &scope;
  for (const Node item : node.child(Kind::with_clause).children()) {
    items.push_back(item);
    if (managers.size() == kMaxItems || !item.is(Kind::with_item)) continue;
    Scope& manager = managers.emplace_back(this->scope(Scope::Kind::manager, *outer, item));
    manager.behind = next;
    next = leave(manager, Way::end, next);
    outer = &manager;
  }
  PointId at = block(node.child(Field::body), next, *outer);
  for (std::size_t i = items.size(); i-- > 0;) {
    // An item is entered inside of those before it.
    const std::size_t around = std::min(i, managers.size());
    at = enter(items[i], at, around == 0 ? scope : managers[around - 1]);
  }
  return at;
}

PointId FlowBuilder::enter(Node item, PointId next, Scope& scope) {
  const PointId id = evaluate(PointKind::enter, item, {item}, scope);
  if (item.parent().parent().is_async() && !graph_.points_[id].awaits) {
    graph_.points_[id].awaits = true;
    connect_exceptions(id, {Part::some, Part::some}, scope);
  }
  connect(id, next);
  return id;
}

PointId FlowBuilder::try_statement(Node node, PointId next, Scope& scope) {
  Scope guarded = this->scope(Scope::Kind::loop, scope, node);
  const Node last = node.child(Kind::finally_clause);
  if (last) {
    guarded = this->scope(Scope::Kind::finally, scope, last);
    next = finally_copy(guarded, Way::end, next);
  }
  Scope tried = this->scope(Scope::Kind::handlers, guarded, node);
  PointId otherwise = next;
  for (const Node clause : node.children()) {
    if (clause.is(Kind::else_clause)) otherwise = block(clause.child(Field::body), next, guarded);
    if (!clause.is(Kind::except_clause)) continue;
    const PointId handler = add(PointKind::handler, clause);
    connect(handler, block(clause.child(Kind::block), next, guarded));
    tried.handlers.push_back(handler);
  }
  return block(node.child(Field::body), otherwise, tried);
}

PointId FlowBuilder::match_statement(Node node, PointId next, Scope& scope) {
  std::vector<Node> clauses;
  for (const Node child : node.child(Field::body).children()) {
    if (child.is(Kind::case_clause)) clauses.push_back(child);
  }
  PointId otherwise = next;
  for (auto clause = clauses.rbegin(); clause != clauses.rend(); ++clause) {
    const PointId id = evaluate(PointKind::test, *clause, {clause->child(Field::guard)}, scope);
    connect(id, block(clause->child(Field::consequence), next, scope), FlowEdge::when_true);
    if (!always_matches(*clause)) connect(id, otherwise, FlowEdge::when_false);
    otherwise = id;
  }
  const Node subject = node.child(Field::subject);
  if (!subject) return otherwise;
  const PointId id = evaluate(PointKind::statement, subject, {subject}, scope);
  connect(id, otherwise);
  return id;
}

void FlowBuilder::finish() {
  const std::uint32_t size = graph_.size();
  graph_.first_edge_.assign(size + 1, 0);
  for (const Raw& raw : raw_) ++graph_.first_edge_[raw.from + 1];
  for (std::uint32_t i = 0; i < size; ++i) graph_.first_edge_[i + 1] += graph_.first_edge_[i];
  std::vector<std::uint32_t> free(graph_.first_edge_.begin(), graph_.first_edge_.end() - 1);
  graph_.edges_.resize(raw_.size());
  for (const Raw& raw : raw_) graph_.edges_[free[raw.from]++] = raw.edge;
  for (PointId id = FlowGraph::cancelled() + 1; id < size; ++id) {
    const PointKind kind = graph_.points_[id].kind;
    if (kind == PointKind::other || kind == PointKind::leave) continue;
    graph_.by_node_.emplace_back(graph_.points_[id].node.index(), id);
  }
  std::sort(graph_.starts_.begin(), graph_.starts_.end());
  std::sort(graph_.by_node_.begin(), graph_.by_node_.end());
  const PointId start = FlowGraph::entry();
  Walk everywhere;
  everywhere.errors = everywhere.cancellation = true;
  const Reached reached = graph_.walk({&start, 1}, everywhere);
  graph_.reachable_.resize(size);
  for (PointId id = 0; id < size; ++id) graph_.reachable_[id] = id == start || reached[id];
}

FlowGraph FlowGraph::build(Node function, const FlowFacts& facts) { return FlowBuilder(function, facts).run(); }

}  // namespace surefoot::semantics
