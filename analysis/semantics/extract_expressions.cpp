#include <algorithm>

#include "analysis/semantics/conventions.hpp"
#include "analysis/semantics/extractor.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::semantics {

using syntax::Kind;

TermId Extractor::add(Op op, TermId a, TermId b, std::string_view name, std::uint32_t node) {
  model_->terms.push_back({op, a, b, node, name});
  return static_cast<TermId>(model_->terms.size() - 1);
}

TermId Extractor::add_list(Op op, std::vector<TermId> operands) {
  model_->operands.push_back(std::move(operands));
  return add(op, kUnknown, static_cast<TermId>(model_->operands.size() - 1));
}

TermId Extractor::join(TermId a, TermId b) {
  if (a == b || b == kUnbound) return a;
  if (a == kUnbound) return b;
  return add_list(Op::join, {a, b});
}

void Extractor::join_into(State& into, const State& other) {
  for (std::size_t i = 0; i < into.size() && i < other.size(); ++i) into[i] = join(into[i], other[i]);
}

std::string_view Extractor::keep(std::string text) {
  return *model_->strings.emplace_back(std::make_unique<const std::string>(std::move(text)));
}

TermId Extractor::eval(Node node) {
  if (!node) return kUnknown;
  const TermId term = eval_new(node);
  model_->term_of_node[node.index()] = term;
  return term;
}

TermId Extractor::eval_new(Node node) {
  switch (node.kind()) {
    case Kind::identifier:
      return name(node);
    case Kind::attribute:
      return attribute(node);
    case Kind::call:
      return call(node);
    case Kind::await: {
      const TermId value = eval(node.first_child());
      return value == kUnknown ? kUnknown : add(Op::await_, value);
    }
    case Kind::subscript:
      return subscript(node);
    case Kind::binary_operator:
      return binary(node);
    case Kind::boolean_operator: {
      const Node left = node.child(Field::left);
      const TermId first = eval(left);
      const bool all = node.child(Field::operator_).text() == "and";
      return join(first, eval_where(left, all, node.child(Field::right)));
    }
    case Kind::conditional_expression: {
      const Node body = node.first_child();
      const Node condition = body.next_sibling();
      eval(condition);
      const TermId yes = eval_where(condition, true, body);
      return join(yes, eval_where(condition, false, node.last_child()));
    }
    case Kind::parenthesized_expression:
      return eval(node.first_child());
    case Kind::named_expression: {
      const TermId value = eval(node.child(Field::value));
      assign(node.child(Field::name), value, node);
      return value;
    }
    case Kind::list_comprehension:
    case Kind::set_comprehension:
    case Kind::dictionary_comprehension:
    case Kind::generator_expression:
      return comprehension(node);
    case Kind::lambda:
      return lambda(node);
    case Kind::yield:
      return yield(node);
    case Kind::assignment:
      return assignment(node);
    case Kind::augmented_assignment:
      return augmented(node);
    case Kind::keyword_argument:
      return eval(node.child(Field::value));
    case Kind::type:
      return annotation(node);
    default:
      return literal(node);
  }
}

// Evaluates the expression where the condition holds (or does not), which may say more of some names.
TermId Extractor::eval_where(Node condition, bool holds, Node expression) {
  if (condition.text().find("isinstance") == std::string_view::npos) return eval(expression);
  const State before = frame_->state;
  narrow(condition, holds);
  const State narrowed = frame_->state;
  const TermId value = eval(expression);
  for (std::size_t i = 0; i < narrowed.size() && i < before.size(); ++i) {
    if (frame_->state[i] == narrowed[i]) frame_->state[i] = before[i];
  }
  return value;
}

TermId Extractor::literal(Node node) {
  switch (node.kind()) {
    case Kind::string:
    case Kind::concatenated_string:
      return string(node);
    case Kind::integer:
      return builtin("int");
    case Kind::float_:
      return builtin("float");
    case Kind::true_:
    case Kind::false_:
      return builtin("bool");
    case Kind::none:
      return add(Op::none);
    case Kind::not_operator:
    case Kind::comparison_operator:
      eval_children(node);
      return builtin("bool");
    case Kind::list:
      return display(node, Op::list);
    case Kind::tuple:
    case Kind::expression_list:
    case Kind::pattern_list:
      return display(node, Op::tuple);
    case Kind::set:
      eval_children(node);
      return builtin("set");
    case Kind::dictionary:
      return dictionary(node);
    default:
      return eval_children(node);
  }
}

TermId Extractor::eval_children(Node node) {
  for (const Node child : node.children()) eval(child);
  return kUnknown;
}

TermId Extractor::name(Node node) { return lookup(node.text()); }

TermId Extractor::lookup(std::string_view name) {
  bool live = true;      // the frame's state is that of this point of the program
  bool own_body = true;  // a class's names are seen from its own body only
  for (Frame* frame = frame_; frame != nullptr; frame = frame->parent) {
    if (frame->globals.contains(name)) return add(Op::global, kUnknown, kUnknown, name);
    if (const auto slot = frame->slots.find(name); slot && frame->has_flow()) {
      if (live) {
        const TermId value = frame->state[*slot];
        return value == kUnbound ? kUnknown : value;
      }
      return add_list(Op::join, frame->history[*slot]);
    }
    if (frame->kind == Frame::Kind::class_ && own_body) {
      const TermId value = add(Op::class_name, kUnknown, kUnknown, name);
      model_->terms[value].b = static_cast<TermId>(model_->strings.size());
      keep(frame->container);
      return value;
    }
    if (frame->kind == Frame::Kind::function) live = false;
    if (frame->kind != Frame::Kind::inline_) own_body = false;
  }
  return add(Op::global, kUnknown, kUnknown, name);
}

TermId Extractor::attribute(Node node) {
  const TermId object = eval(node.child(Field::object));
  const Node name = node.child(Field::attribute);
  if (!name || (object == kUnknown && !is_manager_name(name.text()))) return kUnknown;
  return add(Op::attribute, object, kUnknown, name.text(), node.index());
}

TermId Extractor::call(Node node) {
  const Node function = node.child(Field::function);
  const TermId callee = eval(function);
  const Node arguments = node.child(Field::arguments);
  if (arguments.is(Kind::generator_expression)) {
    eval(arguments);
  } else {
    for (const Node argument : arguments.children()) eval(argument);
  }
  note_filling(node);
  const bool casts = function.text() == "cast" || function.text().ends_with(".cast");
  if (casts && literal_string(arguments.first_child())) {
    model_->term_of_node[arguments.first_child().index()] = annotation(arguments.first_child());
  }
  if (function.is(Kind::identifier) && function.text() == "super" && !frame_->container.empty()) {
    return add(Op::super, kUnknown, kUnknown, keep(frame_->container));
  }
  return callee == kUnknown ? kUnknown : add(Op::call, callee, kUnknown, {}, node.index());
}

TermId Extractor::subscript(Node node) {
  const TermId value = eval(node.child(Field::value));
  std::vector<TermId> keys;
  std::string_view literal;
  bool slices = false;
  for (const Node child : node.children()) {
    if (child.field() != Field::subscript) continue;
    keys.push_back(eval(child));
    slices = slices || child.is(Kind::slice);
    if (const auto text = literal_string(child)) literal = keep(*text);
    if (child.is(Kind::integer)) literal = child.text();
  }
  if (value == kUnknown || slices) return value;  // a slice is of the same kind
  const TermId key = keys.size() == 1 ? keys.front() : add_list(Op::tuple, std::move(keys));
  return add(Op::index, value, key, literal);
}

TermId Extractor::binary(Node node) {
  const TermId left = eval(node.child(Field::left));
  const TermId right = eval(node.child(Field::right));
  const std::string_view symbol = node.child(Field::operator_).text();
  if (symbol == "/") return add(Op::divide, left, right);
  if (symbol == "|") {
    const TermId either = join(left, right);
    if (either != left && either != right) model_->terms[either].node = node.index();
    return either;
  }
  if (symbol == "%" || symbol == "+") return left;
  return kUnknown;
}

TermId Extractor::string(Node node) {
  eval_children(node);
  const Node first = node.is(Kind::concatenated_string) ? node.first_child() : node;
  const std::string_view prefix = first.text().substr(0, first.text().find_first_of("'\""));
  const bool bytes = prefix.find_first_of("bB") != std::string_view::npos;
  return add(Op::builtin, kUnknown, kUnknown, bytes ? "bytes" : "str", node.index());
}

TermId Extractor::display(Node node, Op op) {
  std::vector<TermId> elements;
  for (const Node child : node.children()) {
    const bool splat = child.is(Kind::list_splat);
    elements.push_back(splat ? add(Op::item, eval(child.first_child())) : eval(child));
  }
  if (elements.empty()) empty_displays_.insert(static_cast<TermId>(model_->operands.size()));
  return add_list(op, std::move(elements));
}

TermId Extractor::dictionary(Node node) {
  std::vector<TermId> values;
  for (const Node child : node.children()) {
    eval(child.child(Field::key));
    const Node value = child.child(Field::value);
    values.push_back(value ? eval(value) : eval_children(child));
  }
  if (values.empty()) empty_displays_.insert(static_cast<TermId>(model_->operands.size()));
  return add_list(Op::dict, std::move(values));
}

TermId Extractor::comprehension(Node node) {
  Frame& inner = frames_.emplace_front();
  inner.kind = Frame::Kind::inline_;
  inner.parent = frame_;
  inner.path = frame_->path;
  inner.container = frame_->container;
  bool first = true;
  for (const Node clause : node.children()) {
    if (clause.is(Kind::for_in_clause)) {
      const Node right = clause.child(Field::right);
      const TermId source = eval(right);
      if (first) frame_ = &inner;
      first = false;
      for_each_target(clause.child(Field::left), [&](Node target) { inner.add_slot(target.text()); });
      assign(clause.child(Field::left), add(clause.is_async() ? Op::async_item : Op::item, source), clause);
    } else if (clause.is(Kind::if_clause)) {
      eval_children(clause);
    }
  }
  const Node body = node.child(Field::body);
  const TermId element = body.is(Kind::pair) ? eval(body.child(Field::value)) : eval(body);
  if (body.is(Kind::pair)) eval(body.child(Field::key));
  if (frame_ == &inner) frame_ = inner.parent;
  if (node.is(Kind::dictionary_comprehension)) return add_list(Op::dict, {element});
  return add_list(Op::list, {element});
}

namespace {

// What a builtin goes through as it calls the lambda with each element of it: `sorted(rows, key=lambda row: …)`,
// `rows.sort(key=…)`, `map(lambda row: …, rows)`. Null for all else.
syntax::Node elements_for(syntax::Node lambda) {
  const bool key = lambda.parent().is(syntax::Kind::keyword_argument);
  const syntax::Node list = key ? lambda.parent().parent() : lambda.parent();
  if (!list.is(syntax::Kind::argument_list) || (key && lambda.parent().child(syntax::Field::name).text() != "key"))
    return {};
  const syntax::Node function = list.parent().child(syntax::Field::function);
  const std::string_view name = function.text();
  if (key && (name == "sorted" || name == "min" || name == "max")) return list.first_child();
  if (key && function.is(syntax::Kind::attribute) && function.child(syntax::Field::attribute).text() == "sort") {
    return function.child(syntax::Field::object);
  }
  const bool goes_through = !key && (name == "map" || name == "filter") && list.first_child() == lambda;
  return goes_through && list.child_count() == 2 ? list.last_child() : syntax::Node();
}

}  // namespace

TermId Extractor::lambda(Node node) {
  const Node elements = elements_for(node);
  const bool is_name = elements.is(Kind::identifier) || elements.is(Kind::attribute);
  const TermId element = is_name ? add(Op::item, eval(elements)) : kUnknown;
  Frame& inner = frames_.emplace_front();
  inner.kind = Frame::Kind::inline_;
  inner.parent = frame_;
  inner.path = frame_->path;
  inner.container = frame_->container;
  for (const Node parameter : node.child(Field::parameters).children()) {
    const Node name = parameter.is(Kind::default_parameter) ? parameter.child(Field::name) : parameter;
    TermId value = parameter.is(Kind::identifier) ? element : kUnknown;
    if (parameter.is(Kind::default_parameter)) value = eval(parameter.child(Field::value));
    for_each_target(name, [&](Node target) { inner.state[inner.add_slot(target.text())] = value; });
  }
  frame_ = &inner;
  const TermId body = eval(node.child(Field::body));
  frame_ = inner.parent;
  return add(Op::lambda, body, kUnknown, {}, node.index());
}

TermId Extractor::yield(Node node) {
  TermId value = kUnknown;
  for (const Node child : node.children()) value = eval(child);
  Frame& frame = flow_frame();
  if (frame.function >= 0) {
    Function& function = model_->functions[static_cast<std::size_t>(frame.function)];
    function.is_generator = true;
    function.yielded.push_back(node.text().starts_with("yield from") ? kUnknown : value);
  }
  return kUnknown;
}

Frame& Extractor::flow_frame() {
  Frame* frame = frame_;
  while (frame->kind == Frame::Kind::inline_ && frame->parent != nullptr) frame = frame->parent;
  return *frame;
}

}  // namespace surefoot::semantics
