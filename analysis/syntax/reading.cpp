// From a text to its tree, mended where that is needed.

#include <algorithm>
#include <utility>

#include "analysis/syntax/tree.hpp"

namespace surefoot::syntax {
namespace {

// The edit between two texts, as one.
TreeEdit difference(const text::SourceText& before, const text::SourceText& after) {
  const std::string_view a = before.bytes();
  const std::string_view b = after.bytes();
  const std::size_t shorter = std::min(a.size(), b.size());
  const auto start =
      static_cast<std::size_t>(std::mismatch(a.begin(), a.begin() + shorter, b.begin()).first - a.begin());
  std::size_t same = 0;  // bytes at the end
  while (same < shorter - start && a[a.size() - 1 - same] == b[b.size() - 1 - same]) ++same;
  const text::Span span{static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(a.size() - same)};
  return {before, after, {span, std::string(b.substr(start, b.size() - same - start))}};
}

}  // namespace

class Reading {
 public:
  Reading(const text::SourceText& text, const std::stop_token& stop) : text_(text), stop_(stop) {}

  Tree from_scratch() {
    if (Tree tree = parser().parse_clean(text_.bytes(), stop_)) return tree;
    MendOptions options;
    options.is_broken = true;
    return mended(std::move(options), nullptr, text_);
  }

  Tree after(const Tree& old, const std::vector<TreeEdit>& edits) {
    MendOptions options{{}, old.known_.get()};
    options.is_broken = !old.has_error();
    if (options.is_broken) {
      const auto change = old.mended_ ? std::vector{difference(old.mended_->text, text_)} : edits;
      if (Tree tree = parser().reparse_clean(old, change, text_.bytes(), stop_)) {
        tree.known_ = old.known_;
        return tree;
      }
    }
    return mended(std::move(options), &old, edits.front().before);
  }

  Tree with_suspects(const Tree& old, const std::vector<std::uint32_t>& suspects) {
    return mended({suspects, old.known_.get()}, &old, text_);
  }

 private:
  static Parser& parser() { return Parser::of_this_thread(); }

  // `old`, when not null, is the tree of an earlier text: of `before`, unless that was mended.
  Tree mended(MendOptions options, const Tree* old, const text::SourceText& before) {
    for (const bool is_careful : {false, true}) {
      options.is_careful = is_careful;
      const auto mended = std::make_shared<const Mended>(mend(text_, options, stop_));
      Tree tree = parsed(mended->text, old, before);
      if (stop_.stop_requested()) return {};
      // How tree-sitter recovers from errors must not depend on what it reuses.
      if (!tree && is_careful) tree = parser().parse(mended->text.bytes(), stop_);
      if (!tree) continue;
      tree.known_ = mended->known;
      tree.mended_ = mended;
      return tree;
    }
    return {};
  }

  Tree parsed(const text::SourceText& text, const Tree* old, const text::SourceText& before) {
    if (old == nullptr || old->has_error()) return parser().parse_clean(text.bytes(), stop_);
    const text::SourceText& old_text = old->mended_ ? old->mended_->text : before;
    return parser().reparse_clean(*old, {difference(old_text, text)}, text.bytes(), stop_);
  }

  const text::SourceText& text_;
  const std::stop_token& stop_;
};

Tree read(const text::SourceText& text, const std::stop_token& stop) { return Reading(text, stop).from_scratch(); }

Tree read_next(const Tree& old, const std::vector<TreeEdit>& edits, const text::SourceText& text,
               const std::stop_token& stop) {
  return edits.empty() ? old : Reading(text, stop).after(old, edits);
}

Tree read_suspects(const Tree& old, const text::SourceText& text, const std::vector<std::uint32_t>& suspects) {
  const std::stop_token stop;
  return Reading(text, stop).with_suspects(old, suspects);
}

}  // namespace surefoot::syntax
