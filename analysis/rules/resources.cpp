#include "analysis/rules/resources.hpp"

#include <algorithm>
#include <array>

#include "analysis/rules/callee.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/semantics/frame.hpp"

namespace surefoot::rules {
namespace {

using knowledge::Effect;

struct Opener {
  std::string_view name;
  ResourceKind kind;
};

constexpr std::array<Opener, 32> kOpeners = {{
    {"open", ResourceKind::file},
    {"codecs.open", ResourceKind::file},
    {"io.open_code", ResourceKind::file},
    {"os.fdopen", ResourceKind::file},
    {"pathlib.Path.open", ResourceKind::file},
    {"gzip.open", ResourceKind::file},
    {"bz2.open", ResourceKind::file},
    {"lzma.open", ResourceKind::file},
    {"tempfile.TemporaryFile", ResourceKind::temporary},
    {"tempfile.NamedTemporaryFile", ResourceKind::temporary},
    {"tempfile.SpooledTemporaryFile", ResourceKind::temporary},
    {"tempfile.TemporaryDirectory", ResourceKind::temporary},
    {"socket.socket", ResourceKind::socket},
    {"socket.create_connection", ResourceKind::socket},
    {"socket.create_server", ResourceKind::socket},
    {"aiohttp.ClientSession", ResourceKind::client},
    {"httpx.Client", ResourceKind::client},
    {"httpx.AsyncClient", ResourceKind::client},
    {"sqlite3.connect", ResourceKind::connection},
    {"subprocess.Popen", ResourceKind::process},
    {"concurrent.futures.ThreadPoolExecutor", ResourceKind::pool},
    {"concurrent.futures.ProcessPoolExecutor", ResourceKind::pool},
    {"multiprocessing.Pool", ResourceKind::pool},
    {"multiprocessing.pool.ThreadPool", ResourceKind::pool},
    {"multiprocessing.context.BaseContext.Pool", ResourceKind::pool},
    {"psycopg_pool.ConnectionPool", ResourceKind::pool},
    {"psycopg_pool.AsyncConnectionPool", ResourceKind::pool},
    {"psycopg2.pool.SimpleConnectionPool", ResourceKind::pool},
    {"psycopg2.pool.ThreadedConnectionPool", ResourceKind::pool},
    {"asyncpg.create_pool", ResourceKind::pool},
    {"psycopg2.connect", ResourceKind::connection},
    {"psycopg.connect", ResourceKind::connection},
}};

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const Opener* opener_of(std::string_view name) {
  const auto named = [&](const Opener& opener) { return opener.name == name; };
  const auto found = std::find_if(kOpeners.begin(), kOpeners.end(), named);
  return found != kOpeners.end() ? &*found : nullptr;
}

// A connection to a database or mail server, by a constructor or `connect` that opens it. Clients of other servers
// mostly open and close theirs by themselves.
bool opens_connection(Node call, Node value, const Type& callee, Context& context) {
  const std::string_view module = callee.name.substr(0, callee.name.find('.'));
  if (!is_one_of(module, {"psycopg", "psycopg2", "asyncpg", "pymysql", "MySQLdb", "mysql", "aiosqlite", "oracledb",
                          "pyodbc", "smtplib", "ftplib", "imaplib", "poplib", "telnetlib"})) {
    return false;
  }
  if (callee.callable == nullptr || !any(effects_of(call, *callee.callable) & Effect::opens_connection)) return false;
  const Type* type = semantics::only(context.type_of(value));
  const knowledge::Class* facts =
      type != nullptr && type->tag == Type::Tag::instance ? knowledge::find_class(type->name) : nullptr;
  return facts != nullptr && !facts->close.empty() && !type->name.ends_with("ursor");
}

}  // namespace

bool may_open(const Callee& callee) {
  return callee.of == Callee::Of::library && (opener_of(callee.name) != nullptr || callee.facts != nullptr);
}

std::optional<Resource> resource_of(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || callee->function != nullptr) return std::nullopt;
  const Node value = call.parent().is(Kind::await) ? call.parent() : call;
  if (const Opener* opener = opener_of(callee->name)) return Resource{opener->kind, value, callee->name};
  if (!opens_connection(call, value, *callee, context)) return std::nullopt;
  return Resource{ResourceKind::connection, value, callee->name};
}

bool is_closing_method(std::string_view method, ResourceKind kind) {
  if (is_one_of(method,
                {"close", "aclose", "__exit__", "__aexit__", "terminate", "kill", "quit", "logout", "detach"})) {
    return true;
  }
  switch (kind) {
    case ResourceKind::process:
      return is_one_of(method, {"wait", "communicate", "poll", "send_signal"});
    case ResourceKind::pool:
      return is_one_of(method, {"shutdown", "join", "closeall"});
    case ResourceKind::temporary:
      return method == "cleanup";
    default:
      return is_one_of(method, {"release", "disconnect", "stop"});
  }
}

bool borrows(Node call, Context& context) {
  const Type* callee = context.callee(call);
  if (callee == nullptr || callee->tag != Type::Tag::object || callee->function != nullptr) return false;
  const std::string_view name = callee->name;
  const std::string_view module = name.substr(0, name.find('.'));
  if (is_one_of(module, {"json", "pickle", "marshal", "csv", "tomllib", "tomli", "toml", "yaml", "plistlib", "struct",
                         "simplejson", "ujson", "orjson", "fcntl", "hashlib", "select"})) {
    return true;
  }
  return is_one_of(name, {"list",
                          "tuple",
                          "set",
                          "dict",
                          "sorted",
                          "sum",
                          "min",
                          "max",
                          "len",
                          "any",
                          "all",
                          "print",
                          "isinstance",
                          "repr",
                          "str",
                          "id",
                          "bool",
                          "next",
                          "hasattr",
                          "shutil.copyfileobj",
                          "os.fsync",
                          "os.fstat",
                          "os.isatty",
                          "traceback.print_exc",
                          "subprocess.run",
                          "subprocess.call",
                          "subprocess.check_call",
                          "subprocess.check_output"});
}

namespace {

bool is_plain(Node value, Context& context) {
  const Type* type = semantics::only(context.type_of(value));
  if (type == nullptr) return false;
  return type->tag == Type::Tag::none || is_one_of(type->name, {"str", "bytes", "int", "bool", "float", "dict", "list",
                                                                "tuple", "set", "httpx.Response"});
}

// What is made of `file.read()` and goes out of the function may still need the file.
bool result_needs_resource(Node call, Context& context) {
  Node value = call.parent().is(Kind::await) ? call.parent() : call;
  while (value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  const Node parent = value.parent();
  const bool leaves = parent.is(Kind::return_statement) || parent.is(Kind::yield) ||
                      (parent.is(Kind::assignment) && !parent.child(Field::left).is(Kind::identifier));
  if (!leaves) return false;
  if (value.is(Kind::await)) return false;
  return !is_plain(value, context);
}

// `return csv.reader(file)`: reads when the caller asks.
bool gives_reader(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->name.starts_with("csv.") && result_needs_resource(call, context);
}

// One use of the local: what it means for the resource.
ResourceUse look_at(Node use, ResourceKind kind, Context& context) {
  constexpr ResourceUse kUsed{};
  constexpr ResourceUse kHandedOn{.handed_on = true};
  constexpr ResourceUse kClosed{.closed = true};
  Node value = use;
  while (value.parent().is(Kind::parenthesized_expression)) value = value.parent();
  const Node parent = value.parent();
  switch (parent.kind()) {
    case Kind::attribute: {
      const std::string_view name = parent.child(Field::attribute).text();
      const Node call = parent.parent();
      const bool called = call.is(Kind::call) && parent.field() == Field::function;
      if (is_closing_method(name, kind)) return called ? kClosed : kHandedOn;
      if (called) return result_needs_resource(call, context) ? kHandedOn : kUsed;
      if (kind != ResourceKind::process && is_plain(parent, context)) return kUsed;
      if (call.is(Kind::argument_list) && borrows(call.parent(), context)) return kUsed;
      // A stream of a process, or the socket's own file: something else may hold it.
      return call.is(Kind::argument_list) || call.is(Kind::assignment) || call.is(Kind::return_statement) ? kHandedOn
                                                                                                          : kUsed;
    }
    case Kind::with_item:
    case Kind::as_pattern:
      return kClosed;
    case Kind::argument_list:
    case Kind::keyword_argument: {
      const Node call = parent.is(Kind::argument_list) ? parent.parent() : parent.parent().parent();
      return call.is(Kind::call) && borrows(call, context) && !gives_reader(call, context) ? kUsed : kHandedOn;
    }
    case Kind::for_statement:
    case Kind::for_in_clause:
      return value.field() == Field::right ? kUsed : kHandedOn;
    case Kind::if_statement:
    case Kind::elif_clause:
    case Kind::while_statement:
    case Kind::not_operator:
    case Kind::comparison_operator:
    case Kind::interpolation:
    case Kind::assert_statement:
      return kUsed;
    case Kind::boolean_operator:
      return parent.parent().is(Kind::if_statement) ? kUsed : kHandedOn;
    case Kind::subscript:
      return value.field() == Field::value ? kUsed : kHandedOn;
    case Kind::delete_statement:
      return kUsed;
    default:
      return kHandedOn;
  }
}

bool is_own_local(Node name, Node function) {
  semantics::Frame frame;
  semantics::collect_names(function.child(Field::body), frame);
  return frame.slots.contains(name.text()) && !frame.globals.contains(name.text()) &&
         !frame.nonlocals.contains(name.text());
}

// `for block in iter(lambda: file.read(65536), b""):`, which calls it while it goes on.
bool runs_in_loop(Node lambda, Context& context) {
  const Node call = lambda.parent().parent();
  const bool iterated = call.parent().is(Kind::for_statement) || call.parent().is(Kind::for_in_clause);
  return lambda.is(Kind::lambda) && iterated && call.field() == Field::right && context.calls(call, "iter");
}

}  // namespace

ResourceUse use_of(Node local, ResourceKind kind, Context& context) {
  const Node function = context.enclosing_function(local);
  const Node body = function.is(Kind::function_definition) ? function.child(Field::body) : Node();
  if (!body || !is_own_local(local, function)) return {.handed_on = true};
  ResourceUse all;
  for (std::uint32_t i = body.index(); i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (!node.is(Kind::identifier) || node.text() != local.text() || node.field() == Field::attribute) continue;
    const Node around = context.enclosing_function(node);
    if (around != function && !runs_in_loop(around, context)) return {.handed_on = true};
    if (is_binding_place(node) && !node.parent().is(Kind::delete_statement)) continue;
    const ResourceUse one = look_at(node, kind, context);
    all.handed_on = all.handed_on || one.handed_on;
    all.closed = all.closed || one.closed;
  }
  return all;
}

}  // namespace surefoot::rules
