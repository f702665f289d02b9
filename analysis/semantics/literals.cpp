#include "analysis/semantics/literals.hpp"

#include <cctype>
#include <charconv>

namespace surefoot::semantics {

using syntax::Field;
using syntax::Kind;
using syntax::Node;

namespace {

std::string unescape(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    switch (text[++i]) {
      case 'n':
        result += '\n';
        break;
      case 't':
        result += '\t';
        break;
      case '\\':
      case '\'':
      case '"':
        result += text[i];
        break;
      default:
        result += '\\';
        result += text[i];
    }
  }
  return result;
}

std::optional<std::string> one_string(Node node) {
  const std::string_view text = node.text();
  const std::size_t quote = text.find_first_of("'\"");
  if (quote == std::string_view::npos) return std::nullopt;
  const std::string_view prefix = text.substr(0, quote);
  if (prefix.find_first_of("bBtT") != std::string_view::npos || node.child(Kind::interpolation)) return std::nullopt;
  std::string value;
  for (const Node child : node.children()) value += child.text();
  return prefix.find_first_of("rR") == std::string_view::npos ? unescape(value) : value;
}

// A reader of the few forms that annotations in strings take. Depth is bounded.
class AnnotationReader {
 public:
  AnnotationReader(std::string_view text, const std::function<TermId(AnnotationTerm)>& make)
      : text_(text), make_(make) {}

  TermId run() {
    const TermId term = either(0);
    skip_space();
    return failed_ || at_ != text_.size() ? kUnknown : term;
  }

 private:
  static constexpr int kMaxNesting = 32;

  TermId either(int depth) {
    TermId term = subscripted(depth);
    while (!failed_ && take('|')) {
      const TermId right = subscripted(depth);
      term = make_({Op::join, term, right, {}, {}});
    }
    return term;
  }

  TermId subscripted(int depth) {
    if (depth > kMaxNesting) return fail();
    TermId term = dotted();
    while (!failed_ && take('[')) {
      std::vector<TermId> arguments;
      do {
        arguments.push_back(take('[') ? skip_list() : either(depth + 1));
      } while (!failed_ && take(','));
      if (!take(']')) return fail();
      const TermId list = make_({Op::tuple, kUnknown, kUnknown, {}, std::move(arguments)});
      term = make_({Op::index, term, list, {}, {}});
    }
    return term;
  }

  TermId dotted() {
    skip_space();
    if (take('\'') || take('"')) {
      const char quote = text_[at_ - 1];
      const TermId inner = either(kMaxNesting);
      return take(quote) ? inner : fail();
    }
    const std::string_view first = identifier();
    if (first.empty()) return fail();
    if (first == "None") return make_({Op::none, kUnknown, kUnknown, {}, {}});
    TermId term = make_({Op::global, kUnknown, kUnknown, first, {}});
    while (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      const std::string_view name = identifier();
      if (name.empty()) return fail();
      term = make_({Op::attribute, term, kUnknown, name, {}});
    }
    return term;
  }

  TermId skip_list() {
    const std::size_t close = text_.find(']', at_);
    if (close == std::string_view::npos) return fail();
    at_ = close + 1;
    return kUnknown;
  }

  std::string_view identifier() {
    skip_space();
    const std::size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_' ||
                                  static_cast<unsigned char>(text_[at_]) >= 0x80)) {
      ++at_;
    }
    return text_.substr(start, at_ - start);
  }

  bool take(char wanted) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }

  TermId fail() {
    failed_ = true;
    return kUnknown;
  }

  std::string_view text_;
  const std::function<TermId(AnnotationTerm)>& make_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<std::string> literal_string(Node node) {
  if (!node) return std::nullopt;
  if (node.is(Kind::string)) return one_string(node);
  if (node.is(Kind::parenthesized_expression) || node.is(Kind::type)) return literal_string(node.first_child());
  if (!node.is(Kind::concatenated_string)) return std::nullopt;
  std::string value;
  for (const Node part : node.children()) {
    const auto text = one_string(part);
    if (!text) return std::nullopt;
    value += *text;
  }
  return value;
}

std::optional<long long> literal_int(Node node) {
  std::string digits;
  if (node.is(Kind::unary_operator)) {
    if (!node.text().starts_with('-')) return std::nullopt;
    digits = "-";
    node = node.child(Field::argument);
  }
  if (!node.is(Kind::integer)) return std::nullopt;
  for (const char c : node.text()) {
    if (c != '_') digits += c;
  }
  long long value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

TermId parse_annotation(std::string_view text, const std::function<TermId(AnnotationTerm)>& make) {
  return AnnotationReader(text, make).run();
}

}  // namespace surefoot::semantics
