#pragma once
// SQLAlchemy's sessions, statements and engines, by their types.

#include <string_view>

#include "analysis/rules/callee.hpp"

namespace surefoot::rules {

/// True for an instance of a class of sessions, asynchronous ones and scoped ones included.
bool is_session(Node expression, Context& context);

/// True for a registry that gives each thread or task a session of its own: `scoped_session`, Flask-SQLAlchemy's.
bool is_scoped_session(Node expression, Context& context);

/// True for a call that makes a session of its own: of a class of sessions, or of what a `sessionmaker` gives.
bool makes_session(Node call, Context& context);
/// False when makes_session tells of no call of it (Rule::concerns).
bool may_make_session(const Callee& callee);

/// True for `create_engine` and `create_async_engine`, by their canonical names.
bool is_engine_maker(std::string_view name);

/// "create_engine" of `sqlalchemy.create_engine(…)`: what a call calls, as it is written.
std::string_view written_name(Node call);

/// True where an attribute names a column as it is used in statements: of a mapped class (`User.name`), or of a table
/// (`users.c.name`).
bool is_column(Node expression, Context& context);
/// The same where the class says that it is one: `name = Column(…)`, `name: Mapped[str]`.
bool is_declared_column(Node expression, Context& context);

}  // namespace surefoot::rules
