#include "analysis/syntax/units.hpp"

#include <tree_sitter/api.h>

#include <cstring>
#include <unordered_map>

namespace surefoot::syntax {
namespace {

constexpr std::uint32_t kMaxClassDepth = 16;
constexpr std::size_t kWindow = 32;

bool has_type(const TSNode& node, const char* type) { return std::strcmp(ts_node_type(node), type) == 0; }

TSNode field(const TSNode& node, std::string_view name) {
  return ts_node_child_by_field_name(node, name.data(), static_cast<std::uint32_t>(name.size()));
}

// The class in a statement (`class …`, decorated or not); a null node for anything else.
TSNode class_in(const TSNode& statement) {
  if (has_type(statement, "class_definition")) return statement;
  if (!has_type(statement, "decorated_definition")) return {};
  const TSNode definition = field(statement, "definition");
  return !ts_node_is_null(definition) && has_type(definition, "class_definition") ? definition : TSNode{};
}

class Splitter {
 public:
  Splitter(const Tree& tree, const text::SourceText& text, const UnitList* previous)
      : text_(text), previous_(previous), cursor_(ts_tree_cursor_new(ts_tree_root_node(tree.get()))) {}
  ~Splitter() { ts_tree_cursor_delete(&cursor_); }
  Splitter(const Splitter&) = delete;
  Splitter& operator=(const Splitter&) = delete;

  UnitList run() {
    if (previous_ != nullptr) list_.units.reserve(previous_->units.size() + 4);
    members(cursor_, 0);
    return std::move(list_);
  }

 private:
  // Adds the units below the node under the cursor. Recursion is bounded by kMaxClassDepth.
  void members(TSTreeCursor& cursor, std::uint32_t level) {
    if (!ts_tree_cursor_goto_first_child(&cursor)) return;
    do {
      const TSNode node = ts_tree_cursor_current_node(&cursor);
      if (!ts_node_is_named(node)) continue;
      if (has_type(node, "comment")) {
        list_.comments.push_back({ts_node_start_byte(node), ts_node_end_byte(node)});
      } else {
        statement(node, level);
      }
    } while (ts_tree_cursor_goto_next_sibling(&cursor));
  }

  void statement(const TSNode& node, std::uint32_t level) {
    const TSNode definition = level < kMaxClassDepth ? class_in(node) : TSNode{};
    const TSNode body = definition.id != nullptr ? field(definition, "body") : TSNode{};
    if (body.id == nullptr || ts_node_is_null(body)) {
      place(node, nullptr, level);
      return;
    }
    place(node, &body, level);
    TSTreeCursor inner = ts_tree_cursor_new(body);
    members(inner, level + 1);
    ts_tree_cursor_delete(&inner);
  }

  void place(const TSNode& node, const TSNode* body, std::uint32_t level) {
    PlacedUnit placed;
    placed.offset = ts_node_start_byte(node);
    placed.level = level;
    placed.identity = node.id;
    placed.previous = find_previous(node.id);
    placed.unit = placed.previous != kNew ? previous_->units[placed.previous].unit : build(node, body);
    list_.units.push_back(std::move(placed));
  }

  std::shared_ptr<const Unit> build(const TSNode& node, const TSNode* body) {
    ++list_.rebuilt;
    auto unit = std::make_shared<Unit>();
    unit->ast = Ast::build(node, text_.bytes(), body);
    unit->is_class_header = body != nullptr;
    return unit;
  }

  // An edit leaves the units before it at their place in the list, and those behind it in their order: `next_` walks
  // along, and an index is made only when it loses track.
  std::uint32_t find_previous(const void* identity) {
    if (previous_ == nullptr) return kNew;
    const auto& old = previous_->units;
    for (std::size_t i = next_; i < old.size() && i < next_ + kWindow; ++i) {
      if (old[i].identity == identity) return found_at(i);
    }
    if (++misses_ < kWindow) return kNew;
    if (by_identity_.empty()) {
      for (std::size_t i = 0; i < old.size(); ++i) by_identity_.emplace(old[i].identity, i);
    }
    const auto found = by_identity_.find(identity);
    return found == by_identity_.end() ? kNew : found_at(found->second);
  }

  std::uint32_t found_at(std::size_t index) {
    misses_ = 0;
    next_ = index + 1;
    return static_cast<std::uint32_t>(index);
  }

  const text::SourceText& text_;
  const UnitList* previous_;
  TSTreeCursor cursor_;
  UnitList list_;
  std::size_t next_ = 0;
  std::size_t misses_ = 0;
  std::unordered_map<const void*, std::size_t> by_identity_;
};

}  // namespace

UnitList split_units(const Tree& tree, const text::SourceText& text, const UnitList* previous) {
  return Splitter(tree, text, previous).run();
}

}  // namespace surefoot::syntax
