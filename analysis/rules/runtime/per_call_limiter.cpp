#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/fixes/hoist.hpp"
#include "analysis/fixes/lines.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/scopes.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/semantics/frame.hpp"

namespace surefoot::rules {
namespace {

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule per_call_limiter;
const Rule per_call_limiter{
    .code = "RT210",
    .name = "per-call-limiter",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns =
        [](const Callee& callee) { return callee.of == Callee::Of::library && knowledge::is_limiter(callee.name); },
    .fix = fix,
};

namespace {

std::string_view last_word(std::string_view name) { return name.substr(name.rfind('.') + 1); }

// The class of the lock, semaphore or limiter that the call makes; empty when it makes none.
std::string_view made_limiter(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || !knowledge::is_limiter(callee->name)) return {};
  // A condition on a lock of others limits what that lock limits.
  const bool condition = callee->name.ends_with("Condition") && call.child(Field::arguments).first_child();
  return condition ? std::string_view() : callee->name;
}

// One that spreads its users over time, and so works for a single one too.
bool limits_rate(std::string_view name) {
  static constexpr std::array<std::string_view, 7> kOthers = {
      "Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore", "StrictFIFOLock", "CapacityLimiter"};
  return std::find(kOthers.begin(), kOthers.end(), last_word(name)) == kOthers.end();
}

bool is_nothing(Node value, Context& context) {
  return value.is(Kind::none) || (value.is(Kind::call) && context.calls(value, "contextlib.nullcontext"));
}

// The local that the new limiter is bound to, alone or as one arm of a conditional expression; null otherwise.
Node bound_local(Node call, Context& context) {
  Node value = call;
  for (Node parent = value.parent(); parent; value = parent, parent = parent.parent()) {
    if (parent.is(Kind::named_expression)) return parent.child(Field::name);
    if (parent.is(Kind::assignment)) {
      const Node target = value.field() == Field::right ? parent.child(Field::left) : Node();
      const bool chained = parent.parent().is(Kind::assignment);  // `self.lock = lock = Lock()`
      return target.is(Kind::identifier) && !chained ? target : Node();
    }
    if (parent.is(Kind::conditional_expression)) {
      const Node other = value == parent.first_child() ? parent.last_child() : parent.first_child();
      const bool fresh = other.is(Kind::call) && !made_limiter(other, context).empty();
      if (!fresh && !is_nothing(other, context)) return {};
    } else if (!parent.is(Kind::parenthesized_expression)) {
      return {};
    }
  }
  return {};
}

bool is_acquiring(std::string_view method) {
  return method == "acquire" || method == "acquire_nowait" || method == "acquire_on_behalf_of";
}

// Methods whose call gives the limiter to nobody.
bool stays_here(std::string_view method) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "release",   "release_on_behalf_of", "locked",       "wait",      "wait_for", "notify", "notify_all",
      "notifyAll", "has_capacity",         "acquire_lock", "statistics"};
  return std::find(kNames.begin(), kNames.end(), method) != kNames.end();
}

// How the code of a function uses its own limiter.
class LocalUses {
 public:
  LocalUses(Node target, Node function, Context& context) : target_(target), function_(function), context_(context) {
    for_each_mention_in(function.child(Field::body), target.text(), [&](Node place) { add(place); });
  }

  bool is_own() const { return own_ && bindings_ == 1 && acquired_; }
  bool is_acquired_in_loop() const { return in_loop_; }

 private:
  void add(Node place) {
    if (place.is(Kind::attribute)) return;  // of something else
    if (is_binding_place(place)) {
      const bool declared = place.parent().is(Kind::global_statement) || place.parent().is(Kind::nonlocal_statement);
      if (declared) own_ = false;
      ++bindings_;
      own_ = own_ && context_.enclosing_function(place) == function_;
      if (place.parent().is(Kind::named_expression)) use(place.parent());
      return;
    }
    const Node holder = context_.enclosing_function(place);
    if (holder != function_ && !runs_in_sequence(holder)) own_ = false;
    use(place);
  }

  void use(Node place) {
    while (place.parent().is(Kind::parenthesized_expression)) place = place.parent();
    if (item_of(place)) return acquire(place);
    const Node parent = place.parent();
    const bool called = parent.is(Kind::attribute) && parent.parent().is(Kind::call) &&
                        parent.parent().child(Field::function) == parent;
    const std::string_view method = called ? parent.child(Field::attribute).text() : std::string_view();
    if (is_acquiring(method)) {
      acquire(place);
    } else if (!stays_here(method) && !parent.is(Kind::named_expression)) {
      own_ = false;
    }
  }

  void acquire(Node place) {
    acquired_ = true;
    for (Node outer = place.parent(); outer && outer != function_; outer = outer.parent()) {
      const bool loop = outer.is(Kind::for_statement) || outer.is(Kind::while_statement);
      if (loop && !outer.covers(target_)) in_loop_ = true;
    }
  }

  // True for a nested function that this function only calls, and waits for each time.
  bool runs_in_sequence(Node nested) const {
    if (!nested.is(Kind::function_definition) || nested.parent().is(Kind::decorated_definition)) return false;
    if (context_.enclosing_function(nested) != function_) return false;
    bool only_called = true;
    for_each_mention_in(function_.child(Field::body), nested.child(Field::name).text(), [&](Node place) {
      if (place == nested.child(Field::name)) return;
      const Node call = place.parent();
      const bool direct = place.is(Kind::identifier) && place.field() == Field::function && call.is(Kind::call) &&
                          context_.enclosing_function(place) == function_;
      only_called = only_called && direct && (!nested.is_async() || call.parent().is(Kind::await)) && !is_lazy(call);
    });
    return only_called;
  }

  static bool is_lazy(Node node) {
    for (; node && !syntax::is_statement(node.kind()); node = node.parent()) {
      if (node.is(Kind::generator_expression)) return true;
    }
    return false;
  }

  Node target_, function_;
  Context& context_;
  bool own_ = true, acquired_ = false, in_loop_ = false;
  int bindings_ = 0;
};

// `async with asyncio.Lock():`; what `with` alone enters is RT319's.
bool is_entered_at_once(Node call) {
  Node item = call.parent();
  while (item.is(Kind::parenthesized_expression) || item.is(Kind::as_pattern)) item = item.parent();
  while (item && (item.is(Kind::with_item) || item.is(Kind::with_clause))) item = item.parent();
  return item.is(Kind::with_statement) && item.is_async() && !item.child(Field::body).covers(call);
}

// `asyncio.Lock().acquire()`
bool is_acquired_at_once(Node call) {
  if (is_entered_at_once(call)) return true;
  const Node attribute = call.parent();
  return attribute.is(Kind::attribute) && attribute.parent().is(Kind::call) && attribute.field() == Field::function &&
         is_acquiring(attribute.child(Field::attribute).text());
}

void check(Node call, Context& context) {
  const std::string_view name = made_limiter(call, context);
  const Node function = name.empty() ? Node() : context.enclosing_function(call);
  if (!function.is(Kind::function_definition)) return;
  if (!is_acquired_at_once(call)) {
    const Node target = bound_local(call, context);
    if (!target) return;
    const LocalUses uses(target, function, context);
    if (!uses.is_own() || (limits_rate(name) && uses.is_acquired_in_loop())) return;
  }
  context.report(per_call_limiter, call,
                 fmt::format("`{}` is made anew by each call of `{}`, which is the only one to take it: it limits "
                             "nothing",
                             name, function.child(Field::name).text()));
}

// The whole lines of the statement that binds the limiter, when nothing else stands on them and in its block.
std::optional<text::Span> lines_of_binding(Node call, Context& context) {
  const Node statement = call.parent().parent();
  if (!call.parent().is(Kind::assignment) || !statement.is(Kind::expression_statement)) return std::nullopt;
  const fixes::Place place = context.place(statement);
  if (statement.parent().child_count() < 2 || !fixes::indentation(context.file(), place)) return std::nullopt;
  const text::Span span = fixes::span_in_file(context.file(), place);
  const text::SourceText& text = context.file().text;
  const std::uint32_t line = text.line_of(span.end);
  const std::string_view rest = text.slice({span.end, text.line_span(line).end});
  if (rest.find_first_not_of(" \t\f\r\n") != std::string_view::npos) return std::nullopt;
  return text::Span{text.line_start(text.line_of(span.start)), text.line_start(line + 1)};
}

// Uses the shared limiter in place of the local one.
std::vector<text::TextEdit> use_shared(Node call, const std::string& name, Context& context) {
  const auto lines = lines_of_binding(call, context);
  if (!lines) return {fixes::replace(context.file(), context.place(call), name)};
  std::vector<text::TextEdit> edits{{*lines, ""}};
  const Node target = call.parent().child(Field::left);
  for_each_mention_in(context.enclosing_function(call).child(Field::body), target.text(), [&](Node place) {
    if (place != target && place.is(Kind::identifier)) {
      edits.push_back(fixes::replace(context.file(), context.place(place), name));
    }
  });
  return edits;
}

void offer(Fixes& fixes, Node call, fixes::Hoisted hoisted, std::string_view owner, Context& context) {
  if (!hoisted.problem.empty()) {
    if (fixes.reason.empty()) fixes.reason = hoisted.problem;
    return;
  }
  std::vector<text::TextEdit> edits = use_shared(call, hoisted.name, context);
  edits.push_back(std::move(hoisted.edit));
  fixes.offered.push_back(fixes::make_fix(fmt::format("Make it once, as `{}` of the {}", hoisted.name, owner),
                                          fixes::Applicability::unsafe, std::move(edits)));
}

std::string_view without_underscores(std::string_view name) {
  const std::size_t first = name.find_first_not_of('_');
  return first == std::string_view::npos ? name : name.substr(first, name.find_last_not_of('_') + 1 - first);
}

// `_fetch_semaphore` for the `semaphore` of `fetch`: each function keeps one of its own.
std::string shared_name(Node call, Context& context) {
  const Node target = bound_local(call, context);
  const Node function = context.enclosing_function(call);
  return fmt::format("_{}_{}", without_underscores(function.child(Field::name).text()),
                     target ? without_underscores(target.text()) : "lock");
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const std::string name = shared_name(call, context);
  Fixes fixes;
  const fixes::Place place = context.place(call);
  if (!context.unit().container.empty()) {
    offer(fixes, call, fixes::hoist_to_init(context.file(), place, name), "instance", context);
  }
  // Before Python 3.10 a lock of asyncio belongs to the loop that was current when it was made.
  if (made_limiter(call, context).starts_with("asyncio.") && context.target() < semantics::PythonVersion{3, 10}) {
    if (fixes.offered.empty()) fixes.reason = "before Python 3.10 it must be made while the loop runs";
    return fixes;
  }
  offer(fixes, call, fixes::hoist_to_module(context.file(), place, name), "module", context);
  if (!fixes.offered.empty()) fixes.reason.clear();
  return fixes;
}

}  // namespace
}  // namespace surefoot::rules
