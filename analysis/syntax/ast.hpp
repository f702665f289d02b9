#pragma once
// A compact, immutable copy of a part of a syntax tree: one top-level statement, or one member of a class (a "unit").
// It owns its text and counts positions from its own start, so it stays valid when the file around it changes, needs no
// tree, and may be read by any thread. Depth is bounded (kMaxDepth), so code may recurse over it.

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/syntax/kind.hpp"
#include "analysis/text/source_text.hpp"

struct TSNode;

namespace surefoot::syntax {

/// What lies deeper below the unit's root becomes Kind::opaque.
inline constexpr std::uint32_t kMaxDepth = 400;

struct NodeData {
  Kind kind = Kind::other;
  Field field = Field::none;  // of this node in its parent
  bool is_async = false;      // `async def`, `async for`, `async with`
  bool has_error = false;     // it, or something in it, could not be parsed
  std::uint32_t start = 0;    // bytes from the unit's start
  std::uint32_t end = 0;
  std::uint32_t parent = 0;  // the root is its own parent
  std::uint32_t after = 0;   // index of the first node that is not below this one (nodes are in preorder)
};

class Ast;

/// A node of an Ast, as a cheap handle that borrows the Ast. A null handle is false and has no children, no relatives
/// and no text; it has no kind, field or place either, so ask `is` instead of `kind` where a node may be null.
class Node {
 public:
  Node() = default;
  Node(const Ast& ast, std::uint32_t index) : ast_(&ast), index_(index) {}

  explicit operator bool() const { return ast_ != nullptr; }
  bool operator==(const Node&) const = default;

  const Ast& ast() const { return *ast_; }
  std::uint32_t index() const { return index_; }
  Kind kind() const;
  Field field() const;
  bool is(Kind kind) const { return ast_ != nullptr && this->kind() == kind; }
  bool is_async() const;
  bool has_error() const;
  /// Bytes from the unit's start.
  text::Span span() const;
  std::uint32_t start() const { return span().start; }
  std::uint32_t end() const { return span().end; }
  std::string_view text() const;

  /// Null for the root.
  Node parent() const;
  /// The first child with this field; null when there is none.
  Node child(Field field) const;
  /// The first child of this kind; null when there is none.
  Node child(Kind kind) const;
  Node first_child() const;
  Node last_child() const;
  Node next_sibling() const;
  /// True when `other` is this node or lies below it.
  bool covers(Node other) const;
  /// Index one past the last node below this one: [index(), after()) is the whole subtree in preorder.
  std::uint32_t after() const;

  class Children;
  /// The named children and operator tokens, comments left out, in order.
  Children children() const;
  std::uint32_t child_count() const;

 private:
  const Ast* ast_ = nullptr;
  std::uint32_t index_ = 0;
};

class Ast {
 public:
  Ast() = default;
  /// Of nodes in preorder.
  Ast(std::string text, std::vector<NodeData> nodes, std::vector<text::Span> comments)
      : text_(std::move(text)),
        nodes_(std::move(nodes)),
        size_(static_cast<std::uint32_t>(nodes_.size())),
        comments_(std::move(comments)) {
    note_kinds();
  }

  /// Copies `root` of a tree over `text`. `cut`, when not null, is a descendant that is left empty (a class's body,
  /// whose members are units of their own). `unreadable`: what of the text the tree does not show (Tree::unreadable);
  /// a node inside of it becomes Kind::opaque.
  static Ast build(const TSNode& root, std::string_view text, const TSNode* cut = nullptr,
                   const std::vector<text::Span>& unreadable = {});

  Node root() const { return Node(*this, 0); }
  Node node(std::uint32_t index) const { return Node(*this, index); }
  std::uint32_t size() const { return size_; }
  const NodeData& data(std::uint32_t index) const { return nodes_[index]; }
  std::string_view text() const { return text_; }
  /// True when some node is of this kind.
  bool has(Kind kind) const { return kinds_[static_cast<std::size_t>(kind)]; }
  /// Comments inside the unit, in order.
  const std::vector<text::Span>& comments() const { return comments_; }

 private:
  void note_kinds() {
    for (const NodeData& node : nodes_) kinds_[static_cast<std::size_t>(node.kind)] = true;
  }

  std::string text_;
  std::vector<NodeData> nodes_;
  std::uint32_t size_ = 0;  // of the nodes: asked at every step of every loop over them
  std::bitset<256> kinds_;
  std::vector<text::Span> comments_;
};

class Node::Children {
 public:
  class Iterator {
   public:
    using value_type = Node;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Ast* ast, std::uint32_t index) : ast_(ast), index_(index) {}
    Node operator*() const { return Node(*ast_, index_); }
    Iterator& operator++() {
      index_ = ast_->data(index_).after;
      return *this;
    }
    Iterator operator++(int) {
      Iterator old = *this;
      ++*this;
      return old;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    const Ast* ast_ = nullptr;
    std::uint32_t index_ = 0;
  };
  Children(const Ast* ast, std::uint32_t first, std::uint32_t after) : ast_(ast), first_(first), after_(after) {}
  Iterator begin() const { return {ast_, first_}; }
  Iterator end() const { return {ast_, after_}; }
  bool empty() const { return first_ == after_; }

 private:
  const Ast* ast_;
  std::uint32_t first_;
  std::uint32_t after_;
};

inline Kind Node::kind() const { return ast_ == nullptr ? Kind::other : ast_->data(index_).kind; }
inline Field Node::field() const { return ast_ == nullptr ? Field::none : ast_->data(index_).field; }
inline bool Node::is_async() const { return ast_ != nullptr && ast_->data(index_).is_async; }
inline bool Node::has_error() const { return ast_ != nullptr && ast_->data(index_).has_error; }
inline text::Span Node::span() const {
  return ast_ == nullptr ? text::Span{} : text::Span{ast_->data(index_).start, ast_->data(index_).end};
}
inline std::uint32_t Node::after() const { return ast_ == nullptr ? 0 : ast_->data(index_).after; }
inline Node::Children Node::children() const {
  return ast_ == nullptr ? Children(nullptr, 0, 0) : Children(ast_, index_ + 1, after());
}
inline std::string_view Node::text() const {
  return ast_ == nullptr ? std::string_view() : ast_->text().substr(span().start, span().size());
}
inline Node Node::parent() const { return index_ == 0 ? Node() : Node(*ast_, ast_->data(index_).parent); }
inline Node Node::first_child() const {
  return ast_ != nullptr && index_ + 1 < after() ? Node(*ast_, index_ + 1) : Node();
}
inline bool Node::covers(Node other) const {
  return ast_ == other.ast_ && ast_ != nullptr && index_ <= other.index_ && other.index_ < after();
}
inline Node Node::child(Field field) const {
  const std::uint32_t end = after();
  for (std::uint32_t at = index_ + 1; at < end; at = ast_->data(at).after) {
    if (ast_->data(at).field == field) return Node(*ast_, at);
  }
  return {};
}
inline Node Node::child(Kind kind) const {
  const std::uint32_t end = after();
  for (std::uint32_t at = index_ + 1; at < end; at = ast_->data(at).after) {
    if (ast_->data(at).kind == kind) return Node(*ast_, at);
  }
  return {};
}

}  // namespace surefoot::syntax
