#include <fmt/format.h>

#include <algorithm>

#include "analysis/fixes/edits.hpp"
#include "analysis/fixes/imports.hpp"
#include "analysis/rules/flask_settings.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/words.hpp"
#include "analysis/semantics/literals.hpp"

namespace surefoot::rules {
namespace {

void check(Node string, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule hardcoded_credentials;
const Rule hardcoded_credentials{
    .code = "FLK115",
    .name = "hardcoded-credentials",
    .severity = Severity::warning,
    .profile = Profile::standard,
    .kinds = {Kind::string},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

struct Credentials {
  std::string user;
  std::string password;
  std::string host;
};

bool is_scheme(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '.' || c == '-';
  });
}

// "scheme://user:password@host…"
std::optional<Credentials> credentials_in(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || !is_scheme(url.substr(0, scheme))) return std::nullopt;
  if (url.find_first_of(" \t\n") != std::string_view::npos) return std::nullopt;
  url.remove_prefix(scheme + 3);
  const std::string_view authority = url.substr(0, url.find_first_of("/?#"));
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view login = authority.substr(0, at);
  const std::size_t colon = login.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view host = authority.substr(at + 1);
  return Credentials{std::string(login.substr(0, colon)), std::string(login.substr(colon + 1)),
                     std::string(host.substr(0, host.find(':')))};
}

// What stands for a password that is put in later, or is none: "{password}", "<pw>", "***", "guest:guest".
bool is_placeholder(const Credentials& found) {
  if (found.password.empty() || found.host.empty()) return true;
  if (found.password.find_first_of("{}<>%$*[]") != std::string::npos) return true;
  if (found.password.find_first_not_of("xX.") == std::string::npos) return true;
  return found.user == "guest" && found.password == "guest";
}

bool is_local(std::string_view host) { return host.find('.') == std::string_view::npos || host == "127.0.0.1"; }

// In a class, function or file that is made for development or tests.
bool is_for_development(Node node, Context& context) {
  const auto speaks = [](std::string_view name) {
    return has_word(name, {"dev", "devel", "develop", "development", "local", "test", "tests", "testing", "debug", "ci",
                           "example"});
  };
  for (Node outer = node; outer; outer = outer.parent()) {
    const bool named = outer.is(Kind::class_definition) || outer.is(Kind::function_definition);
    if (named && speaks(outer.child(Field::name).text())) return true;
    if (outer.is(Kind::assignment) && speaks(outer.child(Field::left).text())) return true;
    if (outer.is(Kind::pair) && speaks(outer.child(Field::key).text())) return true;
  }
  const std::string_view path = context.path();
  return speaks(context.enclosing_class(node)) || speaks(path.substr(path.rfind('/') + 1));
}

// The text of the literal, with "{}" for what is computed; nothing for what is no URL with a login, and docstrings.
std::optional<std::string> text_of(Node string) {
  const std::string_view written = string.text();
  if (written.find("://") == std::string_view::npos || written.find('@') == std::string_view::npos) return std::nullopt;
  if (string.parent().is(Kind::expression_statement)) return std::nullopt;
  std::string text;
  for (const Node part : string.children()) {
    if (part.is(Kind::string_content)) text += part.text();
    if (part.is(Kind::interpolation)) text += "{}";
  }
  return text;
}

bool is_of_flask(Context& context) {
  return imports_flask(context) || contains(context.facts().frameworks, std::string("flask"));
}

// Report::variant
constexpr int kOfFlask = 0;
constexpr int kMaybe = 1;  // when the file is one of settings for Flask

void check(Node string, Context& context) {
  const auto text = text_of(string);
  const auto found = text ? credentials_in(*text) : std::nullopt;
  if (!found || is_placeholder(*found)) return;
  if (is_local(found->host) && is_for_development(string, context)) return;
  context
      .report(hardcoded_credentials, string,
              fmt::format("The password of `{}` at `{}` is written in the source: whoever reads it can log in",
                          found->user, found->host))
      .variant = is_of_flask(context) ? kOfFlask : kMaybe;
}

bool confirm(const Report& report, Context& context) {
  if (report.variant == kOfFlask) return true;
  for (const std::string_view name :
       {"SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_TRACK_MODIFICATIONS", "SQLALCHEMY_BINDS"}) {
    if (is_mentioned(name, context)) return true;
  }
  return false;
}

// The setting that the literal is the value of: `NAME = "…"`, `config["NAME"] = "…"`, `update(NAME="…")`.
std::string setting_of(Node string) {
  const Node outer = string.parent();
  Node name;
  if (outer.is(Kind::assignment)) name = outer.child(Field::left);
  if (outer.is(Kind::keyword_argument)) name = outer.child(Field::name);
  if (outer.is(Kind::pair)) name = outer.child(Field::key);
  if (name.is(Kind::subscript)) name = name.child(Field::subscript);
  std::string text;
  if (name.is(Kind::identifier)) text = std::string(name.text());
  if (const auto literal = name ? semantics::literal_string(name) : std::nullopt) text = *literal;
  const bool constant =
      !text.empty() && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos;
  return constant ? text : std::string();
}

Fixes fix(const Report& report, Context& context) {
  const fixes::Place value = context.place(context.unit().unit->ast.node(report.node));
  if (value.node.child(Kind::interpolation)) return {{}, "a part of it is computed"};
  const std::string name = setting_of(value.node);
  if (name.empty()) return {{}, "it is no setting of its own"};
  const fixes::Import os = fixes::import_module(context.file(), value, "os");
  if (!os.problem.empty()) return {{}, os.problem};
  std::vector<text::TextEdit> edits{
      fixes::replace(context.file(), value, fmt::format("{}.environ[\"{}\"]", os.name, name))};
  if (os.edit) edits.push_back(*os.edit);
  return {{fixes::make_fix(fmt::format("Read `{}` from the environment", name), fixes::Applicability::unsafe,
                           std::move(edits))},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
