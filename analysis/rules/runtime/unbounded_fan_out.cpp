#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/imports.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/fixes/names.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/coroutines.hpp"
#include "analysis/rules/fan_out.hpp"
#include "analysis/rules/gathering.hpp"
#include "analysis/rules/handover.hpp"
#include "analysis/rules/startup.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
bool concerns(const Callee& callee);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule unbounded_fan_out;
const Rule unbounded_fan_out{
    .code = "RT209",
    .name = "unbounded-fan-out",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = concerns,
    .fix = fix,
    .confirm = confirm,
};

namespace {

bool concerns(const Callee& callee) {
  return callee.is_spawner || callee.is_bridge || callee.is_one_of({"asyncio.gather"});
}

// What is started, once for each element of what is run through.
struct FanOut {
  Node element;  // the coroutine, or the function that `map` calls
  Node loop;     // the comprehension, `for` statement or call of `map`; null where there is none
};

bool is_comprehension(Node node) {
  return node.is(Kind::list_comprehension) || node.is(Kind::set_comprehension) || node.is(Kind::generator_expression) ||
         node.is(Kind::dictionary_comprehension);
}

// The innermost loop of the function that runs the node again and again.
Node loop_around(Node node) {
  for (Node child = node, outer = node.parent(); outer; child = outer, outer = outer.parent()) {
    if (outer.is(Kind::function_definition) || outer.is(Kind::lambda)) return {};
    const bool body = child.field() == Field::body;
    if (body && (is_comprehension(outer) || outer.is(Kind::for_statement) || outer.is(Kind::while_statement)))
      return outer;
  }
  return {};
}

bool is_spawned(Node element, Context& context) { return spawner_of(element, context) != nullptr; }

// `gather(*map(f, y))`, `gather(*map(lambda x: f(x), y))`
FanOut of_map(Node call, Context& context) {
  if (!call.is(Kind::call) || !context.calls(call, "map")) return {};
  const Node function = without_parentheses(argument(call, "", 0));
  if (!function.is(Kind::lambda)) return {function, call};
  const Node body = without_parentheses(function.child(Field::body));
  return body.is(Kind::call) ? FanOut{body, call} : FanOut{};
}

// `gather(*[f(x) for x in y])`, also where the list is a local or filled in a loop.
FanOut of_gather(Node gather, Context& context) {
  for (const Node argument : gather.child(Field::arguments).children()) {
    if (!argument.is(Kind::list_splat)) continue;
    if (const FanOut mapped = of_map(without_parentheses(argument.first_child()), context); mapped.loop) return mapped;
    for (Node element : elements_of(argument.first_child(), context)) {
      element = without_parentheses(element);
      const Node loop = loop_around(element);
      if (loop && element.is(Kind::call) && !is_spawned(element, context)) return {element, loop};
    }
  }
  return {};
}

FanOut fan_out_of(Node call, Context& context) {
  if (context.calls(call, "asyncio.gather")) return of_gather(call, context);
  const knowledge::Spawner* spawner = spawner_of(call, context);
  if (spawner == nullptr || spawner->name == "asyncio.run_coroutine_threadsafe") return {};
  const Node element = without_parentheses(argument(call, "coro", 0));
  return element ? FanOut{element, loop_around(call)} : FanOut{};
}

// Executors start nothing at once, but hold everything that they were given.
bool is_submit(Node call, Context& context) {
  const knowledge::Bridge* bridge = bridge_of(call, context);
  return bridge != nullptr && bridge->name.starts_with("concurrent.futures.") && bridge->name.ends_with(".submit");
}

// `for _ in range(count): start(worker())`: a number of workers, not of pieces of work.
bool starts_workers(Node clause, Node element, Context& context) {
  if (has_word(element.child(Field::function).text(), {"worker", "consumer", "consume", "producer", "listener"}))
    return true;
  const Node target = clause.child(Field::left);
  return context.calls(clause.child(Field::right), "range") && target.is(Kind::identifier) &&
         !is_named_in(target.text(), element);
}

// A loop that waits for something in each round is no burst.
bool waits_in_loop(Node loop, Node call, Context& context) {
  const Node body = loop.child(Field::body);
  for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    const bool waits = node.is(Kind::await) || (node.is(Kind::with_statement) && node.is_async());
    if (waits && !call.covers(node) && context.enclosing_function(node) == context.enclosing_function(loop))
      return true;
  }
  return false;
}

bool is_unbounded_clause(Node clause, Node element, Context& context, bool whole_file) {
  return !is_short(clause.child(Field::right), context, whole_file) && !starts_workers(clause, element, context);
}

bool is_unbounded(const FanOut& fan_out, Context& context, bool whole_file) {
  if (fan_out.loop.is(Kind::call)) return !is_short(argument(fan_out.loop, "", 1), context, whole_file);
  if (fan_out.loop.is(Kind::for_statement)) {
    return is_unbounded_clause(fan_out.loop, fan_out.element, context, whole_file);
  }
  if (fan_out.loop.is(Kind::while_statement)) return context.strict();
  for (const Node clause : fan_out.loop.children()) {
    if (clause.is(Kind::for_in_clause) && is_unbounded_clause(clause, fan_out.element, context, whole_file))
      return true;
  }
  return false;
}

// `asyncio.wait_for(f(x), 1)` starts `f`.
Node without_limit(Node element, Context& context) {
  while (element.is(Kind::call) &&
         (context.calls(element, "asyncio.wait_for") || context.calls(element, "asyncio.shield"))) {
    element = without_parentheses(argument(element, "fut", 0));
  }
  return element;
}

Node function_of(Node element) { return element.is(Kind::call) ? element.child(Field::function) : element; }

bool starts_many(Node call, const FanOut& fan_out, Context& context) {
  if (!fan_out.loop || !is_unbounded(fan_out, context, false)) return false;
  const Node element = without_limit(fan_out.element, context);
  if (!element) return false;
  if (is_closing_name(function_of(element).text())) return false;
  if (!element.is(Kind::call) && !fan_out.loop.is(Kind::call)) return false;
  const Promise promise = element.is(Kind::call) ? promise_of(element, context) : promise_of_calling(element, context);
  if (promise != Promise::coroutine && promise != Promise::manager) return false;
  return !fan_out.loop.is(Kind::for_statement) || context.calls(call, "asyncio.gather") ||
         !waits_in_loop(fan_out.loop, call, context);
}

// What is given to an executor, and the loop round it; no loop where the call gives it nothing.
FanOut submission_of(Node call, Context& context) {
  return {call, is_submit(call, context) ? loop_around(call) : Node()};
}

bool submits_many(Node call, Context& context) {
  if (!context.strict()) return false;
  const FanOut submission = submission_of(call, context);
  return submission.loop && is_unbounded(submission, context, false);
}

bool is_elsewhere(Node call, Context& context) {
  const std::string_view function = context.enclosing_function(call).child(Field::name).text();
  return is_closing_name(function) || in_startup_code(call, context) || cancels_before(call, context) ||
         is_limited_here(call, context);
}

std::string name_of(Node call) {
  const std::string_view name = function_of(call).text();
  return std::string(name.substr(0, name.find('\n')));
}

void check(Node call, Context& context) {
  const FanOut fan_out = fan_out_of(call, context);
  const bool many = starts_many(call, fan_out, context);
  if (!many && !submits_many(call, context)) return;
  if (is_elsewhere(call, context)) return;
  const std::string started = many ? name_of(without_limit(fan_out.element, context)) : name_of(call);
  context
      .report(
          unbounded_fan_out, call,
          fmt::format("`{}` runs once for each element, however many there are: nothing limits how many run at once",
                      started))
      .span = call.child(Field::function).span();
}

// Constants of the module and the code of what is called stand in other units.
bool confirm(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  FanOut fan_out = fan_out_of(call, context);
  if (!fan_out.loop) fan_out = submission_of(call, context);
  if (!fan_out.loop) return true;
  if (!fan_out.loop.is(Kind::while_statement) && !is_unbounded(fan_out, context, true)) return false;
  return !limits_itself(without_limit(fan_out.element, context), context);
}

// The statement of the function's own block that holds the loop.
Node outermost_statement(Node node, Node function) {
  Node found;
  for (Node outer = node; outer && outer != function; outer = outer.parent()) {
    const bool loop = outer.is(Kind::for_statement);
    if (syntax::is_statement(outer.kind()) && (!found || loop)) found = outer;
  }
  return found;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const FanOut fan_out = fan_out_of(call, context);
  const Node function = context.enclosing_function(call);
  if (!fan_out.loop || !fan_out.element.is(Kind::call) || !context.in_coroutine(call)) return {};
  const fixes::Place statement = context.place(outermost_statement(fan_out.element, function));
  const auto indent = fixes::indentation(context.file(), statement);
  if (!indent) return {{}, "the statement shares its line with others"};
  const fixes::Import asyncio = fixes::import_module(context.file(), statement, "asyncio");
  if (!asyncio.problem.empty()) return {{}, asyncio.problem};
  const std::string semaphore = fixes::free_name(context.file(), statement, "semaphore");
  const std::string limited = fixes::free_name(context.file(), statement, "limited");
  const std::string end(context.file().text.dominant_line_ending());
  const std::string one(*indent);
  const std::string two = fixes::deeper(one);
  const std::string code = fmt::format(
      "{6} = {5}.Semaphore(10){0}{0}{1}async def {4}(coroutine):{0}{2}async with {6}:{0}{3}return await "
      "coroutine{0}{0}{1}",
      end, one, two, fixes::deeper(two), limited, asyncio.name, semaphore);
  std::vector<text::TextEdit> edits;
  if (asyncio.edit) edits.push_back(*asyncio.edit);
  edits.push_back(fixes::insert_before(context.file(), statement, code));
  edits.push_back(fixes::insert_before(context.file(), context.place(fan_out.element), limited + "("));
  edits.push_back(fixes::insert_after(context.file(), context.place(fan_out.element), ")"));
  return {{fixes::make_fix("Limit them with a semaphore", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

}  // namespace
}  // namespace surefoot::rules
