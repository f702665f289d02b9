// What must hold of every entry, whoever wrote it, and what rules rely on.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/knowledge/tables.hpp"
#include "tests/unit/catch.hpp"

namespace surefoot::knowledge {
namespace {

std::string_view top_level(std::string_view name) { return name.substr(0, name.find('.')); }

/// The dotted names in a type expression.
std::vector<std::string> class_names(std::string_view type) {
  constexpr std::string_view kBreaks = " |[],";
  std::vector<std::string> names;
  while (!type.empty()) {
    const std::size_t end = std::min(type.find_first_of(kBreaks), type.size());
    const std::string_view word = type.substr(0, end);
    if (word != "..." && word.find('.') != std::string_view::npos) names.emplace_back(word);
    type.remove_prefix(std::min(end + 1, type.size()));
  }
  return names;
}

bool is_standard(std::string_view module) {
  static const std::set<std::string_view> kModules{
      "asyncio",   "bz2",       "codecs",    "compression", "concurrent", "contextlib",
      "csv",       "datetime",  "fileinput", "ftplib",      "gzip",       "http",
      "imaplib",   "importlib", "io",        "lzma",        "mmap",       "multiprocessing",
      "os",        "pathlib",   "poplib",    "queue",       "selectors",  "smtplib",
      "socket",    "sqlite3",   "ssl",       "subprocess",  "tarfile",    "tempfile",
      "threading", "urllib",    "zipfile",   "zoneinfo"};
  return kModules.contains(module);
}

/// A class of the standard library has an entry; that of another library may do without, if it looks like a class.
void expect_classes(std::string_view owner, std::initializer_list<std::string_view> types) {
  for (const std::string_view type : types) {
    for (const std::string& name : class_names(type)) {
      if (find_class(name) != nullptr) continue;
      INFO(owner << " names " << name);
      CHECK_FALSE(is_standard(top_level(name)));
      const char initial = name[name.rfind('.') + 1];
      CHECK((initial == '_' || (initial >= 'A' && initial <= 'Z')));
    }
  }
}

TEST_CASE("every class that an entry mentions exists") {
  for (const Callable& callable : all_callables()) expect_classes(callable.name, {callable.returns, callable.item});
  for (const Class& entry : all_classes()) {
    expect_classes(entry.name, {entry.enter, entry.item, entry.awaits});
    for (const Attribute& attribute : entry.attributes) expect_classes(entry.name, {attribute.type});
    for (const std::string_view base : entry.bases) expect_classes(entry.name, {base});
  }
}

bool exists(std::string_view name) {
  if (find_callable(name) != nullptr || find_class(name) != nullptr) return true;
  const std::size_t dot = name.rfind('.');
  return dot != std::string_view::npos && find_method(name.substr(0, dot), name.substr(dot + 1)) != nullptr;
}

TEST_CASE("every async twin in a known module exists and blocks nothing") {
  constexpr Effect kBlocks = Effect::blocks_sleep | Effect::blocks_network | Effect::blocks_database |
                             Effect::blocks_file | Effect::blocks_subprocess | Effect::blocks_wait | Effect::runs_loop;
  for (const Callable& callable : all_callables()) {
    const std::string_view twin = callable.async_twin;
    if (twin.empty() || !knows_module(top_level(twin))) continue;
    INFO(callable.name << " has the twin " << twin);
    CHECK(exists(twin));
    const Callable* entry = find_callable(twin);
    CHECK((entry == nullptr || !any(entry->effects & kBlocks)));
  }
}

// True for an entry of this very name: every text of the tables is stored once.
template <class Item>
bool is_entry(const Item* found, std::string_view name) {
  return found != nullptr && found->name.data() == name.data() && found->name.size() == name.size();
}

TEST_CASE("every callable and class is found under its own name") {
  for (const Callable& callable : all_callables()) {
    INFO(callable.name);
    CHECK(is_entry(find_callable(callable.name), callable.name));
    if (!callable.name.ends_with('*')) CHECK(canonical(callable.name) == callable.name);
  }
  for (const Class& entry : all_classes()) {
    INFO(entry.name);
    CHECK(is_entry(find_class(entry.name), entry.name));
    CHECK(canonical(entry.name) == entry.name);
  }
}

TEST_CASE("lists are sorted and names are unique") {
  const auto before = [](const auto& a, const auto& b) { return a.name < b.name; };
  CHECK(std::is_sorted(all_callables().begin(), all_callables().end(), before));
  CHECK(std::is_sorted(all_classes().begin(), all_classes().end(), before));
  std::set<std::string_view> names;
  for (const Callable& callable : all_callables()) CHECK(names.insert(callable.name).second);
}

TEST_CASE("only what can be entered says what entering and leaving do") {
  for (const Class& entry : all_classes()) {
    INFO(entry.name);
    CHECK((entry.manager != Sides::neither || entry.enter.empty()));
    CHECK((entry.manager != Sides::neither || !any(entry.entering | entry.exiting)));
  }
}

TEST_CASE("clients that wait for ever say where their timeout goes") {
  struct Expected {
    std::string_view name;
    int position;
  };
  for (const Expected& expected : std::initializer_list<Expected>{{"urllib.request.urlopen", 2},
                                                                  {"urllib.request.OpenerDirector.open", 2},
                                                                  {"socket.create_connection", 1},
                                                                  {"http.client.HTTPConnection", 2},
                                                                  {"http.client.HTTPSConnection", 4},
                                                                  {"smtplib.SMTP", 3},
                                                                  {"smtplib.SMTP_SSL", 5},
                                                                  {"smtplib.LMTP", 4},
                                                                  {"ftplib.FTP", 4},
                                                                  {"ftplib.FTP_TLS", 7},
                                                                  {"imaplib.IMAP4", 2},
                                                                  {"imaplib.IMAP4_SSL", 5},
                                                                  {"poplib.POP3", 2},
                                                                  {"poplib.POP3_SSL", 4},
                                                                  {"telnetlib.Telnet", 2},
                                                                  {"nntplib.NNTP", 6},
                                                                  {"subprocess.run", -1},
                                                                  {"subprocess.Popen.wait", 0},
                                                                  {"concurrent.futures.Future.result", 0}}) {
    INFO(expected.name);
    const Callable* callable = find_callable(expected.name);
    REQUIRE(callable != nullptr);
    CHECK(callable->timeout.parameter == "timeout");
    CHECK(callable->timeout.position == expected.position);
    CHECK(callable->timeout_default == TimeoutDefault::waits_for_ever);
  }
}

TEST_CASE("what blocks in the standard library blocks in the tables") {
  struct Expected {
    Effect effect;
    std::vector<std::string_view> names;
  };
  const std::vector<Expected> all{
      {Effect::blocks_input, {"input", "breakpoint", "getpass.getpass", "pdb.set_trace", "code.interact"}},
      {Effect::blocks_sleep, {"time.sleep", "sched.scheduler.run"}},
      {Effect::blocks_subprocess,
       {"os.system", "os.popen", "os.waitpid", "os.spawnvpe", "subprocess.run", "subprocess.Popen",
        "subprocess.Popen.communicate", "webbrowser.open", "venv.create"}},
      {Effect::blocks_file,
       {"open", "os.fdopen", "os.rename", "os.fsync", "shutil.copytree", "tempfile.mkstemp", "pathlib.Path.read_text",
        "gzip.open", "zipfile.ZipFile", "tarfile.open", "json.load", "pickle.dump", "shelve.open",
        "io.TextIOWrapper.readline", "io.BufferedReader.read", "configparser.RawConfigParser.read", "os.listdir",
        "glob.glob"}},
      {Effect::blocks_file_metadata, {"os.stat", "os.path.exists", "pathlib.Path.is_file"}},
      {Effect::blocks_network,
       {"socket.socket.recv", "socket.getaddrinfo", "ssl.SSLSocket.do_handshake", "http.client.HTTPResponse.read",
        "urllib.request.urlopen", "smtplib.SMTP.sendmail", "ftplib.FTP.retrbinary", "imaplib.IMAP4.fetch"}},
      {Effect::blocks_database, {"sqlite3.connect", "sqlite3.Connection.execute", "sqlite3.Cursor.fetchall"}},
      {Effect::blocks_wait,
       {"threading.Lock.acquire", "threading.Event.wait", "threading.Thread.join", "queue.Queue.put",
        "concurrent.futures.Future.result", "concurrent.futures.wait", "concurrent.futures.Executor.shutdown",
        "multiprocessing.Process.join", "multiprocessing.Pool.map", "select.select", "select.poll.poll",
        "selectors.BaseSelector.select", "signal.pause", "fcntl.flock"}},
      {Effect::blocks_cpu, {"hashlib.scrypt", "hashlib.pbkdf2_hmac", "zlib.compress", "lzma.decompress"}},
      {Effect::loads_tls, {"ssl.create_default_context", "ssl.SSLContext.load_verify_locations"}},
      {Effect::runs_loop, {"asyncio.run", "asyncio.Runner.run", "asyncio.AbstractEventLoop.run_until_complete"}},
      {Effect::imports, {"importlib.import_module", "__import__"}},
      {Effect::starts_thread, {"threading.Thread.start"}},
  };
  for (const Expected& expected : all) {
    for (const std::string_view name : expected.names) {
      INFO(name);
      const Callable* callable = find_callable(name);
      REQUIRE(callable != nullptr);
      CHECK(any(callable->effects & expected.effect));
    }
  }
}

TEST_CASE("asyncio's coroutines are async and its plain functions are not") {
  for (const std::string_view name :
       {"asyncio.sleep", "asyncio.gather", "asyncio.wait_for", "asyncio.to_thread", "asyncio.Queue.get",
        "asyncio.Event.wait", "asyncio.Lock.acquire", "asyncio.StreamReader.readline", "asyncio.StreamWriter.drain",
        "asyncio.open_connection", "asyncio.create_subprocess_exec", "asyncio.subprocess.Process.wait"}) {
    INFO(name);
    REQUIRE(find_callable(name) != nullptr);
    CHECK(find_callable(name)->is_async);
  }
  for (const std::string_view name : {"asyncio.create_task", "asyncio.Queue.get_nowait", "asyncio.StreamWriter.write",
                                      "asyncio.Event.set", "asyncio.get_running_loop"}) {
    INFO(name);
    REQUIRE(find_callable(name) != nullptr);
    CHECK_FALSE(find_callable(name)->is_async);
  }
}

}  // namespace
}  // namespace surefoot::knowledge
