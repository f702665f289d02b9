#pragma once
// The nodes of one unit while it is read: a tree in which a node may still get a parent. Internal to syntax/.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/syntax/ast.hpp"

namespace surefoot::syntax {

/// By number; 0 is none.
using RawId = std::uint32_t;

struct RawNode {
  Kind kind = Kind::other;
  Field field = Field::none;
  bool is_async = false;
  std::uint32_t start = 0;  // bytes of the file
  std::uint32_t end = 0;
  RawId first = 0;
  RawId last = 0;
  RawId next = 0;
};

class RawNodes {
 public:
  RawNodes() : nodes_(1) {}
  void clear() { nodes_.resize(1); }
  std::size_t size() const { return nodes_.size(); }
  RawNode& operator[](RawId id) { return nodes_[id]; }
  const RawNode& operator[](RawId id) const { return nodes_[id]; }

  RawId make(Kind kind, std::uint32_t start, std::uint32_t end = 0) {
    nodes_.push_back({kind, Field::none, false, start, end, 0, 0, 0});
    return static_cast<RawId>(nodes_.size() - 1);
  }
  void add(RawId parent, RawId child, Field field = Field::none) {
    RawNode& node = nodes_[parent];
    nodes_[child].field = field;
    nodes_[child].next = 0;
    if (node.last == 0) {
      node.first = child;
    } else {
      nodes_[node.last].next = child;
    }
    node.last = child;
    if (nodes_[child].end > node.end) node.end = nodes_[child].end;
  }

 private:
  std::vector<RawNode> nodes_;
};

}  // namespace surefoot::syntax
