#include "analysis/semantics/shape.hpp"

#include <algorithm>

#include "analysis/semantics/type_sets.hpp"
#include "analysis/text/hash.hpp"
#include "analysis/text/words.hpp"

namespace surefoot::semantics {
namespace {

using Kind = Declaration::Kind;

bool is_special(std::string_view name) { return name.starts_with("__"); }

bool is_import(BindingKind kind) { return kind == BindingKind::import || kind == BindingKind::star_import; }

// False for values that nobody asks callers about: text, numbers, displays, functions.
bool says_what_it_is(Op op) {
  switch (op) {
    case Op::unknown:
    case Op::none:
    case Op::builtin:
    case Op::list:
    case Op::tuple:
    case Op::dict:
    case Op::function:
    case Op::lambda:
    case Op::class_object:
      return false;
    default:
      return true;
  }
}

// Terms are numbered in the order of the text, so the hash follows them down instead of taking their numbers.
class Describer {
 public:
  explicit Describer(const UnitModel& model) : model_(model) {}

  UnitShape run() {
    for (const Binding& binding : model_.bindings) {
      hash_.add(static_cast<std::uint64_t>(binding.kind));
      root(binding.term);
      declare(is_import(binding.kind) ? Kind::import : Kind::value, binding.name, binding.container);
    }
    for (const AttributeBinding& attribute : model_.attributes) {
      root(attribute.term);
      if (attribute.container == kOnOthers) {
        root(model_.term_of(model_.unit->ast.node(attribute.node).child(syntax::Field::object)));
      }
      declare(Kind::attribute, attribute.name, attribute.container);
    }
    for (const AttributeBinding& fill : model_.fills) {
      root(fill.term);
      if (model_.terms[fill.term].op == Op::parameter) {
        for (const Function& one : model_.functions) names_->add(one.name);  // it may decorate what is put there
      }
      declare(Kind::value, fill.name, fill.container);
    }
    for (const Class& one : model_.classes) {
      roots(one.bases);
      roots(one.decorators);
      declare(Kind::class_, last_part(one.path), std::string_view(one.path).substr(0, one.path.rfind('.') + 1));
    }
    // What a function gives would change with most edits of it.
    follows_arguments_ = false;
    for (const Function& one : model_.functions) {
      if (one.path.find("<locals>") != std::string::npos) continue;
      function(one);
      for (const TermId decorator : one.decorators) registered(one, decorator);
    }
    names_ = &shape_.handed_by;
    for (const HandedCall& one : model_.handed) handing(one.to, model_.unit->ast.node(one.call));
    shape_.declared_by.close();
    shape_.handed_by.close();
    return std::move(shape_);
  }

 private:
  // What was added to the hash belongs to this.
  void declare(Kind kind, std::string_view name, std::string_view container) {
    if (container.ends_with('.')) container.remove_suffix(1);
    Declaration one;
    one.name = NameFilter::hash(last_part(name));
    one.container = container.empty() ? 0 : NameFilter::hash(last_part(container));
    one.kind = kind;
    one.is_special = is_special(name);
    one.content = hash_.add(name).add(container).value();
    hash_ = {};
    shape_.declared.push_back(one);
    shape_.hash = text::Hasher().add(shape_.hash).add(one.content).add(static_cast<std::uint64_t>(kind)).value();
  }

  void function(const Function& function) {
    hash_.add(function.path).add(function.is_async ? 1u : 0u).add(function.is_generator ? 1u : 0u);
    for (const Parameter& one : function.parameters) {
      hash_.add(one.name).add(static_cast<std::uint64_t>(one.kind));
      root(one.annotation);
    }
    roots(function.decorators);
    root(function.returns);
    roots(function.returned);
    roots(function.yielded);
    if (returns_function(function)) code(model_.unit->ast.root());  // a decorator, of which the code counts
    declare(Kind::function, function.name, function.container);
  }

  // `@handler("load")`: what the decorator does with its functions may be seen through what it fills.
  void registered(const Function& function, TermId decorator) {
    const Term& term = model_.terms[decorator];
    const Term& maker = term.op == Op::call ? model_.terms[term.a] : term;
    if (maker.op != Op::global) return;
    hash_.add(function.path).add(function.is_async ? 1u : 0u);
    declare(Kind::value, maker.name, {});
  }

  void handing(std::string_view name, syntax::Node call) {
    root(model_.term_of(call.child(syntax::Field::function)));
    for (const syntax::Node argument : call.child(syntax::Field::arguments).children()) {
      const bool named = argument.is(syntax::Kind::keyword_argument);
      hash_.add(static_cast<std::uint64_t>(argument.kind()));
      if (named) hash_.add(argument.child(syntax::Field::name).text());
      const TermId value = model_.term_of(named ? argument.child(syntax::Field::value) : argument);
      root(says_what_it_is(model_.terms[value].op) ? value : kUnknown);
    }
    shape_.handings.push_back({parameters_of(NameFilter::hash(name)), hash_.value(), call.index()});
    hash_ = {};
  }

  bool returns_function(const Function& function) const {
    return std::any_of(function.returned.begin(), function.returned.end(),
                       [&](TermId term) { return model_.terms[term].op == Op::function; }) ||
           returns_parameter(function);
  }

  // `handlers.append(function); return function`
  bool returns_parameter(const Function& function) const {
    const syntax::Node body = model_.unit->ast.node(function.node).child(syntax::Field::body);
    for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
      const syntax::Node node = body.ast().node(i);
      const std::string_view name = node.is(syntax::Kind::return_statement) ? node.first_child().text() : "";
      const auto is_it = [&](const Parameter& one) { return !name.empty() && one.name == name; };
      if (std::any_of(function.parameters.begin(), function.parameters.end(), is_it)) return true;
    }
    return false;
  }

  void roots(const std::vector<TermId>& terms) {
    for (const TermId term : terms) root(term);
  }

  void root(TermId id) {
    budget_ = 200;  // joins of loops may be cyclic
    term(id, 12);
  }

  void term(TermId id, int depth) {
    const Term& t = model_.terms[id];
    hash_.add(static_cast<std::uint64_t>(t.op)).add(t.name);
    depend_on(t);
    if (depth == 0 || t.op == Op::unknown || --budget_ < 0) return;
    switch (t.op) {
      case Op::list:
      case Op::tuple:
      case Op::dict:
      case Op::join:
        for (const TermId operand : model_.operands[t.b]) term(operand, depth - 1);
        return;
      case Op::call:
        arguments(model_.unit->ast.node(t.node).child(syntax::Field::arguments), depth);
        return term(t.a, depth - 1);
      case Op::function:
      case Op::class_name:
        return;
      case Op::element:
        hash_.add(t.b);
        return term(t.a, depth - 1);
      default:
        term(t.a, depth - 1);
        if (t.b != kUnknown) term(t.b, depth - 1);
    }
  }

  void depend_on(const Term& term) {
    if (term.op == Op::parameter) return names_->add(parameters_of(NameFilter::hash(term.name)));
    if (term.op == Op::attribute) return names_->add(members_of(NameFilter::hash(term.name)));
    if (term.op != Op::imported) names_->add_parts(term.name);  // other files are followed by their shapes
  }

  // They may decide what the call gives, and be locals whose value the text does not show.
  void arguments(syntax::Node list, int depth) {
    code(list);
    if (!follows_arguments_) return;
    for (const syntax::Node argument : list.children()) {
      const bool named = argument.is(syntax::Kind::keyword_argument);
      const syntax::Node value = named ? argument.child(syntax::Field::value) : argument;
      const TermId local = value.is(syntax::Kind::identifier) ? model_.term_of(value) : kUnknown;
      if (model_.terms[local].op != Op::parameter) term(local, depth - 1);
    }
  }

  void code(syntax::Node tree) {
    hash_.add(tree.text());
    for (std::uint32_t i = tree.index(); tree && i < tree.after(); ++i) {
      const syntax::Node node = tree.ast().node(i);
      if (node.is(syntax::Kind::identifier)) names_->add(node.text());
    }
  }

  const UnitModel& model_;
  UnitShape shape_;
  NameHashes* names_ = &shape_.declared_by;  // to which those of the terms go
  text::Hasher hash_;
  bool follows_arguments_ = true;
  int budget_ = 0;
};

}  // namespace

std::string_view handed_to(const UnitModel& model, syntax::Node call) {
  const syntax::Node arguments = call.child(syntax::Field::arguments);
  if (!arguments.is(syntax::Kind::argument_list) || arguments.child_count() == 0) return {};
  const syntax::Node function = call.child(syntax::Field::function);
  const Term& callee = model.terms[model.term_of(function)];
  if (function.is(syntax::Kind::attribute)) {
    const Op object = model.terms[model.term_of(function.child(syntax::Field::object))].op;
    return object == Op::self || object == Op::class_object ? function.child(syntax::Field::attribute).text()
                                                            : std::string_view();
  }
  if (!function.is(syntax::Kind::identifier) || callee.op == Op::imported) return {};
  if (callee.op == Op::class_object) return last_part(callee.name);
  static const text::Words kBuiltins(
      "abs all any bool bytes dict dir enumerate filter float format frozenset getattr hasattr hash id int isinstance "
      "issubclass iter len list map max min next open print range repr reversed round set setattr sorted str sum super "
      "tuple type vars zip");
  return kBuiltins.contain(function.text()) ? std::string_view() : function.text();
}

UnitShape describe_shape(const UnitModel& model) { return Describer(model).run(); }

const UnitShape& UnitModel::shape() const {
  described_.run([this] {
    Reads none;  // whoever asks first reads no more than the others
    const Reads::Recording recording(none);
    shape_ = std::make_unique<const UnitShape>(describe_shape(*this));
  });
  return *shape_;
}

}  // namespace surefoot::semantics
