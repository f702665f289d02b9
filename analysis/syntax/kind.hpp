#pragma once
// The kinds and fields of syntax nodes that the analysis knows, independent of the grammar's numbering. A kind of the
// grammar that is not listed here becomes Kind::other.
// Source of the names: tree-sitter-python 0.25, src/node-types.json (a unit test holds the two together).

#include <cstdint>
#include <string_view>

namespace surefoot::syntax {

// X(enumerator, name in the grammar)
#define SUREFOOT_KINDS(X)                                 \
  X(aliased_import, "aliased_import")                     \
  X(argument_list, "argument_list")                       \
  X(as_pattern, "as_pattern")                             \
  X(as_pattern_target, "as_pattern_target")               \
  X(assert_statement, "assert_statement")                 \
  X(assignment, "assignment")                             \
  X(attribute, "attribute")                               \
  X(augmented_assignment, "augmented_assignment")         \
  X(await, "await")                                       \
  X(binary_operator, "binary_operator")                   \
  X(block, "block")                                       \
  X(boolean_operator, "boolean_operator")                 \
  X(break_statement, "break_statement")                   \
  X(call, "call")                                         \
  X(case_clause, "case_clause")                           \
  X(case_pattern, "case_pattern")                         \
  X(class_definition, "class_definition")                 \
  X(class_pattern, "class_pattern")                       \
  X(comment, "comment")                                   \
  X(comparison_operator, "comparison_operator")           \
  X(concatenated_string, "concatenated_string")           \
  X(conditional_expression, "conditional_expression")     \
  X(continue_statement, "continue_statement")             \
  X(decorated_definition, "decorated_definition")         \
  X(decorator, "decorator")                               \
  X(default_parameter, "default_parameter")               \
  X(delete_statement, "delete_statement")                 \
  X(dict_pattern, "dict_pattern")                         \
  X(dictionary, "dictionary")                             \
  X(dictionary_comprehension, "dictionary_comprehension") \
  X(dictionary_splat, "dictionary_splat")                 \
  X(dictionary_splat_pattern, "dictionary_splat_pattern") \
  X(dotted_name, "dotted_name")                           \
  X(elif_clause, "elif_clause")                           \
  X(ellipsis, "ellipsis")                                 \
  X(else_clause, "else_clause")                           \
  X(except_clause, "except_clause")                       \
  X(exec_statement, "exec_statement")                     \
  X(expression_list, "expression_list")                   \
  X(expression_statement, "expression_statement")         \
  X(false_, "false")                                      \
  X(finally_clause, "finally_clause")                     \
  X(float_, "float")                                      \
  X(for_in_clause, "for_in_clause")                       \
  X(for_statement, "for_statement")                       \
  X(function_definition, "function_definition")           \
  X(future_import_statement, "future_import_statement")   \
  X(generator_expression, "generator_expression")         \
  X(generic_type, "generic_type")                         \
  X(global_statement, "global_statement")                 \
  X(identifier, "identifier")                             \
  X(if_clause, "if_clause")                               \
  X(if_statement, "if_statement")                         \
  X(import_from_statement, "import_from_statement")       \
  X(import_prefix, "import_prefix")                       \
  X(import_statement, "import_statement")                 \
  X(integer, "integer")                                   \
  X(interpolation, "interpolation")                       \
  X(keyword_argument, "keyword_argument")                 \
  X(keyword_pattern, "keyword_pattern")                   \
  X(keyword_separator, "keyword_separator")               \
  X(lambda, "lambda")                                     \
  X(lambda_parameters, "lambda_parameters")               \
  X(list, "list")                                         \
  X(list_comprehension, "list_comprehension")             \
  X(list_pattern, "list_pattern")                         \
  X(list_splat, "list_splat")                             \
  X(list_splat_pattern, "list_splat_pattern")             \
  X(match_statement, "match_statement")                   \
  X(member_type, "member_type")                           \
  X(module, "module")                                     \
  X(named_expression, "named_expression")                 \
  X(none, "none")                                         \
  X(nonlocal_statement, "nonlocal_statement")             \
  X(not_operator, "not_operator")                         \
  X(pair, "pair")                                         \
  X(parameters, "parameters")                             \
  X(parenthesized_expression, "parenthesized_expression") \
  X(parenthesized_list_splat, "parenthesized_list_splat") \
  X(pass_statement, "pass_statement")                     \
  X(pattern_list, "pattern_list")                         \
  X(positional_separator, "positional_separator")         \
  X(print_statement, "print_statement")                   \
  X(raise_statement, "raise_statement")                   \
  X(relative_import, "relative_import")                   \
  X(return_statement, "return_statement")                 \
  X(set, "set")                                           \
  X(set_comprehension, "set_comprehension")               \
  X(slice, "slice")                                       \
  X(splat_pattern, "splat_pattern")                       \
  X(string, "string")                                     \
  X(string_content, "string_content")                     \
  X(subscript, "subscript")                               \
  X(true_, "true")                                        \
  X(try_statement, "try_statement")                       \
  X(tuple, "tuple")                                       \
  X(tuple_pattern, "tuple_pattern")                       \
  X(type, "type")                                         \
  X(type_alias_statement, "type_alias_statement")         \
  X(type_parameter, "type_parameter")                     \
  X(typed_default_parameter, "typed_default_parameter")   \
  X(typed_parameter, "typed_parameter")                   \
  X(unary_operator, "unary_operator")                     \
  X(union_pattern, "union_pattern")                       \
  X(union_type, "union_type")                             \
  X(while_statement, "while_statement")                   \
  X(wildcard_import, "wildcard_import")                   \
  X(with_clause, "with_clause")                           \
  X(with_item, "with_item")                               \
  X(with_statement, "with_statement")                     \
  X(yield, "yield")

#define SUREFOOT_FIELDS(X)              \
  X(alias, "alias")                     \
  X(alternative, "alternative")         \
  X(argument, "argument")               \
  X(arguments, "arguments")             \
  X(attribute, "attribute")             \
  X(body, "body")                       \
  X(cause, "cause")                     \
  X(condition, "condition")             \
  X(consequence, "consequence")         \
  X(definition, "definition")           \
  X(expression, "expression")           \
  X(function, "function")               \
  X(guard, "guard")                     \
  X(key, "key")                         \
  X(left, "left")                       \
  X(module_name, "module_name")         \
  X(name, "name")                       \
  X(object, "object")                   \
  X(operator_, "operator")              \
  X(operators, "operators")             \
  X(parameters, "parameters")           \
  X(return_type, "return_type")         \
  X(right, "right")                     \
  X(subject, "subject")                 \
  X(subscript, "subscript")             \
  X(superclasses, "superclasses")       \
  X(type, "type")                       \
  X(type_parameters, "type_parameters") \
  X(value, "value")

enum class Kind : std::uint8_t {
  other,      // a named node of a kind that is not listed
  operator_,  // an operator's token, such as `+`, `and`, `not in`
  opaque,     // a part that could not be parsed, or lies too deep to be looked at
#define X(enumerator, name) enumerator,
  SUREFOOT_KINDS(X)
#undef X
};

enum class Field : std::uint8_t {
  none,
#define X(enumerator, name) enumerator,
  SUREFOOT_FIELDS(X)
#undef X
};

/// The grammar's name of a kind ("function_definition"); "other", "operator" and "opaque" for the three that have none.
std::string_view kind_name(Kind kind);

/// The kind with this name in the grammar; Kind::other when it is not listed.
Kind kind_from_name(std::string_view name);

/// The field with this name in the grammar; Field::none when it is not listed.
Field field_from_name(std::string_view name);

/// True for def/class/if/for/... and simple statements: what may stand in a block.
bool is_statement(Kind kind);

}  // namespace surefoot::syntax
