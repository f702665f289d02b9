#include "analysis/syntax/logical_lines.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "analysis/syntax/line_words.hpp"

namespace surefoot::syntax {
namespace {

// What is open at a point of a logical line.
struct Open {
  enum class What : std::uint8_t { bracket, string, field, format };  // `format`: behind the colon of a `field`

  What what = What::bracket;
  char closer = ')';  // a quote for `string`
  bool is_triple = false;
  bool has_fields = false;  // `{…}` in it is code
};

// Characters that mean something in code.
constexpr std::array<bool, 256> kMarks = [] {
  std::array<bool, 256> marks{};
  for (const char c : std::string_view("#\\\n'\"()[]{}:")) marks[static_cast<unsigned char>(c)] = true;
  return marks;
}();

// Reads one logical line.
class Reader {
 public:
  Reader(std::string_view text, std::uint32_t at, std::uint32_t stop) : text_(text), at_(at), start_(at), stop_(stop) {}

  // True when everything that was opened is closed at the end.
  bool run() {
    while (at_ < stop_ && !is_done_ && !has_failed_) {
      const Open::What top = open_.empty() ? Open::What::bracket : open_.back().what;
      top == Open::What::string || top == Open::What::format ? in_string() : in_code();
    }
    return !has_failed_ && open_.empty();
  }

  std::uint32_t at() const { return at_; }

 private:
  void in_code() {
    while (at_ < stop_ && !kMarks[static_cast<unsigned char>(text_[at_])]) ++at_;
    if (at_ >= stop_) return;
    switch (text_[at_]) {
      case '#':
        at_ = std::min(line_end(text_, at_), stop_);
        return;
      case '\\':
        return skip_escaped();
      case '\n':
        return line_break();
      case '\'':
      case '"':
        return open_string();
      case '(':
        return open({Open::What::bracket, ')'});
      case '[':
        return open({Open::What::bracket, ']'});
      case '{':
        return open({Open::What::bracket, '}'});
      case ':':
        if (!open_.empty() && open_.back().what == Open::What::field) {
          return open({Open::What::format, '}', open_.back().is_triple, true});
        }
        ++at_;
        return;
      default:
        return close();
    }
  }

  void line_break() {
    if (open_.empty()) {
      is_done_ = true;
      return;
    }
    ++at_;
    const std::uint32_t code = code_start(text_, at_).start;
    const bool in_bracket = open_.back().what == Open::What::bracket;
    if (in_bracket && code < stop_ && must_start_statement(text_.substr(code))) {
      --at_;
      has_failed_ = true;
    }
  }

  void open(Open what) {
    open_.push_back(what);
    ++at_;
  }

  // A bracket too many stays for the parser to judge: the line ends where it would without it.
  void close() {
    const char closer = text_[at_];
    if (open_.empty()) {
      ++at_;
    } else if (open_.back().closer == closer) {
      open_.pop_back();
      ++at_;
    } else {
      has_failed_ = true;
    }
  }

  void open_string() {
    const char quote = text_[at_];
    const bool has_fields = has_format_prefix();
    const bool is_triple = text_.substr(at_, 3) == std::string(3, quote);
    if (is_triple) at_ += 2;
    open({Open::What::string, quote, is_triple, has_fields});
  }

  // True behind `f`, `rf`, `T` …, but not behind a word that ends in such a letter.
  bool has_format_prefix() const {
    bool found = false;
    std::uint32_t size = 0;
    for (; size < at_ - start_ && is_name(text_[at_ - size - 1]); ++size) {
      const char c = static_cast<char>(text_[at_ - size - 1] | 0x20);
      if (size == 2 || std::string_view("rbfut").find(c) == std::string_view::npos) return false;
      found = found || c == 'f' || c == 't';
    }
    return found;
  }

  void in_string() {
    const Open top = open_.back();
    const char c = text_[at_];
    if (c == '\\') return top.has_fields && text_.substr(at_ + 1, 1) == "{" ? skip(1) : skip_escaped();
    if (c == '\n' && !top.is_triple) {
      has_failed_ = true;
    } else if (top.what == Open::What::format) {
      in_format(c);
    } else if (c == top.closer) {
      close_string(top);
    } else if (top.has_fields && c == '{') {
      const bool is_doubled = at_ + 1 < stop_ && text_[at_ + 1] == '{';
      is_doubled ? skip(2) : open({Open::What::field, '}', top.is_triple, false});
    } else {
      ++at_;
    }
  }

  void in_format(char c) {
    if (c == '{') return open({Open::What::field, '}', open_.back().is_triple, false});
    if (c == '}') open_.resize(open_.size() - 2);  // the field goes with it
    ++at_;
  }

  void close_string(const Open& top) {
    if (top.is_triple && text_.substr(at_, 3) != std::string(3, top.closer)) return skip(1);
    open_.pop_back();
    skip(top.is_triple ? 3 : 1);
  }

  // A backslash and what it speaks of, which may be a line's end.
  void skip_escaped() {
    const bool carriage = text_.substr(at_ + 1, 2) == "\r\n";
    skip(carriage ? 3 : 2);
  }

  void skip(std::uint32_t count) { at_ = std::min(at_ + count, stop_); }

  std::string_view text_;
  std::uint32_t at_;
  std::uint32_t start_;
  std::uint32_t stop_;
  std::vector<Open> open_;
  bool is_done_ = false;
  bool has_failed_ = false;
};

std::uint32_t without_space(std::string_view text, text::Span span) {
  while (span.end > span.start && std::string_view(" \t\r\n\f").find(text[span.end - 1]) != std::string_view::npos) {
    --span.end;
  }
  return span.end;
}

bool is_closer(char c) { return c == ')' || c == ']' || c == '}'; }

bool starts_block(LineKind kind) { return kind != LineKind::simple && kind != LineKind::decorator; }

}  // namespace

std::uint32_t LogicalLines::line_after(std::uint32_t offset) const {
  return std::min(line_end(text_, offset) + 1, static_cast<std::uint32_t>(text_.size()));
}

std::optional<LogicalLine> LogicalLines::next(std::uint32_t from) {
  LineStart code = code_start(text_, from);
  while (is_bare(text_, code.start)) {
    if (code.start >= text_.size()) return std::nullopt;
    from = line_after(code.start);
    if (from >= text_.size()) return std::nullopt;
    code = code_start(text_, from);
  }
  LogicalLine line{from, {code.start, code.start}, code.indent, kind_of(text_.substr(code.start)), false};
  const auto rest = static_cast<std::uint32_t>(text_.size() - code.start);
  const auto allowed = static_cast<std::uint32_t>(std::min<std::size_t>(budget_, rest));
  Reader reader(text_, code.start, code.start + allowed);
  line.is_closed = reader.run() && (allowed == rest || reader.at() < code.start + allowed);
  line.span.end = line.is_closed ? reader.at() : line_end(text_, reader.at());
  line.span.end = without_space(text_, line.span);
  budget_ -= reader.at() - code.start;
  return line;
}

LogicalLine LogicalLines::cut(const LogicalLine& line) const {
  LogicalLine result = line;
  result.is_closed = false;
  const bool is_whole = line.is_closed && !may_swallow(line);
  const auto stop = is_whole ? line.span.end : static_cast<std::uint32_t>(text_.size());
  std::uint32_t end = std::min(line_end(text_, line.span.start), stop);
  for (std::uint32_t at = end + 1; at < stop; at = line_end(text_, at) + 1) {
    const LineStart code = code_start(text_, at);
    if (is_bare(text_, code.start)) continue;
    const std::string_view rest = text_.substr(code.start);
    const std::string_view before = text_.substr(line.span.start, end - line.span.start);
    const std::string_view last = before.substr(before.rfind('\n') + 1);
    const bool is_behind_colon = starts_block(line.kind) && ends_in(last, ":");
    const bool is_definition = line.kind == LineKind::function || line.kind == LineKind::class_;
    const bool is_body = is_definition && !ends_in(last, ",([{=|") && !is_closer(rest.front());
    const bool is_outside = code.indent <= line.indent && !is_closer(rest.front());
    if (!is_whole && (is_outside || is_behind_colon || is_body || must_start_statement(rest))) break;
    end = std::min(line_end(text_, at), stop);
  }
  result.span.end = without_space(text_, {line.span.start, end});
  return result;
}

bool LogicalLines::may_swallow(const LogicalLine& line) const {
  for (std::uint32_t at = line_end(text_, line.span.start) + 1; at < line.span.end; at = line_end(text_, at) + 1) {
    const LineStart code = code_start(text_, at);
    if (code.indent <= line.indent && looks_like_definition(text_.substr(code.start))) return true;
  }
  return false;
}

}  // namespace surefoot::syntax
