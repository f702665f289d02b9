#include "analysis/syntax/quick_words.hpp"

#include <algorithm>
#include <cstring>

#include "analysis/syntax/quick_tokens.hpp"
#include "analysis/text/utf8.hpp"

namespace surefoot::syntax {

bool has_odd_bytes(std::string_view text) {
  for (const char c : {'\r', '\f', '\v', '\0'}) {
    if (std::memchr(text.data(), c, text.size()) != nullptr) return true;
  }
  return text::first_invalid_utf8(text) != std::string_view::npos;
}

bool is_keyword(std::uint64_t word) {
  switch (word) {
    case packed("False"):
    case packed("None"):
    case packed("True"):
    case packed("and"):
    case packed("as"):
    case packed("assert"):
    case packed("async"):
    case packed("await"):
    case packed("break"):
    case packed("class"):
    case packed("continue"):
    case packed("def"):
    case packed("del"):
    case packed("elif"):
    case packed("else"):
    case packed("except"):
    case packed("finally"):
    case packed("for"):
    case packed("from"):
    case packed("global"):
    case packed("if"):
    case packed("import"):
    case packed("in"):
    case packed("is"):
    case packed("lambda"):
    case packed("nonlocal"):
    case packed("not"):
    case packed("or"):
    case packed("pass"):
    case packed("raise"):
    case packed("return"):
    case packed("try"):
    case packed("while"):
    case packed("with"):
    case packed("yield"):
      return true;
    default:
      return false;
  }
}

bool is_string_prefix(std::string_view word) {
  const auto is_one_of = [&](std::string_view letters) { return letters.find(word.front()) != std::string_view::npos; };
  if (word.size() == 1) return is_one_of("bBrRuUfF");
  const auto lower = [](char c) { return static_cast<char>(c | 0x20); };
  const bool first_is_raw = lower(word.front()) == 'r';
  const char other = lower(first_is_raw ? word.back() : word.front());
  return word.size() == 2 && (first_is_raw || lower(word.back()) == 'r') && (other == 'b' || other == 'f');
}

namespace {

class NumberScanner {
 public:
  NumberScanner(std::string_view text, std::size_t start) : text_(text), at_(start) {}

  ScannedNumber run() {
    const std::size_t start = at_;
    const bool read = has_base() ? digits_of_base() : decimal();
    return read && ends_here() ? ScannedNumber{at_, is_float_} : ScannedNumber{start, false};
  }

 private:
  char at(std::size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  bool is(char lower) const { return (at(at_) | 0x20) == lower; }

  bool has_base() const {
    const char next = at(at_ + 1);
    if (text_[at_] != '0' || class_of(next) != Char::letter || next == '_') return false;
    return (next | 0x20) != 'e' && (next | 0x20) != 'j';
  }

  bool digits_of_base() {
    const int base = at(at_ + 1) | 0x20;
    const std::string_view letters = base == 'x'   ? "0123456789abcdefABCDEF_"
                                     : base == 'o' ? "01234567_"
                                     : base == 'b' ? "01_"
                                                   : "";
    const std::size_t end = std::min(text_.find_first_not_of(letters, at_ + 2), text_.size());
    if (end == at_ + 2) return false;
    at_ = end;
    return true;
  }

  bool decimal() {
    digits();
    if (at(at_) == '.') {
      is_float_ = true;
      ++at_;
      if (at(at_) == '_') return false;
      digits();
    }
    if (is('e')) {
      is_float_ = true;
      ++at_;
      if (at(at_) == '+' || at(at_) == '-') ++at_;
      if (class_of(at(at_)) != Char::digit) return false;
      digits();
    }
    if (is('j')) ++at_;
    return true;
  }

  void digits() {
    while (class_of(at(at_)) == Char::digit || (at(at_) == '_' && class_of(at(at_ + 1)) == Char::digit)) ++at_;
  }

  // Nothing stands at it that would make it another thing.
  bool ends_here() const {
    const char next = at(at_);
    const bool goes_on = is_word(next) || (next & 0x80) != 0 || class_of(next) == Char::quote || next == '.';
    return text_[at_ - 1] != '_' && !goes_on;
  }

  std::string_view text_;
  std::size_t at_;
  bool is_float_ = false;
};

}  // namespace

ScannedNumber scan_number(std::string_view text, std::size_t start) { return NumberScanner(text, start).run(); }

}  // namespace surefoot::syntax
