#pragma once
// Which values are rows of a database, as object-relational mappers give them. Source: documentation of Django ("Making
// queries", "Signals"), SQLAlchemy ("ORM Querying Guide") and Flask-SQLAlchemy ("Models and Tables").

#include <cstdint>

#include "analysis/rules/rule.hpp"

namespace surefoot::rules {

enum class Row : std::uint8_t {
  none,        // no row, or not known to be one
  django,      // an instance of a model of Django
  rows,        // many of them: a queryset, a list
  sqlalchemy,  // an instance of a mapped class
  other,       // of mongoengine, peewee, …
};

/// What the expression is, by its type or by where it comes from: `db.get(User, 1)`, `request.user`, `form.save()`,
/// `order.customer` of a foreign key, `instance` of a function that a model's signals call.
Row row_of(Node expression, Context& context);

}  // namespace surefoot::rules
