#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/offload.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/loops.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/frame.hpp"

namespace surefoot::rules {
namespace {

void check(Node loop, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule starving_loop;
const Rule starving_loop{
    .code = "RT109",
    .name = "starving-loop",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::while_statement, Kind::for_statement},
    .check = check,
    .fix = fix,
};

namespace {

using Names = std::set<std::string_view>;

bool is_loop(Node node) { return node.is(Kind::while_statement) || node.is(Kind::for_statement); }

// True where an `except` inside the loop takes what the node raises.
bool is_caught_within(Node node, Node loop) {
  for (Node child = node, outer = node.parent(); outer && outer != loop; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::try_statement) && child.field() == Field::body && outer.child(Kind::except_clause)) return true;
  }
  return false;
}

// Calls that end the program, or the loop by an exception that they are known for.
bool ends(Node call, Node loop, Context& context) {
  static constexpr std::array<std::string_view, 7> kExits = {"sys.exit", "os._exit", "os.abort", "os.execv",
                                                             "exit",     "quit",     "os.execvp"};
  const std::string_view text = call.child(Field::function).text();
  if (text.ends_with("_nowait") || text == "next") return !is_caught_within(call, loop);
  if (contains(kExits, text)) return true;
  const Type* callee = context.callee(call);
  return callee != nullptr && contains(kExits, callee->name);
}

// What lets others run, or leaves the loop at the end.
bool leaves_or_yields(Node node, Node loop, Context& context) {
  switch (node.kind()) {
    case Kind::await:
    case Kind::yield:
    case Kind::return_statement:
    case Kind::raise_statement:
    case Kind::opaque:
      return true;
    case Kind::for_statement:
    case Kind::for_in_clause:
    case Kind::with_statement:
      return node.is_async();
    case Kind::call:
      return ends(node, loop, context);
    case Kind::break_statement:
      for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
        if (is_loop(outer) && child.field() == Field::body) return outer == loop;
      }
      return false;
    default:
      return false;
  }
}

bool has_way_out(Node loop, Context& context) {
  const Node body = loop.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (is_definition(node)) {
      i = node.after() - 1;
    } else if (leaves_or_yields(node, loop, context)) {
      return true;
    }
  }
  return false;
}

// True where an exception is waited for: `try: while True: queue.pop() except IndexError: …`.
bool may_end_by_exception(Node loop) {
  for (Node child = loop, outer = loop.parent(); outer; child = outer, outer = outer.parent()) {
    if (is_definition(outer)) return false;
    const bool tried = outer.is(Kind::try_statement) && child.field() == Field::body;
    if (tried && outer.child(Kind::except_clause)) return true;
    if (outer.is(Kind::with_statement)) return true;
  }
  return false;
}

// `voice.is_playing()`: only looks, and gives the same until somebody else does something.
bool only_looks(Node call) {
  static constexpr std::array<std::string_view, 4> kNames = {"done", "running", "locked", "empty"};
  const std::string_view name = call.child(Field::function).child(Field::attribute).text();
  return !call.child(Field::arguments).first_child() && (name.starts_with("is_") || contains(kNames, name));
}

// The names that a condition asks, when it asks nothing else; empty when a call or an `await` in it decides.
Names names_in(Node condition) {
  static constexpr std::array<std::string_view, 3> kPure = {"len", "bool", "isinstance"};
  Names names;
  for (std::uint32_t i = condition.index(); i < condition.after(); ++i) {
    const Node node = condition.ast().node(i);
    const bool decides = node.is(Kind::call) && !only_looks(node);
    if (decides && !contains(kPure, node.child(Field::function).text())) return {};
    if (node.is(Kind::await) || node.is(Kind::named_expression) || node.is(Kind::lambda)) return {};
    if (node.is(Kind::identifier) && node.field() != Field::attribute) names.insert(node.text());
  }
  for (const std::string_view pure : kPure) names.erase(pure);
  return names;
}

// The parameters and locals of a function.
Names own_names(Node function) {
  semantics::Frame frame;
  semantics::collect_names(function.child(Field::body), frame);
  Names names;
  for (const std::string_view name : frame.slots.names()) names.insert(name);
  for (const Node parameter : function.child(Field::parameters).children()) {
    const Node named = parameter.child(Field::name);
    const Node identifier = named ? named : parameter.is(Kind::identifier) ? parameter : parameter.first_child();
    if (identifier.is(Kind::identifier)) names.insert(identifier.text());
  }
  for (const std::string_view name : frame.globals) names.erase(name);
  for (const std::string_view name : frame.nonlocals) names.erase(name);
  return names;
}

// The names whose values a condition puts in order, `lag > limit`: numbers and their like, mostly.
Names values_in(Node condition) {
  Names names;
  for (std::uint32_t i = condition.index(); i < condition.after(); ++i) {
    const Node node = condition.ast().node(i);
    if (!node.is(Kind::comparison_operator)) continue;
    const std::string_view symbol = node.child(Field::operators).text();
    if (!symbol.starts_with('<') && !symbol.starts_with('>')) continue;
    for (const Node operand : node.children()) {
      if (operand.is(Kind::identifier)) names.insert(operand.text());
    }
  }
  return names;
}

bool is_of_library(Node call, Context& context) {
  const auto callee = callee_of(call, context);
  return callee && callee->of == Callee::Of::library;
}

// True when all that is done with the name at `node` is to read it for a comparison, an index, a message; for a value,
// also to hand it to a library.
bool is_mere_read(Node node, bool is_value, Context& context) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    switch (outer.kind()) {
      case Kind::call:
        if (!is_value || child.field() == Field::function || !is_of_library(outer, context)) return false;
        break;
      case Kind::assignment:
      case Kind::augmented_assignment:
      case Kind::named_expression:
      case Kind::delete_statement:
      case Kind::as_pattern_target:
      case Kind::global_statement:
      case Kind::nonlocal_statement:
        return false;
      case Kind::for_statement:
      case Kind::for_in_clause:
        return child.field() != Field::left;
      default:
        if (syntax::is_statement(outer.kind())) return true;
    }
  }
  return true;
}

// True when nothing in the loop's body can change what the condition asks.
bool is_unaffected(const Names& asked, Node loop, Context& context) {
  const Node function = context.enclosing_function(loop);
  const Names own = own_names(function);
  const Names values = values_in(loop.child(Field::condition));
  const bool shared = !std::includes(own.begin(), own.end(), asked.begin(), asked.end());
  const Node body = loop.child(Field::body);
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (is_definition(node)) return false;
    const bool is_asked = node.is(Kind::identifier) && asked.contains(node.text());
    if (is_asked && !is_mere_read(node, values.contains(node.text()), context)) return false;
    if (shared && node.is(Kind::call)) {
      const Type* callee = context.callee(node);
      if (callee == nullptr || callee->callable == nullptr) return false;
    }
  }
  // A nested function that shares the names may be called by anything.
  for (std::uint32_t i = function.index() + 1; i < function.after(); ++i) {
    const Node node = function.ast().node(i);
    if (!node.is(Kind::nonlocal_statement)) continue;
    for (const Node name : node.children()) {
      if (asked.contains(name.text())) return false;
    }
  }
  return true;
}

bool cannot_end(Node loop, Context& context) {
  const Node condition = loop.child(Field::condition);
  if (is_always_true(condition)) return true;
  const Names asked = names_in(condition);
  return !asked.empty() && is_unaffected(asked, loop, context);
}

void check(Node loop, Context& context) {
  if (loop.is_async() || !context.in_coroutine(loop)) return;
  if (loop.is(Kind::while_statement) ? !cannot_end(loop, context) : !iterates_for_ever(loop, context)) return;
  if (has_way_out(loop, context) || may_end_by_exception(loop)) return;
  const bool counting = loop.is(Kind::for_statement);
  context
      .report(starving_loop, loop,
              "This loop never ends and never awaits: the event loop gets to run nothing else any more")
      .span = {loop.start(), loop.child(counting ? Field::right : Field::condition).end()};
}

std::string checkpoint(const fixes::FileView& file, std::string_view module) {
  return fixes::loop_library(file) == fixes::LoopLibrary::asyncio
             ? fmt::format("await {}.sleep(0)", module)
             : fmt::format("await {}.lowlevel.checkpoint()", module);
}

// True when a `continue` of this loop could pass by what stands at its end.
bool has_own_continue(Node loop) {
  for (std::uint32_t i = loop.index(); i < loop.after(); ++i) {
    if (loop.ast().node(i).is(Kind::continue_statement)) return true;
  }
  return false;
}

Fixes fix(const Report& report, Context& context) {
  const fixes::FileView& file = context.file();
  const Node loop = context.unit().unit->ast.node(report.node);
  const fixes::LoopLibrary library = fixes::loop_library(file);
  const std::string_view module = library == fixes::LoopLibrary::trio    ? "trio"
                                  : library == fixes::LoopLibrary::anyio ? "anyio.lowlevel"
                                                                         : "asyncio";
  fixes::Import import = fixes::import_module(file, context.place(loop), module);
  if (!import.problem.empty()) return {{}, import.problem};
  if (library == fixes::LoopLibrary::anyio)
    import.name.resize(import.name.size() - std::string_view(".lowlevel").size());
  const std::string statement = checkpoint(file, import.name);
  std::vector<text::TextEdit> edits;
  if (import.edit) edits.push_back(std::move(*import.edit));
  const Node body = loop.child(Field::body);
  if (!body.first_child()) return {};
  const fixes::Place first = context.place(body.first_child());
  if (has_own_continue(loop)) {
    const auto indent = fixes::indentation(file, first);
    const std::string end = indent ? std::string(file.text.dominant_line_ending()) + std::string(*indent) : "; ";
    edits.push_back(fixes::insert_before(file, first, statement + end));
  } else {
    edits.push_back(fixes::add_statements(file, context.place(body.last_child()), {statement}));
  }
  Fixes fixes;
  fixes.offered.push_back(
      fixes::make_fix(fmt::format("Add `{}` to the loop", statement), fixes::Applicability::unsafe, std::move(edits)));
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
