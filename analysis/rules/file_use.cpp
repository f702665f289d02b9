#include "analysis/rules/file_use.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace surefoot::rules {
namespace {

using knowledge::Effect;

// In memory until it has grown large.
constexpr std::string_view kSpooled = "tempfile.SpooledTemporaryFile";

constexpr int kMaxSteps = 8;
constexpr int kMaxLookedAt = 100;

constexpr Effect kOtherRules = Effect::blocks_network | Effect::blocks_database | Effect::blocks_sleep |
                               Effect::blocks_input | Effect::blocks_subprocess | Effect::blocks_wait |
                               Effect::runs_loop;

// The expressions that one is made of: what its methods are called on, and what is handed to a call that is known.
std::vector<Node> sources(Node expression, Context& context) {
  switch (expression.kind()) {
    case Kind::attribute:
      return {expression.child(Field::object)};
    case Kind::subscript:
      return {expression.child(Field::value)};
    case Kind::call: {
      std::vector<Node> all = {expression.child(Field::function)};
      const Type* callee = context.callee(expression);
      const bool enters = callee != nullptr && callee->name.ends_with(".enter_context");
      if (callee == nullptr || (callee->callable == nullptr && !enters)) return all;
      for (const Node child : expression.child(Field::arguments).children()) {
        all.push_back(child.is(Kind::keyword_argument) ? child.child(Field::value) : child);
      }
      return all;
    }
    default:
      return {};
  }
}

Node assigned_value(Node target) {
  const Node parent = target.parent();
  if (parent.is(Kind::assignment) && target.field() == Field::left) return parent.child(Field::right);
  if (parent.is(Kind::named_expression) && target.field() == Field::name) return parent.child(Field::value);
  if (parent.is(Kind::as_pattern_target)) return parent.parent().first_child();
  const bool unpacked = parent.is(Kind::pattern_list) && parent.parent().is(Kind::assignment);
  return unpacked ? parent.parent().child(Field::right) : Node();
}

// What the function binds to this name or attribute.
std::vector<Node> values_of(Node name, Context& context) {
  std::vector<Node> values;
  const Node body = context.enclosing_function(name).child(Field::body);
  for (std::uint32_t i = body ? body.index() : 0; body && i < body.after(); ++i) {
    const Node node = body.ast().node(i);
    if (node.kind() != name.kind() || node.text() != name.text()) continue;
    if (const Node value = assigned_value(node)) values.push_back(without_parentheses(value));
  }
  return values;
}

// Values that are no handles: what was read, or the name of what was made.
bool is_plain(Node expression, Context& context) {
  const Type* type = semantics::only(context.type_of(expression));
  if (type == nullptr) return false;
  if (type->tag != Type::Tag::instance) return type->tag != Type::Tag::object;
  static constexpr std::array<std::string_view, 8> kPlain = {"str",  "bytes", "bool",  "dict",
                                                             "list", "set",   "float", "memoryview"};
  return std::find(kPlain.begin(), kPlain.end(), type->name) != kPlain.end() ||
         context.is_instance(expression, "pathlib.PurePath");
}

// Looks for an expression that passes the test among those that a value is made of. Bounded, since code may be cyclic.
template <class Test>
class Origin {
 public:
  Origin(Context& context, Test test) : context_(context), test_(test) {}

  bool found(Node expression, int steps = 0) {
    expression = without_parentheses(expression);
    if (!expression || steps > kMaxSteps || ++looked_at_ > kMaxLookedAt || expression.is(Kind::await)) return false;
    if (test_(expression)) return true;
    if (is_plain(expression, context_)) return false;
    for (const Node source : sources(expression, context_)) {
      if (found(source, steps + 1)) return true;
    }
    return found_in_values(expression, steps);
  }

 private:
  bool found_in_values(Node name, int steps) {
    if (!name.is(Kind::identifier) && !name.is(Kind::attribute)) return false;
    for (const Node value : values_of(name, context_)) {
      if (!value.covers(name) && found(value, steps + 1)) return true;
    }
    return false;
  }

  Context& context_;
  Test test_;
  int looked_at_ = 0;
};

// json.load and its like read whatever object they are given.
bool reads_through_object(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kModules = {
      "json", "pickle", "marshal", "plistlib",   "tomllib", "tomli",   "toml",
      "yaml", "ujson",  "orjson",  "simplejson", "dill",    "msgpack", "cloudpickle"};
  const std::string_view module = name.substr(0, name.find('.'));
  return std::find(kModules.begin(), kModules.end(), module) != kModules.end() || name == "shutil.copyfileobj";
}

bool is_standard_stream(Node expression) {
  const std::string_view text = expression.text();
  for (const std::string_view name : {"sys.stdout", "sys.stderr", "sys.stdin"}) {
    if (text.starts_with(name)) return true;
  }
  return text == "stdout" || text == "stderr" || text == "stdin";
}

// Archives lie in memory as often as on disk; which it is shows only where one is opened.
bool is_method_of_archive(Node call, const BlockingCall& blocking, Context& context) {
  static constexpr std::array<std::string_view, 6> kModules = {"gzip",    "bz2",     "lzma",
                                                               "zipfile", "tarfile", "compression"};
  const std::string_view name = blocking.name;
  if (name.ends_with(".extractall") || name.ends_with(".extract")) return false;
  const Node receiver = without_parentheses(call.child(Field::function).child(Field::object));
  const Type* type = receiver ? semantics::only(context.type_of(receiver)) : nullptr;
  const bool method = type != nullptr && type->tag == Type::Tag::instance;
  return method && std::find(kModules.begin(), kModules.end(), name.substr(0, name.find('.'))) != kModules.end();
}

// Clients that read their own description when they are made; the calls on them are what takes long.
bool makes_client(std::string_view name) { return name.starts_with("boto3.") || name.starts_with("botocore."); }

// As file_call, but whatever a call reads through counts.
std::optional<BlockingCall> any_file_call(Node call, Context& context) {
  if (!context.may_run_on_loop(call)) return std::nullopt;
  auto blocking = blocking_call(call, context);
  if (!blocking || any(blocking->effects & kOtherRules) || computes_for_long(*blocking)) return std::nullopt;
  const bool contents = any(blocking->effects & Effect::blocks_file);
  const bool metadata = any(blocking->effects & Effect::blocks_file_metadata) && context.strict();
  if (!contents && !metadata) return std::nullopt;
  if (is_standard_stream(call.child(Field::function).child(Field::object))) return std::nullopt;
  if (makes_client(blocking->name) && !context.strict()) return std::nullopt;
  if (blocking->name == kSpooled || is_method_of_archive(call, *blocking, context)) return std::nullopt;
  return blocking;
}

bool has_file_argument(Node call, Context& context) {
  for (const Node source : sources(call, context)) {
    if (is_file_handle(source, context) || comes_from_opened_file(source, context)) return true;
  }
  return false;
}

}  // namespace

bool is_file_handle(Node expression, Context& context) {
  static constexpr std::array<std::string_view, 5> kOthers = {"io.BytesIO", "io.StringIO", "http.client.HTTPResponse",
                                                              "urllib3.HTTPResponse", "socket.SocketIO"};
  return context.is_instance(expression, "io.IOBase") &&
         std::none_of(kOthers.begin(), kOthers.end(),
                      [&](std::string_view other) { return context.is_instance(expression, other); });
}

bool is_in_memory(Node expression, Context& context) {
  const auto test = [&](Node node) {
    return context.is_instance(node, "io.BytesIO") || context.is_instance(node, "io.StringIO") ||
           context.is_instance(node, kSpooled);
  };
  return Origin(context, test).found(expression);
}

std::optional<BlockingCall> file_call(Node call, Context& context) {
  auto blocking = any_file_call(call, context);
  if (!blocking) return std::nullopt;
  if (reads_through_object(blocking->name) && !has_file_argument(call, context)) return std::nullopt;
  return blocking;
}

bool comes_from_opened_file(Node expression, Context& context) {
  const auto test = [&](Node node) {
    if (!node.is(Kind::call) || is_plain(node, context)) return false;
    const auto call = any_file_call(node, context);
    return call && !reads_through_object(call->name);
  };
  return Origin(context, test).found(expression);
}

}  // namespace surefoot::rules
