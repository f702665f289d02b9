#include "analysis/syntax/masks.hpp"

#include <algorithm>
#include <initializer_list>

#include "analysis/syntax/line_words.hpp"
#include "analysis/text/words.hpp"

namespace surefoot::syntax {
namespace {

bool starts_with_word(std::string_view code, std::string_view word) {
  return code.starts_with(word) && (code.size() == word.size() || !is_name(code[word.size()]));
}

// White space, its line ends kept.
Mask blank_mask(std::string_view text, text::Span span) {
  Mask mask{span, std::string(text.substr(span.start, span.size()))};
  for (char& c : mask.content) {
    if (c != '\n' && c != '\r') c = ' ';
  }
  return mask;
}

// Where a definition's name starts and ends; both are 0 where the header does not come as far.
text::Span name_of(std::string_view text, text::Span header) {
  std::uint32_t at = header.start;
  text::Span word{at, at};
  for (int words = 0; words < 3; ++words) {  // `async`, `def` or `class`, the name
    while (at < header.end && (text[at] == ' ' || text[at] == '\t')) ++at;
    const std::uint32_t start = at;
    while (at < header.end && is_name(text[at])) ++at;
    const std::string_view before = text.substr(word.start, word.size());
    if (before == "def" || before == "class") return {start, at};
    word = {start, at};
  }
  return {};
}

class Masker {
 public:
  Masker(std::string_view text, const std::vector<JudgedLine>& lines) : text_(text), lines_(lines) {}

  std::vector<Mask> run() {
    kept_.resize(lines_.size(), true);
    has_match_.resize(lines_.size(), false);
    for (std::size_t i = 0; i < lines_.size();) i = visit(i);
    decorators();
    stray_lines();
    std::sort(masks_.begin(), masks_.end(), [](const Mask& a, const Mask& b) { return a.span < b.span; });
    std::vector<Mask> result;
    for (Mask& mask : masks_) {
      const std::uint32_t end = result.empty() ? 0 : result.back().span.end;
      if (mask.span.start < end) continue;
      if (result.empty() || mask.span.start > end) {
        result.push_back(std::move(mask));
      } else {  // two names side by side are one
        result.back().span.end = mask.span.end;
        result.back().content += mask.content;
      }
    }
    return result;
  }

 private:
  // What stands before a line in its block, by their indentation.
  struct Before {
    std::uint32_t indent;
    std::string_view word;  // the first one of a statement or clause that a clause may follow; else empty
  };

  const LogicalLine& line(std::size_t i) const { return lines_[i].line; }
  std::string_view code(std::size_t i) const { return text_.substr(line(i).span.start, line(i).span.size()); }
  bool has_body(std::size_t i) const { return i + 1 < lines_.size() && line(i + 1).indent > line(i).indent; }

  // One past the last line of the block below this one.
  std::size_t body_end(std::size_t i) const {
    std::size_t end = i + 1;
    while (end < lines_.size() && line(end).indent > line(i).indent) ++end;
    return end;
  }

  std::string_view first_of(std::size_t i, std::initializer_list<std::string_view> words) const {
    for (const std::string_view word : words) {
      if (starts_with_word(code(i), word)) return word;
    }
    return {};
  }

  // Returns the line to go on with.
  std::size_t visit(std::size_t i) {
    while (!before_.empty() && before_.back().indent > line(i).indent) before_.pop_back();
    if (before_.empty() || before_.back().indent < line(i).indent) before_.push_back({line(i).indent, {}});
    const std::string_view previous = before_.back().word;
    before_.back().word = {};
    switch (line(i).kind) {
      case LineKind::function:
      case LineKind::class_:
        return definition(i);
      case LineKind::clause:
        return clause(i, previous);
      case LineKind::block:
        return block(i);
      case LineKind::match:
        return match(i);
      case LineKind::decorator:
        kept_[i] = !lines_[i].is_broken;
        if (lines_[i].is_broken) masks_.push_back(blank_mask(text_, line(i).span));
        return i + 1;
      case LineKind::case_:
        if (lines_[i].is_broken || !has_match_[i]) masks_.push_back(name_mask(line(i).span));
        return i + 1;
      default:
        if (lines_[i].is_broken) masks_.push_back(name_mask(line(i).span));
        return i + 1;
    }
  }

  // The header keeps its name, so that what it defines is still there. Without room for that the whole is masked.
  std::size_t definition(std::size_t i) {
    if (!lines_[i].is_broken) return i + 1;
    const bool is_class = line(i).kind == LineKind::class_;
    const text::Span name = name_of(text_, line(i).span);
    const std::string rest = std::string(name.empty() ? " _" : "") + (is_class ? ":" : "():");
    if (has_body(i) && name.end != 0 && replace({name.end, line(i).span.end}, rest, i)) return i + 1;
    const std::size_t behind = body_end(i);
    std::fill(kept_.begin() + static_cast<std::ptrdiff_t>(i), kept_.begin() + static_cast<std::ptrdiff_t>(behind),
              false);
    masks_.push_back(name_mask({line(i).span.start, line(behind - 1).span.end}));
    return behind;
  }

  std::size_t block(std::size_t i) {
    before_.back().word = first_of(i, {"if", "try", "for", "while", "with", "async"});
    if (!lines_[i].is_broken) return i + 1;
    if (has_body(i) && replace(line(i).span, "if _:", i)) {
      before_.back().word = "if";
      return i + 1;
    }
    before_.back().word = {};
    masks_.push_back(name_mask(line(i).span));  // lines that are too deep count as part of the block around them
    return i + 1;
  }

  static bool may_follow(std::string_view clause, std::string_view previous) {
    static const text::Words kBeforeElse("if elif for while async try except");
    if (clause == "elif") return previous == "if" || previous == "elif";
    if (clause == "else") return kBeforeElse.contain(previous);
    if (clause == "except") return previous == "try" || previous == "except";
    return previous == "try" || previous == "except" || previous == "else";
  }

  // A clause that cannot be read joins its block to the one before it.
  std::size_t clause(std::size_t i, std::string_view previous) {
    const std::string_view word = first_of(i, {"elif", "else", "except", "finally"});
    if (!may_follow(word, previous)) {
      masks_.push_back(name_mask(line(i).span));
      return i + 1;
    }
    before_.back().word = word;
    if (!lines_[i].is_broken) return i + 1;
    if (has_body(i) && replace(line(i).span, word == "elif" ? "elif _:" : std::string(word) + ":", i)) return i + 1;
    before_.back().word = previous;
    masks_.push_back(blank_mask(text_, line(i).span));
    return i + 1;
  }

  // In a `match` stands nothing but cases; where one is lost, all are.
  std::size_t match(std::size_t i) {
    const std::size_t end = body_end(i);
    const auto is_direct = [&](std::size_t j) { return line(j).indent <= line(i + 1).indent; };
    bool is_right = !lines_[i].is_broken;
    for (std::size_t j = i + 1; j < end; ++j) {
      if (is_direct(j)) is_right = is_right && line(j).kind == LineKind::case_ && !lines_[j].is_broken;
    }
    if (!is_right) masks_.push_back(name_mask(line(i).span));
    for (std::size_t j = i + 1; is_right && j < end; ++j) has_match_[j] = has_match_[j] || is_direct(j);
    return i + 1;
  }

  // Decorators whose definition is gone go too.
  void decorators() {
    for (std::size_t i = lines_.size(); i-- > 0;) {
      if (line(i).kind != LineKind::decorator || !kept_[i]) continue;
      std::size_t next = i + 1;
      while (next < lines_.size() && line(next).kind == LineKind::decorator && line(next).indent == line(i).indent) {
        ++next;
      }
      const bool has_definition =
          next < lines_.size() && line(next).indent == line(i).indent && kept_[next] && defines(line(next).kind);
      if (!has_definition) masks_.push_back(blank_mask(text_, line(i).span));
    }
  }

  static bool defines(LineKind kind) { return kind == LineKind::function || kind == LineKind::class_; }

  // Where the first statement of a definition is indented deeper than the second, the grammar would end the definition
  // there. A statement before it, in its own white space, shows where the block is.
  void stray_lines() {
    for (std::size_t i = 0; i + 2 < lines_.size(); ++i) {
      if (!defines(line(i).kind) || !kept_[i] || !has_body(i)) continue;
      const LogicalLine& second = line(i + 2);
      const bool is_method = defines(second.kind) || second.kind == LineKind::decorator;
      if (line(i).kind == LineKind::function && is_method) continue;  // one that is not indented deep enough
      if (second.indent < line(i + 1).indent && second.indent > line(i).indent) move_out(i + 1, second.indent);
    }
  }

  void move_out(std::size_t i, std::uint32_t indent) {
    const auto indent_at = [&](std::uint32_t at) { return code_start(text_.substr(0, at), line(i).line_start).indent; };
    std::uint32_t at = line(i).line_start;
    while (at < line(i).span.start && indent_at(at) < indent) ++at;
    if (line(i).kind != LineKind::simple || indent_at(at) != indent) return;
    if (!lines_[i].is_broken && line(i).span.start - at >= 2) {
      masks_.push_back({{at, at + 2}, "_;"});
    } else {
      masks_.push_back(name_mask({at, lines_[i].is_broken ? line(i).span.start : line(i).span.end}));
    }
  }

  // Masks a header, or the rest of one, of the block below line `i`. Where there is no room it takes some from the
  // white space behind it, as long as the block stays indented: its first line alone moves, which the grammar allows.
  bool replace(text::Span span, std::string_view content, std::size_t i) {
    if (span.size() < content.size()) {
      span.end = static_cast<std::uint32_t>(std::min(text_.find_first_not_of(" \t\r\n\f", span.end), text_.size()));
      if (span.size() <= content.size()) return false;
      const std::uint32_t tail = span.end - (span.size() - static_cast<std::uint32_t>(content.size()) - 1);
      const std::string line = "\n" + std::string(text_.substr(tail, span.end - tail));
      const std::uint32_t indent = code_start(line, static_cast<std::uint32_t>(line.rfind('\n') + 1)).indent;
      if (indent <= this->line(i).indent && !is_bare(text_, span.end)) return false;
      masks_.push_back({span, std::string(content) + line});
      return true;
    }
    Mask mask = blank_mask(text_, span);
    std::copy(content.begin(), content.end(), mask.content.begin());
    masks_.push_back(std::move(mask));
    return true;
  }

  std::string_view text_;
  const std::vector<JudgedLine>& lines_;
  std::vector<bool> kept_;       // false: the line is masked as a whole
  std::vector<bool> has_match_;  // of a `case`
  std::vector<Before> before_;
  std::vector<Mask> masks_;
};

}  // namespace

Mask name_mask(text::Span span) { return {span, std::string(span.size(), '_')}; }

std::vector<Mask> mask_lines(std::string_view text, const std::vector<JudgedLine>& lines) {
  return Masker(text, lines).run();
}

}  // namespace surefoot::syntax
