#include "analysis/rules/extraction.hpp"

#include <algorithm>
#include <vector>

#include "analysis/fixes/extract_block.hpp"
#include "analysis/fixes/name_flow.hpp"
#include "analysis/rules/event_loop.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

struct Range {
  Node first;
  Node last;
};

// The `with` statement of which the call is a part of an item.
Node with_around(Node call) {
  bool in_item = false;
  for (Node node = call; node && !node.is(Kind::block); node = node.parent()) {
    in_item = in_item || node.is(Kind::with_item);
    if (node.is(Kind::with_statement)) return in_item && !node.is_async() ? node : Node();
  }
  return {};
}

// `file = open(p)` with the statements behind it, down to the last one that uses `file`.
Range assigned_range(Node call) {
  const Node assignment = call.parent();
  const Node target = assignment.is(Kind::assignment) ? assignment.child(Field::left) : Node();
  const Node first = assignment.parent();
  if (!target.is(Kind::identifier) || !first.is(Kind::expression_statement) || first.child_count() != 1) return {};
  Range range{first, {}};
  for (Node next = first.next_sibling(); next; next = next.next_sibling()) {
    if (fixes::is_read_in(next, target.text())) range.last = next;
  }
  const bool is_whole = range.last && !fixes::is_read_behind(first, range.last, target.text());
  return is_whole ? range : Range{};
}

// A manager of this kind lets exceptions through: it closes what it opened.
bool closes(Node call, Context& context) {
  const auto blocking = blocking_call(call, context);
  if (blocking && any(blocking->effects & (Effect::blocks_file | Effect::blocks_subprocess))) return true;
  const Type* type = semantics::only(context.type_of(call));
  const knowledge::Class* facts =
      type != nullptr && type->tag == Type::Tag::instance ? knowledge::find_class(type->name) : nullptr;
  return facts != nullptr && !facts->close.empty();
}

bool needs_loop(Node call, Context& context) {
  const Type* callee = context.callee(call);
  const std::string_view name = callee != nullptr ? callee->name : std::string_view();
  return name.starts_with("asyncio.") || name.starts_with("anyio.") || name.starts_with("trio.");
}

Fixes extract(Range range, std::string_view name, Context& context) {
  std::vector<Node> managers;
  for (std::uint32_t i = range.first.index(); i < range.last.after(); ++i) {
    const Node node = range.first.ast().node(i);
    if (!node.is(Kind::call)) continue;
    if (needs_loop(node, context)) return {{}, "the block uses the event loop"};
    if (closes(node, context)) managers.push_back(node);
  }
  return fixes::extract_block(context.file(), {context.place(range.first), context.place(range.last), name, managers});
}

}  // namespace

Fixes extract_with(Node call, std::string_view name, Context& context) {
  const Node with = with_around(call);
  return with ? extract({with, with}, name, context) : Fixes{};
}

Fixes extract_use(Node call, std::string_view name, Context& context) {
  if (with_around(call)) return extract_with(call, name, context);
  const Range range = assigned_range(call);
  if (range.first) return extract(range, name, context);
  return {{}, "what uses it has to move along: put it in a function and run that in a thread"};
}

}  // namespace surefoot::rules
