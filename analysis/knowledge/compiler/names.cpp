#include "analysis/knowledge/compiler/names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace surefoot::knowledge::compiler {
namespace {

constexpr std::size_t kMaxTypeDepth = 8;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_char(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }

/// Reads `A | B`, `name[A, B]`, `name` and `...`, and writes them in normal spacing.
class TypeReader {
 public:
  TypeReader(std::string_view text, const std::function<std::string(std::string_view)>& replace, std::string& error)
      : text_(text), replace_(replace), error_(error) {}

  std::string read() {
    std::string type = read_union(0);
    if (error_.empty() && at_ != text_.size()) fail("what follows is not part of a type", at_);
    return error_.empty() ? type : std::string();
  }

 private:
  std::string read_union(std::size_t depth) {
    std::string type = read_one(depth);
    while (error_.empty() && take('|')) type += " | " + read_one(depth);
    return type;
  }

  std::string read_one(std::size_t depth) {
    if (depth > kMaxTypeDepth) return fail("it is nested too deeply", at_);
    std::string type = read_name();
    if (!error_.empty() || !take('[')) return type;
    type += '[' + read_union(depth + 1);
    while (error_.empty() && take(',')) type += ", " + read_union(depth + 1);
    if (error_.empty() && !take(']')) return fail("a `]` is missing", at_);
    return type + ']';
  }

  std::string read_name() {
    skip_spaces();
    const std::size_t start = at_;
    const bool variable = at_ < text_.size() && text_[at_] == '$';  // `$0`: an argument of the receiver's type
    if (variable) ++at_;
    while (at_ < text_.size() && (is_name_char(text_[at_]) || text_[at_] == '.')) ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    skip_spaces();
    if (name == "...") return std::string(name);
    if (variable && name.size() == 2 && name[1] >= '0' && name[1] <= '9') return std::string(name);
    if (!is_dotted_name(name)) return fail("a type name is expected", start);
    if (is_builtin_type(name)) return std::string(name);
    if (name.find('.') == std::string_view::npos) {
      return fail("`" + std::string(name) + "` is no builtin type; write its qualified name", start);
    }
    return replace_(name);
  }

  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    skip_spaces();
    return true;
  }

  std::string fail(const std::string& why, std::size_t where) {
    if (error_.empty()) error_ = why + " (character " + std::to_string(where + 1) + ")";
    return {};
  }

  std::string_view text_;
  const std::function<std::string(std::string_view)>& replace_;
  std::string& error_;
  std::size_t at_ = 0;
};

}  // namespace

bool is_identifier(std::string_view name) {
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), is_name_char);
}

bool is_dotted_name(std::string_view name) {
  for (;;) {
    const std::size_t dot = name.find('.');
    if (!is_identifier(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool is_wildcard(std::string_view name) {
  return name.size() > 2 && name.ends_with(".*") && is_dotted_name(name.substr(0, name.size() - 2));
}

std::string_view top_level(std::string_view name) { return name.substr(0, name.find('.')); }

bool is_under(std::string_view name, std::string_view prefix) {
  return name.starts_with(prefix) && (name.size() == prefix.size() || name[prefix.size()] == '.');
}

bool is_builtin_type(std::string_view name) {
  static constexpr std::array<std::string_view, 19> kNames{
      "None",   "bool",  "bytearray",  "bytes", "complex", "dict", "float", "frozenset", "int",          "list",
      "object", "range", "memoryview", "set",   "slice",   "str",  "tuple", "type",      "BaseException"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::string map_type(std::string_view expression, const std::function<std::string(std::string_view)>& replace,
                     std::string& error) {
  return TypeReader(expression, replace, error).read();
}

}  // namespace surefoot::knowledge::compiler
