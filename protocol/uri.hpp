// URIs (RFC 3986), file URIs (RFC 8089) and paths.
//
// Documents are looked up by `uri_identity` and answered in the client's own spelling, which the caller keeps: clients
// compare URIs as strings, and `file:///c%3A/x.py` and `file:///C:/x.py` are both right.
// All functions are total: any bytes go in, and none throws. Non-ASCII is UTF-8, escaped or not.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace surefoot::protocol {

// The parts of a URI as written, still percent-encoded.
struct Uri {
  std::string scheme;                    // lower case
  std::optional<std::string> authority;  // none without `//`
  std::string path;
  std::optional<std::string> query;
  std::optional<std::string> fragment;
  bool operator==(const Uri&) const = default;
};

// None if there is no scheme. Characters that RFC 3986 would have escaped are let through.
std::optional<Uri> parse_uri(std::string_view text);
std::string format_uri(const Uri& uri);

// `%41` to `A`. A `%` without two hexadecimal digits stands for itself.
std::string percent_decode(std::string_view text);
// Escapes everything but what RFC 3986 allows in a path (`pchar` and `/`).
std::string percent_encode_path(std::string_view bytes);

enum class PathStyle { kPosix, kWindows };
#ifdef _WIN32
inline constexpr PathStyle kNativePathStyle = PathStyle::kWindows;
#else
inline constexpr PathStyle kNativePathStyle = PathStyle::kPosix;
#endif

// The absolute path of a `file:` URI, percent-decoded; query and fragment are ignored. Windows: `C:\x` and
// `\\host\share`. None for other schemes, relative paths, embedded NULs and, on POSIX, other hosts than `localhost`.
std::optional<std::string> file_uri_to_path(std::string_view uri, PathStyle style = kNativePathStyle);

// The `file:` URI of an absolute path. The shape tells the style: `/x`, `C:\x`, `C:/x` or `\\host\share\x`.
// A relative path, which the caller should not have, is taken from the root.
std::string path_to_file_uri(std::string_view path);

// Equal for two spellings of one document. For `file:` URIs the path is decoded, the drive letter and host folded to
// lower case, Windows paths given forward slashes, `.` and `..` resolved, and all encoded again in one way; symbolic
// links are not followed. Other URIs (`untitled:`, `vscode-notebook-cell:`) are opaque: only what RFC 3986
// section 6.2.2 calls equivalent is. Text that is no URI is its own identity.
std::string uri_identity(std::string_view uri, PathStyle style = kNativePathStyle);

}  // namespace surefoot::protocol
