#include "tests/unit/server/fake_client.hpp"

#include <stdexcept>

#include "protocol/framing.hpp"
#include "server/convert.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::test {

void HeldExecutor::run(server::Priority priority, std::function<void()> job) {
  jobs_[static_cast<std::size_t>(priority)].push_back(std::move(job));
}

bool HeldExecutor::run_one() {
  for (auto& queue : jobs_) {
    if (queue.empty()) continue;
    const auto job = std::move(queue.front());
    queue.pop_front();
    job();
    return true;
  }
  return false;
}

bool HeldExecutor::run_newest() {
  for (auto& queue : jobs_) {
    if (queue.empty()) continue;
    const auto job = std::move(queue.back());
    queue.pop_back();
    job();
    return true;
  }
  return false;
}

std::size_t HeldExecutor::size() const {
  std::size_t size = 0;
  for (const auto& queue : jobs_) size += queue.size();
  return size;
}

FakeClient::FakeClient(Options options) : hold_jobs_(options.hold_jobs) {
  session_ = std::make_unique<server::Session>(make_host(options), make_disk());
}

server::Host FakeClient::make_host(const Options& options) {
  server::Host host;
  host.send = [this](std::string bytes) {
    frames_.push(bytes);
    while (const auto event = frames_.pop()) inbox_.push_back(json::parse(std::get<protocol::Message>(*event).body));
  };
  host.post = [this](std::function<void()> closure) { posted_.push_back(std::move(closure)); };
  host.executor = &executor_;
  host.now = [this] { return time; };
  host.more_input = [this] { return more_input; };
  host.watch_parent = [this](std::int64_t process) { watched.push_back(process); };
  host.analyzer = options.analyzer ? *options.analyzer : fake_analyzer(engine);
  return host;
}

server::Disk FakeClient::make_disk() {
  server::Disk disk;
  disk.read = [this](const std::string& path) {
    const auto found = files.find(path);
    if (found == files.end()) return server::ReadResult{};
    return server::ReadResult{server::ReadStatus::found, found->second, {}, found->second.size()};
  };
  disk.exists = [this](const std::string& path) {
    const auto next = files.lower_bound(path);
    return next != files.end() && (next->first == path || next->first.rfind(path + "/", 0) == 0);
  };
  return disk;
}

void FakeClient::feed(std::string_view bytes) {
  session_->receive(bytes);
  settle();
}

void FakeClient::settle() {
  do {
    while (!posted_.empty()) {
      const auto closure = std::move(posted_.front());
      posted_.pop_front();
      closure();
    }
  } while (!hold_jobs_ && executor_.run_one());
}

void FakeClient::run_jobs() {
  while (executor_.run_one()) settle();
}

void FakeClient::send(const json& message) { feed(protocol::frame(message.dump())); }

void FakeClient::notify(std::string_view method, const json& params) {
  json message = {{"jsonrpc", "2.0"}, {"method", method}};
  if (!params.is_null()) message["params"] = params;
  send(message);
}

int FakeClient::start_request(std::string_view method, const json& params) {
  const int id = next_id_++;
  json message = {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}};
  if (!params.is_null()) message["params"] = params;
  send(message);
  return id;
}

json FakeClient::request(std::string_view method, const json& params) {
  const int id = start_request(method, params);
  const auto found = responses(id);
  INFO(method << " " << params.dump());
  REQUIRE(found.size() == 1);
  return found.front();
}

json FakeClient::call(std::string_view method, const json& params) {
  const auto response = request(method, params);
  INFO(response.dump());
  REQUIRE(response.contains("result"));
  return response["result"];
}

std::vector<json> FakeClient::responses(const json& id) const {
  std::vector<json> out;
  for (const auto& message : inbox_) {
    if (!message.contains("method") && message["id"] == id) out.push_back(message);
  }
  return out;
}

void FakeClient::answer(const json& id, const json& result) {
  send({{"jsonrpc", "2.0"}, {"id", id}, {"result", result}});
}

json FakeClient::initialize(const json& capabilities, const json& more) {
  json params = {{"processId", nullptr}, {"rootUri", nullptr}, {"capabilities", capabilities}};
  params.update(more);
  auto result = call("initialize", params);
  notify("initialized", json::object());
  return result;
}

void FakeClient::open(std::string_view uri, std::string_view text, int version, std::string_view language) {
  notify("textDocument/didOpen",
         {{"textDocument", {{"uri", uri}, {"languageId", language}, {"version", version}, {"text", text}}}});
}

void FakeClient::change(std::string_view uri, int version, std::array<int, 4> range, std::string_view text) {
  const json change = {{"range",
                        {{"start", {{"line", range[0]}, {"character", range[1]}}},
                         {"end", {{"line", range[2]}, {"character", range[3]}}}}},
                       {"text", text}};
  notify("textDocument/didChange",
         {{"textDocument", {{"uri", uri}, {"version", version}}}, {"contentChanges", json::array({change})}});
}

void FakeClient::replace(std::string_view uri, int version, std::string_view text) {
  notify("textDocument/didChange",
         {{"textDocument", {{"uri", uri}, {"version", version}}}, {"contentChanges", json::array({{{"text", text}}})}});
}

void FakeClient::close(std::string_view uri) { notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}}); }

std::vector<json> FakeClient::received(std::string_view method) const {
  std::vector<json> out;
  for (const auto& message : inbox_) {
    if (message.value("method", "") == method) out.push_back(message);
  }
  return out;
}

json FakeClient::published(std::string_view uri) const {
  json last;
  for (const auto& message : received("textDocument/publishDiagnostics")) {
    if (message["params"]["uri"] == uri) last = message["params"];
  }
  return last;
}

std::size_t FakeClient::publications(std::string_view uri) const {
  std::size_t count = 0;
  for (const auto& message : received("textDocument/publishDiagnostics")) {
    if (message["params"]["uri"] == uri) ++count;
  }
  return count;
}

void FakeClient::hang_up() {
  session_->input_closed();
  settle();
}

FakeClient::Options real_engine(bool hold_jobs) {
  FakeClient::Options options;
  options.analyzer = server::Analyzer{};
  options.hold_jobs = hold_jobs;
  return options;
}

json modern_capabilities() {
  return json::parse(R"({
    "general": {"positionEncodings": ["utf-16", "utf-8"]},
    "window": {"workDoneProgress": true},
    "workspace": {
      "applyEdit": true, "configuration": true, "workspaceFolders": true,
      "workspaceEdit": {"documentChanges": true, "changeAnnotationSupport": {}},
      "didChangeConfiguration": {"dynamicRegistration": true},
      "didChangeWatchedFiles": {"dynamicRegistration": true, "relativePatternSupport": true}
    },
    "textDocument": {
      "publishDiagnostics": {"relatedInformation": true, "versionSupport": true, "codeDescriptionSupport": true,
                             "dataSupport": true},
      "hover": {"contentFormat": ["markdown", "plaintext"]},
      "codeAction": {
        "isPreferredSupport": true, "disabledSupport": true, "dataSupport": true,
        "resolveSupport": {"properties": ["edit"]},
        "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "source"]}}
      }
    }
  })");
}

json pulling_capabilities() {
  json out = modern_capabilities();
  out["textDocument"]["diagnostic"] = {{"dynamicRegistration", true}, {"relatedDocumentSupport", true}};
  out["workspace"]["diagnostics"] = {{"refreshSupport", true}};
  return out;
}

std::string apply(const json& workspace_edit, std::string_view text, protocol::PositionEncoding encoding) {
  const json edits = workspace_edit.contains("documentChanges") ? workspace_edit["documentChanges"][0]["edits"]
                                                                : workspace_edit["changes"].begin().value();
  const text::SourceText source{std::string(text)};
  std::vector<text::TextEdit> out;
  for (const auto& edit : edits) {
    const auto decoded = protocol::decode<protocol::TextEdit>(protocol::JsonValue(json(edit)), "edit");
    REQUIRE(decoded);
    out.push_back({server::to_span(source, decoded->range, encoding), decoded->new_text});
  }
  return text::apply_edits(text, std::move(out));
}

}  // namespace surefoot::test
