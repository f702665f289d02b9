#include "analysis/rules/reach.hpp"

#include <deque>
#include <set>

namespace surefoot::rules {
namespace {

using semantics::Function;
using semantics::UnitModel;

using Place = std::pair<const UnitModel*, std::uint32_t>;

// The functions of the file that the function calls.
void add_called(const UnitModel& unit, std::uint32_t function, Context& context, std::deque<Place>& into) {
  const Node body = unit.unit->ast.node(function).child(Field::body);
  for (std::uint32_t i = body.index(); body && i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    const Node callee = node.is(Kind::call) ? node.child(Field::function) : Node();
    const Type* type = callee ? semantics::only(context.resolver().type_of(unit, callee)) : nullptr;
    if (type != nullptr && type->function != nullptr) into.emplace_back(type->unit, type->function->node);
  }
}

}  // namespace

bool is_reached_from(Node wanted, Context& context,
                     const std::function<bool(const UnitModel& unit, const Function& function)>& is_root) {
  constexpr std::size_t kMaxFunctions = 200;
  const Place goal{&context.unit(), wanted.index()};
  std::deque<Place> waiting;
  if (auto* reads = semantics::Reads::current()) reads->local_functions();
  for (const auto& model : context.units()) {
    for (const Function& one : model->functions) {
      if (is_root(*model, one)) waiting.emplace_back(model.get(), one.node);
    }
  }
  std::set<Place> seen;
  while (!waiting.empty() && seen.size() < kMaxFunctions) {
    const Place next = waiting.front();
    waiting.pop_front();
    if (next == goal) return true;
    if (seen.insert(next).second) add_called(*next.first, next.second, context, waiting);
  }
  return false;
}

}  // namespace surefoot::rules
