// One typed character as an editor sees it: from the bytes of `didChange` to the bytes of `publishDiagnostics`, beside
// the bare parser doing the same edit in the same run. Everything runs on one thread.
#include "server/session/session.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "analysis/text/source_text.hpp"
#include "protocol/framing.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/sample.hpp"

namespace surefoot::bench {
namespace {

using nlohmann::json;

constexpr const char* kUri = "file:///bench/app/main.py";

/// An editor with one open document, edited by offsets.
class Editor {
 public:
  explicit Editor(const std::string& bytes) : text_(bytes), session_(host(), no_disk()) {
    send({{"id", 1}, {"method", "initialize"}, {"params", {{"processId", nullptr}, {"capabilities", capabilities()}}}});
    send({{"method", "initialized"}, {"params", json::object()}});
    send({{"method", "textDocument/didOpen"},
          {"params", {{"textDocument", {{"uri", kUri}, {"languageId", "python"}, {"version", 1}, {"text", bytes}}}}}});
    run_posted();
  }

  const text::SourceText& text() const { return text_; }

  /// The message that tells the server of the edit, ready to be received. Editing is the editor's time, not the
  /// server's.
  std::string message_of(const text::TextEdit& edit) {
    const json range = {{"start", place(edit.span.start)}, {"end", place(edit.span.end)}};
    const json params = {{"textDocument", {{"uri", kUri}, {"version", ++version_}}},
                         {"contentChanges", {{{"range", range}, {"text", edit.content}}}}};
    text_ = text_.with_edit(edit);
    return framed({{"method", "textDocument/didChange"}, {"params", params}});
  }

  /// Until the diagnostics of the new text have left.
  void receive(const std::string& message) {
    const std::size_t before = session_.counters().published;
    session_.receive(message);
    run_posted();
    published_ = published_ && session_.counters().published > before;
  }

  /// False if an edit was not answered by diagnostics: then there is nothing to measure.
  bool published() const { return published_; }

 private:
  static json capabilities() {
    return {{"general", {{"positionEncodings", {"utf-8"}}}},
            {"textDocument", {{"publishDiagnostics", {{"versionSupport", true}}}}}};
  }

  static server::Disk no_disk() {
    return {[](const std::string&) { return server::ReadResult{}; }, [](const std::string&) { return false; }};
  }

  static std::string framed(json message) {
    message["jsonrpc"] = "2.0";
    return protocol::frame(message.dump());
  }

  server::Host host() {
    server::Host host;
    host.send = [this](std::string bytes) { sent_ += bytes.size(); };
    host.post = [this](std::function<void()> closure) { posted_.push_back(std::move(closure)); };
    host.executor = &executor_;
    return host;
  }

  void send(json message) { session_.receive(framed(std::move(message))); }

  void run_posted() {
    while (!posted_.empty()) {
      const auto closure = std::move(posted_.front());
      posted_.pop_front();
      closure();
    }
  }

  json place(std::uint32_t offset) const {
    const std::uint32_t line = text_.line_of(offset);
    return {{"line", line}, {"character", offset - text_.line_start(line)}};
  }

  text::SourceText text_;
  server::InlineExecutor executor_;
  std::deque<std::function<void()>> posted_;
  std::size_t sent_ = 0;
  server::Session session_;
  int version_ = 1;
  bool published_ = true;
};

/// What is typed: a route with a mistake in it, some of it taken back.
const std::string kTyped =
    "\n\n@router.get(\"/stock/{sku}\")\nasync def stock(sku: str, session: SessionDep) -> int:\n"
    "    reply = requests.get(f\"https://stock.example.com/{sku}\", timeout=3)\n    return "
    "reply.json()[\"stokc\b\bck\"]\n";

/// The next keystroke as an edit; `\b` takes the character before the cursor back.
text::TextEdit keystroke(char key, std::uint32_t& cursor) {
  if (key == '\b') {
    --cursor;
    return {{cursor, cursor + 1}, ""};
  }
  return {{cursor, cursor++}, std::string(1, key)};
}

/// Between two top-level definitions near the middle.
std::uint32_t gap_in(const std::string& text) {
  return static_cast<std::uint32_t>(text.find("\n\n\n", text.size() / 2) + 1);
}

double percentile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(static_cast<double>(values.size()) * part))];
}

void typing_session(benchmark::State& state) {
  const std::string& bytes = python_of(state.range(0));
  std::vector<double> served;
  std::vector<double> parsed;
  for ([[maybe_unused]] auto _ : state) {
    Editor editor(bytes);
    BareParser bare;
    bare.parse(bytes);
    std::uint32_t cursor = gap_in(bytes);
    double total = 0;
    for (const char key : kTyped) {
      const text::SourceText before = editor.text();
      const text::TextEdit edit = keystroke(key, cursor);
      const std::string message = editor.message_of(edit);
      parsed.push_back(seconds([&] { bare.reparse(edit, before, editor.text()); }));
      served.push_back(seconds([&] { editor.receive(message); }));
      total += served.back();
    }
    if (!editor.published()) state.SkipWithError("an edit was not answered by diagnostics");
    state.SetIterationTime(total);
  }
  state.counters["bare_us"] = median(parsed) * 1e6;
  state.counters["median_us"] = median(served) * 1e6;
  state.counters["p95_us"] = percentile(served, 0.95) * 1e6;
  state.counters["ratio"] = median(served) / median(parsed);
}
BENCHMARK(typing_session)->Arg(1'000)->Arg(10'000)->Arg(50'000)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace surefoot::bench
