#include "analysis/project/calls.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>

#include "analysis/project/choices.hpp"
#include "analysis/project/dispatch.hpp"
#include "analysis/project/operators.hpp"
#include "analysis/semantics/type_sets.hpp"

namespace surefoot::project {
namespace {

using semantics::Function;
using semantics::FunctionRef;
using semantics::Resolver;
using semantics::Type;
using semantics::UnitModel;
using syntax::Field;
using syntax::Kind;
using syntax::Node;

// "Shop.load.<locals>.retry" -> "retry": what stands inside a function needs no more.
std::string shown_name(std::string_view path) {
  const std::size_t local = path.rfind("<locals>.");
  return std::string(local == std::string_view::npos ? path : path.substr(local + 9));
}

class Gatherer {
 public:
  Gatherer(const UnitModel& unit, Resolver& resolver, Callees callees)
      : unit_(unit),
        ast_(unit.unit->ast),
        resolver_(resolver),
        all_callees_(callees == Callees::all),
        operators_(unit, resolver),
        overrides_(resolver) {}

  std::vector<FunctionFacts> run() {
    std::vector<FunctionFacts> all;
    for (const Function& function : unit_.functions) all.push_back(facts_of(function));
    for (std::uint32_t i = 0; i < ast_.size(); ++i) {
      if (ast_.node(i).is(Kind::lambda)) all.push_back(facts_of_lambda(ast_.node(i)));
    }
    all.push_back(facts_outside());
    for (std::uint32_t i = 0; i < ast_.size(); ++i) visit(ast_.node(i), all);
    return all;
  }

  FunctionFacts run_at_import() {
    std::vector<FunctionFacts> outside{facts_outside()};
    for (std::uint32_t i = 0; i < ast_.size();) {
      const Node node = ast_.node(i), around = node.parent();
      const bool runs_later =
          (around.is(Kind::function_definition) || around.is(Kind::lambda)) && node.field() == Field::body;
      if (!runs_later) visit(node, outside);
      i = runs_later ? node.after() : i + 1;
    }
    return std::move(outside.front());
  }

 private:
  FunctionFacts facts_outside() const {
    FunctionFacts facts;
    facts.key = function_key(resolver_.module_of(unit_), "<module>");
    facts.name = "the module";
    facts.is_module = true;
    return facts;
  }

  FunctionFacts facts_of(const Function& function) {
    FunctionFacts facts;
    facts.key = key_of(unit_, function, resolver_);
    facts.name = shown_name(function.path);
    facts.is_async = function.is_async;
    const Node definition = ast_.node(function.node);
    facts.spot = {0, function.node, definition.child(Field::name).span()};
    return facts;
  }

  FunctionFacts facts_of_lambda(Node lambda) {
    FunctionFacts facts;
    facts.key = lambda_key(unit_, lambda, resolver_);
    facts.name = "a lambda";
    facts.spot = {0, lambda.index(), lambda.span()};
    return facts;
  }

  void visit(Node node, std::vector<FunctionFacts>& all) {
    if (node.is(Kind::identifier) || node.is(Kind::argument_list)) return;  // most nodes, which run nothing
    for (const Special& special : operators_.at(node)) add_special(node, special, all);
    switch (node.kind()) {
      case Kind::call:
        return call(node, all);
      case Kind::attribute:
        return attribute(node, all);
      case Kind::for_statement:
      case Kind::for_in_clause:
        return node.is_async() ? iterated_by_loop(node.child(Field::right), all)
                               : iterated(node.child(Field::right), all);
      case Kind::with_statement:
        return entered(node, all);
      default:
        return;
    }
  }

  void add_special(Node node, const Special& special, std::vector<FunctionFacts>& all) {
    FunctionFacts* facts = facts_around(all, node);
    if (facts == nullptr) return;
    const std::size_t before = facts->calls.size();
    add(node, special.method, special.runs, all);
    const Type* object = semantics::only(resolver_.type_of(unit_, special.value));
    for (std::size_t i = before; i < facts->calls.size(); ++i) {
      if (facts->calls[i].group == 0) describe_overrides(object, special.method, facts->calls[i]);
    }
    point_at(special.value, *facts, before);
    if (special.runs == Runs::iteration) add_handed_on(node, special.method, all);
  }

  // Properties: reading one runs its getter, assigning to it its setter, and `+=` both.
  void attribute(Node node, std::vector<FunctionFacts>& all) {
    const Use use = use_of(node);
    if (use.assigns) add(node, resolver_.setter(unit_, node), Runs::body, all);
    if (use.reads) add(node, resolver_.getter(unit_, node), Runs::body, all);
  }

  void call(Node node, std::vector<FunctionFacts>& all) {
    if (is_awaited_in_vain(node)) return;
    const semantics::TypeSet& callees = resolver_.type_of(unit_, node.child(Field::function));
    if (const Type* callee = callee_in(callees, resolver_)) {
      if (callee->is_instance(semantics::kCallable)) return note_parameter(node, all);  // by its annotation
      hand_over(node, *callee, all);
      return call_of(node, *callee, all);
    }
    if (callees.size() < 2) {
      note_missing_method(node, all);
      return note_parameter(node, all);
    }
    if (is_made_for_each(node)) {
      for (const Type& callee : callees) call_of(node, callee, all);
      return;
    }
    for (const FunctionKey& choice : choices_of(callees, resolver_)) {
      FunctionFacts* facts = add_key(node, choice, Runs::body, all);
      if (facts != nullptr) facts->calls.back().group = node.index() + 1;
    }
  }

  // `await client.close()` where `close` is known to give nothing that can be awaited: another one must be meant.
  bool is_awaited_in_vain(Node call) {
    if (!call.parent().is(Kind::await)) return false;
    const semantics::TypeSet& given = resolver_.type_of(unit_, call);
    return !given.empty() && std::all_of(given.begin(), given.end(), [](const Type& one) {
      return one.tag == Type::Tag::none || (one.tag == Type::Tag::instance && one.name == "bool");
    });
  }

  void call_of(Node node, const Type& callee, std::vector<FunctionFacts>& all) {
    if (callee.tag == Type::Tag::lambda) {
      add_key(node, lambda_key(*callee.unit, callee.unit->unit->ast.node(callee.node), resolver_), Runs::body, all);
      return;
    }
    if (callee.tag == Type::Tag::instance) return add(node, resolver_.method(callee, "__call__"), Runs::body, all);
    if (callee.tag != Type::Tag::object) return;
    if (callee.function == nullptr) {
      if (resolver_.has_own_metaclass(callee)) return;
      Type made = callee;
      made.tag = Type::Tag::instance;
      add(node, resolver_.method(made, "__init__"), Runs::body, all);
      return add(node, resolver_.method(made, "__post_init__"), Runs::body, all);
    }
    if (callee.name == semantics::kManagerOf) {
      if (!callee.function->is_async) add_key(node, key_of(*callee.unit, *callee.function, resolver_), Runs::body, all);
      return;
    }
    const bool makes_generator = callee.function->is_generator && !callee.function->is_async;
    const bool manager = resolver_.decoration(*callee.unit, *callee.function) == Resolver::Decoration::manager;
    if (makes_generator && !manager) {
      if (is_consumed(node)) add(node, {callee.unit, callee.function}, Runs::iteration, all);
      return;
    }
    add(node, {callee.unit, callee.function}, Runs::body, all);
    if (is_consumed(node)) add_handed_on(node, {callee.unit, callee.function}, all);
  }

  // `def rows(self): return self.read()`: the generator that a plain function returns, run through by its caller.
  void add_handed_on(Node node, const FunctionRef& maker, std::vector<FunctionFacts>& all) {
    if (maker.function->is_async || maker.function->is_generator || maker.function->returned.size() != 1) return;
    const semantics::Term& term = maker.unit->terms[maker.function->returned.front()];
    const Type* made =
        term.op == semantics::Op::call ? semantics::only(resolver_.type_of(*maker.unit, term.a)) : nullptr;
    if (made == nullptr || made->function == nullptr || !made->function->is_generator) return;
    add(node, {made->unit, made->function}, Runs::iteration, all);
  }

  // `self._raw()` in a mixin, which leaves it to the classes that it is mixed into to have such a method.
  void note_missing_method(Node call, std::vector<FunctionFacts>& all) {
    const Node function = call.child(Field::function);
    if (all_callees_ || !function.is(Kind::attribute)) return;
    const Node object = function.child(Field::object);
    if (unit_.terms[unit_.term_of(object)].op != semantics::Op::self) return;
    const Type* type = semantics::only(resolver_.type_of(unit_, object));
    if (type == nullptr || !is_mixin(type->name, resolver_)) return;
    if (FunctionFacts* facts = add_key(call, {}, Runs::body, all)) {
      facts->calls.back().self_method = semantics::NameFilter::hash(function.child(Field::attribute).text());
    }
  }

  // `fn()` in a function that was given `fn`.
  void note_parameter(Node call, std::vector<FunctionFacts>& all) {
    const Node name = call.child(Field::function);
    FunctionFacts* facts = name.is(Kind::identifier) ? facts_around(all, call) : nullptr;
    const Function* function = facts == nullptr ? nullptr : unit_.function_at(facts->spot.node);
    if (function == nullptr) return;
    for (std::uint32_t i = 0; i < function->parameters.size(); ++i) {
      if (function->parameters[i].name == name.text()) facts->called_parameters.push_back(i);
    }
  }

  // Functions among the arguments: a function of the project may call them, and some builtins do.
  void hand_over(Node call, const Type& callee, std::vector<FunctionFacts>& all) {
    std::uint32_t position = 0;
    for (const Node argument : call.child(Field::arguments).children()) {
      const bool named = argument.is(Kind::keyword_argument);
      const Node value = named ? argument.child(Field::value) : argument;
      const std::uint32_t here = named ? 0 : position++;
      if (value.is(Kind::list_splat) || value.is(Kind::dictionary_splat)) return;
      if (!value.is(Kind::identifier) && !value.is(Kind::attribute) && !value.is(Kind::lambda) &&
          !value.is(Kind::call)) {
        continue;
      }
      const std::string_view keyword = named ? argument.child(Field::name).text() : std::string_view();
      if (callee.function == nullptr) {
        if (calls_argument(callee.name, keyword, here) && (!is_lazy(callee.name) || is_consumed(call))) {
          hand_over_one(call, value, {}, 0, all);
        }
      } else if (const auto parameter = parameter_at(*callee.function, call, keyword, here)) {
        hand_over_one(call, value, key_of(*callee.unit, *callee.function, resolver_), *parameter, all);
      }
    }
  }

  void hand_over_one(Node call, Node value, FunctionKey through, std::uint32_t parameter,
                     std::vector<FunctionFacts>& all) {
    const Type* type = semantics::only(resolver_.type_of(unit_, value));
    FunctionFacts* facts = type != nullptr ? facts_around(all, call) : nullptr;
    if (facts == nullptr) return;
    const std::size_t before = facts->calls.size();
    if (type->tag == Type::Tag::lambda) {
      add_key(call, lambda_key(*type->unit, type->unit->unit->ast.node(type->node), resolver_), Runs::body, all);
    } else {
      const bool is_object = type->tag == Type::Tag::object;
      const FunctionRef own = is_object ? FunctionRef{type->unit, type->function} : FunctionRef{};
      add(call, type->tag == Type::Tag::instance ? resolver_.method(*type, "__call__") : own, Runs::body, all);
    }
    for (std::size_t i = before; i < facts->calls.size(); ++i) {
      facts->calls[i].through = through;
      facts->calls[i].parameter = parameter;
    }
    point_at(value, *facts, before);
  }

  // A call graph wants calls that nobody wrote as such where what is called is named; reports want the call around it.
  void point_at(Node named, FunctionFacts& facts, std::size_t first) const {
    if (!all_callees_) return;
    for (std::size_t i = first; i < facts.calls.size(); ++i) facts.calls[i].spot = {0, named.index(), named.span()};
  }

  // The number of the parameter that an argument goes to; `self` is not given in calls of methods.
  static std::optional<std::uint32_t> parameter_at(const Function& function, Node call, std::string_view keyword,
                                                   std::uint32_t position) {
    const bool method = !function.container.empty() && call.child(Field::function).is(Kind::attribute);
    const std::uint32_t bound = method ? 1 : 0;
    for (std::uint32_t i = 0; i < function.parameters.size(); ++i) {
      const semantics::Parameter& one = function.parameters[i];
      if (keyword.empty() ? i == position + bound && one.kind == semantics::Parameter::Kind::normal
                          : one.name == keyword) {
        return i;
      }
    }
    return std::nullopt;
  }

  // True for a generator that something runs through at once.
  bool is_consumed(Node call) const {
    const Node outer = call.parent();
    if (outer.is(Kind::list_splat)) return true;
    if (outer.is(Kind::for_statement) || outer.is(Kind::for_in_clause)) return !outer.is_async();
    if (outer.is(Kind::yield)) return outer.text().starts_with("yield from");
    if (!outer.is(Kind::argument_list)) return false;
    const Type* consumer = semantics::only(resolver_.type_of(unit_, outer.parent().child(Field::function)));
    static constexpr std::array<std::string_view, 12> kNames = {"list", "tuple", "set", "sorted", "frozenset", "dict",
                                                                "sum",  "any",   "all", "max",    "min",       "next"};
    if (consumer == nullptr) return false;
    if (std::find(kNames.begin(), kNames.end(), consumer->name) != kNames.end()) return true;
    return is_lazy(consumer->name) && is_consumed(outer.parent());
  }

  void iterated(Node iterable, std::vector<FunctionFacts>& all) {
    if (!iterable) return;
    for (const Special& special : operators_.iteration(iterable)) add_special(special.value, special, all);
  }

  void iterated_by_loop(Node iterable, std::vector<FunctionFacts>& all) {
    if (all_callees_) add_methods(iterable, {"__aiter__", "__anext__"}, Runs::iteration, all);
  }

  void entered(Node with, std::vector<FunctionFacts>& all) {
    if (with.is_async() && !all_callees_) return;
    for (std::uint32_t i = with.index() + 1; i < with.child(Field::body).index(); ++i) {
      const Node item = ast_.node(i);
      if (!item.is(Kind::with_item)) continue;
      Node value = item.child(Field::value);
      if (value.is(Kind::as_pattern)) value = value.first_child();
      if (with.is_async()) {
        add_methods(value, {"__aenter__", "__aexit__"}, Runs::body, all);
      } else {
        add_methods(value, {"__enter__", "__exit__"}, Runs::body, all);
      }
    }
  }

  void add_methods(Node value, std::initializer_list<const char*> names, Runs runs, std::vector<FunctionFacts>& all) {
    const Type* type = value ? semantics::only(resolver_.type_of(unit_, value)) : nullptr;
    FunctionFacts* facts = value ? facts_around(all, value) : nullptr;
    if (type == nullptr || type->tag != Type::Tag::instance || facts == nullptr) return;
    const std::size_t before = facts->calls.size();
    for (const char* name : names) add(value, resolver_.method(*type, name), runs, all);
    point_at(value, *facts, before);
  }

  void add(Node node, const FunctionRef& callee, Runs runs, std::vector<FunctionFacts>& all) {
    if (callee.function == nullptr || (callee.function->is_async && !all_callees_)) return;
    if (callee.function->is_async) runs = Runs::coroutine;
    if (runs == Runs::body && callee.function->is_generator &&
        resolver_.decoration(*callee.unit, *callee.function) != Resolver::Decoration::manager) {
      return;
    }
    if (resolver_.decoration(*callee.unit, *callee.function) == Resolver::Decoration::unknown) return;
    if (FunctionFacts* facts = add_key(node, key_of(*callee.unit, *callee.function, resolver_), runs, all)) {
      describe_object(node, callee, facts->calls.back());
    }
    for (const FunctionRef& wrapper : resolver_.wrappers(*callee.unit, *callee.function)) {
      add_key(node, key_of(*wrapper.unit, *wrapper.function, resolver_), Runs::body, all);
    }
    for (const FunctionRef& one : implementations(callee, resolver_)) {
      FunctionFacts* facts = add_key(node, key_of(*one.unit, *one.function, resolver_), runs, all);
      if (facts != nullptr) facts->calls.back().group = node.index() + 1;
    }
  }

  // Of the call of a method: on which object it is, as far as derived classes may have methods of their own.
  void describe_object(Node node, const FunctionRef& method, Call& call) {
    const Node function = node.is(Kind::call) ? node.child(Field::function) : node;  // a property is an attribute
    if (!function.is(Kind::attribute) || method.function->container.empty()) return;
    const Node object = function.child(Field::object);
    if (unit_.terms[unit_.term_of(object)].op == semantics::Op::self) {
      call.self_method = semantics::NameFilter::hash(function.child(Field::attribute).text());
    }
    describe_overrides(semantics::only(resolver_.type_of(unit_, object)), method, call);
  }

  void describe_overrides(const Type* type, const FunctionRef& method, Call& call) {
    if (type == nullptr || type->tag != Type::Tag::instance || type->super) return;
    const std::string owner = class_of(method, resolver_);
    if (type->name != owner) call.overrides = overrides_.of(std::string(type->name), owner);
  }

  FunctionFacts* add_key(Node node, const FunctionKey& callee, Runs runs, std::vector<FunctionFacts>& all) {
    FunctionFacts* facts = facts_around(all, node);
    if (facts == nullptr) return nullptr;
    const Node shown = node.is(Kind::call) ? node.child(Field::function) : node;
    facts->calls.push_back({callee, runs, {0, node.index(), shown.span()}, {}, 0, 0, 0, {}});
    return facts;
  }

  const UnitModel& unit_;
  const syntax::Ast& ast_;
  Resolver& resolver_;
  bool all_callees_;
  Operators operators_;
  Overrides overrides_;
};

}  // namespace

std::vector<FunctionFacts> facts_with_calls(const UnitModel& unit, Resolver& resolver, Callees callees) {
  return Gatherer(unit, resolver, callees).run();
}

FunctionFacts facts_at_import(const UnitModel& unit, Resolver& resolver) {
  return Gatherer(unit, resolver, Callees::plain).run_at_import();
}

}  // namespace surefoot::project
