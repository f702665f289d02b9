#include "analysis/syntax/units.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/syntax/pieces.hpp"
#include "analysis/syntax/quick_parser.hpp"
#include "analysis/syntax/quick_words.hpp"
#include "analysis/syntax/split_tree.hpp"

namespace surefoot::syntax {
namespace {

constexpr std::size_t kWindow = 32;

// How many bytes two texts have in common at their beginnings.
std::size_t common_prefix(std::string_view a, std::string_view b) {
  constexpr std::size_t kStep = 4096;
  const std::size_t size = std::min(a.size(), b.size());
  std::size_t same = 0;
  while (same + kStep <= size && std::memcmp(a.data() + same, b.data() + same, kStep) == 0) same += kStep;
  while (same < size && a[same] == b[same]) ++same;
  return same;
}

// And at their ends.
std::size_t common_suffix(std::string_view a, std::string_view b) {
  constexpr std::size_t kStep = 4096;
  const std::size_t size = std::min(a.size(), b.size());
  const auto from_end = [](std::string_view text, std::size_t count) { return text.data() + text.size() - count; };
  std::size_t same = 0;
  while (same + kStep <= size && std::memcmp(from_end(a, same + kStep), from_end(b, same + kStep), kStep) == 0) {
    same += kStep;
  }
  while (same < size && *from_end(a, same + 1) == *from_end(b, same + 1)) ++same;
  return same;
}

// The edit between two texts, as one.
TreeEdit difference(const text::SourceText& before, const text::SourceText& after) {
  const std::size_t start = common_prefix(before.bytes(), after.bytes());
  const std::string_view rest = after.bytes().substr(start);
  const std::size_t same = common_suffix(before.bytes().substr(start), rest);
  const text::Span span{static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(before.size() - same)};
  return {before, after, {span, std::string(rest.substr(0, rest.size() - same))}};
}

class Reader {
 public:
  Reader(const text::SourceText& text, const ReadUnits* previous, const std::stop_token& stop)
      : text_(text.bytes()), stop_(stop), known_(previous == nullptr ? nullptr : &previous->list) {
    if (previous == nullptr) {
      is_plain_ = !has_odd_bytes(text_);
      return;
    }
    old_ = &previous->list;
    old_text_ = previous->text.bytes();
  }

  UnitList run() {
    std::size_t at = 0;
    std::size_t same_behind = text_.size();  // from there on, the text is as it was
    if (old_ != nullptr) {
      list_.units.reserve(old_->units.size() + 4);
      list_.pieces.reserve(old_->pieces.size() + 4);
      const std::size_t prefix = common_prefix(text_, old_text_);
      same_behind -= common_suffix(text_.substr(prefix), old_text_.substr(prefix));
      at = keep_pieces_before(prefix);
    }
    while (at < text_.size() && !stop_.stop_requested()) {
      if (at >= same_behind && keep_pieces_from(at)) break;
      at = add_piece(at);
    }
    return std::move(list_);
  }

 private:
  // The pieces whose ends nothing behind `prefix` decides. Gives the end of the last one.
  std::size_t keep_pieces_before(std::size_t prefix) {
    std::size_t count = 0;
    std::size_t end = 0;
    for (const Piece& piece : old_->pieces) {
      if (piece.offset + piece.size + kPieceLookahead > prefix) break;
      end = piece.offset + piece.size;
      ++count;
    }
    keep(0, count, 0);
    return end;
  }

  // All pieces from the one on that began at this place, if one did: the text behind it is as it was.
  bool keep_pieces_from(std::size_t at) {
    const std::size_t from_end = text_.size() - at;
    if (old_ == nullptr || from_end > old_text_.size()) return false;
    const std::size_t old = old_text_.size() - from_end;
    const auto& pieces = old_->pieces;
    const auto found = std::lower_bound(pieces.begin(), pieces.end(), old,
                                        [](const Piece& piece, std::size_t offset) { return piece.offset < offset; });
    if (found == pieces.end() || found->offset != old) return false;
    keep(static_cast<std::size_t>(found - pieces.begin()), pieces.size(), at);
    return true;
  }

  // Takes the old pieces [first, last) over, the first one to `offset`.
  void keep(std::size_t first, std::size_t last, std::size_t offset) {
    if (first == last) return;
    const Piece& start = old_->pieces[first];
    const bool all = last == old_->pieces.size();
    const std::size_t units_end = all ? old_->units.size() : old_->pieces[last].first_unit;
    const std::size_t comments_end = all ? old_->comments.size() : old_->pieces[last].first_comment;
    // Modulo 2^32 this is also right when the text shrinks.
    const std::uint32_t shift = static_cast<std::uint32_t>(offset) - start.offset;
    const std::uint32_t units = size_of(list_.units) - start.first_unit;
    const std::uint32_t comments = size_of(list_.comments) - start.first_comment;
    for (std::size_t i = first; i < last; ++i) {
      Piece& piece = list_.pieces.emplace_back(old_->pieces[i]);
      piece.offset += shift;
      piece.first_unit += units;
      piece.first_comment += comments;
    }
    for (std::size_t i = start.first_unit; i < units_end; ++i) {
      PlacedUnit& placed = list_.units.emplace_back(old_->units[i]);
      placed.offset += shift;
      placed.previous = static_cast<std::uint32_t>(i);
    }
    for (std::size_t i = start.first_comment; i < comments_end; ++i) {
      list_.comments.push_back({old_->comments[i].start + shift, old_->comments[i].end + shift});
    }
    next_piece_ = last;
    known_.pass(units_end);
  }

  // Gives the end of the piece.
  std::size_t add_piece(std::size_t start) {
    TreeUnits units;
    if (const std::size_t size = is_plain_ ? quick_.read_piece(text_.substr(start), units) : 0; size != 0) {
      begin_piece(start, size);
      add(std::move(units), static_cast<std::uint32_t>(start));
      return start + size;
    }
    const std::size_t end = piece_end(text_, start);
    add_piece(start, text_.substr(start, end - start));
    return end;
  }

  void add_piece(std::size_t start, std::string_view text) {
    if (const auto old = same_piece(text)) return keep(*old, *old + 1, start);
    begin_piece(start, text.size());
    const auto offset = static_cast<std::uint32_t>(start);
    // Needs no tree, and leaves none for the next version.
    if (TreeUnits units; old_ == nullptr && !is_plain_ && quick_.read(text, units))
      return add(std::move(units), offset);
    list_.pieces.back().trees = read_piece(text::SourceText(std::string(text)), offset);
  }

  void begin_piece(std::size_t start, std::size_t size) {
    list_.pieces.push_back({static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(size), size_of(list_.units),
                            size_of(list_.comments), nullptr});
  }

  // The old piece that reads the same, one of the next few.
  std::optional<std::size_t> same_piece(std::string_view text) const {
    if (old_ == nullptr) return std::nullopt;
    const auto& pieces = old_->pieces;
    for (std::size_t i = next_piece_; i < pieces.size() && i < next_piece_ + kWindow; ++i) {
      if (pieces[i].size == text.size() && text_of(pieces[i]) == text) return i;
    }
    return std::nullopt;
  }

  // Gives the trees when the next version will be read sooner with them.
  std::shared_ptr<const PieceTrees> read_piece(const text::SourceText& text, std::uint32_t offset) {
    PieceTrees trees;
    const Piece* before = piece_before();
    if (before != nullptr) {
      const text::SourceText old(std::string(text_of(*before)));
      trees.tree = read_next(before->trees->tree, {difference(old, text)}, text, stop_);
    } else {
      trees.tree = read(text, stop_);
    }
    if (!trees.tree) return nullptr;
    TreeUnits units = split_tree(trees.tree, text, known_, before == nullptr ? Tree() : before->trees->mended);
    trees.mended = std::move(units.mended);
    add(std::move(units), offset);
    // Where one has typed, one goes on typing. Who has no older version may never make a newer one.
    return old_ != nullptr ? std::make_shared<const PieceTrees>(std::move(trees)) : nullptr;
  }

  // The piece that this one was, when its trees are there.
  const Piece* piece_before() const {
    const bool known = old_ != nullptr && next_piece_ < old_->pieces.size();
    return known && old_->pieces[next_piece_].trees != nullptr ? &old_->pieces[next_piece_] : nullptr;
  }

  void add(TreeUnits units, std::uint32_t offset) {
    for (PlacedUnit& placed : units.units) {
      placed.offset += offset;
      list_.units.push_back(std::move(placed));
    }
    for (const text::Span comment : units.comments) {
      list_.comments.push_back({comment.start + offset, comment.end + offset});
    }
    list_.rebuilt += units.rebuilt;
  }

  std::string_view text_of(const Piece& piece) const { return old_text_.substr(piece.offset, piece.size); }

  template <class List>
  static std::uint32_t size_of(const List& list) {
    return static_cast<std::uint32_t>(list.size());
  }

  std::string_view text_;
  const std::stop_token& stop_;
  KnownUnits known_;
  QuickParser& quick_ = QuickParser::of_this_thread();
  bool is_plain_ = false;  // read for the first time, and without odd bytes
  const UnitList* old_ = nullptr;
  std::string_view old_text_;
  std::size_t next_piece_ = 0;  // the first old piece behind those that were found
  UnitList list_;
};

}  // namespace

bool is_definition(const Unit& unit) {
  const Node root = unit.ast.root();
  return unit.is_class_header || root.is(Kind::function_definition) || root.is(Kind::class_definition) ||
         root.is(Kind::decorated_definition);
}

UnitList read_units(const text::SourceText& text, const ReadUnits* previous, const std::stop_token& stop) {
  return Reader(text, previous, stop).run();
}

}  // namespace surefoot::syntax
