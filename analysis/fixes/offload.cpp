#include "analysis/fixes/offload.hpp"

#include <algorithm>

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

// How a wrapper takes the callable and its arguments.
enum class Shape : std::uint8_t {
  all,         // wrapper(f, *args, **kwargs)
  positional,  // wrapper(f, *args): keyword arguments need functools.partial
  executor,    // loop.run_in_executor(None, f, *args)
  curried,     // wrapper(f)(*args, **kwargs)
};

struct Dialect {
  std::string head;  // what goes before the callable, with the opening parenthesis
  Shape shape = Shape::all;
  std::string label;
  std::vector<text::TextEdit> edits;
  std::string problem;
};

void use(Dialect& dialect, const Import& import, std::string_view tail, Shape shape) {
  dialect.label = import.name + std::string(tail);
  dialect.head = dialect.label + "(";
  dialect.shape = shape;
  dialect.problem = import.problem;
  if (import.edit) dialect.edits.push_back(*import.edit);
}

Dialect choose(const FileView& file, const Place& place) {
  Dialect dialect;
  for (const std::string& wrapper : file.facts.offload) {
    const std::size_t dot = wrapper.rfind('.');
    if (dot == std::string::npos) continue;
    use(dialect, import_name(file, place, wrapper.substr(0, dot), wrapper.substr(dot + 1)), "", Shape::all);
    return dialect;
  }
  for (const std::string_view module : {"fastapi.concurrency", "starlette.concurrency"}) {
    if (!imports(file, std::string(module) + ".run_in_threadpool")) continue;
    use(dialect, import_name(file, place, module, "run_in_threadpool"), "", Shape::all);
    return dialect;
  }
  switch (loop_library(file)) {
    case LoopLibrary::trio:
      use(dialect, import_module(file, place, "trio"), ".to_thread.run_sync", Shape::positional);
      return dialect;
    case LoopLibrary::anyio:
      use(dialect, import_module(file, place, "anyio"), ".to_thread.run_sync", Shape::positional);
      return dialect;
    case LoopLibrary::asyncio:
      break;
  }
  if (file.facts.target() < semantics::PythonVersion{3, 9}) {
    use(dialect, import_module(file, place, "asyncio"), ".get_running_loop().run_in_executor", Shape::executor);
  } else {
    use(dialect, import_module(file, place, "asyncio"), ".to_thread", Shape::all);
  }
  return dialect;
}

bool has_keywords(Node arguments) {
  return arguments.child(Kind::keyword_argument) || arguments.child(Kind::dictionary_splat);
}

// The edits inside the call: `f(a, b)` -> `HEAD f, a, b)`; layout and comments between the parentheses stay.
void wrap_arguments(const FileView& file, const Place& call, std::vector<text::TextEdit>& edits) {
  const Node arguments = call.node.child(Field::arguments);
  const text::Span span = span_in_file(file, {call.unit, arguments});
  if (arguments.is(Kind::generator_expression)) {  // f(x for x in y): its parentheses are the call's
    edits.push_back({{span.start, span.start}, ", "});
    edits.push_back({{span.end, span.end}, ")"});
    return;
  }
  const std::string_view inside = arguments.text().substr(1);
  const bool has_arguments = !arguments.children().empty();
  const bool line_break = inside.starts_with('\n') || inside.starts_with('\r') || inside.starts_with(' ');
  edits.push_back({{span.start, span.start + 1}, !has_arguments ? "" : line_break ? "," : ", "});
}

bool wants_parentheses(const Place& call) {
  const Node parent = call.node.parent();
  const Field field = call.node.field();
  return (parent.is(Kind::attribute) && field == Field::object) ||
         (parent.is(Kind::call) && field == Field::function) || (parent.is(Kind::subscript) && field == Field::value) ||
         parent.is(Kind::await);
}

}  // namespace

LoopLibrary loop_library(const FileView& file) {
  if (imports(file, "asyncio")) return LoopLibrary::asyncio;
  if (imports(file, "trio")) return LoopLibrary::trio;
  return imports(file, "anyio") ? LoopLibrary::anyio : LoopLibrary::asyncio;
}

Fixes offload_call(const FileView& file, const Place& call) {
  const Node function = call.node.child(Field::function);
  const Node arguments = call.node.child(Field::arguments);
  if (!function || !arguments) return {};
  if (const std::string obstacle = await_obstacle(call.node); !obstacle.empty()) {
    return {{}, "it cannot be awaited here: " + obstacle};
  }
  Dialect dialect = choose(file, call);
  if (!dialect.problem.empty()) return {{}, dialect.problem};
  const bool parentheses = wants_parentheses(call);
  std::string before = parentheses ? "(await " : "await ";
  before += dialect.head;
  if (dialect.shape == Shape::executor) before += "None, ";
  std::string after = parentheses ? ")" : "";
  if ((dialect.shape == Shape::positional || dialect.shape == Shape::executor) && has_keywords(arguments)) {
    const Import partial = import_module(file, call, "functools");
    if (!partial.problem.empty()) return {{}, partial.problem};
    if (partial.edit) dialect.edits.push_back(*partial.edit);
    before += partial.name + ".partial(";
    after = ")" + after;
  }
  std::vector<text::TextEdit> edits = std::move(dialect.edits);
  edits.push_back(insert_before(file, {call.unit, function}, before));
  wrap_arguments(file, call, edits);
  if (!after.empty()) edits.push_back(insert_after(file, call, after));
  return {{make_fix("Run in a thread with `" + dialect.label + "`", Applicability::unsafe, std::move(edits))}, ""};
}

Fixes offload_expression(const FileView& file, const Place& expression) {
  if (const std::string obstacle = await_obstacle(expression.node); !obstacle.empty()) {
    return {{}, "it cannot be awaited here: " + obstacle};
  }
  for (std::uint32_t i = expression.node.index(); i < expression.node.after(); ++i) {
    const Node part = expression.node.ast().node(i);
    if (!part.is(Kind::await) && !part.is(Kind::yield) && !part.is(Kind::named_expression)) continue;
    return {{}, "a part of it cannot stand in a lambda"};
  }
  Dialect dialect = choose(file, expression);
  if (!dialect.problem.empty()) return {{}, dialect.problem};
  const bool parentheses = wants_parentheses(expression);
  std::string before = (parentheses ? "(await " : "await ") + dialect.head;
  if (dialect.shape == Shape::executor) before += "None, ";
  std::vector<text::TextEdit> edits = std::move(dialect.edits);
  edits.push_back(insert_before(file, expression, before + "lambda: "));
  const std::string end = dialect.shape == Shape::curried ? ")()" : ")";
  edits.push_back(insert_after(file, expression, parentheses ? end + ")" : end));
  return {{make_fix("Run in a thread with `" + dialect.label + "`", Applicability::unsafe, std::move(edits))}, ""};
}

Offload offload_function(const FileView& file, const Place& place, std::string_view name,
                         const std::vector<std::string>& arguments) {
  Offload result;
  result.problem = await_obstacle(place.node);
  if (!result.problem.empty()) result.problem = "it cannot be awaited here: " + result.problem;
  if (!result.problem.empty()) return result;
  Dialect dialect = choose(file, place);
  result.problem = dialect.problem;
  result.label = dialect.label;
  result.edits = std::move(dialect.edits);
  result.expression = "await " + dialect.head + (dialect.shape == Shape::executor ? "None, " : "") + std::string(name);
  std::string_view separator = dialect.shape == Shape::curried ? ")(" : ", ";
  for (const std::string& argument : arguments) {
    result.expression += std::string(separator) + argument;
    separator = ", ";
  }
  result.expression += dialect.shape == Shape::curried && arguments.empty() ? ")()" : ")";
  return result;
}

Fixes async_sleep(const FileView& file, const Place& call) {
  const Node function = call.node.child(Field::function);
  if (const std::string obstacle = await_obstacle(call.node); !obstacle.empty()) {
    return {{}, "it cannot be awaited here: " + obstacle};
  }
  std::string_view module = "asyncio";
  if (loop_library(file) == LoopLibrary::anyio) module = "anyio";
  if (loop_library(file) == LoopLibrary::trio) module = "trio";
  const Import import = import_module(file, call, module);
  if (!import.problem.empty()) return {{}, import.problem};
  std::vector<text::TextEdit> edits;
  if (import.edit) edits.push_back(*import.edit);
  const bool parentheses = wants_parentheses(call);
  const std::string name = import.name + ".sleep";
  edits.push_back(replace(file, {call.unit, function}, (parentheses ? "(await " : "await ") + name));
  if (parentheses) edits.push_back(insert_after(file, call, ")"));
  return {{make_fix("Replace with `await " + name + "(…)`", Applicability::safe, std::move(edits))}, ""};
}

}  // namespace surefoot::fixes
