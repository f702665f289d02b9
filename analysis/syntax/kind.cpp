#include "analysis/syntax/kind.hpp"

#include <array>
#include <unordered_map>

namespace surefoot::syntax {
namespace {

constexpr std::array kKindNames = {std::string_view("other"), std::string_view("operator"), std::string_view("opaque"),
#define X(enumerator, name) std::string_view(name),
                                   SUREFOOT_KINDS(X)
#undef X
};

constexpr std::array kFieldNames = {std::string_view(),
#define X(enumerator, name) std::string_view(name),
                                    SUREFOOT_FIELDS(X)
#undef X
};

template <typename Enum, std::size_t size>
std::unordered_map<std::string_view, Enum> index_names(const std::array<std::string_view, size>& names,
                                                       std::size_t first) {
  std::unordered_map<std::string_view, Enum> index;
  for (std::size_t i = first; i < size; ++i) index.emplace(names[i], static_cast<Enum>(i));
  return index;
}

}  // namespace

std::string_view kind_name(Kind kind) { return kKindNames[static_cast<std::size_t>(kind)]; }

Kind kind_from_name(std::string_view name) {
  static const auto index = index_names<Kind>(kKindNames, 3);
  const auto found = index.find(name);
  return found == index.end() ? Kind::other : found->second;
}

Field field_from_name(std::string_view name) {
  static const auto index = index_names<Field>(kFieldNames, 1);
  const auto found = index.find(name);
  return found == index.end() ? Field::none : found->second;
}

bool is_statement(Kind kind) {
  switch (kind) {
    case Kind::assert_statement:
    case Kind::break_statement:
    case Kind::class_definition:
    case Kind::continue_statement:
    case Kind::decorated_definition:
    case Kind::delete_statement:
    case Kind::exec_statement:
    case Kind::expression_statement:
    case Kind::for_statement:
    case Kind::function_definition:
    case Kind::future_import_statement:
    case Kind::global_statement:
    case Kind::if_statement:
    case Kind::import_from_statement:
    case Kind::import_statement:
    case Kind::match_statement:
    case Kind::nonlocal_statement:
    case Kind::pass_statement:
    case Kind::print_statement:
    case Kind::raise_statement:
    case Kind::return_statement:
    case Kind::try_statement:
    case Kind::type_alias_statement:
    case Kind::while_statement:
    case Kind::with_statement:
      return true;
    default:
      return false;
  }
}

}  // namespace surefoot::syntax
