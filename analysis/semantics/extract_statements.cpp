#include "analysis/semantics/extractor.hpp"

namespace surefoot::semantics {

using syntax::Kind;

namespace {

bool is_exit_call(syntax::Node statement) {
  const syntax::Node call = statement.first_child();
  if (!call.is(Kind::call)) return false;
  const std::string_view name = call.child(syntax::Field::function).text();
  return name == "sys.exit" || name == "os._exit" || name == "exit" || name == "quit";
}

}  // namespace

void Extractor::block(Node node) {
  for (const Node child : node.children()) statement(child);
}

void Extractor::statement(Node node) {
  switch (node.kind()) {
    case Kind::expression_statement:
      for (const Node child : node.children()) eval(child);
      if (is_exit_call(node)) frame_->reachable = false;
      return;
    case Kind::return_statement:
      return return_statement(node);
    case Kind::raise_statement:
      for (const Node child : node.children()) eval(child);
      frame_->reachable = false;
      return;
    case Kind::break_statement:
    case Kind::continue_statement:
      leave_loop();
      frame_->reachable = false;
      return;
    case Kind::if_statement:
      return if_statement(node);
    case Kind::while_statement:
      return while_statement(node);
    case Kind::for_statement:
      return for_statement(node);
    case Kind::with_statement:
      return with_statement(node);
    case Kind::try_statement:
      return try_statement(node);
    case Kind::match_statement:
      return match_statement(node);
    case Kind::import_statement:
      return import_statement(node);
    case Kind::import_from_statement:
      return import_from(node);
    case Kind::decorated_definition:
      return decorated(node);
    case Kind::function_definition:
      return function_definition(node, node, {});
    case Kind::class_definition:
      return class_definition(node, {});
    case Kind::assert_statement:
      for (const Node child : node.children()) eval(child);
      return narrow(node.first_child(), true);
    case Kind::delete_statement:
      for (const Node child : node.children()) eval(child);
      return;
    case Kind::global_statement:
    case Kind::nonlocal_statement:
    case Kind::future_import_statement:
      return;
    case Kind::type_alias_statement:
      return type_alias(node);
    case Kind::opaque:
      return block(node);
    default:
      if (node.is(Kind::block)) return block(node);
      for (const Node child : node.children()) eval(child);
  }
}

void Extractor::return_statement(Node node) {
  const Node expression = node.first_child();
  const TermId value = expression ? eval(expression) : add(Op::none);
  const Frame& frame = flow_frame();
  if (frame.function >= 0) model_->functions[static_cast<std::size_t>(frame.function)].returned.push_back(value);
  frame_->reachable = false;
}

void Extractor::if_statement(Node node) {
  const Node condition = node.child(Field::condition);
  eval(condition);
  const State before = frame_->state;
  const bool was_reachable = frame_->reachable;
  narrow(condition, true);
  block(node.child(Field::consequence));
  State joined = frame_->state;
  bool reachable = frame_->reachable;
  frame_->state = before;
  frame_->reachable = was_reachable;
  narrow(condition, false);
  for (const Node clause : node.children()) {
    if (clause.is(Kind::elif_clause)) {
      const Node test = clause.child(Field::condition);
      eval(test);
      const State otherwise = frame_->state;
      narrow(test, true);
      block(clause.child(Field::consequence));
      alternatives(clause, otherwise, joined, reachable);
      frame_->reachable = was_reachable;
      narrow(test, false);
    } else if (clause.is(Kind::else_clause)) {
      block(clause.child(Field::body));
    }
  }
  alternatives(node, before, joined, reachable);
  frame_->state = std::move(joined);
  frame_->reachable = reachable;
}

// Adds the state reached to what the branches so far left, and goes on from `before`.
void Extractor::alternatives(Node, const State& before, State& joined, bool& reachable) {
  if (frame_->reachable) {
    if (reachable) {
      join_into(joined, frame_->state);
    } else {
      joined = frame_->state;
    }
    reachable = true;
  }
  frame_->state = before;
}

// Each local that the loop assigns becomes a join of what it held before and of what the loop leaves in it.
void Extractor::loop_body(Node loop, Node body) {
  Loop state{frame_, {}};
  if (frame_->has_flow()) {
    for (const Frame::Site& site : frame_->sites) {
      if (site.node < loop.index() || site.node >= loop.after()) continue;
      bool seen = false;
      for (const auto& [slot, operands] : state.phis) seen = seen || slot == site.slot;
      if (seen) continue;
      const TermId before = frame_->state[site.slot];
      const TermId phi = add_list(Op::join, before == kUnbound ? std::vector<TermId>() : std::vector{before});
      state.phis.emplace_back(site.slot, model_->terms[phi].b);
      frame_->state[site.slot] = phi;
    }
  }
  const State head = frame_->state;
  const bool was_reachable = frame_->reachable;
  loops_.push_back(std::move(state));
  if (loop.is(Kind::for_statement)) {
    const Node right = loop.child(Field::right);
    const TermId source = model_->term_of_node[right.index()];
    assign(loop.child(Field::left), add(loop.is_async() ? Op::async_item : Op::item, source), loop);
  } else {
    const Node condition = loop.child(Field::condition);
    eval(condition);
    narrow(condition, true);
  }
  block(body);
  if (frame_->reachable) leave_loop();
  loops_.pop_back();
  frame_->state = head;
  frame_->reachable = was_reachable;
  if (const Node otherwise = loop.child(Field::alternative)) block(otherwise.child(Field::body));
}

// Lets what the locals hold here flow to the head of the loop (and so to what follows it).
void Extractor::leave_loop() {
  if (loops_.empty() || loops_.back().frame != frame_) return;
  for (const auto& [slot, operands] : loops_.back().phis) {
    const TermId value = frame_->state[slot];
    if (value != kUnbound && model_->operands[operands].size() < 16) model_->operands[operands].push_back(value);
  }
}

void Extractor::while_statement(Node node) { loop_body(node, node.child(Field::body)); }

void Extractor::for_statement(Node node) {
  eval(node.child(Field::right));
  loop_body(node, node.child(Field::body));
}

void Extractor::with_statement(Node node) {
  for (const Node item : node.child(Kind::with_clause).children()) {
    Node value = item.child(Field::value);
    Node target;
    if (value.is(Kind::as_pattern)) {
      target = value.child(Field::alias);
      value = value.first_child();
    }
    const TermId manager = eval(value);
    const TermId entered = add(node.is_async() ? Op::async_enter : Op::enter, manager);
    if (target) assign(target.is(Kind::as_pattern_target) ? target.first_child() : target, entered, item);
  }
  block(node.child(Field::body));
}

void Extractor::try_statement(Node node) {
  const State before = frame_->state;
  const bool was_reachable = frame_->reachable;
  block(node.child(Field::body));
  State at_handlers = before;
  join_into(at_handlers, frame_->state);
  const bool body_ends = frame_->reachable;
  for (const Node clause : node.children()) {
    if (clause.is(Kind::else_clause)) block(clause.child(Field::body));
  }
  State joined = frame_->state;
  bool reachable = body_ends && frame_->reachable;
  for (const Node clause : node.children()) {
    if (!clause.is(Kind::except_clause)) continue;
    frame_->state = at_handlers;
    frame_->reachable = was_reachable;
    for (const Node child : clause.children()) {
      if (child.is(Kind::block)) {
        block(child);
      } else if (child.field() == Field::alias) {
        assign(child, kUnknown, clause);
      } else {
        eval(child);
      }
    }
    alternatives(clause, at_handlers, joined, reachable);
  }
  frame_->state = std::move(joined);
  frame_->reachable = reachable;
  if (const Node last = node.child(Kind::finally_clause)) block(last.child(Kind::block));
}

void Extractor::match_statement(Node node) {
  const TermId subject = eval(node.child(Field::subject));
  const State before = frame_->state;
  const bool was_reachable = frame_->reachable;
  State joined = before;
  bool reachable = was_reachable;
  for (const Node clause : node.child(Field::body).children()) {
    if (!clause.is(Kind::case_clause)) continue;
    frame_->reachable = was_reachable;
    for (const Node child : clause.children()) {
      if (child.is(Kind::case_pattern)) {
        narrow_to(node.child(Field::subject), checked_by(child));
        pattern(child, subject);
      } else if (child.is(Kind::if_clause)) {
        eval_children(child);
      }
    }
    block(clause.child(Field::consequence));
    alternatives(clause, before, joined, reachable);
  }
  frame_->state = std::move(joined);
  frame_->reachable = reachable;
}

// An instance of the class that `case Type():` or `case Type() as name:` asks for; unknown for other patterns.
TermId Extractor::checked_by(Node pattern) {
  if (pattern.is(Kind::case_pattern) && pattern.child_count() == 1) return checked_by(pattern.first_child());
  if (pattern.is(Kind::as_pattern)) return checked_by(pattern.first_child());
  const Node type = pattern.is(Kind::class_pattern) ? pattern.child(Kind::dotted_name) : Node();
  if (!type) return kUnknown;
  TermId object = lookup(type.first_child().text());
  for (const Node part : type.children()) {
    if (part != type.first_child()) object = add(Op::attribute, object, kUnknown, part.text());
  }
  return add(Op::instance, object);
}

// Binds the captures of a pattern. A class pattern with `as` says what the name is; the rest is not known.
void Extractor::pattern(Node node, TermId subject) {
  for (const Node child : node.children()) {
    if (child.is(Kind::dotted_name) && child.child_count() == 1) {
      assign(child.first_child(), subject, node);
    } else if (child.is(Kind::as_pattern)) {
      const TermId value = checked_by(child);
      pattern(child.first_child(), kUnknown);
      assign(child.child(Field::alias), value, child);
      const Node last = child.last_child();
      if (!child.child(Field::alias) && last.is(Kind::identifier)) assign(last, value, child);
    } else if (!child.is(Kind::string) && !child.is(Kind::dotted_name)) {
      pattern(child, kUnknown);
    }
  }
}

// The local is an instance of a class that the code has asked for.
void Extractor::narrow_to(Node name, TermId instance) {
  if (instance == kUnknown || !name.is(Kind::identifier) || !frame_->has_flow()) return;
  const auto slot = frame_->slots.find(name.text());
  if (slot) frame_->state[*slot] = instance;
}

// Learns from `isinstance(name, Type)` where the condition holds, and from `not isinstance(…)` where it does not.
void Extractor::narrow(Node condition, bool holds) {
  while (condition.is(Kind::parenthesized_expression)) condition = condition.first_child();
  if (condition.is(Kind::not_operator)) return narrow(condition.child(Field::argument), !holds);
  if (condition.is(Kind::boolean_operator)) {
    const bool all = condition.child(Field::operator_).text() == "and";
    if (all != holds) return;
    narrow(condition.child(Field::left), holds);
    return narrow(condition.child(Field::right), holds);
  }
  if (!holds || !condition.is(Kind::call) || condition.child(Field::function).text() != "isinstance") return;
  const Node arguments = condition.child(Field::arguments);
  const Node subject = arguments.first_child();
  const Node type = subject ? subject.next_sibling() : Node();
  if (!subject.is(Kind::identifier) || !type || !frame_->has_flow()) return;
  const auto slot = frame_->slots.find(subject.text());
  if (!slot) return;
  if (type.is(Kind::tuple)) {
    TermId any = kUnbound;
    for (const Node one : type.children()) any = join(any, add(Op::instance, model_->term_of_node[one.index()]));
    frame_->state[*slot] = any == kUnbound ? kUnknown : any;
  } else {
    frame_->state[*slot] = add(Op::instance, model_->term_of_node[type.index()]);
  }
}

void Extractor::import_statement(Node node) {
  for (const Node child : node.children()) {
    if (child.field() != Field::name) continue;
    if (child.is(Kind::aliased_import)) {
      const TermId module = add(Op::imported, kUnknown, kUnknown, keep(std::string(child.child(Field::name).text())));
      bind(child.child(Field::alias).text(), module, node, BindingKind::import);
    } else if (const Node first = child.first_child()) {
      bind(first.text(), add(Op::imported, kUnknown, kUnknown, first.text()), node, BindingKind::import);
    }
  }
}

void Extractor::import_from(Node node) {
  const Node module = node.child(Field::module_name);
  std::string base(module.text());
  std::erase_if(base, [](char c) { return c == ' ' || c == '\t' || c == '\\' || c == '\n' || c == '\r'; });
  if (node.child(Kind::wildcard_import)) {
    model_->bindings.push_back({keep(base), {}, BindingKind::star_import, kUnknown, node.index()});
    return;
  }
  if (!base.empty() && base.back() != '.') base += '.';
  for (const Node child : node.children()) {
    if (child.field() != Field::name) continue;
    const Node name = child.is(Kind::aliased_import) ? child.child(Field::name) : child;
    const Node bound = child.is(Kind::aliased_import) ? child.child(Field::alias) : child;
    const TermId target = add(Op::imported, kUnknown, kUnknown, keep(base + std::string(name.text())));
    bind(bound.text(), target, node, BindingKind::import);
  }
}

}  // namespace surefoot::semantics
