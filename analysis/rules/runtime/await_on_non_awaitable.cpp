#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/callables.hpp"
#include "analysis/rules/coroutines.hpp"
#include "analysis/rules/value_use.hpp"

namespace surefoot::rules {
namespace {

void check(Node await, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule await_on_non_awaitable;
const Rule await_on_non_awaitable{
    .code = "RT221",
    .name = "await-on-non-awaitable",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::await},
    .check = check,
    .fix = fix,
    .confirm = confirm,
    .in_tests = true,
};

namespace {

// Report::variant
constexpr int kValue = 0;       // await 1, await plain_function()
constexpr int kFunction = 1;    // await function
constexpr int kAwaitables = 2;  // await [f(), g()]

constexpr knowledge::Effect kBlocks = knowledge::Effect::blocks_sleep | knowledge::Effect::blocks_network |
                                      knowledge::Effect::blocks_database | knowledge::Effect::blocks_file |
                                      knowledge::Effect::blocks_subprocess | knowledge::Effect::blocks_wait;

bool is_display(Node node) {
  switch (node.kind()) {
    case Kind::list:
    case Kind::tuple:
    case Kind::set:
    case Kind::dictionary:
    case Kind::list_comprehension:
    case Kind::set_comprehension:
    case Kind::dictionary_comprehension:
    case Kind::generator_expression:
    case Kind::string:
    case Kind::concatenated_string:
    case Kind::integer:
    case Kind::float_:
    case Kind::true_:
    case Kind::false_:
    case Kind::none:
    case Kind::comparison_operator:
    case Kind::not_operator:
    case Kind::lambda:
      return true;
    default:
      return false;
  }
}

bool is_none(const TypeSet& types) {
  return std::all_of(types.begin(), types.end(), [](const Type& type) { return type.tag == Type::Tag::none; });
}

// A callable of a library that waits by itself and whose value is not known to be something else.
bool is_blocking(const Type& callee) {
  return callee.callable != nullptr && !callee.callable->is_async && any(callee.callable->effects & kBlocks) &&
         callee.callable->returns.empty() && callee.callable->item.empty() &&
         knowledge::find_bridge(callee.name) == nullptr && knowledge::find_spawner(callee.name) == nullptr &&
         knowledge::find_class(callee.name) == nullptr;
}

// A method that gives nothing and is named like a hook may be one that subclasses make asynchronous.
bool may_be_hook(const Type& callee, const TypeSet& value) {
  if (callee.function == nullptr || callee.function->container.empty() || !is_none(value)) return false;
  const std::string_view name = callee.function->name;
  return name.starts_with("on_") || name.starts_with("pre_") || name.starts_with("post_") ||
         name.starts_with("before_") || name.starts_with("after_") || name.starts_with("handle") || name == "setup" ||
         name == "teardown";
}

// Libraries whose calls give an awaitable when their client is an asynchronous one.
bool is_of_two_minds(std::string_view name) { return name.starts_with("distributed.") || name.starts_with("dask."); }

bool is_builtin(const TypeSet& value) {
  return std::all_of(value.begin(), value.end(), [](const Type& type) {
    return type.tag == Type::Tag::none || type.name.find('.') == std::string_view::npos;
  });
}

// `self._reader.read()`, `reader.read()`: what objects that were handed in give. Not `self._by_name.get(name)`, where
// the object is a dict of its own.
bool is_call_of_own_part(semantics::TermId id, const semantics::UnitModel& unit, Context& context) {
  const semantics::Term* term = &unit.terms[id];
  if (term->op == semantics::Op::join) {
    const auto& choices = unit.operands[term->b];
    return std::any_of(choices.begin(), choices.end(), [&](semantics::TermId one) {
      return unit.terms[one].op != semantics::Op::join && is_call_of_own_part(one, unit, context);
    });
  }
  // What is kept in something is what it was said to be.
  if (term->op == semantics::Op::index || term->op == semantics::Op::element || term->op == semantics::Op::none) {
    return false;
  }
  while (term->op == semantics::Op::call || term->op == semantics::Op::attribute || term->op == semantics::Op::index) {
    const TypeSet& object = context.resolver().type_of(unit, term->a);
    if (!object.empty() && is_builtin(object)) return false;
    term = &unit.terms[term->a];
  }
  return term->op != semantics::Op::imported && term->op != semantics::Op::global;
}

// A method whose annotation is all that is known of it: a mixin may be used with asynchronous parts as well, and
// `-> Client` may stand for "or a coroutine that gives one".
bool is_only_declared(const Type& callee, const TypeSet& value, Context& context) {
  if (callee.function == nullptr || callee.function->container.empty()) return false;
  const bool builtin = is_builtin(value);
  if (builtin && callee.function->container == context.unit().container) return false;
  const auto& returned = callee.function->returned;
  return std::any_of(returned.begin(), returned.end(), [&](semantics::TermId term) {
    if (!context.resolver().type_of(*callee.unit, term).empty()) return false;
    return !builtin || is_call_of_own_part(term, *callee.unit, context);
  });
}

// A class of the project may change what the methods that it inherits from a library do: `AsyncSession(Session)`. What
// is a builtin for want of an argument may be anything: `names or []`.
bool may_have_its_own(Node call, const Type& callee, Context& context) {
  const Node receiver = call.child(Field::function).child(Field::object);
  const Type* type = receiver && callee.function == nullptr ? semantics::only(context.type_of(receiver)) : nullptr;
  if (type == nullptr || type->tag != Type::Tag::instance || knowledge::find_class(type->name) != nullptr) return false;
  return type->assumed || type->name.find('.') != std::string_view::npos;
}

bool is_wrong_call(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || is_of_two_minds(callee->name)) return false;
  // Callers may hand in another object, whose method is asynchronous.
  if (callee->assumed && callee->function != nullptr) return false;
  const TypeSet& value = context.type_of(call);
  if (is_only_declared(*callee, value, context) || may_have_its_own(call, *callee, context)) return false;
  if (value.empty()) return is_blocking(*callee);
  return cannot_be_awaited(value, context) && !may_be_hook(*callee, value);
}

bool is_function(Node expression, Context& context) {
  const TypeSet& types = context.type_of(expression);
  return cannot_be_awaited(types, context) &&
         std::all_of(types.begin(), types.end(), [](const Type& type) { return type.tag == Type::Tag::object; });
}

// A local whose value is made here.
bool is_wrong_local(Node name, Context& context) {
  const Node value = only_value_of(name, context);
  if (!value || value.is(Kind::identifier)) return false;
  const TypeSet& types = context.type_of(name);
  return cannot_be_awaited(types, context) && !is_none(types) && types.front().tag == Type::Tag::instance;
}

std::optional<int> form_of(Node value, Context& context) {
  if (value.is(Kind::call)) return is_wrong_call(value, context) ? std::optional(kValue) : std::nullopt;
  if (value.is(Kind::list) || value.is(Kind::tuple) || value.is(Kind::set)) {
    const Node first = value.first_child();
    return first && promise_of(first, context) != Promise::none ? kAwaitables : kValue;
  }
  if (value.is(Kind::list_comprehension) || value.is(Kind::generator_expression) || value.is(Kind::set_comprehension)) {
    return promise_of(value.child(Field::body), context) != Promise::none ? kAwaitables : kValue;
  }
  if (is_display(value)) return kValue;
  const bool named = value.is(Kind::identifier) || value.is(Kind::attribute);
  if (named && is_function(value, context)) return kFunction;
  return value.is(Kind::identifier) && is_wrong_local(value, context) ? std::optional(kValue) : std::nullopt;
}

std::string what_it_is(Node value, int form, Context& context) {
  if (form == kFunction) return fmt::format("`{}` is a function, which must be called", value.text());
  if (value.is(Kind::call)) {
    const std::string_view name = value.child(Field::function).text();
    if (name.find('\n') != std::string_view::npos) return "the value of the call cannot be awaited";
    const Type* type = semantics::only(context.type_of(value));
    const bool named = type != nullptr && !type->name.starts_with('<');
    return named ? fmt::format("`{}` gives `{}`, which cannot be awaited", name, type->name)
                 : fmt::format("what `{}` gives cannot be awaited", name);
  }
  const Type* type = semantics::only(context.type_of(value));
  return type != nullptr && !type->name.empty() ? fmt::format("a `{}` cannot be awaited", type->name)
                                                : std::string("this cannot be awaited");
}

void check(Node await, Context& context) {
  const Node value = without_parentheses(await.first_child());
  const auto form = value ? form_of(value, context) : std::nullopt;
  if (!form) return;
  Report& report = context.report(await_on_non_awaitable, await,
                                  fmt::format("`await` fails here: {}", what_it_is(value, *form, context)));
  report.span = (value.is(Kind::call) ? value.child(Field::function) : value).span();
  report.variant = *form;
}

// True when a class of the file that derives from the method's has a method of that name.
bool is_overridden(const semantics::Function& function, Context& context) {
  const std::string prefix = context.module().name() + ".";
  const std::string base = prefix + function.container;
  for (const auto& model : context.units()) {
    for (const semantics::Function& other : model->functions) {
      if (other.name != function.name || other.container.empty() || other.container == function.container) continue;
      if (context.resolver().is_subclass(prefix + other.container, base)) return true;
    }
  }
  return false;
}

// What is there to be overridden may be overridden by a coroutine.
bool confirm(const Report& report, Context& context) {
  const Node value = without_parentheses(context.unit().unit->ast.node(report.node).first_child());
  const Type* callee = value.is(Kind::call) ? context.callee(value) : nullptr;
  if (callee == nullptr || callee->function == nullptr) return true;
  const Node body = callee->unit->unit->ast.node(callee->function->node).child(Field::body);
  if (!body || is_placeholder(body)) return false;
  return callee->function->container.empty() || !is_overridden(*callee->function, context);
}

Fixes gather(Node await, Node list, Context& context) {
  const fixes::Import asyncio = fixes::import_module(context.file(), context.place(await), "asyncio");
  if (!asyncio.problem.empty()) return {{}, asyncio.problem};
  std::vector<text::TextEdit> edits;
  if (asyncio.edit) edits.push_back(*asyncio.edit);
  edits.push_back(fixes::insert_before(context.file(), context.place(list), asyncio.name + ".gather(*"));
  edits.push_back(fixes::insert_after(context.file(), context.place(list), ")"));
  return {{fixes::make_fix("Gather them", fixes::Applicability::unsafe, std::move(edits))}, ""};
}

// Without its `await` the call would be reported for blocking.
bool blocks(Node value, Context& context) {
  const Type* callee = value.is(Kind::call) ? context.callee(value) : nullptr;
  return callee != nullptr && callee->callable != nullptr && any(callee->callable->effects & kBlocks);
}

Fixes drop(Node await, Node value, Context& context) {
  const text::Span whole = fixes::span_in_file(context.file(), context.place(await));
  const text::Span operand = fixes::span_in_file(context.file(), context.place(await.first_child()));
  if (context.file().text.slice({whole.start, operand.start}).find('#') != std::string_view::npos) return {};
  const auto applicability = blocks(value, context) ? fixes::Applicability::unsafe : fixes::Applicability::safe;
  return {{fixes::make_fix("Remove `await`", applicability, {{{whole.start, operand.start}, ""}})}, ""};
}

Fixes fix(const Report& report, Context& context) {
  const Node await = context.unit().unit->ast.node(report.node);
  const Node value = without_parentheses(await.first_child());
  if (report.variant == kAwaitables) return gather(await, value, context);
  if (report.variant == kValue) return drop(await, value, context);
  return {{fixes::make_fix("Call it", fixes::Applicability::unsafe,
                           {fixes::insert_after(context.file(), context.place(value), "()")})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
