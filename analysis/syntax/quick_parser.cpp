#include "analysis/syntax/quick_parser.hpp"

#include <algorithm>
#include <utility>

#include "analysis/syntax/quick_reader.hpp"

namespace surefoot::syntax {
namespace {

constexpr std::uint32_t kMaxClassDepth = 16;

class QuickSplitter {
 public:
  QuickSplitter(std::string_view text, const TokenList& tokens, RawNodes& nodes, TreeUnits& list)
      : text_(text), comments_(tokens.comments), nodes_(nodes), reader_(text, tokens.tokens, nodes), list_(list) {}

  bool run() {
    while (!reader_.at_end()) statement(0);
    if (reader_.failed() || is_too_deep_) return false;
    pass_comments(UINT32_MAX);
    list_.rebuilt = static_cast<std::uint32_t>(list_.units.size());
    return true;
  }

 private:
  // A node whose children are being written.
  struct Open {
    RawId next;            // what comes behind it
    std::uint32_t parent;  // among the nodes in preorder
  };

  // Adds the units of one line or one compound statement.
  void statement(std::uint32_t level) {
    nodes_.clear();
    RawId body = 0;
    std::vector<RawId> found;
    reader_.statements(found, level < kMaxClassDepth ? &body : nullptr);
    if (reader_.failed()) return;
    // Of several on one line, none is as large as all of them; the first of the raw nodes is none.
    const std::size_t size = found.size() == 1 ? nodes_.size() - 1 : 0;
    for (const RawId id : found) add(id, level, body, size);
    if (body == 0) return;
    while (!reader_.failed() && !reader_.at_dedent()) statement(level + 1);
    if (!reader_.failed()) pass_comments(reader_.end_of_block());
    reader_.skip_dedent();
  }

  void add(RawId id, std::uint32_t level, RawId body, std::size_t size) {
    const RawNode& root = nodes_[id];
    const std::uint32_t end = body != 0 ? nodes_[body].start : root.end;
    pass_comments(root.start);
    std::vector<text::Span> own;
    for (; next_ < comments_.size() && comments_[next_].start < end; ++next_) {
      own.push_back({comments_[next_].start - root.start, comments_[next_].end - root.start});
    }
    auto unit = std::make_shared<Unit>();
    std::vector<NodeData> nodes;
    flatten(id, root.start, size, nodes);
    if (body != 0) cut_at(end - root.start, nodes);
    unit->ast = Ast(std::string(text_.substr(root.start, end - root.start)), std::move(nodes), std::move(own));
    unit->is_class_header = body != 0;
    const bool defines = is_definition(*unit);
    list_.units.push_back({std::move(unit), root.start, level, kNew, defines});
  }

  // Those before `end` stand between units.
  void pass_comments(std::uint32_t end) {
    for (; next_ < comments_.size() && comments_[next_].start < end; ++next_)
      list_.comments.push_back(comments_[next_]);
  }

  // Into preorder. `size`: of how many nodes, if that is known.
  void flatten(RawId root, std::uint32_t base, std::size_t size, std::vector<NodeData>& into) {
    open_.clear();
    into.resize(std::max<std::size_t>(size, 8));
    std::uint32_t parent = 0;
    std::uint32_t count = 0;
    for (RawId id = root; id != 0;) {
      if (count == into.size()) into.resize(2 * into.size());
      const RawNode& node = nodes_[id];
      NodeData& data = into[count];
      data.kind = node.kind;
      data.field = node.field;
      data.is_async = node.is_async;
      data.start = node.start - base;
      data.end = node.end - base;
      data.parent = parent;
      data.after = ++count;
      id = id == root ? 0 : node.next;
      if (node.first != 0) {
        open_.push_back({id, parent});
        if (open_.size() + 2 > kMaxDepth) is_too_deep_ = true;
        parent = count - 1;
        id = node.first;
      }
      while (id == 0 && !open_.empty()) {
        into[parent].after = count;
        id = open_.back().next;
        parent = open_.back().parent;
        open_.pop_back();
      }
    }
    into.resize(count);
    into.front().field = Field::none;
  }

  // A class's header ends where its body begins.
  static void cut_at(std::uint32_t end, std::vector<NodeData>& nodes) {
    for (NodeData& node : nodes) {
      node.start = std::min(node.start, end);
      node.end = std::min(node.end, end);
    }
  }

  std::string_view text_;
  const std::vector<text::Span>& comments_;
  std::size_t next_ = 0;  // of comments_
  RawNodes& nodes_;
  QuickReader reader_;
  TreeUnits& list_;
  bool is_too_deep_ = false;
  std::vector<Open> open_;
};

constexpr std::size_t kMaxKept = 100'000;  // tokens

}  // namespace

QuickParser& QuickParser::of_this_thread() {
  thread_local QuickParser parser;
  return parser;
}

bool QuickParser::read(std::string_view text, TreeUnits& units) {
  if (tokens_.tokens.capacity() > kMaxKept) *this = {};
  return read_tokens(text, tokens_) && QuickSplitter(text, tokens_, nodes_, units).run();
}

std::size_t QuickParser::read_piece(std::string_view text, TreeUnits& units) {
  if (tokens_.tokens.capacity() > kMaxKept) *this = {};
  const std::size_t end = read_tokens_of_piece(text, tokens_);
  return end != 0 && QuickSplitter(text.substr(0, end), tokens_, nodes_, units).run() ? end : 0;
}

}  // namespace surefoot::syntax
