// agree SUREFOOT FOLDER: whether the server and `check` say the same of every Python file below the folder, to the
// letter: findings, places, related places, fixes with their edits. And whether every place lies inside its file.
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "analysis/text/columns.hpp"
#include "analysis/text/source_text.hpp"
#include "protocol/json.hpp"
#include "protocol/uri.hpp"
#include "tests/corpus/server_process.hpp"

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using surefoot::test::ServerProcess;
using surefoot::text::SourceText;

std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What `check` says, by file name. Kept of each finding: what the protocol can carry, too.
std::map<std::string, json> checked(const std::string& surefoot) {
  const std::string command = "'" + surefoot + "' check . --output-format json --fail-on never";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string output;
  char buffer[1 << 16];
  while (const std::size_t got = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, got);
  // Files that are not UTF-8 are reported on standard error and by status 2; the others are what is compared here.
  static_cast<void>(pclose(pipe));
  std::map<std::string, json> findings;
  for (json& finding : json::parse(output)) {
    for (json& fix : finding["fixes"]) fix.erase("applicability");
    for (const char* key : {"name", "url", "fingerprint"}) finding.erase(key);
    const std::string name = fs::path(finding["filename"].get<std::string>()).lexically_normal().string();
    finding.erase("filename");
    auto& list = findings[name];
    list.push_back(std::move(finding));
  }
  return findings;
}

json place(const json& position) {
  return {{"row", position["line"].get<int>() + 1}, {"column", position["character"].get<int>() + 1}};
}

std::string name_of(const std::string& uri) {
  const auto path = surefoot::protocol::file_uri_to_path(uri);
  return path ? fs::relative(*path).string() : uri;
}

json related_of(const json& diagnostic) {
  json related = json::array();
  for (const json& item : diagnostic.value("relatedInformation", json::array())) {
    const json& location = item["location"];
    related.push_back({{"message", item["message"]},
                       {"filename", name_of(location["uri"])},
                       {"location", place(location["range"]["start"])},
                       {"end_location", place(location["range"]["end"])}});
  }
  return related;
}

json edits_of(const json& action) {
  json edits = json::array();
  for (const json& document : action["edit"]["documentChanges"]) {
    for (const json& edit : document["edits"]) {
      edits.push_back({{"filename", name_of(document["textDocument"]["uri"])},
                       {"content", edit["newText"]},
                       {"location", place(edit["range"]["start"])},
                       {"end_location", place(edit["range"]["end"])}});
    }
  }
  return edits;
}

/// The fixes among the actions for this diagnostic; the comment that suppresses it is not one.
json fixes_of(ServerProcess& server, const std::string& uri, const json& diagnostic) {
  json fixes = json::array();
  const json actions =
      server.request("textDocument/codeAction", {{"textDocument", {{"uri", uri}}},
                                                 {"range", diagnostic["range"]},
                                                 {"context", {{"diagnostics", {diagnostic}}, {"only", {"quickfix"}}}}});
  for (const json& action : actions) {
    const bool for_this = action.contains("diagnostics") && action["diagnostics"].size() == 1 &&
                          action["diagnostics"][0]["range"] == diagnostic["range"] &&
                          action["diagnostics"][0]["code"] == diagnostic["code"] &&
                          action["diagnostics"][0]["message"] == diagnostic["message"];
    if (!for_this || action["title"].get<std::string>().starts_with("Suppress")) continue;
    fixes.push_back({{"title", action["title"]}, {"edits", edits_of(action)}});
  }
  return fixes;
}

json finding_of(ServerProcess& server, const std::string& uri, const json& diagnostic) {
  static const char* const kSeverities[] = {"error", "warning", "information", "hint"};
  return {{"code", diagnostic["code"]},
          {"severity", kSeverities[diagnostic["severity"].get<std::size_t>() - 1]},
          {"message", diagnostic["message"]},
          {"location", place(diagnostic["range"]["start"])},
          {"end_location", place(diagnostic["range"]["end"])},
          {"related", related_of(diagnostic)},
          {"fixes", fixes_of(server, uri, diagnostic)}};
}

bool is_utf8(const std::string& text) {
  return surefoot::protocol::dump_json(text) == json(text).dump(-1, ' ', false, json::error_handler_t::ignore);
}

json served(ServerProcess& server, const fs::path& file, const std::string& text) {
  const std::string uri = surefoot::protocol::path_to_file_uri(fs::absolute(file).string());
  server.notify("textDocument/didOpen",
                {{"textDocument", {{"uri", uri}, {"languageId", "python"}, {"version", 1}, {"text", text}}}});
  json findings;
  const json published = server.wait_for("textDocument/publishDiagnostics");
  if (published["uri"] != uri) throw std::runtime_error("diagnostics of another file: " + published["uri"].dump());
  for (const json& diagnostic : published["diagnostics"]) findings.push_back(finding_of(server, uri, diagnostic));
  server.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
  static_cast<void>(server.wait_for("textDocument/publishDiagnostics"));
  return findings;
}

bool inside(const SourceText& text, const json& where) {
  const surefoot::text::LineColumn asked{where["row"].get<std::uint32_t>() - 1,
                                         where["column"].get<std::uint32_t>() - 1};
  const auto offset = surefoot::text::to_offset(text, asked, surefoot::text::ColumnUnit::code_point);
  return surefoot::text::to_line_column(text, offset, surefoot::text::ColumnUnit::code_point) == asked;
}

bool every_place_inside(const SourceText& text, const json& value) {
  for (const auto& [key, member] : value.items()) {
    const bool is_place = value.is_object() && (key == "location" || key == "end_location");
    if (is_place ? !inside(text, member) : member.is_structured() && !every_place_inside(text, member)) return false;
  }
  return true;
}

/// Both leave out folders of this name, and the server says nothing at all of a file that it leaves out.
bool excluded(const fs::path& path) { return path.string().find("/venv/") != std::string::npos; }

std::vector<fs::path> python_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(".")) {
    if (entry.is_regular_file() && !entry.is_symlink() && entry.path().extension() == ".py" && !excluded(entry)) {
      files.push_back(entry.path().lexically_normal());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

void start(ServerProcess& server) {
  const json capabilities = {
      {"general", {{"positionEncodings", {"utf-32"}}}},
      {"workspace", {{"workspaceEdit", {{"documentChanges", true}}}}},
      {"textDocument",
       {{"publishDiagnostics", {{"relatedInformation", true}, {"versionSupport", true}}},
        {"codeAction", {{"codeActionLiteralSupport", {{"codeActionKind", {{"valueSet", {"quickfix"}}}}}}}}}}};
  const std::string root = surefoot::protocol::path_to_file_uri(fs::current_path().string());
  const json result = server.request("initialize", {{"processId", nullptr},
                                                    {"rootUri", root},
                                                    {"workspaceFolders", {{{"uri", root}, {"name", "corpus"}}}},
                                                    {"capabilities", capabilities}});
  if (result["capabilities"].value("positionEncoding", "utf-16") != "utf-32") {
    throw std::runtime_error("the server does not count code points");
  }
  server.notify("initialized", json::object());
}

struct Tally {
  int files = 0;
  int different = 0;
  std::size_t findings = 0;
};

void compare_file(ServerProcess& server, const fs::path& file, const json& check, Tally& tally) {
  const std::string text = slurp(file);
  if (!is_utf8(text)) return;  // no client can send it
  const json found = served(server, file, text);
  ++tally.files;
  tally.findings += found.size();
  if (found == check && every_place_inside(SourceText(text), found)) return;
  ++tally.different;
  std::cout << file.string() << "\n  check:  " << check.dump() << "\n  server: " << found.dump() << "\n";
}

int compare(const std::string& surefoot) {
  const auto expected = checked(surefoot);
  ServerProcess server(surefoot);
  start(server);
  Tally tally;
  for (const fs::path& file : python_files()) {
    const auto check = expected.find(file.string());
    try {
      compare_file(server, file, check == expected.end() ? json() : check->second, tally);
    } catch (const std::exception& problem) {
      throw std::runtime_error(file.string() + ": " + problem.what());
    }
  }
  const int status = server.stop();
  std::cout << tally.files << " files, " << tally.findings << " findings, " << tally.different
            << " files differ; the server ended with " << status << "\n";
  return tally.different == 0 && status == 0 && tally.files > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: agree SUREFOOT FOLDER\n";
    return 2;
  }
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  try {
    const std::string surefoot = fs::absolute(argv[1]).string();
    fs::current_path(argv[2]);
    return compare(surefoot);
  } catch (const std::exception& problem) {
    std::cout << problem.what() << "\n";
    return 1;
  }
}
