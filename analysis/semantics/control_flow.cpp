#include "analysis/semantics/control_flow.hpp"

#include <algorithm>

namespace surefoot::semantics {

using syntax::Kind;
using syntax::Node;

namespace {

bool is_followed(FlowEdge kind, const Walk& how) {
  if (kind == FlowEdge::raises) return how.errors;
  return kind != FlowEdge::cancels || how.cancellation;
}

using Numbers = std::vector<std::pair<std::uint32_t, PointId>>;

Numbers::const_iterator first_of(const Numbers& numbers, std::uint32_t node) {
  return std::lower_bound(numbers.begin(), numbers.end(), std::pair(node, PointId{0}));
}

std::vector<PointId> numbers_of(const Numbers& numbers, std::uint32_t node) {
  std::vector<PointId> found;
  for (auto at = first_of(numbers, node); at != numbers.end() && at->first == node; ++at) found.push_back(at->second);
  return found;
}

}  // namespace

std::vector<PointId> FlowGraph::points_of(Node node) const {
  std::vector<PointId> points;
  const Node whole = function();
  for (; points.empty() && node && node != whole && whole.covers(node); node = node.parent()) {
    points = numbers_of(by_node_, node.index());
  }
  return points;
}

std::vector<PointId> FlowGraph::starts_of(Node block) const { return numbers_of(starts_, block.index()); }

bool FlowGraph::is_reachable(Node node) const {
  const auto points = points_of(node);
  return std::any_of(points.begin(), points.end(), [this](PointId point) { return reachable_[point]; });
}

Reached FlowGraph::walk(std::span<const PointId> from, const Walk& how) const {
  Reached reached(size());
  std::vector<PointId> open(from.begin(), from.end());
  while (!open.empty()) {
    const PointId at = open.back();
    open.pop_back();
    for (const Edge& edge : edges(at)) {
      if (reached[edge.to] || !is_followed(edge.kind, how)) continue;
      if (how.skip && how.skip(points_[at], edge)) continue;
      reached.add(edge.to);
      if (!how.stop || !how.stop(points_[edge.to])) open.push_back(edge.to);
    }
  }
  return reached;
}

bool FlowGraph::can_reach(std::span<const PointId> from, std::span<const PointId> to, const Walk& how) const {
  const Reached reached = walk(from, how);
  return std::any_of(to.begin(), to.end(), [&reached](PointId point) { return reached[point]; });
}

std::vector<PointId> FlowGraph::awaits_in(Node region) const {
  std::vector<PointId> points;
  std::uint32_t last = UINT32_MAX;
  for (auto at = first_of(by_node_, region.index()); at != by_node_.end() && at->first < region.after(); ++at) {
    if (!points_[at->second].awaits || !reachable_[at->second] || at->first == last) continue;
    points.push_back(at->second);
    last = at->first;
  }
  return points;
}

bool FlowGraph::can_leave(Node region, std::span<const PointId> from, const Walk& how) const {
  bool left = false;
  Walk inside = how;
  inside.skip = [&](const Point& point, const Edge& edge) {
    if (how.skip && how.skip(point, edge)) return true;
    if (region.covers(points_[edge.to].node)) return false;
    // An exception that leaves the region is no way out, nor what becomes of it further on.
    left = left || (edge.kind != FlowEdge::raises && edge.kind != FlowEdge::cancels);
    return true;
  };
  walk(from, inside);
  return left;
}

}  // namespace surefoot::semantics
