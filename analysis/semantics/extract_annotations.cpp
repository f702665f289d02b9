#include "analysis/semantics/extractor.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::semantics {

using syntax::Kind;

TermId Extractor::annotation(Node node) {
  if (!node) return kUnknown;
  if (const auto text = literal_string(node))
    return parse_annotation(*text, [&](AnnotationTerm part) {
      switch (part.op) {
        case Op::global:
          return lookup(keep(std::string(part.name)));
        case Op::attribute:
          return add(Op::attribute, part.a, kUnknown, keep(std::string(part.name)));
        case Op::join:
          return join(part.a, part.b);
        case Op::tuple:
          return add_list(Op::tuple, std::move(part.list));
        default:
          return add(part.op, part.a, part.b);
      }
    });
  switch (node.kind()) {
    case Kind::type:
    case Kind::parenthesized_expression:
      return model_->term_of_node[node.index()] = annotation(node.first_child());
    case Kind::union_type:
      return join(annotation(node.first_child()), annotation(node.last_child()));
    case Kind::member_type: {
      const TermId object = annotation(node.first_child());
      return add(Op::attribute, object, kUnknown, node.last_child().text());
    }
    case Kind::generic_type: {
      const TermId base = eval(node.first_child());
      return add(Op::index, base, annotation(node.last_child()));
    }
    case Kind::subscript: {
      const TermId base = eval(node.child(Field::value));
      std::vector<TermId> arguments;
      for (const Node child : node.children()) {
        if (child.field() == Field::subscript) arguments.push_back(annotation(child));
      }
      return add(Op::index, base, add_list(Op::tuple, std::move(arguments)));
    }
    case Kind::type_parameter:
    case Kind::tuple:
    case Kind::list: {
      std::vector<TermId> arguments;
      for (const Node child : node.children()) arguments.push_back(annotation(child));
      return add_list(Op::tuple, std::move(arguments));
    }
    case Kind::binary_operator:
      if (node.child(Field::operator_).text() != "|") return kUnknown;
      return join(annotation(node.child(Field::left)), annotation(node.child(Field::right)));
    default:
      return eval(node);
  }
}

}  // namespace surefoot::semantics
