#include "protocol/framing.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace surefoot::protocol {
namespace {

constexpr std::string_view kContentLength = "content-length";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool equal_ignoring_case(std::string_view a, std::string_view lower_case) {
  return std::equal(a.begin(), a.end(), lower_case.begin(), lower_case.end(),
                    [](char x, char y) { return lower(x) == y; });
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// RFC 9110 section 5.6.2, `token`.
bool is_token(std::string_view name) {
  const auto is_token_char = [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || is_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), is_token_char);
}

// Saturates, so that a length with a thousand digits is only a very large one.
std::uint64_t append_digit(std::uint64_t number, char digit) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  return number > (kMax - 9) / 10 ? kMax : number * 10 + static_cast<std::uint64_t>(digit - '0');
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) number = append_digit(number, c);
  return number;
}

// Garbage goes into messages for humans and logs: only its beginning, and only as printable ASCII.
std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 40;
  std::string out = "\"";
  for (const char c : text.substr(0, kShown)) out += c >= ' ' && c <= '~' ? c : '?';
  return out + (text.size() > kShown ? "…\"" : "\"");
}

}  // namespace

bool FrameReader::LengthLineFinder::restart(char byte) {
  reset();
  matched_ = lower(byte) == kContentLength.front() ? 1 : 0;
  return false;
}

bool FrameReader::LengthLineFinder::feed(char byte) {
  const bool blank = byte == ' ' || byte == '\t';
  switch (part_) {
    case Part::kName:
      if (lower(byte) != kContentLength[matched_]) return restart(byte);
      if (++matched_ == kContentLength.size()) part_ = Part::kColon;
      return false;
    case Part::kColon:
      if (byte == ':') part_ = Part::kSpace;
      return byte == ':' || blank ? false : restart(byte);
    case Part::kSpace:
      if (blank) return false;
      if (!is_digit(byte)) return restart(byte);
      part_ = Part::kDigits;
      [[fallthrough]];
    case Part::kDigits:
      if (is_digit(byte)) {
        length_ = append_digit(length_, byte);
        return false;
      }
      part_ = Part::kLineEnd;
      [[fallthrough]];
    case Part::kLineEnd:
      if (byte == '\n') return true;
      if (carriage_return_ || !(blank || byte == '\r')) return restart(byte);
      carriage_return_ = byte == '\r';
      return false;
  }
  return false;
}

void FrameReader::push(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t used = 0;
    switch (state_) {
      case State::kHeader:
        used = push_header(bytes);
        break;
      case State::kBody:
        used = push_body(bytes);
        break;
      case State::kDiscard:
        used = push_discard(bytes);
        break;
      case State::kResync:
        used = push_resync(bytes);
        break;
    }
    bytes.remove_prefix(used);
  }
}

std::optional<FrameEvent> FrameReader::pop() {
  if (events_.empty()) return std::nullopt;
  FrameEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

EndOfInput FrameReader::end_of_input() const {
  const bool between = state_ == State::kHeader && section_.empty() && !content_length_;
  return between ? EndOfInput::kClean : EndOfInput::kTruncated;
}

std::size_t FrameReader::push_header(std::string_view bytes) {
  const std::size_t line_feed = bytes.find('\n');
  const std::size_t wanted = line_feed == std::string_view::npos ? bytes.size() : line_feed + 1;
  const std::size_t used = std::min(wanted, limits_.max_header - section_.size());
  section_.append(bytes.substr(0, used));
  if (!section_.empty() && section_.back() == '\n') end_line();
  if (state_ == State::kHeader && section_.size() >= limits_.max_header) {
    malformed("the header is longer than " + std::to_string(limits_.max_header) + " bytes", line_start_);
  }
  return used;
}

void FrameReader::end_line() {
  std::string_view line = std::string_view(section_).substr(line_start_);
  line.remove_suffix(line.size() > 1 && line[line.size() - 2] == '\r' ? 2 : 1);
  if (line.empty()) return end_section();
  const std::size_t colon = line.find(':');
  const std::string_view name = trim(line.substr(0, colon));
  if (colon == std::string_view::npos || !is_token(name)) {
    return malformed("not a header line: " + quoted(line), line_start_);
  }
  if (equal_ignoring_case(name, kContentLength)) {
    const std::string_view value = trim(line.substr(colon + 1));
    content_length_ = parse_length(value);
    if (!content_length_) return malformed("Content-Length is not a number: " + quoted(value), line_start_);
    if (*content_length_ > limits_.max_discard) {
      return malformed("Content-Length is out of all proportion: " + quoted(value), line_start_);
    }
  }
  line_start_ = section_.size();
}

void FrameReader::end_section() {
  const bool only_blank = line_start_ == 0;
  if (content_length_) return begin_body(*content_length_);
  if (only_blank) return begin_header(std::nullopt);
  // Some line may hold a Content-Length behind a stray print, as in `debugContent-Length: 7`.
  malformed("the header has no Content-Length", 0);
}

void FrameReader::begin_header(std::optional<std::uint64_t> content_length) {
  state_ = State::kHeader;
  section_.clear();
  line_start_ = 0;
  content_length_ = content_length;
}

void FrameReader::begin_body(std::uint64_t size) {
  begin_header(std::nullopt);
  remaining_ = size;
  if (size > limits_.max_body) {
    events_.emplace_back(Refused{size});
    state_ = State::kDiscard;
  } else if (size == 0) {
    events_.emplace_back(Message{});
  } else {
    state_ = State::kBody;
    body_.reserve(static_cast<std::size_t>(size));
  }
}

// Rescanning cannot go on for ever: a rescanned line holds no length line but at its very end, and a rescanned section
// is one without a length line, so that what follows the one found in it is shorter and well-formed.
void FrameReader::malformed(std::string why, std::size_t rescan_from) {
  events_.emplace_back(Malformed{std::move(why)});
  const std::string rest = section_.substr(rescan_from);
  begin_header(std::nullopt);
  state_ = State::kResync;
  finder_.reset();
  push(rest);
}

std::size_t FrameReader::push_body(std::string_view bytes) {
  const auto used = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), remaining_));
  body_.append(bytes.substr(0, used));
  remaining_ -= used;
  if (remaining_ == 0) {
    events_.emplace_back(Message{std::exchange(body_, {})});
    begin_header(std::nullopt);
  }
  return used;
}

std::size_t FrameReader::push_discard(std::string_view bytes) {
  const auto used = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), remaining_));
  remaining_ -= used;
  if (remaining_ == 0) begin_header(std::nullopt);
  return used;
}

std::size_t FrameReader::push_resync(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (!finder_.feed(bytes[i])) continue;
    const std::uint64_t length = finder_.length();
    finder_.reset();
    if (length > limits_.max_discard) continue;
    begin_header(length);
    return i + 1;
  }
  return bytes.size();
}

std::string frame_header(std::size_t size) { return "Content-Length: " + std::to_string(size) + "\r\n\r\n"; }

std::string frame(std::string_view body) {
  std::string out = frame_header(body.size());
  out.append(body);
  return out;
}

}  // namespace surefoot::protocol
