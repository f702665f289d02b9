#include "analysis/semantics/call_arguments.hpp"

namespace surefoot::semantics {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

Node positional_argument(Node call, std::size_t position) {
  std::size_t i = 0;
  for (const Node argument : call.child(Field::arguments).children()) {
    if (argument.is(Kind::keyword_argument)) continue;
    if (argument.is(Kind::list_splat) || argument.is(Kind::dictionary_splat)) return {};
    if (i++ == position) return argument;
  }
  return {};
}

Node keyword_argument(Node call, std::string_view name) {
  for (const Node argument : call.child(Field::arguments).children()) {
    if (argument.is(Kind::keyword_argument) && argument.child(Field::name).text() == name) {
      return argument.child(Field::value);
    }
  }
  return {};
}

}  // namespace surefoot::semantics
