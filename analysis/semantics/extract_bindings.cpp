#include "analysis/semantics/extractor.hpp"

namespace surefoot::semantics {

using syntax::Field;
using syntax::Kind;

TermId Extractor::assignment(Node node) {
  TermId value = eval(node.child(Field::right));
  const Node type = node.child(Field::type);
  if (type && type.text().ends_with("TypeAlias")) {
    value = annotation(node.child(Field::right));
  } else if (type) {
    value = add(Op::annotated, annotation(type), value);
  }
  const Node left = node.child(Field::left);
  assign(left, value, node);
  return value;
}

// `type Client = requests.Session` (PEP 695).
void Extractor::type_alias(Node node) {
  Node name = node.child(Field::left);
  while (name && !name.is(Kind::identifier)) name = name.first_child();
  if (name) bind(name.text(), annotation(node.child(Field::right)), node);
}

TermId Extractor::augmented(Node node) {
  const TermId right = eval(node.child(Field::right));
  const Node left = node.child(Field::left);
  const TermId old = eval(left);
  const Kind kind = node.child(Field::right).kind();
  if (kind != Kind::integer && kind != Kind::float_ && kind != Kind::string) fill(left, kUnknown, node);
  assign(left, node.child(Field::operator_).text() == "/=" ? add(Op::divide, old, right) : old, node);
  return kUnknown;
}

void Extractor::assign(Node target, TermId value, Node site) {
  if (!target) return;
  switch (target.kind()) {
    case Kind::identifier:
      model_->term_of_node[target.index()] = value;
      bind(target.text(), value, site);
      return;
    case Kind::attribute: {
      const TermId object = eval(target.child(Field::object));
      model_->term_of_node[target.index()] = value;
      const Term& owner = model_->terms[object];
      if (owner.op == Op::self || owner.op == Op::class_object) {
        model_->attributes.push_back(
            {std::string(owner.name), target.child(Field::attribute).text(), value, target.index()});
      } else if (object != kUnknown && value != kUnknown) {
        model_->attributes.push_back(
            {std::string(kOnOthers), target.child(Field::attribute).text(), value, target.index()});
      }
      return;
    }
    case Kind::subscript:
      eval(target);
      return fill(target.child(Field::value), target.child(Kind::slice) ? kUnknown : value, target);
    case Kind::tuple:
    case Kind::list:
    case Kind::tuple_pattern:
    case Kind::list_pattern:
    case Kind::pattern_list:
    case Kind::expression_list: {
      TermId position = 0;
      bool after_star = false;
      for (const Node child : target.children()) {
        const bool star = child.is(Kind::list_splat_pattern) || child.is(Kind::list_splat);
        after_star = after_star || star;
        if (star) {
          assign(child.first_child(), value, site);
        } else {
          assign(child, after_star || value == kUnknown ? kUnknown : add(Op::element, value, position), site);
        }
        ++position;
      }
      return;
    }
    default:
      for (const Node child : target.children()) assign(child, kUnknown, site);
  }
}

namespace {

constexpr int kMaxTerms = 64;

bool has_operands(Op op) { return op == Op::list || op == Op::tuple || op == Op::dict || op == Op::join; }

// True for terms of which `b` is one.
bool has_second(Op op) { return op == Op::index || op == Op::annotated || op == Op::parameter || op == Op::divide; }

}  // namespace

// True when the term is, or depends on, the wanted one; also when it is too long to tell.
bool Extractor::reaches(TermId from, TermId wanted) const {
  std::vector<TermId> waiting{from};
  for (int budget = kMaxTerms; !waiting.empty(); --budget) {
    const TermId id = waiting.back();
    waiting.pop_back();
    if (id == wanted || budget == 0) return true;
    if (id == kUnknown || id == kUnbound) continue;
    const Term& term = model_->terms[id];
    if (has_operands(term.op)) {
      const auto& operands = model_->operands[term.b];
      waiting.insert(waiting.end(), operands.begin(), operands.end());
    } else {
      waiting.push_back(term.a);
      if (has_second(term.op)) waiting.push_back(term.b);
    }
  }
  return false;
}

// What is put into a local's list or dict becomes one of its elements. What nobody knows counts where the display says
// nothing itself.
void Extractor::fill_display(TermId id, TermId value, int depth) {
  const Term display = model_->terms[id];
  if (display.op == Op::join && depth > 0) {
    for (const TermId one : std::vector<TermId>(model_->operands[display.b])) {
      if (one != kUnbound) fill_display(one, value, depth - 1);
    }
  }
  if (display.op != Op::list && display.op != Op::dict) return;
  std::vector<TermId>& elements = model_->operands[display.b];
  if (elements.size() >= static_cast<std::size_t>(kMaxTerms) || reaches(value, id)) value = kUnknown;
  if (value == kUnknown && !empty_displays_.contains(display.b)) return;
  if (elements.empty() || elements.back() != value) elements.push_back(value);
}

// `self.jobs.append(job)`, `self.jobs[name] = job`: `container` is what is filled, and has been read.
void Extractor::fill(Node container, TermId value, Node site) {
  if (container.is(Kind::identifier)) {
    const TermId filled = model_->term_of_node[container.index()];
    if (model_->terms[filled].op != Op::global) return fill_display(filled, value, 3);
    // An object that puts itself there may be of a derived class.
    if (model_->terms[value].op == Op::self) value = kUnknown;
    model_->fills.push_back({{}, container.text(), value, site.index()});
    return;
  }
  if (!container.is(Kind::attribute)) return;
  const Term& owner = model_->terms[model_->term_of_node[container.child(Field::object).index()]];
  if (owner.op != Op::self) return;
  model_->fills.push_back({std::string(owner.name), container.child(Field::attribute).text(), value, site.index()});
}

void Extractor::note_filling(Node call) {
  const Node method = call.child(Field::function);
  if (!method.is(Kind::attribute)) return;
  const std::string_view name = method.child(Field::attribute).text();
  const bool last =
      name == "append" || name == "appendleft" || name == "add" || name == "insert" || name == "setdefault";
  if (!last && name != "extend" && name != "update" && name != "extendleft") return;
  const Node argument = call.child(Field::arguments).last_child();
  TermId value = argument ? model_->term_of_node[argument.index()] : kUnknown;
  if (!last) value = name == "update" || value == kUnknown ? kUnknown : add(Op::item, value);
  fill(method.child(Field::object), value, call);
}

void Extractor::bind(std::string_view name, TermId value, Node site, BindingKind kind) {
  Frame* frame = frame_;
  while (frame->kind == Frame::Kind::inline_ && !frame->slots.contains(name) && frame->parent != nullptr) {
    frame = frame->parent;  // a walrus in a comprehension binds outside of it (PEP 572)
  }
  if (frame->nonlocals.contains(name)) {
    for (Frame* outer = frame->parent; outer != nullptr; outer = outer->parent) {
      if (outer->kind != Frame::Kind::function) continue;
      if (const auto slot = outer->slots.find(name); slot) {
        outer->history[*slot].push_back(value);
        return;
      }
    }
    return;
  }
  if (frame->has_flow() && !frame->globals.contains(name)) {
    const auto slot = frame->slots.find(name);
    if (!slot) return;
    frame->state[*slot] = value;
    frame->history[*slot].push_back(value);
    return;
  }
  const bool in_class = frame->kind == Frame::Kind::class_ && !frame->globals.contains(name);
  model_->bindings.push_back({name, in_class ? frame->container : std::string(), kind, value, site.index()});
}

}  // namespace surefoot::semantics
