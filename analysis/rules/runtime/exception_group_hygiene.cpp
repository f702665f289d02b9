#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/rules/exception_groups.hpp"
#include "analysis/rules/mentions.hpp"
#include "analysis/rules/rule.hpp"
#include "analysis/rules/value_use.hpp"
#include "analysis/rules/words.hpp"

namespace surefoot::rules {
namespace {

void check(Node node, Context& context);

}  // namespace

extern const Rule exception_group_hygiene;
const Rule exception_group_hygiene{
    .code = "RT226",
    .name = "exception-group-hygiene",
    .severity = Severity::information,
    .profile = Profile::strict,
    .kinds = {Kind::except_clause, Kind::raise_statement, Kind::class_definition},
    .check = check,
};

namespace {

bool catches_only_groups(Node handler, Context& context) {
  if (is_group_handler(handler)) return true;
  const std::vector<Node> caught = caught_by(handler);
  return !caught.empty() && std::all_of(caught.begin(), caught.end(), [&](Node exception) {
    return is_group_class(class_named(exception, context), context);
  });
}

// The handler round the node whose alias this name is; null when there is none.
Node handler_of(Node name) {
  for (Node outer = name.parent(); outer; outer = outer.parent()) {
    if (outer.is(Kind::function_definition) || outer.is(Kind::lambda)) return {};
    if (outer.is(Kind::except_clause) && alias_of(outer) && alias_of(outer).text() == name.text()) return outer;
  }
  return {};
}

bool is_group(Node value, Context& context) {
  value = without_parentheses(value);
  const Node handler = value.is(Kind::identifier) ? handler_of(value) : Node();
  if (handler) return catches_only_groups(handler, context);
  const Type* type = semantics::only(context.type_of(value));
  return type != nullptr && type->tag == Type::Tag::instance && is_group_class(type->name, context);
}

// `group.exceptions`
bool are_children(Node value, Context& context) {
  value = without_parentheses(value);
  return value.is(Kind::attribute) && value.child(Field::attribute).text() == "exceptions" &&
         is_group(value.child(Field::object), context);
}

// The `for` statement round the node that binds the name.
Node loop_of(Node name) {
  for (Node outer = name.parent(); outer && !outer.is(Kind::function_definition); outer = outer.parent()) {
    if (outer.is(Kind::for_statement) && outer.child(Field::left).text() == name.text()) return outer;
  }
  return {};
}

// True for `group.exceptions[0]`, and for a name that was given one of them.
bool is_child(Node value, Context& context) {
  value = without_parentheses(value);
  if (value.is(Kind::subscript)) return are_children(value.child(Field::value), context);
  if (!value.is(Kind::identifier)) return false;
  if (const Node loop = loop_of(value)) return are_children(loop.child(Field::right), context);
  const Node source = only_value_of(value, context);
  return source.is(Kind::subscript) && are_children(source.child(Field::value), context);
}

void check_raise(Node statement, Context& context) {
  const Node value = statement.first_child();
  if (!value || value.field() == Field::cause || !is_child(value, context)) return;
  context
      .report(exception_group_hygiene, statement,
              fmt::format("`{}` is raised out of its group: the others are lost, and it loses its own traceback",
                          value.text()))
      .span = value.span();
}

// True when the class, or one of the file that it derives from, says how to make a group like itself.
bool defines_derive(std::string_view path, Context& context, int depth = 0) {
  const semantics::ClassEntry* entry = context.module().find_class(path);
  if (entry == nullptr || depth > 16) return true;
  if (entry->attributes.contains("derive")) return true;
  const std::string prefix = context.module().name() + ".";
  for (const semantics::TermId base : entry->definition->bases) {
    const Type* type = semantics::only(context.resolver().type_of(*entry->unit, base));
    if (type == nullptr) return true;
    if (!type->name.starts_with(prefix)) continue;
    if (defines_derive(type->name.substr(prefix.size()), context, depth + 1)) return true;
  }
  return false;
}

void check_class(Node definition, Context& context) {
  for (const semantics::Class& one : context.unit().classes) {
    if (one.node != definition.index()) continue;
    const std::string name = context.module().name() + "." + one.path;
    if (!is_group_class(name, context) || defines_derive(one.path, context)) return;
    context
        .report(
            exception_group_hygiene, definition,
            fmt::format("`{}` has no `derive`: `split`, `subgroup` and `except*` turn it into a plain group", one.name))
        .span = definition.child(Field::name).span();
  }
}

bool is_group_attribute(std::string_view name) {
  return name == "exceptions" || name == "split" || name == "subgroup" || name == "derive";
}

// Attributes that every exception group has.
bool is_attribute_of_groups(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {"message", "args", "with_traceback", "add_note", "_"};
  return is_group_attribute(name) || contains(kNames, name) || name.starts_with("__");
}

// Builtin exceptions; what others look like is not known.
bool is_plain_exception(Node exception, Context& context) {
  const std::string_view name = class_named(exception, context);
  if (name.empty() || name.find('.') != std::string_view::npos) return false;
  return name != "Exception" && name != "BaseException" && !is_group_class(name, context);
}

// True when the handler asks what kind of exception it has.
bool asks_for_kind(Node handler, std::string_view alias) {
  bool asks = false;
  for_each_mention_in(handler, alias, [&](Node place) {
    const Node call = place.parent().parent();
    const std::string_view function = call.is(Kind::call) ? call.child(Field::function).text() : "";
    asks = asks || function == "isinstance" || function == "hasattr" || place.field() == Field::subject;
  });
  return asks;
}

void check_attributes(Node handler, Context& context) {
  const Node alias = alias_of(handler);
  if (!alias.is(Kind::identifier) || asks_for_kind(handler, alias.text())) return;
  const std::vector<Node> caught = caught_by(handler);
  const bool group = catches_only_groups(handler, context);
  const bool plain = !group && !caught.empty() && std::all_of(caught.begin(), caught.end(), [&](Node exception) {
    return is_plain_exception(exception, context);
  });
  if (!is_group_handler(handler) && !plain) return;
  for_each_mention_in(handler, alias.text(), [&](Node place) {
    const Node attribute = place.parent();
    if (place == alias || place.is(Kind::attribute) || !attribute.is(Kind::attribute)) return;
    const std::string_view name = attribute.child(Field::attribute).text();
    if (plain ? !is_group_attribute(name) : is_attribute_of_groups(name)) return;
    context
        .report(exception_group_hygiene, handler,
                plain ? fmt::format("`{}` is no group here and has no `{}`", alias.text(), name)
                      : fmt::format("`{}` is a group in an `except*` and has no `{}`: look at its `exceptions`",
                                    alias.text(), name))
        .span = attribute.span();
  });
}

void check_handler(Node handler, Context& context) {
  if (is_group_handler(handler)) {
    for (const Node exception : caught_by(handler)) {
      if (!is_group_class(class_named(exception, context), context)) continue;
      context
          .report(exception_group_hygiene, handler,
                  fmt::format("`except*` may not name `{}`: it fails with a TypeError", exception.text()))
          .span = exception.span();
    }
  }
  check_attributes(handler, context);
}

void check(Node node, Context& context) {
  if (node.is(Kind::raise_statement)) return check_raise(node, context);
  if (node.is(Kind::class_definition)) return check_class(node, context);
  check_handler(node, context);
}

}  // namespace
}  // namespace surefoot::rules
