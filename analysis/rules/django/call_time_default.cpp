#include <fmt/format.h>

#include <array>

#include "analysis/fixes/edits.hpp"
#include "analysis/rules/callee.hpp"
#include "analysis/rules/django_orm.hpp"
#include "analysis/rules/file_calls.hpp"
#include "analysis/rules/walk.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

enum Variant { kCall, kPart, kHelper, kMutable };

// What gives another value each time.
bool differs_each_time(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kNames = {"django.utils.timezone.now",
                                                              "django.utils.timezone.localtime",
                                                              "django.utils.timezone.localdate",
                                                              "django.utils.crypto.get_random_string",
                                                              "datetime.datetime.now",
                                                              "datetime.datetime.utcnow",
                                                              "datetime.datetime.today",
                                                              "datetime.date.today",
                                                              "time.time",
                                                              "time.time_ns",
                                                              "time.localtime",
                                                              "time.gmtime",
                                                              "uuid.uuid1",
                                                              "uuid.uuid4",
                                                              "uuid.uuid7",
                                                              "os.urandom"};
  return contains(kNames, name) || name.starts_with("random.") || name.starts_with("secrets.");
}

bool differs_each_time(Node call, Context& context) {
  const Type* callee = context.callee(call);
  return callee != nullptr && callee->tag == Type::Tag::object && differs_each_time(callee->name);
}

// Code of a lambda runs later.
Node differing_call_in(Node value, Context& context) {
  Node found;
  for_each_own(value, [&](Node node) {
    if (!found && node.is(Kind::call) && differs_each_time(node, context)) found = node;
  });
  return found;
}

bool is_mutable(Node value, Context& context) {
  if (value.is(Kind::list) || value.is(Kind::dictionary) || value.is(Kind::set)) return true;
  return value.is(Kind::call) &&
         (context.calls(value, "list") || context.calls(value, "dict") || context.calls(value, "set"));
}

// The field of a model whose default the keyword is, or of a form or serializer.
enum class Of : std::uint8_t { nothing, model, form };

Of field_of(Node call, std::string_view keyword, Context& context) {
  const Type* callee = context.callee(call);
  const std::string_view name = callee != nullptr ? callee->name : std::string_view();
  const std::string_view written = last_name(call.child(Field::function));
  if (!written.ends_with("Field") && !name.ends_with("Field")) return Of::nothing;
  if (name.starts_with("django.forms.")) return keyword == "initial" ? Of::form : Of::nothing;
  if (keyword != "default") return Of::nothing;
  if (name.starts_with("rest_framework.")) return Of::form;
  return name.starts_with("django.") || is_in_model(call, context) ? Of::model : Of::nothing;
}

void check(Node keyword, Context& context);
bool confirm(const Report& report, Context& context);
Fixes fix(const Report& report, Context& context);

}  // namespace

extern const Rule call_time_default;
const Rule call_time_default{
    .code = "DJG122",
    .name = "call-time-default",
    .severity = Severity::error,
    .profile = Profile::standard,
    .kinds = {Kind::keyword_argument},
    .check = check,
    .fix = fix,
    .confirm = confirm,
};

namespace {

void say(Node value, Variant variant, std::string_view what, Context& context) {
  context
      .report(call_time_default, value,
              variant == kMutable
                  ? fmt::format("`{}` is made once, at import: all rows share it, and what one changes in it the next "
                                "one has. Give the field a callable",
                                what)
                  : fmt::format("`{}` is called once, when the module is imported: every row gets the same value. Give "
                                "the field a callable",
                                what))
      .variant = variant;
}

void check(Node keyword, Context& context) {
  const std::string_view name = keyword.child(Field::name).text();
  if (name != "default" && name != "initial") return;
  const Node call = keyword.parent().parent();
  if (!call.is(Kind::call) || context.scope_of(call) != Scope::class_body || is_migration_path(context.path())) return;
  const Node value = without_parentheses(keyword.child(Field::value));
  if (value.is(Kind::identifier) || value.is(Kind::lambda)) return;
  const Of of = field_of(call, name, context);
  if (of == Of::nothing) return;
  if (const Node found = differing_call_in(value, context)) {
    say(value, found == value ? kCall : kPart, found.child(Field::function).text(), context);
  } else if (of == Of::model && is_mutable(value, context)) {
    say(value, kMutable, value.text().find('\n') == std::string_view::npos ? value.text() : "The default", context);
  } else if (value.is(Kind::call)) {
    const auto run = run_at(value, context);
    if (run && !run->function->is_async) say(value, kHelper, value.child(Field::function).text(), context);
  }
}

bool confirm(const Report& report, Context& context) {
  if (report.variant != kHelper) return true;
  const auto run = run_at(context.unit().unit->ast.node(report.node), context);
  return run && any_in_run(*run, context, [](Node node, Context& inside, bool) {
           return node.is(Kind::call) && differs_each_time(node, inside);
         });
}

Fixes fix(const Report& report, Context& context) {
  const Node value = context.unit().unit->ast.node(report.node);
  std::string text;
  if (report.variant == kPart) return {{}, "the default is computed from the value"};
  if (value.is(Kind::call)) {
    if (value.child(Field::arguments).text() != "()") return {{}, "the call has arguments"};
    text = value.child(Field::function).text();
  } else {
    if (value.child_count() != 0 || value.text().find('#') != std::string_view::npos) {
      return {{}, "the default has content"};
    }
    text = value.is(Kind::list) ? "list" : "dict";
  }
  const std::string title = fmt::format("Give the field `{}` itself", text);
  return {{fixes::make_fix(title, fixes::Applicability::safe,
                           {fixes::replace(context.file(), context.place(value), text)})},
          ""};
}

}  // namespace
}  // namespace surefoot::rules
