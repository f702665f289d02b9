#include "server/workspace/python_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <utility>

#include "analysis/text/byte_set.hpp"
#include "analysis/text/utf8.hpp"

namespace surefoot::server {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlank = " \t\f";

std::string_view first_line(std::string_view& bytes) {
  const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end);
  if (bytes.starts_with("\r\n")) {
    bytes.remove_prefix(2);
  } else if (!bytes.empty()) {
    bytes.remove_prefix(1);
  }
  return line;
}

bool is_encoding_letter(char each) {
  return std::isalnum(static_cast<unsigned char>(each)) != 0 || each == '-' || each == '_' || each == '.';
}

/// PEP 263: `^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`.
std::string_view encoding_in(std::string_view line) {
  const std::size_t hash = line.find_first_not_of(kBlank);
  if (hash == std::string_view::npos || line[hash] != '#') return {};
  for (std::size_t at = line.find("coding", hash); at != std::string_view::npos; at = line.find("coding", at + 1)) {
    std::string_view rest = line.substr(at + 6);
    if (rest.empty() || (rest.front() != ':' && rest.front() != '=')) continue;
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_encoding_letter);
    if (end != rest.begin()) return rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  }
  return {};
}

bool is_utf8(std::string_view encoding) {
  return encoding == "utf-8" || encoding == "utf8" || encoding.starts_with("utf-8-") || encoding == "u8";
}

std::uint64_t line_at(std::string_view bytes, std::size_t offset) {
  return static_cast<std::uint64_t>(
             std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(offset), '\n')) +
         1;
}

constexpr text::ByteSet kCounts("#\"'()[]{}");
constexpr text::ByteSet kCountsInString("\"'\\\n");

/// Walks over brackets, passing strings and comments.
class BracketScan {
 public:
  BracketScan(std::string_view bytes, std::uint32_t limit) : bytes_(bytes), limit_(limit) {}

  /// The offset of the bracket that is one too many; npos when there is none.
  std::size_t run() {
    while (at_ < bytes_.size()) {
      const char byte = bytes_[at_];
      if (!kCounts.contains(byte)) {
        ++at_;
      } else if (byte == '#') {
        at_ = std::min(bytes_.find('\n', at_), bytes_.size());
      } else if (byte == '"' || byte == '\'') {
        pass_string(byte);
      } else {
        if (is_open(byte) && ++depth_ > limit_) return at_;
        if (is_close(byte) && depth_ > 0) --depth_;
        ++at_;
      }
    }
    return std::string_view::npos;
  }

  static bool is_open(char byte) { return byte == '(' || byte == '[' || byte == '{'; }
  static bool is_close(char byte) { return byte == ')' || byte == ']' || byte == '}'; }

 private:
  void pass_string(char quote) {
    const std::array<char, 3> three = {quote, quote, quote};
    const std::string_view triple(three.data(), three.size());
    const std::string_view end = bytes_.substr(at_, 3) == triple ? triple : triple.substr(0, 1);
    at_ += end.size();
    for (; at_ < bytes_.size(); ++at_) {
      if (!kCountsInString.contains(bytes_[at_])) continue;
      if (bytes_.substr(at_, end.size()) == end) break;
      if (end.size() == 1 && bytes_[at_] == '\n') return;  // never closed
      if (bytes_[at_] == '\\') ++at_;
    }
    at_ += end.size();
  }

  std::string_view bytes_;
  std::uint32_t limit_;
  std::uint32_t depth_ = 0;
  std::size_t at_ = 0;
};

/// Never less than the true depth, and much faster: it counts brackets in strings and comments, too.
bool may_be_deep(std::string_view bytes, std::uint32_t limit) {
  constexpr std::size_t kBlock = 4096;  // counted without a look at the limit, which is many at a time
  std::uint32_t opened = 0;
  for (; !bytes.empty() && opened <= limit; bytes.remove_prefix(std::min(kBlock, bytes.size()))) {
    for (const char byte : bytes.substr(0, kBlock)) opened += BracketScan::is_open(byte) ? 1 : 0;
  }
  return opened > limit;
}

}  // namespace

std::string declared_encoding(std::string_view bytes) {
  const std::string_view first = first_line(bytes);
  std::string_view found = encoding_in(first);
  const std::size_t code = first.find_first_not_of(kBlank);
  const bool first_is_blank = code == std::string_view::npos || first[code] == '#';
  if (found.empty() && first_is_blank) found = encoding_in(first_line(bytes));
  if (found.empty()) return "utf-8";
  std::string encoding(found);
  for (char& each : encoding) {
    each = each == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
  }
  return encoding;
}

std::int64_t line_of_deep_bracket(std::string_view bytes, std::uint32_t limit) {
  if (!may_be_deep(bytes, limit)) return -1;
  const std::size_t offset = BracketScan(bytes, limit).run();
  return offset == std::string_view::npos ? -1 : static_cast<std::int64_t>(line_at(bytes, offset)) - 1;
}

std::variant<PythonSource, std::string> read_python(std::string bytes) {
  PythonSource source;
  if (bytes.starts_with(kByteOrderMark)) {
    source.byte_order_mark = kByteOrderMark;
    bytes.erase(0, kByteOrderMark.size());
  }
  if (const std::size_t nul = bytes.find('\0'); nul != std::string::npos) {
    return fmt::format("is a binary file (there is a NUL byte on line {})", line_at(bytes, nul));
  }
  const std::size_t bad = text::first_invalid_utf8(bytes);
  if (bad != std::string::npos && is_utf8(declared_encoding(bytes))) {
    return fmt::format("is not valid UTF-8 (byte 0x{:02X} on line {}) and declares no other encoding",
                       static_cast<unsigned char>(bytes[bad]), line_at(bytes, bad));
  }
  if (const std::int64_t line = line_of_deep_bracket(bytes, kDeepestBrackets); line >= 0) {
    return fmt::format("is nested too deeply (more than {} brackets are open on line {})", kDeepestBrackets, line + 1);
  }
  source.text = text::SourceText(std::move(bytes));
  return source;
}

}  // namespace surefoot::server
