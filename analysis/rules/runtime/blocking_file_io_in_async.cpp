#include "analysis/fixes/offload.hpp"
#include "analysis/rules/callables.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/extraction.hpp"
#include "analysis/rules/file_use.hpp"
#include "analysis/rules/startup.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

void check(Node call, Context& context);
Fixes fix(const Report& report, Context& context);
bool matters_at(const Report& report, Context& context);

}  // namespace

extern const Rule blocking_file_io_in_async;
const Rule blocking_file_io_in_async{
    .code = "RT103",
    .name = "blocking-file-io-in-async",
    .severity = Severity::information,
    .profile = Profile::standard,
    .kinds = {Kind::call},
    .check = check,
    .concerns = [](const Callee& callee) { return callee.blocks(); },
    .fix = fix,
    .confirm = runs_after_startup,
    .rises = true,
    .matters_at = matters_at,
};

namespace {

Node value_of(Node argument) { return argument.is(Kind::keyword_argument) ? argument.child(Field::value) : argument; }

bool extracts(std::string_view name) { return name.ends_with(".extract") || name.ends_with(".extractall"); }

// True when the file is one that a reported call opened, or lies in memory.
bool has_known_file(Node call, std::string_view name, Context& context) {
  const Node receiver = call.child(Field::function).child(Field::object);
  if (receiver && comes_from_opened_file(receiver, context)) return true;
  if (receiver && !extracts(name) && is_in_memory(receiver, context)) return true;
  for (const Node argument : call.child(Field::arguments).children()) {
    const Node value = value_of(argument);
    if (comes_from_opened_file(value, context) || is_in_memory(value, context)) return true;
  }
  return false;
}

// The call that is made on the value of this one: `Path(p).resolve().read_text()` for `Path(p).resolve()`.
Node next_in_chain(Node call) {
  Node outer = call.parent();
  while (outer.is(Kind::attribute) || outer.is(Kind::parenthesized_expression)) outer = outer.parent();
  return outer.is(Kind::call) && outer.child(Field::function).covers(call) ? outer : Node();
}

// Metadata asked on the way to a file's contents belongs to the call that reads them.
bool leads_to_contents(Node call, Context& context) {
  for (Node outer = next_in_chain(call); outer; outer = next_in_chain(outer)) {
    const auto blocking = file_call(outer, context);
    if (blocking && any(blocking->effects & Effect::blocks_file)) return true;
  }
  return false;
}

// True in a function that takes nothing and keeps what it gives: it reads once in the life of the program.
bool is_read_once(Node call, Context& context) {
  const Node function = context.enclosing_function(call);
  return function.is(Kind::function_definition) && !function.child(Field::parameters).first_child() &&
         is_memoized(function, context);
}

void check(Node call, Context& context) {
  const auto blocking = file_call(call, context);
  if (!blocking || in_startup_code(call, context) || is_read_once(call, context) ||
      has_known_file(call, blocking->name, context))
    return;
  const bool contents = any(blocking->effects & Effect::blocks_file);
  if (!contents && leads_to_contents(call, context)) return;
  const Effect effect = contents ? Effect::blocks_file : Effect::blocks_file_metadata;
  report_blocking(blocking_file_io_in_async, call, call.child(Field::function), blocking->name, describe(effect),
                  context);
}

// It reads what the library was installed with, and whoever makes a client behind a function keeps it.
bool makes_client(std::string_view name) {
  return name == "boto3.client" || name == "boto3.resource" || name == "boto3.Session.client" ||
         name == "boto3.Session.resource";
}

bool matters_at(const Report& report, Context& context) {
  if (makes_client(report.subject)) return false;
  return !in_startup_code(context.unit().unit->ast.node(report.node), context) && runs_after_startup(report, context);
}

bool gives_handle(Node call, Context& context) {
  const Type* type = semantics::only(context.type_of(call));
  const knowledge::Class* facts =
      type != nullptr && type->tag == Type::Tag::instance ? knowledge::find_class(type->name) : nullptr;
  return facts != nullptr && !facts->close.empty();
}

// What uses the handle where it is made: `open(p).read()`, `json.load(open(p))`; the call itself when nothing does.
Node use_in_place(Node call, Context& context) {
  Node whole = call;
  while (gives_handle(whole, context)) {
    Node next = next_in_chain(whole);
    const Node arguments = whole.parent();
    if (!next && arguments.is(Kind::argument_list)) next = arguments.parent();
    if (!next || !file_call(next, context)) return whole;
    whole = next;
  }
  return whole;
}

Fixes fix(const Report& report, Context& context) {
  const Node call = context.unit().unit->ast.node(report.node);
  const Node whole = use_in_place(call, context);
  if (gives_handle(whole, context)) {
    return extract_use(whole, "use_file", context);
  }
  if (whole == call) return fixes::offload_call(context.file(), context.place(call));
  return fixes::offload_expression(context.file(), context.place(whole));
}

}  // namespace
}  // namespace surefoot::rules
