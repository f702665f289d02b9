#include "protocol/uri.hpp"

#include <algorithm>
#include <vector>

namespace surefoot::protocol {
namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_unreserved(char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  c = to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The byte that `%xx` at `i` stands for.
std::optional<char> escaped_at(std::string_view text, std::size_t i) {
  if (text[i] != '%' || text.size() - i < 3) return std::nullopt;
  const int high = hex_value(text[i + 1]);
  const int low = hex_value(text[i + 2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

void append_escaped(std::string& out, char byte) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto value = static_cast<unsigned char>(byte);
  out += '%';
  out += kHex[value >> 4];
  out += kHex[value & 15];
}

// RFC 3986 section 6.2.2: escapes of unreserved characters undone, the other escapes in upper case. A `%` that escapes
// nothing is escaped itself, lest it come to stand before two digits.
std::string normalize_escapes(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::optional<char> escaped = escaped_at(text, i);
    const char byte = escaped.value_or(text[i]);
    if (!escaped && byte != '%') {
      out += byte;
      continue;
    }
    if (escaped) i += 2;
    if (is_unreserved(byte)) {
      out += byte;
    } else {
      append_escaped(out, byte);
    }
  }
  return out;
}

bool is_slash(char c) { return c == '/' || c == '\\'; }

// `C:`, alone or before a slash.
bool has_drive(std::string_view path) {
  return path.size() >= 2 && is_alpha(path[0]) && path[1] == ':' && (path.size() == 2 || is_slash(path[2]));
}

bool is_local_host(std::string_view authority) { return authority.empty() || lower(authority) == "localhost"; }

std::string replace_all(std::string text, char from, char to) {
  std::replace(text.begin(), text.end(), from, to);
  return text;
}

// A path with a slash before every segment. RFC 3986 section 5.2.4, and empty segments are dropped.
std::string resolve_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string out;
  for (const std::string_view segment : kept) out.append("/").append(segment);
  return out.empty() ? "/" : out;
}

// A file URI's host and decoded path. The old form `file:////host/share` names a host on Windows.
struct FilePlace {
  std::string host;  // lower case; empty for this machine
  std::string path;
};

FilePlace file_place(const Uri& uri, PathStyle style) {
  const std::string authority = lower(percent_decode(uri.authority.value_or("")));
  FilePlace place{is_local_host(authority) ? "" : authority, percent_decode(uri.path)};
  if (style == PathStyle::kWindows && place.host.empty()) {
    std::string path = replace_all(place.path, '\\', '/');
    if (path.rfind("//", 0) == 0 && path.size() > 2 && path[2] != '/') {
      const std::size_t end = std::min(path.find('/', 2), path.size());
      place = {lower(std::string_view(path).substr(2, end - 2)), path.substr(end)};
    }
  }
  return place;
}

std::string suffix(const Uri& uri) {
  std::string out;
  if (uri.query) out += "?" + normalize_escapes(*uri.query);
  if (uri.fragment) out += "#" + normalize_escapes(*uri.fragment);
  return out;
}

// A slash in a host is an escaped one, and must not end the host now.
std::string encode_host(std::string_view host) {
  std::string out;
  for (const char c : host) {
    if (c == '/') {
      append_escaped(out, c);
    } else {
      out += percent_encode_path({&c, 1});
    }
  }
  return out;
}

bool starts_with_drive(std::string_view path) {
  return path.size() > 2 && is_slash(path[0]) && has_drive(path.substr(1));
}

std::string file_identity(const Uri& uri, PathStyle style) {
  const FilePlace place = file_place(uri, style);
  std::string path = resolve_dots(place.path);
  if (starts_with_drive(path) || !place.host.empty()) path = resolve_dots(replace_all(path, '\\', '/'));
  if (starts_with_drive(path)) path[1] = to_lower(path[1]);
  return "file://" + encode_host(place.host) + percent_encode_path(path) + suffix(uri);
}

std::string opaque_identity(Uri uri) {
  if (uri.authority) {
    const std::size_t at = uri.authority->rfind('@');
    const std::size_t host = at == std::string::npos ? 0 : at + 1;
    const std::string folded = lower(normalize_escapes(uri.authority->substr(host)));
    uri.authority = normalize_escapes(uri.authority->substr(0, host) + folded);
  }
  uri.path = normalize_escapes(uri.path);
  const std::string end = suffix(uri);
  uri.query.reset();
  uri.fragment.reset();
  return format_uri(uri) + end;
}

std::optional<std::string> windows_path(const FilePlace& place) {
  const std::string path = replace_all(place.path, '/', '\\');
  if (!place.host.empty()) return "\\\\" + place.host + path;
  if (path.size() < 3 || path[0] != '\\' || !has_drive(std::string_view(path).substr(1))) return std::nullopt;
  return path.size() == 3 ? path.substr(1) + "\\" : path.substr(1);
}

}  // namespace

std::optional<Uri> parse_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_alpha(text[0])) return std::nullopt;
  const auto in_scheme = [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; };
  if (!std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), in_scheme)) return std::nullopt;
  Uri uri;
  uri.scheme = lower(text.substr(0, colon));
  text.remove_prefix(colon + 1);
  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
    uri.fragment = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  if (const std::size_t mark = text.find('?'); mark != std::string_view::npos) {
    uri.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  if (text.substr(0, 2) == "//") {
    const std::size_t end = std::min(text.find('/', 2), text.size());
    uri.authority = text.substr(2, end - 2);
    text.remove_prefix(end);
  }
  uri.path = text;
  return uri;
}

std::string format_uri(const Uri& uri) {
  std::string out = uri.scheme + ":";
  if (uri.authority) out += "//" + *uri.authority;
  out += uri.path;
  if (uri.query) out += "?" + *uri.query;
  if (uri.fragment) out += "#" + *uri.fragment;
  return out;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::optional<char> escaped = escaped_at(text, i);
    out += escaped.value_or(text[i]);
    if (escaped) i += 2;
  }
  return out;
}

std::string percent_encode_path(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (const char c : bytes) {
    if (is_unreserved(c) || std::string_view("/:@!$&'()*+,;=").find(c) != std::string_view::npos) {
      out += c;
    } else {
      append_escaped(out, c);
    }
  }
  return out;
}

std::optional<std::string> file_uri_to_path(std::string_view text, PathStyle style) {
  const std::optional<Uri> uri = parse_uri(text);
  if (!uri || uri->scheme != "file") return std::nullopt;
  const FilePlace place = file_place(*uri, style);
  if (place.path.find('\0') != std::string::npos) return std::nullopt;
  if (style == PathStyle::kWindows) return windows_path(place);
  if (!place.host.empty() || place.path.empty() || place.path[0] != '/') return std::nullopt;
  return place.path;
}

std::string path_to_file_uri(std::string_view path) {
  if (path.substr(0, 2) == "\\\\") return "file:" + percent_encode_path(replace_all(std::string(path), '\\', '/'));
  if (has_drive(path)) return "file:///" + percent_encode_path(replace_all(std::string(path), '\\', '/'));
  return (path.substr(0, 1) == "/" ? "file://" : "file:///") + percent_encode_path(path);
}

std::string uri_identity(std::string_view text, PathStyle style) {
  std::optional<Uri> uri = parse_uri(text);
  if (!uri) return std::string(text);
  return uri->scheme == "file" ? file_identity(*uri, style) : opaque_identity(std::move(*uri));
}

}  // namespace surefoot::protocol
