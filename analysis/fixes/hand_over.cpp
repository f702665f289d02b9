#include "analysis/fixes/hand_over.hpp"

namespace surefoot::fixes {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

// The call that is taken apart, with its places in the file.
struct Inner {
  const FileView& file;
  std::size_t unit;
  Node function;
  Node arguments;
  bool generator = false;  // f(x for x in y): the parentheses are the generator's
  std::uint32_t count = 0;
  bool keywords = false;
  text::Span span;  // of the arguments, with their parentheses
  std::uint32_t last_end = 0;

  Inner(const FileView& view, std::size_t unit_number, Node call)
      : file(view), unit(unit_number), function(call.child(Field::function)), arguments(call.child(Field::arguments)) {
    generator = arguments.is(Kind::generator_expression);
    span = span_in_file(file, {unit, arguments});
    last_end = span.start + 1;
    count = generator ? 1 : arguments.child_count();
    keywords = arguments.child(Kind::keyword_argument) || arguments.child(Kind::dictionary_splat);
    if (const Node last = arguments.last_child()) last_end = span_in_file(file, {unit, last}).end;
  }

  // Replaces the opening parenthesis; the white space that may follow it stays.
  void open(std::string content, std::vector<text::TextEdit>& edits) const {
    const char next = file.text.slice({span.start + 1, span.start + 2}).front();
    const bool space = next == '\n' || next == '\r' || next == ' ';
    if (space && content.ends_with(' ')) content.pop_back();
    edits.push_back({{span.start, span.start + (generator ? 0u : 1u)}, content});
  }

  // Takes the closing parenthesis away, and a comma before it.
  void close(std::vector<text::TextEdit>& edits) const {
    if (generator) return;
    const std::string_view tail = file.text.slice({last_end, span.end});
    bool comment = false;
    for (std::uint32_t i = 0; i < tail.size(); ++i) {
      if (tail[i] == '#') comment = true;
      if (tail[i] == '\n') comment = false;
      if (!comment && tail[i] == ',') edits.push_back({{last_end + i, last_end + i + 1}, ""});
    }
    edits.push_back({{span.end - 1, span.end}, ""});
  }

  bool has_comment() const { return count == 0 && file.text.slice(span).find('#') != std::string_view::npos; }
};

std::string title(const Inner& inner) {
  const std::string_view name = inner.function.text();
  return "Hand over `" + std::string(name) + "`" + (inner.count == 0 ? "" : " and its arguments");
}

Fixes unsafe(std::string text, std::vector<text::TextEdit> edits) {
  return {{make_fix(std::move(text), Applicability::unsafe, std::move(edits))}, ""};
}

Fixes as_partial(const Inner& inner) {
  const Import partial = import_module(inner.file, {inner.unit, inner.function}, "functools");
  if (!partial.problem.empty()) return {{}, partial.problem};
  std::vector<text::TextEdit> edits;
  if (partial.edit) edits.push_back(*partial.edit);
  edits.push_back(insert_before(inner.file, {inner.unit, inner.function}, partial.name + ".partial("));
  inner.open(", ", edits);
  if (inner.generator) edits.push_back({{inner.span.end, inner.span.end}, ")"});
  return unsafe(title(inner), std::move(edits));
}

// True when only keyword arguments, and none of these names, stand behind the argument.
bool is_last_positional(Node argument, std::initializer_list<std::string_view> names) {
  for (Node next = argument.next_sibling(); next; next = next.next_sibling()) {
    if (!next.is(Kind::keyword_argument)) return false;
  }
  for (const Node other : argument.parent().children()) {
    for (const std::string_view name : names) {
      if (other.is(Kind::keyword_argument) && other.child(Field::name).text() == name) return false;
    }
  }
  return true;
}

Fixes as_tuple(const Inner& inner) {
  std::vector<text::TextEdit> edits;
  inner.open(", args=(", edits);
  if (inner.count == 1) {
    const bool has_comma = inner.file.text.slice({inner.last_end, inner.span.end}).find(',') != std::string_view::npos;
    if (!has_comma) edits.push_back({{inner.last_end, inner.last_end}, ","});
  }
  return unsafe(title(inner), std::move(edits));
}

// The argument of the outer call that holds the inner one: `target=f()` as a whole.
Node whole_argument(Node inner) { return inner.field() == Field::value ? inner.parent() : inner; }

bool is_comment_between(const FileView& file, std::uint32_t start, std::uint32_t end) {
  return file.text.slice({start, end}).find('#') != std::string_view::npos;
}

}  // namespace

Fixes pass_function(const FileView& file, const Place& outer, Node inner_call, Takes takes) {
  const Inner inner(file, outer.unit, inner_call);
  if (inner.count == 0) {
    if (inner.has_comment()) return {};
    return unsafe(title(inner), {{inner.span, ""}});
  }
  const Node argument = whole_argument(inner_call);
  if (takes == Takes::tuple && !inner.keywords && !inner.generator &&
      is_last_positional(argument, {"args", "kwargs"})) {
    return as_tuple(inner);
  }
  const bool by_keyword = argument.is(Kind::keyword_argument);
  const bool flat = takes == Takes::all || (takes == Takes::positional && !inner.keywords);
  if (!flat || by_keyword || !is_last_positional(argument, {})) return as_partial(inner);
  std::vector<text::TextEdit> edits;
  inner.open(", ", edits);
  inner.close(edits);
  return unsafe(title(inner), std::move(edits));
}

Fixes call_directly(const FileView& file, const Place& outer, Node function, Takes takes) {
  if (!function.is(Kind::identifier) && !function.is(Kind::attribute)) return {};
  if (function.field() == Field::value) return {};
  if (const std::string obstacle = await_obstacle(outer.node); !obstacle.empty()) {
    return {{}, "it cannot be awaited here: " + obstacle};
  }
  if (takes != Takes::all && outer.node.child(Field::arguments).child(Kind::keyword_argument)) return {};
  const text::Span whole = span_in_file(file, outer);
  const text::Span name = span_in_file(file, {outer.unit, function});
  const Node next = function.next_sibling();
  const std::uint32_t stop = next ? span_in_file(file, {outer.unit, next}).start : whole.end;
  if (is_comment_between(file, whole.start, name.start) || is_comment_between(file, name.end, stop)) return {};
  std::vector<text::TextEdit> edits;
  const bool awaited = outer.node.parent().is(Kind::await);
  edits.push_back({{whole.start, name.start}, awaited ? "" : "await "});
  edits.push_back({{name.end, stop}, next ? "(" : "()"});
  return unsafe("Await `" + std::string(function.text()) + "` itself", std::move(edits));
}

Fixes await_argument(const FileView& file, const Place& outer, Node inner) {
  if (const std::string obstacle = await_obstacle(outer.node); !obstacle.empty()) {
    return {{}, "it cannot be awaited here: " + obstacle};
  }
  const text::Span whole = span_in_file(file, outer);
  const text::Span kept = span_in_file(file, {outer.unit, inner});
  if (is_comment_between(file, whole.start, kept.start) || is_comment_between(file, kept.end, whole.end)) return {};
  const bool awaited = outer.node.parent().is(Kind::await);
  return unsafe("Await `" + std::string(inner.child(Field::function).text()) + "` itself",
                {{{whole.start, kept.start}, awaited ? "" : "await "}, {{kept.end, whole.end}, ""}});
}

Fixes await_call(const FileView& file, const Place& call) {
  if (const std::string obstacle = await_obstacle(call.node); !obstacle.empty()) {
    return {{}, "it cannot be awaited here: " + obstacle};
  }
  return unsafe("Add `await`", add_await(file, call));
}

}  // namespace surefoot::fixes
