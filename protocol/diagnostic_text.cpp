// The text of `publishDiagnostics`, written straight from our types. Members come in the order of their names, as
// nlohmann's objects keep them.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "protocol/types_diagnostic.hpp"

namespace surefoot::protocol {
namespace {

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void write(const PublishDiagnosticsParams& params) {
    out_ += R"({"diagnostics":)";
    list(params.diagnostics, [this](const Diagnostic& one) { diagnostic(one); });
    out_ += R"(,"uri":)";
    string(params.uri);
    if (params.version) {
      out_ += R"(,"version":)";
      number(*params.version);
    }
    out_ += '}';
  }

 private:
  void diagnostic(const Diagnostic& one) {
    out_ += '{';
    if (one.code) {
      out_ += R"("code":)";
      std::visit([this](const auto& code) { token(code); }, *one.code);
      out_ += ',';
    }
    if (one.code_description_href) {
      out_ += R"("codeDescription":{"href":)";
      string(*one.code_description_href);
      out_ += "},";
    }
    if (one.data.present()) out_ += R"("data":)" + dump_json(one.data.get()) + ",";
    out_ += R"("message":)";
    string(one.message);
    out_ += R"(,"range":)";
    range(one.range);
    if (!one.related_information.empty()) {
      out_ += R"(,"relatedInformation":)";
      list(one.related_information, [this](const DiagnosticRelatedInformation& place) { related(place); });
    }
    if (one.severity) {
      out_ += R"(,"severity":)";
      number(static_cast<int>(*one.severity));
    }
    if (one.source) {
      out_ += R"(,"source":)";
      string(*one.source);
    }
    if (!one.tags.empty()) {
      out_ += R"(,"tags":)";
      list(one.tags, [this](DiagnosticTag tag) { number(static_cast<int>(tag)); });
    }
    out_ += '}';
  }

  void related(const DiagnosticRelatedInformation& place) {
    out_ += R"({"location":{"range":)";
    range(place.location.range);
    out_ += R"(,"uri":)";
    string(place.location.uri);
    out_ += R"(},"message":)";
    string(place.message);
    out_ += '}';
  }

  void range(const Range& range) {
    out_ += R"({"end":)";
    position(range.end);
    out_ += R"(,"start":)";
    position(range.start);
    out_ += '}';
  }

  void position(const Position& position) {
    out_ += R"({"character":)";
    number(position.character);
    out_ += R"(,"line":)";
    number(position.line);
    out_ += '}';
  }

  void token(std::int64_t value) { number(value); }
  void token(const std::string& value) { string(value); }

  void string(std::string_view text) {
    if (!std::all_of(text.begin(), text.end(), is_plain)) {
      out_ += dump_json(text);
      return;
    }
    out_ += '"';
    out_ += text;
    out_ += '"';
  }

  template <class Number>
  void number(Number value) {
    char digits[24];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }

  template <class List, class Write>
  void list(const List& items, const Write& write) {
    out_ += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      write(item);
    }
    out_ += ']';
  }

  std::string& out_;
};

}  // namespace

std::string to_text(const PublishDiagnosticsParams& params) {
  std::string out;
  out.reserve(params.diagnostics.size() * 256 + 128);
  Writer(out).write(params);
  return out;
}

}  // namespace surefoot::protocol
