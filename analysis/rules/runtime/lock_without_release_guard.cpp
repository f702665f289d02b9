#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/lines.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule lock_without_release_guard;
const Rule lock_without_release_guard{
    .code = "RT307",
    .name = "lock-without-release-guard",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.is_written({"acquire"}); },
    .fix = fix,
    .confirm = confirm,
};

namespace {

using semantics::Edge;
using semantics::FlowEdge;
using semantics::FlowGraph;
using semantics::Point;
using semantics::PointId;
using semantics::PointKind;
using semantics::Walk;

// Report::variant
constexpr int kOnError = 0;   // an exception leaves the lock taken
constexpr int kOnReturn = 1;  // so does a way out without one
constexpr int kNeverReleased = 2;

bool is_function(Node node) { return node.is(Kind::function_definition) || node.is(Kind::lambda); }

bool is_method(Node function, Node lock, std::string_view name) {
  return function.is(Kind::attribute) && function.child(Field::attribute).text() == name &&
         function.child(Field::object).text() == lock.text();
}

bool is_call_of(Node call, Node lock, std::string_view name) {
  return call.is(Kind::call) && is_method(call.child(Field::function), lock, name);
}

// `lock.release()` as a statement.
bool is_release(Node statement, Node lock) {
  Node call = statement.is(Kind::expression_statement) ? statement.first_child() : Node();
  if (call.is(Kind::await)) call = call.first_child();
  return is_call_of(call, lock, "release");
}

// Where the acquire stands: its statement, or the condition that it decides.
struct Acquire {
  Node lock;
  Node use;                // the call, or its await
  Node statement;          // null in a condition
  bool holds_when = true;  // condition: the outcome with which the lock is held
  bool by_name = false;    // nothing but its name says that it is a lock
};

// A lock whose type is not known, but whose name speaks for it: a parameter, an attribute that is set elsewhere. What
// the function makes for itself it may hand to others, who release it.
bool is_named_lock(Node lock, Context& context) {
  const Node name = lock.is(Kind::attribute) ? lock.child(Field::attribute) : lock;
  if (!name.is(Kind::identifier) || !has_word(name.text(), {"lock", "rlock", "mutex"})) return false;
  if (!context.type_of(lock).empty()) return false;
  const Node function = context.enclosing_function(lock);
  return lock.is(Kind::attribute) || (function && is_named_in(name.text(), function.child(Field::parameters)));
}

std::optional<Acquire> acquire_at(Node call, Context& context) {
  const Node function = call.child(Field::function);
  if (!function.is(Kind::attribute) || function.child(Field::attribute).text() != "acquire") return std::nullopt;
  Acquire acquire;
  acquire.lock = function.child(Field::object);
  auto kind = lock_kind(acquire.lock, context);
  if (!kind && is_named_lock(acquire.lock, context) && call.child(Field::arguments).child_count() == 0) {
    acquire.by_name = true;
    kind = call.parent().is(Kind::await) ? knowledge::Provided::async_lock : knowledge::Provided::thread_lock;
  }
  if (!kind || argument(call, "blocking", 0) || argument(call, "block") || has_splat(call)) return std::nullopt;
  acquire.use = call.parent().is(Kind::await) ? call.parent() : call;
  if ((kind == knowledge::Provided::async_lock) != acquire.use.is(Kind::await)) return std::nullopt;
  Node outer = acquire.use.parent();
  while (outer.is(Kind::parenthesized_expression) || outer.is(Kind::not_operator)) {
    if (outer.is(Kind::not_operator)) acquire.holds_when = !acquire.holds_when;
    outer = outer.parent();
  }
  if (outer.is(Kind::expression_statement)) acquire.statement = outer;
  const bool condition = outer.is(Kind::if_statement) || outer.is(Kind::elif_clause) || outer.is(Kind::while_statement);
  const bool known = acquire.statement || (condition && !acquire.by_name);
  return known ? std::optional(acquire) : std::nullopt;
}

// What the function does with the lock.
struct Uses {
  bool released = false;
  bool elsewhere = false;  // another function of it may release the lock, or gets it
};

Uses uses_of(Node lock, Node function) {
  Uses uses;
  for (std::uint32_t i = function.index() + 1; i < function.after(); ++i) {
    const Node node = function.ast().node(i);
    if (is_method(node, lock, "release")) {
      Node around = node.parent();
      const bool called = around.is(Kind::call) && node.field() == Field::function;
      while (around && !is_function(around)) around = around.parent();
      (called && around == function ? uses.released : uses.elsewhere) = true;
    }
    const bool place = node.is(Kind::identifier) || node.is(Kind::attribute);
    const Node parent = node.parent();
    const bool given =
        parent.is(Kind::argument_list) || (parent.is(Kind::keyword_argument) && node.field() == Field::value);
    if (place && node.text() == lock.text() && given) uses.elsewhere = true;
  }
  return uses;
}

// `if locked: lock.release()` in a `finally`: taken for a release, since the flag is about the lock.
bool releases_in_branch(const Point& point, Node lock) {
  const Node branch = point.kind == PointKind::test ? point.node.parent() : Node();
  if (!branch.is(Kind::if_statement)) return false;
  bool in_finally = false;
  for (Node outer = branch.parent(); outer && !is_function(outer); outer = outer.parent()) {
    in_finally = in_finally || outer.is(Kind::finally_clause);
  }
  for (const Node statement : branch.child(Field::consequence).children()) {
    if (in_finally && is_release(statement, lock)) return true;
  }
  return false;
}

// Ways that lead away from the acquire with the lock in hand, to its release.
Walk walk_of(const Acquire& acquire, bool with_exceptions) {
  Walk how;
  how.errors = how.cancellation = with_exceptions;
  how.stop = [lock = acquire.lock](const Point& point) {
    return is_release(point.node, lock) || releases_in_branch(point, lock);
  };
  how.skip = [acquire](const Point& point, const Edge& edge) {
    const bool start = (acquire.statement && point.node == acquire.statement) ||
                       (!acquire.statement && point.kind == PointKind::test && point.node.covers(acquire.use));
    if (!start) return false;
    if (edge.kind == FlowEdge::raises || edge.kind == FlowEdge::cancels) return true;
    return edge.kind == (acquire.holds_when ? FlowEdge::when_false : FlowEdge::when_true);
  };
  return how;
}

// True when the lock is released before this acquire: the callers hold it.
bool is_held_on_entry(const Acquire& acquire, const FlowGraph& graph) {
  Walk how;
  how.errors = how.cancellation = true;
  bool released = false;
  how.stop = [&](const Point& point) {
    const bool simple = point.kind == PointKind::statement || point.kind == PointKind::test;
    if (simple && is_release(point.node, acquire.lock)) released = true;
    return simple && point.node.covers(acquire.use);
  };
  const PointId start = FlowGraph::entry();
  graph.walk({&start, 1}, how);
  return released;
}

std::optional<int> leak_of(const Acquire& acquire, Context& context) {
  const Node function = context.enclosing_function(acquire.use);
  if (!function.is(Kind::function_definition)) return std::nullopt;
  const Uses uses = uses_of(acquire.lock, function);
  if (uses.elsewhere) return std::nullopt;
  const bool local = acquire.lock.is(Kind::identifier) && context.unit().container.empty();
  if (!uses.released) {
    if (acquire.by_name) return std::nullopt;
    const bool wrapper = has_word(function.child(Field::name).text(), {"acquire", "lock", "enter", "aenter", "begin"});
    return wrapper || local ? std::nullopt : std::optional(kNeverReleased);
  }
  const FlowGraph& graph = context.wary_flow(function);
  const auto start = graph.points_of(acquire.use);
  if (!graph.is_complete() || is_held_on_entry(acquire, graph)) return std::nullopt;
  if (graph.can_reach(start, FlowGraph::exit(), walk_of(acquire, false))) return kOnReturn;
  const PointId ends[] = {FlowGraph::exit(), FlowGraph::raised(), FlowGraph::cancelled()};
  return graph.can_reach(start, ends, walk_of(acquire, true)) ? std::optional(kOnError) : std::nullopt;
}

std::string message_for(const Acquire& acquire, int leak) {
  const std::string_view lock = acquire.lock.text();
  switch (leak) {
    case kOnReturn:
      return fmt::format("There is a way out of the function on which `{}` stays taken: use `with`", lock);
    case kNeverReleased:
      return fmt::format("`{}` is taken here and never released", lock);
    default:
      return fmt::format(
          "An exception before `{}.release()` leaves the lock taken for ever: use `with`, or `try` and "
          "`finally`",
          lock);
  }
}

void check(Node call, Context& context) {
  const auto acquire = acquire_at(call, context);
  const auto leak = acquire ? leak_of(*acquire, context) : std::nullopt;
  if (!leak) return;
  context.report(lock_without_release_guard, call, message_for(*acquire, *leak)).variant = *leak;
}

Node last_name(Node place) { return place.is(Kind::attribute) ? place.child(Field::attribute) : place; }

bool calls_on(Node node, Node lock, std::string_view method) {
  return node.is(Kind::attribute) && node.child(Field::attribute).text() == method &&
         last_name(node.child(Field::object)).text() == last_name(lock).text();
}

// True when the function round the node takes the lock too: what it releases is what it took.
bool takes_it_itself(Node node, Node lock, Context& inside) {
  const Node function = inside.enclosing_function(node);
  for (std::uint32_t i = function.index(); function && i < function.after(); ++i) {
    const Node one = node.ast().node(i);
    if (calls_on(one, lock, "acquire") && inside.enclosing_function(one) == function) return true;
  }
  return false;
}

// A lock that other functions release may be handed over on purpose.
bool confirm(const Report& report, Context& context) {
  if (report.variant == kOnError) return true;
  const Node call = context.unit().unit->ast.node(report.node);
  const Node lock = call.child(Field::function).child(Field::object);
  const Node own = context.enclosing_function(call);
  const bool of_self = lock.text().starts_with("self.");
  bool alone = true;
  for_each_identifier("release", context, [&](Node identifier, Context& inside) {
    if (identifier.field() != Field::attribute || (&identifier.ast() == &own.ast() && own.covers(identifier))) return;
    const std::string& container = inside.unit().container;
    const bool other_class = of_self && !container.empty() && container != context.unit().container;
    const Node released = identifier.parent().child(Field::object);
    if (other_class && released.text() == lock.text()) return;
    const bool same = last_name(released).text() == last_name(lock).text();
    alone = alone && (!same || takes_it_itself(identifier, lock, inside));
  });
  return alone;
}

// True for what may leave the block, or touches the lock.
bool is_in_the_way(Node tree, Node lock) {
  for (std::uint32_t i = tree.index(); i < tree.after(); ++i) {
    const Node node = tree.ast().node(i);
    switch (node.kind()) {
      case Kind::return_statement:
      case Kind::break_statement:
      case Kind::continue_statement:
      case Kind::yield:
      case Kind::opaque:
        return true;
      default:
        if (is_method(node, lock, "release") || is_method(node, lock, "acquire")) return true;
    }
  }
  return false;
}

bool has_lines_of_its_own(Node statement, Context& context) {
  const fixes::Place place = context.place(statement);
  return fixes::indentation(context.file(), place) && fixes::ends_its_line(context.file(), place);
}

std::uint32_t line_of(Node node, Context& context, bool end = false) {
  const text::Span span = fixes::span_in_file(context.file(), context.place(node));
  return context.file().text.line_of(end ? span.end : span.start);
}

// True when a comment stands on the lines from one node's start to its end.
bool has_comment(std::uint32_t first, std::uint32_t last, Context& context) {
  const fixes::FileView& file = context.file();
  const std::uint32_t offset = file.units.units[context.unit_number()].offset;
  const auto& comments = context.unit().unit->ast.comments();
  return std::any_of(comments.begin(), comments.end(), [&](text::Span comment) {
    const std::uint32_t line = file.text.line_of(comment.start + offset);
    return line >= first && line <= last;
  });
}

// Turns the statements from the acquire to the release into a `with`.
class WithBlock {
 public:
  WithBlock(const Acquire& acquire, Context& context) : acquire_(acquire), context_(context) {}

  std::optional<Fix> run() {
    if (!acquire_.statement || !has_lines_of_its_own(acquire_.statement, context_)) return std::nullopt;
    Node last;
    for (Node next = acquire_.statement.next_sibling(); next; next = next.next_sibling()) {
      if (!has_lines_of_its_own(next, context_)) return std::nullopt;
      if (is_release(next, acquire_.lock)) return last ? until_release(last, next) : std::nullopt;
      if (next.is(Kind::try_statement) && last && guards(next)) return until_try(last, next);
      if (is_in_the_way(next, acquire_.lock)) return std::nullopt;
      last = next;
    }
    return std::nullopt;
  }

 private:
  std::optional<Fix> until_release(Node last, Node release) {
    const std::uint32_t line = line_of(release, context_);
    if (line != line_of(release, context_, true) || has_comment(line, line, context_)) return std::nullopt;
    begin(last);
    edits_.push_back(fixes::remove_lines(context_.file(), line, line));
    return done();
  }

  // `try: … finally: lock.release()` and nothing else, over lines of their own.
  bool guards(Node statement) {
    const Node last = statement.child(Kind::finally_clause);
    const Node release = last.child(Kind::block).first_child();
    const Node body = statement.child(Field::body);
    if (!last || statement.child(Kind::except_clause) || statement.child(Kind::else_clause)) return false;
    if (!is_release(release, acquire_.lock) || release.next_sibling() || is_in_the_way(body, acquire_.lock))
      return false;
    return line_of(body.first_child(), context_) == line_of(statement, context_) + 1 &&
           line_of(last, context_, true) == line_of(last, context_) + 1 && has_level(body.first_child());
  }

  bool has_level(Node inner) {
    const auto indent = fixes::indentation(context_.file(), context_.place(inner));
    return indent && *indent == fixes::deeper(*fixes::indentation(context_.file(), context_.place(acquire_.statement)));
  }

  std::optional<Fix> until_try(Node last, Node guarded) {
    const Node end = guarded.child(Kind::finally_clause);
    const std::uint32_t header = line_of(guarded, context_);
    const std::uint32_t first = line_of(end, context_);
    if (has_comment(header, header, context_) || has_comment(first, first + 1, context_)) return std::nullopt;
    begin(last);
    edits_.push_back(fixes::remove_lines(context_.file(), header, header));
    edits_.push_back(fixes::remove_lines(context_.file(), first, first + 1));
    return done();
  }

  // The header of the `with`, and the lines up to `last` in it.
  void begin(Node last) {
    const std::string_view async = acquire_.use.is(Kind::await) ? "async " : "";
    const fixes::FileView& file = context_.file();
    edits_.push_back(fixes::replace(file, context_.place(acquire_.statement),
                                    fmt::format("{}with {}:", async, acquire_.lock.text())));
    const fixes::Place statement = context_.place(acquire_.statement);
    for (text::TextEdit& edit : fixes::indent_behind(file, statement, context_.place(last))) {
      edits_.push_back(std::move(edit));
    }
  }

  Fix done() {
    return fixes::make_fix(fmt::format("Hold `{}` by a `with`", acquire_.lock.text()), fixes::Applicability::safe,
                           std::move(edits_));
  }

  const Acquire& acquire_;
  Context& context_;
  std::vector<text::TextEdit> edits_;
};

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const auto acquire = acquire_at(call, context);
  if (!acquire) return {};
  if (acquire->by_name) return {{}, "its type is not known, so a `with` may not hold it"};
  const bool plain = call.child(Field::arguments).child_count() == 0;
  auto held = plain ? WithBlock(*acquire, context).run() : std::nullopt;
  if (!held) return {{}, "the acquire and the release are not two statements of one block"};
  Fixes fixes;
  fixes.offered.push_back(std::move(*held));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
