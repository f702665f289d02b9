#include "analysis/semantics/shape.hpp"

#include <algorithm>

#include "analysis/text/hash.hpp"
#include "analysis/text/words.hpp"

namespace surefoot::semantics {
namespace {

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
class ShapeHasher {
 public:
  explicit ShapeHasher(const UnitModel& model) : model_(model) {}

  std::uint64_t run() {
    for (const Binding& binding : model_.bindings) {
      hash_.add(binding.name).add(binding.container).add(static_cast<std::uint64_t>(binding.kind));
      root(binding.term);
    }
    for (const AttributeBinding& attribute : model_.attributes) {
      hash_.add(attribute.container).add(attribute.name);
      root(attribute.term);
    }
    for (const Class& one : model_.classes) {
      hash_.add(one.path);
      roots(one.bases);
      roots(one.decorators);
    }
    for (const Function& one : model_.functions) {
      if (one.path.find("<locals>") == std::string::npos) function(one);
    }
    const syntax::Ast& ast = model_.unit->ast;
    for (std::uint32_t i = 0; i < ast.size(); ++i) {
      if (is_handing_call(model_, ast.node(i))) handing_call(ast.node(i));
    }
    return hash_.value();
  }

 private:
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
    if (returns_function(function)) hash_.add(model_.unit->ast.text());  // a decorator, of which the code counts
  }

  void handing_call(syntax::Node call) {
    hash_.add(call.child(syntax::Field::function).text());
    for (const syntax::Node argument : call.child(syntax::Field::arguments).children()) {
      const bool named = argument.is(syntax::Kind::keyword_argument);
      if (named) hash_.add(argument.child(syntax::Field::name).text());
      const TermId value = model_.term_of(named ? argument.child(syntax::Field::value) : argument);
      root(says_what_it_is(model_.terms[value].op) ? value : kUnknown);
    }
  }

  bool returns_function(const Function& function) const {
    return std::any_of(function.returned.begin(), function.returned.end(),
                       [&](TermId term) { return model_.terms[term].op == Op::function; });
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
    if (depth == 0 || t.op == Op::unknown || --budget_ < 0) return;
    switch (t.op) {
      case Op::list:
      case Op::tuple:
      case Op::dict:
      case Op::join:
        for (const TermId operand : model_.operands[t.b]) term(operand, depth - 1);
        return;
      case Op::call:
        hash_.add(model_.unit->ast.node(t.node).child(syntax::Field::arguments).text());
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

  const UnitModel& model_;
  text::Hasher hash_;
  int budget_ = 0;
};

}  // namespace

bool is_handing_call(const UnitModel& model, syntax::Node call) {
  if (!call.is(syntax::Kind::call)) return false;
  const syntax::Node function = call.child(syntax::Field::function);
  const syntax::Node arguments = call.child(syntax::Field::arguments);
  if (function.is(syntax::Kind::attribute)) {
    const Op object = model.terms[model.term_of(function.child(syntax::Field::object))].op;
    if (object != Op::self && object != Op::class_object) return false;
  } else if (!function.is(syntax::Kind::identifier)) {
    return false;
  }
  static const text::Words kBuiltins(
      "abs all any bool bytes dict dir enumerate filter float format frozenset getattr hasattr hash id int isinstance "
      "issubclass iter len list map max min next open print range repr reversed round set setattr sorted str sum super "
      "tuple type vars zip");
  return arguments.is(syntax::Kind::argument_list) && arguments.child_count() != 0 &&
         !kBuiltins.contain(function.text());
}

std::uint64_t hash_shape(const UnitModel& model) { return ShapeHasher(model).run(); }

}  // namespace surefoot::semantics
