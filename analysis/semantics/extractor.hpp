#pragma once
// Reads one unit into a UnitModel: walks its statements in order, keeps what each local holds, and writes down a term
// for every expression. Bodies of nested functions are read after the code around them, as closures see all of its
// values. Internal to semantics/. Recursion is bounded by syntax::kMaxDepth.

#include <forward_list>
#include <string>
#include <unordered_set>

#include "analysis/semantics/frame.hpp"
#include "analysis/semantics/unit_model.hpp"

namespace surefoot::semantics {

class Extractor {
 public:
  Extractor(std::shared_ptr<const syntax::Unit> unit, std::string container, std::uint64_t file);
  std::shared_ptr<const UnitModel> run();

 private:
  using Node = syntax::Node;
  using Field = syntax::Field;

  // extract_statements.cpp
  void statement(Node node);
  void block(Node node);
  void if_statement(Node node);
  void while_statement(Node node);
  void for_statement(Node node);
  void with_statement(Node node);
  void try_statement(Node node);
  void match_statement(Node node);
  void import_statement(Node node);
  void import_from(Node node);
  void return_statement(Node node);
  void loop_body(Node loop, Node body);
  void alternatives(Node node, const State& before, State& joined, bool& reachable);
  TermId checked_by(Node pattern);
  void narrow_to(Node name, TermId instance);
  void pattern(Node node, TermId subject);
  void narrow(Node condition, bool holds);
  void leave_loop();

  // extract_definitions.cpp
  void decorated(Node node);
  void function_definition(Node node, Node statement, std::vector<TermId> decorators);
  void class_definition(Node node, std::vector<TermId> decorators);
  void parameters(Node list, Function& function);
  void parameter(Node node, Function& function, bool keyword_only);
  void function_body(std::uint32_t number, Frame& frame);
  TermId add_parameter(const Function& function, const Parameter& one);
  TermId implicit_self(const Function& function, std::size_t position);
  std::string nested_path(std::string_view name) const;
  void note_handing(Node call);

  // extract_expressions.cpp
  TermId eval(Node node);
  TermId eval_new(Node node);
  TermId eval_children(Node node);
  TermId eval_where(Node condition, bool holds, Node expression);
  TermId literal(Node node);
  TermId name(Node node);
  TermId lookup(std::string_view name);
  TermId attribute(Node node);
  TermId call(Node node);
  TermId subscript(Node node);
  TermId binary(Node node);
  TermId string(Node node);
  TermId display(Node node, Op op);
  TermId dictionary(Node node);
  TermId comprehension(Node node);
  TermId lambda(Node node);
  TermId yield(Node node);

  // extract_annotations.cpp
  TermId annotation(Node node);

  // extract_bindings.cpp
  void assign(Node target, TermId value, Node site);
  void fill(Node container, TermId value, Node site);
  void fill_display(TermId display, TermId value, int depth);
  bool reaches(TermId from, TermId wanted) const;
  void note_filling(Node call);
  void bind(std::string_view name, TermId value, Node site, BindingKind kind = BindingKind::assignment);
  TermId assignment(Node node);
  void type_alias(Node node);
  TermId augmented(Node node);

  // terms
  TermId add(Op op, TermId a = kUnknown, TermId b = kUnknown, std::string_view name = {}, std::uint32_t node = kNoNode);
  TermId add_list(Op op, std::vector<TermId> operands);
  TermId join(TermId a, TermId b);
  void join_into(State& into, const State& other);
  TermId builtin(std::string_view type) { return add(Op::builtin, kUnknown, kUnknown, type); }
  std::string_view keep(std::string text);

  Frame& flow_frame();
  const syntax::Ast& ast() const { return ast_; }

  struct Loop {
    Frame* frame;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> phis;  // slot, operand list
  };
  struct Deferred {
    std::uint32_t function;
    Frame* frame;
  };

  std::shared_ptr<UnitModel> model_;
  const syntax::Ast& ast_;  // the model's
  std::forward_list<Frame> frames_;
  Frame* frame_ = nullptr;
  std::vector<Loop> loops_;
  std::vector<Deferred> deferred_;
  std::unordered_set<TermId> empty_displays_;  // numbers of operand lists: `[]`, `{}`
};

}  // namespace surefoot::semantics
