#include "analysis/syntax/units.hpp"

#include <tree_sitter/api.h>

#include <cstring>
#include <string_view>
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
      } else if (ts_node_is_error(node) && depth_ < kMaxClassDepth) {
        rescue(node, level);
      } else if (!has_type(node, "line_continuation")) {
        statement(node, level);
      }
    } while (ts_tree_cursor_goto_next_sibling(&cursor));
  }

  // Reads the whole statements in a part that could not be parsed.
  void rescue(const TSNode& error, std::uint32_t level) {
    ++depth_;
    TSTreeCursor inner = ts_tree_cursor_new(error);
    members(inner, level);
    ts_tree_cursor_delete(&inner);
    --depth_;
  }

  void statement(const TSNode& node, std::uint32_t level) {
    if (depth_ > 0 && !is_statement(kind_from_name(ts_node_type(node)))) return;
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
    placed.previous = find_previous(node, body);
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
  std::uint32_t find_previous(const TSNode& node, const TSNode* body) {
    if (previous_ == nullptr || ts_node_has_error(node)) return kNew;
    const std::uint32_t start = ts_node_start_byte(node);
    const std::uint32_t end = body != nullptr ? ts_node_start_byte(*body) : ts_node_end_byte(node);
    const std::string_view text = text_.slice({start, end});
    const auto& old = previous_->units;
    for (std::size_t i = next_; i < old.size() && i < next_ + kWindow; ++i) {
      if (is_same(*old[i].unit, text, body != nullptr)) return found_at(i);
    }
    if (++misses_ < kWindow) return kNew;
    if (by_text_.empty()) {
      for (std::size_t i = 0; i < old.size(); ++i) by_text_.emplace(old[i].unit->ast.text(), i);
    }
    const auto found = by_text_.find(text);
    if (found == by_text_.end() || !is_same(*old[found->second].unit, text, body != nullptr)) return kNew;
    return found_at(found->second);
  }

  static bool is_same(const Unit& old, std::string_view text, bool is_class_header) {
    return old.is_class_header == is_class_header && old.ast.text() == text && !old.ast.root().has_error();
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
  std::uint32_t depth_ = 0;  // of parts that could not be parsed
  std::unordered_map<std::string_view, std::size_t> by_text_;
};

}  // namespace

UnitList split_units(const Tree& tree, const text::SourceText& text, const UnitList* previous) {
  return Splitter(tree, text, previous).run();
}

}  // namespace surefoot::syntax
