// Where control can go: each program is the body of `async def f(x):`, and its calls are the places that the questions
// name.

#include <algorithm>
#include <string>

#include "analysis/semantics/control_flow.hpp"
#include "analysis/syntax/tree.hpp"
#include "analysis/syntax/units.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {
namespace {

using semantics::FlowGraph;
using semantics::Point;
using semantics::PointId;
using semantics::PointKind;
using semantics::Walk;
using syntax::Field;
using syntax::Kind;
using syntax::Node;

// A function with its graph; lines are indented by the test.
class Body {
 public:
  explicit Body(const std::string& lines) {
    const std::string program = "async def f(x):\n" + lines;
    unit_ = syntax::read_units(text::SourceText(program)).units.front().unit;
    graph_ = std::make_unique<FlowGraph>(FlowGraph::build(unit_->ast.root()));
  }

  const FlowGraph& graph() const { return *graph_; }

  Node first(Kind kind) const {
    for (std::uint32_t i = 1; i < unit_->ast.size(); ++i) {
      if (unit_->ast.node(i).is(kind)) return unit_->ast.node(i);
    }
    return {};
  }

  // The points of the call of `name`, of the exits, or of the start.
  std::vector<PointId> places(const std::string& name) const {
    if (name == "start") return {FlowGraph::entry()};
    if (name == "exit") return {FlowGraph::exit()};
    if (name == "raised") return {FlowGraph::raised()};
    if (name == "cancelled") return {FlowGraph::cancelled()};
    for (std::uint32_t i = 0; i < unit_->ast.size(); ++i) {
      const Node node = unit_->ast.node(i);
      if (node.is(Kind::call) && node.child(Field::function).text() == name) return graph_->points_of(node);
    }
    return {};
  }

  bool can(const std::string& from, const std::string& to, const std::string& without = "", bool errors = false,
           bool cancellation = false) const {
    Walk how;
    how.errors = errors;
    how.cancellation = cancellation;
    if (!without.empty()) how.stop = [&](const Point& point) { return calls(point.node, without); };
    const auto starts = places(from);
    const auto ends = places(to);
    REQUIRE_FALSE(starts.empty());
    REQUIRE_FALSE(ends.empty());
    return graph_->can_reach(starts, ends, how);
  }
  bool errs(const std::string& from, const std::string& to, const std::string& without = "") const {
    return can(from, to, without, true, false);
  }
  bool cancels(const std::string& from, const std::string& to, const std::string& without = "") const {
    return can(from, to, without, false, true);
  }

 private:
  static bool calls(Node node, const std::string& name) {
    const bool whole = !node.is(Kind::for_statement) && !node.is(Kind::except_clause) && !node.is(Kind::case_clause) &&
                       !node.is(Kind::function_definition);
    for (std::uint32_t i = node.index(); whole && i < node.after(); ++i) {
      const Node part = node.ast().node(i);
      if (part.is(Kind::call) && part.child(Field::function).text() == name) return true;
    }
    return false;
  }

  std::shared_ptr<const syntax::Unit> unit_;
  std::unique_ptr<FlowGraph> graph_;
};

}  // namespace

TEST_CASE("control flow: statements run one after the other") {
  const Body body("  a()\n  b()\n  return c()\n  d()\n");
  CHECK(body.can("start", "a"));
  CHECK(body.can("a", "b"));
  CHECK(body.can("a", "exit"));
  CHECK_FALSE(body.can("b", "a"));
  CHECK_FALSE(body.can("start", "exit", "b"));
  CHECK_FALSE(body.can("start", "d"));
  CHECK_FALSE(body.graph().is_reachable(body.graph().point(body.places("d").front()).node));
  CHECK_FALSE(body.can("a", "raised"));
  CHECK(body.errs("a", "raised"));
  CHECK(body.graph().is_complete());
}

TEST_CASE("control flow: conditions") {
  const Body body("  if x:\n    a()\n  elif y:\n    b()\n    return\n  else:\n    c()\n  d()\n");
  CHECK(body.can("a", "d"));
  CHECK(body.can("start", "exit", "d"));
  CHECK_FALSE(body.can("b", "d"));
  CHECK_FALSE(body.can("a", "b"));
  CHECK_FALSE(body.can("a", "exit", "d"));
  const Body no_else("  if x:\n    a()\n  b()\n");
  CHECK(no_else.can("start", "b", "a"));
  const Body constant("  if True:\n    a()\n    return\n  b()\n  if not 1:\n    c()\n");
  CHECK_FALSE(constant.can("start", "b"));
  CHECK_FALSE(constant.can("b", "c"));
}

TEST_CASE("control flow: loops with else, break and continue") {
  const Body body(
      "  for y in a():\n    if y:\n      b()\n      break\n    if c():\n      continue\n    d()\n  else:\n    e()\n  "
      "g()\n");
  CHECK(body.can("a", "e"));
  CHECK(body.can("b", "g"));
  CHECK_FALSE(body.can("b", "e"));
  CHECK(body.can("d", "b"));
  CHECK_FALSE(body.can("d", "a"));
  CHECK(body.can("c", "c", "d"));
  CHECK(body.can("start", "g", "d"));
  const Body endless("  while True:\n    a()\n    if x:\n      break\n    b()\n  else:\n    c()\n  d()\n");
  CHECK(endless.can("b", "d"));
  CHECK_FALSE(endless.can("start", "c"));
  CHECK_FALSE(endless.can("start", "exit", "a"));
  const Body never("  while 1:\n    a()\n");
  CHECK_FALSE(never.can("start", "exit"));
  CHECK(never.errs("start", "raised"));
}

TEST_CASE("control flow: errors go to the handler that may catch them") {
  const Body body(
      "  try:\n    a()\n  except ValueError:\n    b()\n  except (TypeError, KeyError) as error:\n    c()\n  else:\n    "
      "d()\n  e()\n");
  CHECK(body.errs("a", "b"));
  CHECK(body.errs("a", "c"));
  CHECK(body.errs("a", "raised", "e"));
  CHECK_FALSE(body.can("a", "b"));
  CHECK(body.can("a", "d"));
  CHECK_FALSE(body.errs("d", "b"));
  CHECK(body.can("b", "e"));
  CHECK_FALSE(body.can("b", "d"));
  const Body all("  try:\n    await a()\n  except Exception:\n    b()\n  c()\n");
  CHECK_FALSE(Body("  try:\n    await a()\n  except Exception:\n    pass\n").errs("a", "raised"));
  CHECK_FALSE(all.cancels("a", "b"));
  CHECK(all.cancels("a", "cancelled"));
  const Body bare("  try:\n    await a()\n  except:\n    b()\n  c()\n");
  CHECK(bare.cancels("a", "b"));
  CHECK_FALSE(bare.cancels("a", "cancelled"));
  const Body cancelled("  try:\n    await a()\n  except asyncio.CancelledError:\n    b()\n    raise\n  c()\n");
  CHECK(cancelled.cancels("a", "b"));
  CHECK_FALSE(cancelled.errs("a", "b"));
  CHECK(cancelled.errs("a", "raised"));
  CHECK(cancelled.cancels("b", "cancelled"));
  CHECK_FALSE(cancelled.cancels("b", "c"));
}

TEST_CASE("control flow: a plain call is not cancelled") {
  const Body body("  try:\n    a()\n  except BaseException:\n    b()\n");
  CHECK(body.errs("a", "b"));
  CHECK_FALSE(body.cancels("a", "b"));
}

TEST_CASE("control flow: finally runs on every way out, and each goes on its own way") {
  const Body body("  try:\n    a()\n    if x:\n      return b()\n    c()\n  finally:\n    d()\n  e()\n");
  CHECK(body.can("a", "e"));
  CHECK_FALSE(body.can("b", "e"));
  CHECK(body.can("b", "d"));
  CHECK(body.can("b", "exit"));
  CHECK_FALSE(body.can("start", "exit", "d"));
  CHECK_FALSE(body.errs("a", "raised", "d"));
  const Body loop(
      "  while a():\n    try:\n      if b():\n        break\n      if c():\n        continue\n      d()\n    "
      "finally:\n      e()\n    g()\n  h()\n");
  CHECK(loop.can("b", "e"));
  CHECK_FALSE(loop.can("start", "h", "a"));
  CHECK(loop.can("c", "a", "g"));
  CHECK_FALSE(loop.can("d", "a", "g"));
  CHECK_FALSE(loop.can("c", "a", "e"));
  const Body inner(
      "  for y in a():\n    try:\n      b()\n    finally:\n      for z in y:\n        if c():\n          break\n      "
      "d()\n  e()\n");
  CHECK(inner.can("c", "d"));
  CHECK(inner.can("c", "e"));
  CHECK_FALSE(inner.can("c", "e", "d"));
}

TEST_CASE("control flow: handlers and else are inside of the finally, not of the try") {
  const Body body(
      "  try:\n    a()\n  except Exception:\n    b()\n    return\n  else:\n    c()\n  finally:\n    d()\n  e()\n");
  CHECK_FALSE(body.can("b", "exit", "d"));
  CHECK_FALSE(body.can("b", "e"));
  CHECK_FALSE(body.errs("c", "b"));
  CHECK_FALSE(body.errs("c", "raised", "d"));
  CHECK_FALSE(body.errs("b", "raised", "d"));
  CHECK(body.errs("d", "raised"));
}

TEST_CASE("control flow: return in finally swallows") {
  const Body body("  try:\n    a()\n  finally:\n    return\n  b()\n");
  CHECK_FALSE(body.errs("a", "raised"));
  CHECK_FALSE(body.errs("a", "b"));
  CHECK(body.errs("a", "exit"));
}

TEST_CASE("control flow: deeply nested finally blocks cost little") {
  std::string text = "  a()\n";
  for (int i = 0; i < 40; ++i) {
    std::string indented;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at) + 1;
      indented += " " + text.substr(at, end - at);
      at = end;
    }
    text = "  try:\n   await b()\n   if x: return\n  finally:\n" + indented;
  }
  const Body body(text);
  CHECK(body.graph().size() < 20000);
  CHECK(body.can("start", "a"));
  CHECK(body.errs("a", "raised"));
}

TEST_CASE("control flow: with") {
  const Body body("  with a() as y, b():\n    c()\n    if x:\n      return d()\n  e()\n");
  CHECK(body.can("start", "e"));
  CHECK_FALSE(body.can("d", "e"));
  CHECK(body.errs("c", "raised", "e"));
  CHECK_FALSE(body.can("start", "exit", "c"));
  const Body suppressing("  with contextlib.suppress(ValueError):\n    a()\n  b()\n");
  CHECK(suppressing.errs("a", "b"));
  const Body all("  async with suppress(Exception):\n    await a()\n  b()\n");
  CHECK(all.errs("a", "b"));
  CHECK(all.cancels("a", "cancelled", "b"));
  // The leaving of each item is passed on every way out.
  const Body both("  async with x.a() as y:\n    await b()\n    return\n");
  const Walk how{.errors = true, .stop = [](const Point& point) { return point.kind == PointKind::leave; }};
  CHECK_FALSE(both.graph().can_reach(both.places("b"), FlowGraph::exit(), how));
  CHECK_FALSE(both.graph().can_reach(both.places("b"), FlowGraph::raised(), how));
}

TEST_CASE("control flow: match") {
  const Body body(
      "  match a():\n    case 1:\n      b()\n    case [y, z] if c():\n      d()\n    case _:\n      return e()\n  "
      "g()\n");
  CHECK(body.can("b", "g"));
  CHECK(body.can("c", "d"));
  CHECK(body.can("c", "e"));
  CHECK_FALSE(body.can("e", "g"));
  CHECK_FALSE(body.can("b", "e"));
  const Body open("  match x:\n    case None:\n      a()\n    case y.z:\n      b()\n  c()\n");
  CHECK(open.can("start", "c", "a"));
}

TEST_CASE("control flow: raise, assert and calls that never return") {
  const Body body(
      "  if x:\n    raise ValueError(a())\n  b()\n  if y:\n    sys.exit(c())\n  if z:\n    os._exit(d())\n  assert "
      "e()\n  assert False\n  g()\n");
  CHECK_FALSE(body.can("a", "b"));
  CHECK(body.errs("a", "raised"));
  CHECK_FALSE(body.can("c", "e"));
  CHECK(body.cancels("c", "cancelled"));
  CHECK_FALSE(body.errs("d", "raised"));
  CHECK(body.errs("e", "raised"));
  CHECK_FALSE(body.can("e", "g"));
  const Body again("  try:\n    await a()\n  except BaseException as error:\n    b()\n    raise error\n");
  CHECK(again.errs("b", "raised"));
  CHECK(again.cancels("b", "cancelled"));
}

TEST_CASE("control flow: where a coroutine stops") {
  const Body body(
      "  a(lambda: x)\n  await b()\n  async for y in c():\n    d()\n  async with e():\n    pass\n  [z async for z in "
      "g()]\n  yield h()\n  async def inner():\n    await i()\n");
  const auto awaits = [&](const std::string& name) { return body.graph().point(body.places(name).front()).awaits; };
  CHECK_FALSE(awaits("a"));
  CHECK(awaits("b"));
  CHECK_FALSE(awaits("d"));
  CHECK(awaits("e"));
  CHECK(awaits("g"));
  CHECK_FALSE(awaits("h"));
  CHECK_FALSE(awaits("i"));
  CHECK(body.graph().point(body.places("h").front()).yields);
  CHECK(body.graph().awaits_in(body.graph().function()).size() == 4);
}

TEST_CASE("control flow: whether a handler ends other than by raising") {
  const auto ends = [](const std::string& handler) {
    const Body body("  while x:\n    try:\n      await a()\n    except BaseException as e:\n" + handler + "    b()\n");
    const Node clause = body.first(Kind::except_clause);
    return body.graph().can_leave(clause, body.graph().points_of(clause), Walk{.errors = true});
  };
  CHECK(ends("      pass\n"));
  CHECK(ends("      break\n"));
  CHECK(ends("      return\n"));
  CHECK_FALSE(ends("      raise\n"));
  CHECK_FALSE(ends("      c()\n      raise e\n"));
  CHECK(ends("      if y:\n        raise\n"));
  CHECK_FALSE(ends("      try:\n        await c()\n      finally:\n        raise\n"));
  CHECK_FALSE(ends("      try:\n        await c()\n      except ValueError:\n        d()\n      raise\n"));
  CHECK(ends("      try:\n        await c()\n      except ValueError:\n        return\n      raise\n"));
  CHECK_FALSE(ends("      while True:\n        c()\n"));
  CHECK_FALSE(ends("      if y:\n        d()\n        raise\n      else:\n        raise e\n"));
}

TEST_CASE("control flow: broken and odd code gives some graph") {
  for (const char* text :
       {"  break\n", "  try:\n", "  try:\n    a()\n  finally:\n", "  for in x:\n    a(\n", "  with :\n    pass\n",
        "  match x:\n", "  except:\n    pass\n", "  if x\n    a()\n", "  while\n", "  raise from\n"}) {
    const Body body(text);
    CHECK(body.graph().size() >= 4);
  }
  CHECK_FALSE(Body("  x = (1 +\n  y = 2\n").graph().is_complete());
  std::string items = "  with a()";
  for (int i = 0; i < 5000; ++i) items += ", b" + std::to_string(i) + "()";
  CHECK(Body(items + ":\n    c()\n").can("start", "exit"));
}

}  // namespace surefoot::test
