#include "analysis/semantics/frame.hpp"

#include <algorithm>

namespace surefoot::semantics {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

constexpr std::size_t kFew = 24;

}  // namespace

std::optional<std::uint32_t> Slots::find(std::string_view name) const {
  if (name.empty()) return std::nullopt;
  if (names_.size() > kFew) {
    const auto found = table_.find(name);
    return found == table_.end() ? std::nullopt : std::optional(found->second);
  }
  const auto found = std::find(names_.begin(), names_.end(), name);
  return found == names_.end() ? std::nullopt : std::optional(static_cast<std::uint32_t>(found - names_.begin()));
}

std::uint32_t Slots::add(std::string_view name) {
  if (const auto known = find(name)) return *known;
  names_.push_back(name);
  if (names_.size() <= kFew) return size() - 1;
  for (std::uint32_t slot = table_.empty() ? 0 : size() - 1; slot < size(); ++slot) {
    if (has(slot)) table_.emplace(names_[slot], slot);
  }
  return size() - 1;
}

void Slots::erase(std::string_view name) {
  const auto slot = find(name);
  if (!slot) return;
  names_[*slot] = {};
  table_.erase(name);
}

std::uint32_t Frame::add_slot(std::string_view name) {
  const std::uint32_t slot = slots.add(name);
  if (slot == state.size()) {
    state.push_back(kUnbound);
    history.emplace_back();
  }
  return slot;
}

namespace {

// Expressions in which nothing but `:=` binds a name of the scope around them.
bool is_plain_expression(Node node) {
  switch (node.kind()) {
    case Kind::attribute:
    case Kind::binary_operator:
    case Kind::call:
    case Kind::comparison_operator:
    case Kind::dictionary:
    case Kind::string:
    case Kind::subscript:
      return !node.has_error();
    default:
      return false;
  }
}

class Collector {
 public:
  explicit Collector(Frame& frame) : frame_(frame) {}

  void run(Node body) {
    may_bind_inside_ = body.ast().has(Kind::named_expression);
    for (std::uint32_t i = body.index(); i < body.after();) i = visit(body.ast().node(i));
  }

  void finish() {
    if (frame_.globals.empty() && frame_.nonlocals.empty()) return;
    for (const std::string_view name : frame_.globals) frame_.slots.erase(name);
    for (const std::string_view name : frame_.nonlocals) frame_.slots.erase(name);
    std::erase_if(frame_.sites, [&](const Frame::Site& site) { return !frame_.slots.has(site.slot); });
  }

 private:
  // Returns the index at which to go on: behind the node where its inside belongs to another scope.
  std::uint32_t visit(Node node) {
    if (!may_bind_inside_ && is_plain_expression(node)) return node.after();
    switch (node.kind()) {
      case Kind::function_definition:
      case Kind::class_definition:
        bind(node.child(Field::name), node);
        return node.after();
      case Kind::lambda:
        return node.after();
      case Kind::global_statement:
      case Kind::nonlocal_statement:
        declare(node);
        break;
      case Kind::import_statement:
      case Kind::import_from_statement:
        imports(node);
        return node.after();
      case Kind::for_in_clause:
        break;  // its targets belong to the comprehension
      default:
        targets(node);
    }
    return node.index() + 1;
  }

  void targets(Node node) {
    switch (node.kind()) {
      case Kind::assignment:
      case Kind::augmented_assignment:
      case Kind::for_statement:
        return bind_all(node.child(Field::left), node);
      case Kind::named_expression:
        return bind(node.child(Field::name), node);
      case Kind::as_pattern:
        // In a `case`, the name has no field of its own.
        return bind_all(node.child(Field::alias) ? node.child(Field::alias) : node.last_child(), node);
      case Kind::except_clause:
        return bind_all(node.child(Field::alias), node);
      case Kind::delete_statement:
        return bind_all(node, node);
      case Kind::case_pattern:
      case Kind::splat_pattern:
        return capture(node);
      case Kind::type_alias_statement:
        return bind_all(node.child(Field::left), node);
      default:
        return;
    }
  }

  void capture(Node pattern) {
    for (const Node child : pattern.children()) {
      if (child.is(Kind::identifier)) bind(child, pattern);
      if (child.is(Kind::dotted_name) && child.child_count() == 1) bind(child.first_child(), pattern);
    }
  }

  void imports(Node statement) {
    for (const Node child : statement.children()) {
      if (child.field() != Field::name) continue;
      const Node alias = child.child(Field::alias);
      bind(alias ? alias : child.first_child(), statement);
    }
  }

  void declare(Node statement) {
    auto& names = statement.is(Kind::global_statement) ? frame_.globals : frame_.nonlocals;
    for (const Node child : statement.children()) names.insert(child.text());
  }

  void bind_all(Node target, Node site) {
    if (target) for_each_target(target, [&](Node name) { bind(name, site); });
  }

  void bind(Node name, Node site) {
    if (name) frame_.sites.push_back({site.index(), frame_.add_slot(name.text())});
  }

  Frame& frame_;
  bool may_bind_inside_ = true;  // of expressions
};

}  // namespace

void collect_names(Node body, Frame& frame) {
  Collector collector(frame);
  collector.run(body);
  if (!frame.globals.empty() || !frame.nonlocals.empty()) collector.finish();
}

}  // namespace surefoot::semantics
