#include "protocol/uri.hpp"

#include <string>
#include <vector>

#include "tests/unit/catch.hpp"

namespace surefoot::protocol {
namespace {

constexpr auto kPosix = PathStyle::kPosix;
constexpr auto kWindows = PathStyle::kWindows;

TEST_CASE("uri: parts") {
  using Parts = std::optional<Uri>;
  CHECK(parse_uri("file:///a/b.py") == Parts(Uri{"file", "", "/a/b.py", {}, {}}));
  CHECK(parse_uri("FILE://host/a?q=1?2#f?#g") == Parts(Uri{"file", "host", "/a", "q=1?2", "f?#g"}));
  CHECK(parse_uri("file:/a") == Parts(Uri{"file", {}, "/a", {}, {}}));
  CHECK(parse_uri("untitled:Untitled-1") == Parts(Uri{"untitled", {}, "Untitled-1", {}, {}}));
  CHECK(parse_uri("vscode-notebook-cell:/n.ipynb#W0s%3D") ==
        Parts(Uri{"vscode-notebook-cell", {}, "/n.ipynb", {}, "W0s%3D"}));
  CHECK(parse_uri("git+ssh://me@host") == Parts(Uri{"git+ssh", "me@host", "", {}, {}}));
  CHECK(parse_uri("a:?#") == Parts(Uri{"a", {}, "", "", ""}));
  CHECK(parse_uri("a:") == Parts(Uri{"a", {}, "", {}, {}}));
  for (const char* text : {"", ":", "/a/b", "a", "1a:b", "a b:c", "-a:b", "#a:b", "\xC3\xA9:b"}) {
    INFO(text);
    CHECK(!parse_uri(text));
  }
}

TEST_CASE("uri: parts make the same text again") {
  for (const char* text : {"file:///a/b%20c.py", "file://host/a?q#f", "file:/a", "untitled:Untitled-1", "a:?#",
                           "a:", "a://", "vscode-notebook-cell://ssh-remote%2Bhost/n.ipynb#W0s%3D"}) {
    const auto uri = parse_uri(text);
    REQUIRE(uri);
    CHECK(format_uri(*uri) == text);
  }
}

TEST_CASE("uri: percent encoding") {
  CHECK(percent_decode("%41%7a%2F%2f%C3%A9") == "Az//\xC3\xA9");
  CHECK(percent_decode("100%") == "100%");
  CHECK(percent_decode("%4") == "%4");
  CHECK(percent_decode("%zz%%41") == "%zz%A");
  CHECK(percent_encode_path("/a b#c?d%[e]\xC3\xA9\\^") == "/a%20b%23c%3Fd%25%5Be%5D%C3%A9%5C%5E");
  CHECK(percent_encode_path("/A-z0.9_~!$&'()*+,;=:@") == "/A-z0.9_~!$&'()*+,;=:@");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(percent_decode(percent_encode_path(all)) == all);
}

struct PathCase {
  const char* uri;
  PathStyle style;
  std::optional<std::string> path;
};

TEST_CASE("uri: file URI to path") {
  const PathCase cases[] = {
      {"file:///home/me/a.py", kPosix, "/home/me/a.py"},
      {"file://localhost/a.py", kPosix, "/a.py"},
      {"FILE:/a.py", kPosix, "/a.py"},
      {"file:///a%20b/%23c/d%3F.py", kPosix, "/a b/#c/d?.py"},
      {"file:///a b/100%/c.py", kPosix, "/a b/100%/c.py"},
      {"file:///caf%C3%A9/%F0%9F%90%8D.py", kPosix, "/caf\xC3\xA9/\xF0\x9F\x90\x8D.py"},
      {"file:///caf\xC3\xA9.py", kPosix, "/caf\xC3\xA9.py"},
      {"file:///a.py?x#y", kPosix, "/a.py"},
      {"file:///a/../b.py", kPosix, "/a/../b.py"},
      {"file:///c%3A/x.py", kPosix, "/c:/x.py"},
      {"file:///a%5Cb", kPosix, "/a\\b"},
      {"file:///", kPosix, "/"},
      {"file://", kPosix, std::nullopt},
      {"file:a.py", kPosix, std::nullopt},
      {"file://host/a.py", kPosix, std::nullopt},
      {"file:///a%00b", kPosix, std::nullopt},
      {"untitled:/a.py", kPosix, std::nullopt},
      {"/a.py", kPosix, std::nullopt},
      {"", kPosix, std::nullopt},

      {"file:///c%3A/x%20y.py", kWindows, "c:\\x y.py"},
      {"file:///C:/x.py", kWindows, "C:\\x.py"},
      {"file:///C:", kWindows, "C:\\"},
      {"file:///C:/", kWindows, "C:\\"},
      {"file://server/share/x.py", kWindows, "\\\\server\\share\\x.py"},
      {"file:////server/share/x.py", kWindows, "\\\\server\\share\\x.py"},
      {"file://wsl%24/Debian/x.py", kWindows, "\\\\wsl$\\Debian\\x.py"},
      {"file:///home/x.py", kWindows, std::nullopt},
      {"file:///1:/x.py", kWindows, std::nullopt},
  };
  for (const PathCase& c : cases) {
    INFO(c.uri);
    CHECK(file_uri_to_path(c.uri, c.style) == c.path);
  }
}

TEST_CASE("uri: path to file URI") {
  CHECK(path_to_file_uri("/home/me/a b#c?.py") == "file:///home/me/a%20b%23c%3F.py");
  CHECK(path_to_file_uri("/caf\xC3\xA9") == "file:///caf%C3%A9");
  CHECK(path_to_file_uri("/a\\b") == "file:///a%5Cb");
  CHECK(path_to_file_uri("/") == "file:///");
  CHECK(path_to_file_uri("C:\\x y\\z.py") == "file:///C:/x%20y/z.py");
  CHECK(path_to_file_uri("c:/x") == "file:///c:/x");
  CHECK(path_to_file_uri("\\\\server\\share\\x.py") == "file://server/share/x.py");
  CHECK(path_to_file_uri("a.py") == "file:///a.py");
}

TEST_CASE("uri: a path comes back from its URI") {
  for (const char* path : {"/", "/a", "/a b/c#d/%41/e?f", "/caf\xC3\xA9/\xF0\x9F\x90\x8D",
                           "/bad\xFF"
                           "bytes",
                           "/a\\b", "/c:/x", "/a//b", "/x:y@z"}) {
    CHECK(file_uri_to_path(path_to_file_uri(path), kPosix) == std::optional<std::string>(path));
  }
  for (const char* path : {"C:\\", "C:\\a b\\c#d.py", "\\\\server\\share\\a%41.py"}) {
    CHECK(file_uri_to_path(path_to_file_uri(path), kWindows) == std::optional<std::string>(path));
  }
}

// Every spelling in a row is the same document; no two rows are.
const std::vector<std::vector<std::string>>& documents() {
  static const std::vector<std::vector<std::string>> kDocuments = {
      {"file:///c%3A/x.py", "file:///C:/x.py", "file:///c:/x.py", "file:///C%3a/x.py", "FILE:///c:/x.py",
       "file:/C:/x.py", "file://localhost/c:/x.py", "file:///C:%5Cx.py", "file:///c:/./y/../x.py", "file:./C:%5Cx.py",
       "file:///d:/..%5CC:%5Cx.py"},
      {"file:///d:/x.py"},
      {"file:///a/x.py", "file:///a/%78.py", "file:///a//x.py", "file:///a/./x.py", "file:///a/b/../x.py",
       "file://LOCALHOST/a/x.py", "file:/a/x.py", "file:///../a/x.py"},
      {"file:///A/x.py"},
      {"file:///a/x.py#1"},
      {"file:///a/x.py%231"},
      {"file:///a/x.py?1"},
      {"file:///a/x.py%3F1"},
      {"file:///a/x%2541", "file:///a/x%25%34%31"},
      {"file:///a/xA", "file:///a/x%41"},
      {"file:///a/caf%C3%A9", "file:///a/caf%c3%a9", "file:///a/caf\xC3\xA9"},
      {"file:///a/cafe%CC%81"},
      {"file:///a/b%20c(d)+e@f!", "file:///a/b c%28d%29%2Be%40f%21"},
      {"file:///a/100%", "file:///a/100%25"},
      {"file:///a", "file:///a/", "file:///a/."},
      {"file:///", "file:////", "file:///..", "file://"},
      {"file:///a%5Cb"},
      {"file:///a/b"},
      {"file://server/share/x.py", "file://SERVER/share/x.py", "file://server/share%5Cx.py"},
      {"untitled:Untitled-1", "UNTITLED:Untitled-1", "untitled:%55ntitled-1"},
      {"untitled:untitled-1"},
      {"untitled:/a/x.py"},
      {"untitled:%%36e", "untitled:%256e"},
      {"untitled:/a%2fx.py", "untitled:/a%2Fx.py"},
      {"vscode-notebook-cell:/n.ipynb#W0s%3D", "vscode-notebook-cell:/n.ipynb#W0s%3d"},
      {"vscode-notebook-cell:/n.ipynb#W1s%3D"},
      {"http://me@Host/x", "http://me@host/x", "http://me@%48ost/x"},
      {"file://ho%2Fst/x", "file://HO%2fst/x"},
      {"file://ho/st/x"},
      {"http://Me@host/x"},
      {""},
      {"no uri at all"},
      {"/a/x.py"},
  };
  return kDocuments;
}

TEST_CASE("uri: spellings of one document have one identity, and others have others") {
  std::vector<std::string> seen;
  for (const auto& spellings : documents()) {
    const std::string identity = uri_identity(spellings.front(), kPosix);
    for (const auto& spelling : spellings) {
      INFO(spelling);
      CHECK(uri_identity(spelling, kPosix) == identity);
    }
    for (const auto& other : seen) CHECK(identity != other);
    seen.push_back(identity);
  }
}

TEST_CASE("uri: an identity is its own identity") {
  for (const auto& spellings : documents()) {
    const std::string identity = uri_identity(spellings.front(), kPosix);
    CHECK(uri_identity(identity, kPosix) == identity);
  }
}

TEST_CASE("uri: the identity of a file is a URI of the same file") {
  CHECK(uri_identity("file:///C%3A/a%20b/%C3%A9.py", kPosix) == "file:///c:/a%20b/%C3%A9.py");
  CHECK(uri_identity(path_to_file_uri("/a b/c#d.py"), kPosix) == "file:///a%20b/c%23d.py");
  CHECK(file_uri_to_path(uri_identity("file:///a/./b%23.py", kPosix), kPosix) ==
        std::optional<std::string>("/a/b#.py"));
}

TEST_CASE("uri: four slashes name a host on Windows only") {
  CHECK(uri_identity("file:////Server/share/x", kWindows) == uri_identity("file://server/share/x", kWindows));
  CHECK(uri_identity("file:////tmp/x", kPosix) == uri_identity("file:///tmp/x", kPosix));
}

TEST_CASE("uri: hostile text is only an odd identity") {
  for (const std::string& text :
       {std::string("file:%"), std::string("file:///%0"), std::string(5000, '%'), std::string("a:\0b", 4),
        std::string("file://") + std::string(5000, '/'), "file:///" + std::string(5000, '.')}) {
    CHECK(uri_identity(uri_identity(text)) == uri_identity(text));
  }
}

}  // namespace
}  // namespace surefoot::protocol
